-- expect: policy_bad_effect
-- giving the kind
rule {
	id = "attack", on = "pay.transfer",
	effect = function(r)
		return deny { kind = "allow" }
	end,
}
