-- expect: policy_steps|policy_memory|killed
-- one instruction joins many texts
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		local s = r.args.big .. r.args.big .. r.args.big .. r.args.big
		while true do local x = s .. s .. s .. s .. s .. s .. s .. s end
	end,
	effect = allow {},
}
