-- expect: policy_memory|policy_steps|killed
-- .. is not bounded by length, but by memory
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		local s = r.args.big
		while true do s = s .. s end
	end,
	effect = allow {},
}
