-- expect: load_refused
-- code from arguments
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		return load(r.args.text) ~= nil
	end,
	effect = allow {},
}
