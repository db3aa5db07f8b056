-- expect: policy_memory|policy_steps|killed
-- many large texts kept
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		local t, i = {}, 0
		while true do i = i + 1; t[i] = r.args.big .. i end
	end,
	effect = allow {},
}
