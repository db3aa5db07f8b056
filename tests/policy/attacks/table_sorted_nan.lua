-- expect: policy_error
-- a number without an order
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		return #table.sorted({ 1, 0 / 0, 2 }) > 0
	end,
	effect = allow {},
}
