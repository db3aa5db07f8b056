-- expect: policy_unknown_field
-- a comparator that lies
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		table.sort({ 3, 2, 1 }, function() return true end)
		return true
	end,
	effect = allow {},
}
