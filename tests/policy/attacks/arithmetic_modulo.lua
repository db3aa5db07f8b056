-- expect: policy_error
-- the other division by zero
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		return r.args.amount % 0 == 0
	end,
	effect = allow {},
}
