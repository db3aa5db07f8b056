-- expect: policy_error|policy_steps
-- table.concat past the bound
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		local t = {}
		for i = 1, 1000 do t[i] = r.args.big end
		return table.concat(t) ~= nil
	end,
	effect = allow {},
}
