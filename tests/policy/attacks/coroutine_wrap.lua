-- expect: load_refused
-- a fresh count for each coroutine
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		while true do coroutine.wrap(function() for i = 1, 80000 do end end)() end
	end,
	effect = allow {},
}
