-- expect: load_refused
-- past the read-only tables
local t = {}
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		rawset(t, 1, 2)
		return true
	end,
	effect = allow {},
}
