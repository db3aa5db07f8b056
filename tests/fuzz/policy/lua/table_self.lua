-- expect: policy_bad_effect
-- a list that holds itself
rule {
	id = "attack", on = "pay.transfer",
	effect = function(r)
		local t = {}
		t[1] = t
		return allow { taint = t }
	end,
}
