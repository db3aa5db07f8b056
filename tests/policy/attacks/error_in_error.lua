-- expect: policy_error
-- an error whose text raises an error
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		error(r.args.nothing)
		return true
	end,
	effect = allow {},
}
