-- expect: policy_unknown_field
-- a field by computed name
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		return r.task["taint" .. "edd"] == nil
	end,
	effect = allow {},
}
