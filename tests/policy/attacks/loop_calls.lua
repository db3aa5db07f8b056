-- expect: policy_steps
-- calls instead of jumps: tail calls never overflow the stack
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		local function f(n) return f(n + 1) end
		return f(1)
	end,
	effect = allow {},
}
