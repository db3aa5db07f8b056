-- expect: policy_unknown_field
-- the same through an index
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		return ("").__index ~= nil
	end,
	effect = allow {},
}
