-- expect: policy_unknown_field
-- a field by computed name
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		local it = { r.task }
		return it[1]["taint" .. "edd"] == nil
	end,
	effect = allow {},
}
