-- expect: policy_bad_effect
-- a bound that is no number
rule {
	id = "attack", on = "pay.transfer",
	effect = function(r)
		return allow { narrow = { amount = at_most(0 / 0) } }
	end,
}
