-- expect: policy_error
-- counting from behind
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		return select(-1, 1, 2) == 2
	end,
	effect = allow {},
}
