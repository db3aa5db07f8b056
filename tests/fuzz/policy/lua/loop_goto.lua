-- expect: policy_steps
-- a loop without a loop word
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		::again::
		goto again
	end,
	effect = allow {},
}
