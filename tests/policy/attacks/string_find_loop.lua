-- expect: policy_steps
-- searching what is not there
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		while true do if r.args.big:find("xxxxxxxxxxxxxxxxxxy") then return true end end
	end,
	effect = allow {},
}
