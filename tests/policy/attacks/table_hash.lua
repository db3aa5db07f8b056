-- expect: policy_steps|policy_memory|killed
-- keys that never repeat
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		local t, x = {}, 0.5
		while true do x = x + 1; t[x] = x end
	end,
	effect = allow {},
}
