-- expect: load_refused
-- a finalizer, in which hooks are off
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		setmetatable({}, { __gc = function() while true do end end })
		return true
	end,
	effect = allow {},
}
