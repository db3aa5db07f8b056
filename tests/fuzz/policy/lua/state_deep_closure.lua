-- expect: policy_state
-- a function within tables within tables
local n = 0
local t = { a = { b = { f = function() n = n + 1 end } } }
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		t.a.b.f()
		return true
	end,
	effect = allow {},
}
