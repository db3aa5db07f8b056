-- expect: policy_error
-- the integer without an absolute value
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		return math.abs(-9223372036854775807 - 1) < 0
	end,
	effect = allow {},
}
