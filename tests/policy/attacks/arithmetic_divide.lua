-- expect: policy_error
-- division by zero
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		return 1 // 0 == 0
	end,
	effect = allow {},
}
