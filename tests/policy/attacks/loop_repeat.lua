-- expect: policy_steps
-- a loop whose body makes garbage
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		local s
		repeat s = { r.args.text .. "!" } until false
		return true
	end,
	effect = allow {},
}
