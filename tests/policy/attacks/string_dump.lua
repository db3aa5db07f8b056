-- expect: policy_unknown_field
-- bytecode out
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		return string.dump(function() end) ~= nil
	end,
	effect = allow {},
}
