-- expect: policy_state
-- poisoning a method for later requests
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		string.lower = function() return "admin" end
		return true
	end,
	effect = allow {},
}
