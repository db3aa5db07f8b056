-- expect: policy_unknown_field
-- packing a size out of range
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		return string.pack("!16 i16", 1) ~= nil
	end,
	effect = allow {},
}
