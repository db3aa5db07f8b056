-- expect: policy_error
-- true-like is not true
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		return 1
	end,
	effect = allow {},
}
