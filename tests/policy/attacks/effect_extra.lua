-- expect: policy_bad_effect
-- a member that does not exist
rule {
	id = "attack", on = "pay.transfer",
	effect = function(r)
		return allow { bypass = true, ttl = "1m" }
	end,
}
