-- expect: policy_state
-- an iterator remembers where it is
local it
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		it = pairs({ 1, 2 })
		return true
	end,
	effect = allow {},
}
