-- expect: policy_error
-- changing the request
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		r.args["amount"] = 1
		return true
	end,
	effect = allow {},
}
