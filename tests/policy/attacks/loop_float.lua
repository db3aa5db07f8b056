-- expect: policy_steps
-- a float that never hits its mark
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		local x = 0.0
		while x ~= 1 do x = x + 0.3 end
		return true
	end,
	effect = allow {},
}
