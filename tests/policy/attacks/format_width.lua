-- expect: policy_error
-- a width of 99 million columns
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		return string.format("%99999999d", 1) ~= nil
	end,
	effect = allow {},
}
