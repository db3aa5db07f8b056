-- expect: load_refused
-- stopping the collector
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		return collectgarbage("stop") == 0
	end,
	effect = allow {},
}
