-- expect: load_refused
-- the registry
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		return debug.getregistry() ~= nil
	end,
	effect = allow {},
}
