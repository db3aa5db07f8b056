-- expect: allow
-- adding while walking: the walk ends
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		local t = { a = 1 }
		for k, v in pairs(t) do if v < 100 then t[k .. "x"] = v + 1 end end
		return true
	end,
	effect = allow {},
}
