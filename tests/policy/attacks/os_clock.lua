-- expect: load_refused
-- a clock
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		return os.clock() > 0
	end,
	effect = allow {},
}
