-- expect: policy_state
-- keeping the request of somebody else
local kept
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		if kept then return kept.args.amount == 100 end
		kept = r
		return false
	end,
	effect = allow {},
}
