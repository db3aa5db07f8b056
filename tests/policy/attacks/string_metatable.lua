-- expect: load_refused
-- the metatable of all strings
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		getmetatable("").__index.len = nil
		return true
	end,
	effect = allow {},
}
