-- expect: policy_error
-- no answer
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		local x = r
	end,
	effect = allow {},
}
