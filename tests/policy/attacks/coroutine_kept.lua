-- expect: load_refused
-- a coroutine as a drawer between requests
local c = coroutine.create(function() end)
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		return c ~= nil
	end,
	effect = allow {},
}
