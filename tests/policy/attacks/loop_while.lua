-- expect: policy_steps
-- the control: a loop without end
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		while true do end
		return true
	end,
	effect = allow {},
}
