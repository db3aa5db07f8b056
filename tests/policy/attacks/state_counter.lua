-- expect: policy_state
-- counting requests
local n = 0
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		n = n + 1
		return n > 1
	end,
	effect = allow {},
}
