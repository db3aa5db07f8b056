local approvers = "oncall" -- the group that is asked

local function act(class, effect, more)
	local ask = { action = { name = "some.action", class = class, effect = effect }, task = { labels = { "mail:7" } } }
	for name, value in pairs(more or {}) do ask[name] = value end
	return ask
end
local asks, silent = { spoke = { "tainted-high-risk" } }, { silent = { "tainted-high-risk" } }

test { id = "payment-read", ask = act("payment", "read"), expect = { verdict = "step_up", rule = "tainted-high-risk", groups = { approvers } } }
test { id = "infrastructure-read", ask = act("infrastructure", "read"), expect = asks }
test { id = "payment-write", ask = act("payment", "write"), expect = asks }
test { id = "clean", ask = act("payment", "write", { task = {} }), expect = silent }
test { id = "clean-task-in-tainted-instance", ask = act("secret", "read", { task = {}, instance = { labels = { "web" } } }), expect = asks }
test { id = "data-read", ask = act("data", "read", { resource = { sensitivity = "restricted" } }), expect = silent }
test { id = "data-write-internal", ask = act("data", "write"), expect = silent }
test { id = "data-write-confidential", ask = act("data", "write", { resource = { sensitivity = "confidential" } }), expect = asks }
test { id = "code-run-restricted", ask = act("code", "execute", { resource = { sensitivity = "restricted" } }), expect = asks }
