-- expect: policy_steps|policy_memory|killed
-- border search and rehash on purpose
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		local t = {}
		while true do for i = 1, 60 do t[2 ^ i] = i end
		for i = 1, 60 do t[2 ^ i] = nil end end
	end,
	effect = allow {},
}
