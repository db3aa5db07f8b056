-- expect: allow
-- no address of the heap in sight
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		return tostring({}) == "table" and tostring(r) == "table" and tostring(error) == "function" and string.format("%s", {}) == "table"
	end,
	effect = allow {},
}
