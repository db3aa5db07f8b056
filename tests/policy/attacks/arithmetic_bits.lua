-- expect: load_refused|allow
-- bit operators that a broken compiler folds wrongly
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		return 1 | (2 or 3) == 3
	end,
	effect = allow {},
}
