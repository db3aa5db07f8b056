-- expect: policy_bad_effect
-- more labels than fit
rule {
	id = "attack", on = "pay.transfer",
	effect = function(r)
		local t = {}
		for i = 1, 1000 do t[i] = "label" .. i end
		return allow { taint = t }
	end,
}
