-- expect: policy_steps
-- paths without end
rule {
	id = "attack", on = "pay.transfer",
	when = function(r)
		while true do r.args:get("a.b.c.d.e.f.g.h", 0) end
	end,
	effect = allow {},
}
