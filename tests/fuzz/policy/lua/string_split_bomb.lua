-- expect: policy_error
-- more parts than a list may have
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		return #string.split(r.args.big, "x") > 0
	end,
	effect = allow {},
}
