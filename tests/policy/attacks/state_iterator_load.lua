-- expect: load_refused
-- an iterator made while loading
local it = ipairs({ 1, 2 })
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		return it() == 1
	end,
	effect = allow {},
}
