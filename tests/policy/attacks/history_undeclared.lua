-- expect: policy_unknown_field
-- history that the record would not have
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		local h = r.history
		return h.count["pay.*"] == 0
	end,
	effect = allow {},
}
