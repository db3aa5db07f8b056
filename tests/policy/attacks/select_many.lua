-- expect: policy_steps|policy_memory|policy_error|killed
-- varargs again and again
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		local function f(...) return f(1, ...) end
		return f() == 1
	end,
	effect = allow {},
}
