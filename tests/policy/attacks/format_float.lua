-- expect: policy_error
-- %99.99f in a loop
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		while true do string.format("%99.99f", 1e308) end
	end,
	effect = allow {},
}
