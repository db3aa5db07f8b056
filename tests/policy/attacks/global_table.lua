-- expect: load_refused
-- the table of globals
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		return _G ~= nil
	end,
	effect = allow {},
}
