-- expect: policy_bad_effect
-- a table that looks like one
rule {
	id = "attack", on = "pay.transfer",
	effect = function(r)
		return { kind = "allow", say = "", taint = {}, ttl = 0 }
	end,
}
