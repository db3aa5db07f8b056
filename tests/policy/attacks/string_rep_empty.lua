-- expect: policy_unknown_field
-- rep of nothing costs time and no memory
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		return string.rep("", 1099511627776) == ""
	end,
	effect = allow {},
}
