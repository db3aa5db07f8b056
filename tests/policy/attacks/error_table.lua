-- expect: policy_error
-- an error that is a table
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		error({ text = r.args.text })
		return true
	end,
	effect = allow {},
}
