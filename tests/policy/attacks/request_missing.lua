-- expect: policy_error
-- comparing what is not there
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		return r.args.limit == nil
	end,
	effect = allow {},
}
