local function act(class, effect, known, more)
	local ask = { action = { name = "some.action", class = class, effect = effect }, resource = { known = known }, task = { sensitivity = "restricted" } }
	for name, value in pairs(more or {}) do ask[name] = value end
	return ask
end
local denied, silent = { verdict = "deny", spoke = { "egress-after-restricted" } }, { silent = { "egress-after-restricted" } }

test { id = "fetch", ask = act("web", "read", true), expect = { verdict = "deny", code = "egress", rule = "egress-after-restricted" } }
test { id = "post", ask = act("web", "write", false), expect = denied }
test { id = "write-to-unknown", ask = act("data", "write", false), expect = denied }
test { id = "push-to-unknown", ask = act("code", "execute", false), expect = denied }
test { id = "delegate-to-unknown", ask = act("other", "delegate", false), expect = denied }
test { id = "write-to-known", ask = act("data", "write", true), expect = silent }
test { id = "read-unknown", ask = act("data", "read", false), expect = silent }
test { id = "confidential-may-leave", ask = act("web", "write", false, { task = { sensitivity = "confidential" } }), expect = silent }
test { id = "new-task-of-the-same-instance", ask = act("web", "write", false, { task = {}, instance = { sensitivity = "restricted" } }), expect = denied }
