-- expect: policy_error
-- an error that is a function
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		error(error)
		return true
	end,
	effect = allow {},
}
