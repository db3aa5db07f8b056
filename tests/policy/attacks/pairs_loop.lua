-- expect: policy_steps
-- walking a large table again and again
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		local t = {}
		for i = 1, 5000 do t["k" .. i] = i end
		while true do for k in pairs(t) do end end
	end,
	effect = allow {},
}
