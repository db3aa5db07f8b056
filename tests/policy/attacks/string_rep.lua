-- expect: policy_unknown_field
-- one C call for 2^40 bytes: rep does not exist
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		return ("x"):rep(1099511627776) ~= nil
	end,
	effect = allow {},
}
