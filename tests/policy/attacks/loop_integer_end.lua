-- expect: policy_steps
-- a numeric loop to the largest integer
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		for i = 1, 9223372036854775807 do end
		return true
	end,
	effect = allow {},
}
