-- expect: load_refused
-- files
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		return io.open("/etc/passwd") ~= nil
	end,
	effect = allow {},
}
