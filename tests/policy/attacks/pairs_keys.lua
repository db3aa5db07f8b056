-- expect: policy_error
-- keys without an order
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		local t = { [{}] = 1, [r] = 2 }
		for k in pairs(t) do return true end
		return false
	end,
	effect = allow {},
}
