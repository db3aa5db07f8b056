-- expect: policy_error
-- digits are not numbers
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		return "10" + 1 == 11
	end,
	effect = allow {},
}
