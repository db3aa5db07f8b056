-- expect: load_refused
-- the world outside
local os = require "os"
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		return os.getenv("HOME") ~= nil
	end,
	effect = allow {},
}
