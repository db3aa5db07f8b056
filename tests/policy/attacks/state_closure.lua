-- expect: policy_state
-- the same behind a function
local n = 0
local function count() n = n + 1 return n end
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		return count() > 1
	end,
	effect = allow {},
}
