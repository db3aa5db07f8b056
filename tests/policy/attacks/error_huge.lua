-- expect: policy_error|policy_memory
-- an error text of megabytes
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		local s = r.args.big
		for i = 1, 6 do s = s .. s end
		error(s)
	end,
	effect = allow {},
}
