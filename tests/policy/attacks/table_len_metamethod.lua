-- expect: load_refused
-- a length of 2^40 by metamethod
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		local t = setmetatable({}, { __len = function() return 1099511627776 end })
		return #t > 0
	end,
	effect = allow {},
}
