-- expect: load_refused
-- the unordered walk
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		return next({ 1 }) == 1
	end,
	effect = allow {},
}
