-- expect: policy_error
-- shifting 60,000 elements: there are no positions
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		local t = {}
		while true do table.insert(t, 1, "x") end
	end,
	effect = allow {},
}
