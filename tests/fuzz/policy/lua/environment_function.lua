-- expect: load_refused
-- a global function
function helper() return true end
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		return helper()
	end,
	effect = allow {},
}
