-- expect: policy_bad_effect
-- a hook's effect in a rule
rule {
	id = "attack", on = "pay.transfer",
	effect = function(r)
		return add { revoke = true }
	end,
}
