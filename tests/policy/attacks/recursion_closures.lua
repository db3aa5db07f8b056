-- expect: policy_error|policy_memory|policy_steps
-- each level keeps a closure
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		local function f(g) return 1 + f(function() return g end) end
		return f(r) > 0
	end,
	effect = allow {},
}
