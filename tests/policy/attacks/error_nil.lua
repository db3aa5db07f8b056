-- expect: policy_error
-- an error that is nothing
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		error(nil)
		return true
	end,
	effect = allow {},
}
