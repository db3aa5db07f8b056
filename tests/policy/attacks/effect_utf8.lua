-- expect: policy_bad_effect
-- half of a character
rule {
	id = "attack", on = "pay.transfer",
	effect = function(r)
		return deny { say = ("\u{20AC}"):sub(1, 2) }
	end,
}
