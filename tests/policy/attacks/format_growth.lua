-- expect: policy_error
-- text that doubles itself
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		local s = "%s%s"
		local t = r.args.text
		while true do t = string.format(s, t, t) end
	end,
	effect = allow {},
}
