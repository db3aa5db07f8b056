-- expect: policy_bad_effect
-- no effect
rule {
	id = "attack", on = "pay.transfer",
	effect = function(r)
		return nil
	end,
}
