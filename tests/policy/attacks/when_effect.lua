-- expect: policy_error
-- an effect for an answer
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		return allow {}
	end,
	effect = allow {},
}
