-- expect: policy_bad_effect
-- a life of a thousand years
rule {
	id = "attack", on = "pay.transfer",
	effect = function(r)
		return allow { ttl = "365000d" }
	end,
}
