-- expect: policy_state
-- declaring a rule while judging
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		rule { id = "more", on = "**", effect = allow {} }
		return true
	end,
	effect = allow {},
}
