-- expect: policy_unknown_field
-- patterns by other names
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		return r.args.big:match(".-.-.-.-b") ~= nil
	end,
	effect = allow {},
}
