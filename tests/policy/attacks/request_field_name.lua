-- expect: load_refused
-- a level read by a name that only running tells is compared as a text
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		local s = "sensitivity"
		return not (r[s] <= "internal")
	end,
	effect = allow {},
}
