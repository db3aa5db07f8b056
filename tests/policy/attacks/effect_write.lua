-- expect: policy_error
-- changing an effect
rule {
	id = "attack", on = "pay.transfer",
	effect = function(r)
		local e = deny {}
		e.kind = "allow"
		return e
	end,
}
