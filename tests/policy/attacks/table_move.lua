-- expect: policy_unknown_field
-- 2^33 moves in one C call
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		return table.move({}, 1, 8589934592, 2) ~= nil
	end,
	effect = allow {},
}
