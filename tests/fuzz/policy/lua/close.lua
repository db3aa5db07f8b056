-- expect: policy_error
-- to be closed, without anything that could be called
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		local x <close> = { __close = function() while true do end end }
		return true
	end,
	effect = allow {},
}
