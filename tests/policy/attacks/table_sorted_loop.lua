-- expect: policy_steps
-- sorting again and again
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		local t = {}
		for i = 1, 5000 do t[i] = -i end
		while true do table.sorted(t) end
	end,
	effect = allow {},
}
