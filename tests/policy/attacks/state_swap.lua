-- expect: policy_state
-- exchanging a function for another
local check = function() return true end
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		local answer = check()
		check = function() return false end
		return answer
	end,
	effect = allow {},
}
