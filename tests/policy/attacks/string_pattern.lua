-- expect: no_effect
-- the pattern that never ends is plain text here
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		return string.find(r.args.big, ".-.-.-.-b") ~= nil
	end,
	effect = allow {},
}
