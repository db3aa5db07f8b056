-- expect: load_refused
-- swallowing the abort each time
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		while true do pcall(function() while true do end end) end
	end,
	effect = allow {},
}
