-- expect: load_refused
-- another environment
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		local _ENV = { x = r }
		return x ~= nil
	end,
	effect = allow {},
}
