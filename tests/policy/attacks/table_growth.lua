-- expect: policy_steps|policy_memory|killed
-- a table that only grows
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		local t = {}
		while true do t[#t + 1] = t end
	end,
	effect = allow {},
}
