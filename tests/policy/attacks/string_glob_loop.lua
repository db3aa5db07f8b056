-- expect: policy_steps
-- matching charges what it reads
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		local p = "*/*/*/*/*/*/*/*/**"
		while true do if string.glob(r.args.big, p) then return true end end
	end,
	effect = allow {},
}
