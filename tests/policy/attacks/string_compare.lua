-- expect: policy_error
-- text is not compared with numbers
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		return r.args.text < 5
	end,
	effect = allow {},
}
