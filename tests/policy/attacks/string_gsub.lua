-- expect: policy_unknown_field
-- patterns that call back
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		return r.args.big:gsub(".", function() end) ~= nil
	end,
	effect = allow {},
}
