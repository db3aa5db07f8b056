-- expect: load_refused
-- a handler that loops
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		return xpcall(function() error() end, function() while true do end end)
	end,
	effect = allow {},
}
