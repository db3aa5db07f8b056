-- expect: policy_error|policy_memory|policy_steps
-- recursion until the stack ends
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		local function f(n) return 1 + f(n + 1) end
		return f(1) > 0
	end,
	effect = allow {},
}
