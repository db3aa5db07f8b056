-- expect: load_refused
-- a global as a drawer between requests
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		counter = 1
		return true
	end,
	effect = allow {},
}
