-- expect: policy_bad_effect
-- what is said is read to its end by everybody
rule {
	id = "attack", on = "pay.transfer",
	effect = function(r)
		return allow { say = "To bob\0: 5000 EUR" }
	end,
}
