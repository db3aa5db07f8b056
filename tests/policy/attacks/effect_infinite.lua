-- expect: policy_bad_effect
-- a bound that bounds nothing
rule {
	id = "attack", on = "pay.transfer",
	effect = function(r)
		return allow { narrow = { amount = at_most(1 / 0) } }
	end,
}
