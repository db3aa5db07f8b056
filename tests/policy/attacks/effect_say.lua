-- expect: policy_bad_effect
-- a text without end
rule {
	id = "attack", on = "pay.transfer",
	effect = function(r)
		return deny { say = r.args.big }
	end,
}
