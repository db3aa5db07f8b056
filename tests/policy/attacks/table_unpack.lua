-- expect: policy_unknown_field
-- a stack full of nil
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		return table.unpack({}, 1, 1e7) == nil
	end,
	effect = allow {},
}
