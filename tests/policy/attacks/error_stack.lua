-- expect: policy_error|policy_memory|policy_steps
-- raising where the stack is full
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		local function f() f() error("x") end
		f()
		return true
	end,
	effect = allow {},
}
