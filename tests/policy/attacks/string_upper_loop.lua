-- expect: policy_steps|policy_error
-- one instruction buys 30 kB of work; it is charged
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		local s = r.args.big
		while true do s = s:upper() end
		return true
	end,
	effect = allow {},
}
