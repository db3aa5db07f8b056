-- expect: policy_state
-- the same in a table
local seen = {}
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		seen[r.agent.id] = true
		return true
	end,
	effect = allow {},
}
