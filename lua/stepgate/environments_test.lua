local approvers = "oncall" -- the group that is asked

local function act(effect, action, resource, more)
	local ask = { action = { name = "some.action", effect = effect, environment = action }, resource = { environment = resource } }
	for name, value in pairs(more or {}) do ask[name] = value end
	return ask
end
local silent = { silent = { "crossing-read", "crossing-change" } }

test { id = "same", ask = act("write", "staging", "staging"), expect = silent }
test { id = "same-read", ask = act("read", "staging", "staging"), expect = silent }
test { id = "any", ask = act("write", "", ""), expect = silent }
test { id = "read-of-resource", ask = act("read", "", "production"), expect = { verdict = "step_up", rule = "crossing-read", groups = { approvers } } }
test { id = "change-of-resource", ask = act("write", "", "production"), expect = { verdict = "deny", code = "crossing", rule = "crossing-change" } }
test { id = "run-there", ask = act("execute", "production", "staging"), expect = { verdict = "deny", code = "crossing" } }
test { id = "read-there", ask = act("read", "production", ""), expect = { spoke = { "crossing-read" } } }
test { id = "agent-of-elsewhere", ask = act("write", "", "", { agent = { environment = "production" }, task = { environment = "staging" } }),
	expect = { verdict = "deny", code = "crossing" } }
