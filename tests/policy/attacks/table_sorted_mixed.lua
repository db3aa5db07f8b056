-- expect: policy_error
-- values without an order
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		return #table.sorted({ 1, "a", 2 }) > 0
	end,
	effect = allow {},
}
