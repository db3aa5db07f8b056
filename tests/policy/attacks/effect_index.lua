-- expect: policy_error
-- looking into an effect
rule {
	id = "attack", on = "pay.transfer",
	effect = function(r)
		local e = deny {}
		return allow { say = e.say }
	end,
}
