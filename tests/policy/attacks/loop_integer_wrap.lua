-- expect: policy_steps
-- waiting for an integer to come round
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		local i = 1
		while i ~= 0 do i = i + 2 end
		return true
	end,
	effect = allow {},
}
