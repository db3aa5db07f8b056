local approvers = "oncall" -- the group that is asked

local function act(class, effect, classes)
	return { action = { name = "some.action", class = class, effect = effect }, task = { classes = classes } }
end
local asks, silent = { spoke = { "all-together" } }, { silent = { "all-together" } }

test { id = "third-by-code", ask = act("code", "execute", { "data", "web" }), expect = { verdict = "step_up", rule = "all-together", groups = { approvers } } }
test { id = "third-by-web-read", ask = act("web", "read", { "code", "data" }), expect = asks }
test { id = "third-by-other", ask = act("other", "read", { "code", "web" }), expect = asks }
test { id = "third-by-api", ask = act("api", "read", { "code", "web" }), expect = asks }
test { id = "third-by-data", ask = act("data", "read", { "code", "web" }), expect = asks }
test { id = "two", ask = act("code", "execute", { "web" }), expect = silent }
test { id = "two-kinds-of-inside", ask = act("web", "read", { "data", "other" }), expect = silent }
test { id = "first", ask = act("web", "read", {}), expect = silent }
test { id = "later-read", ask = act("data", "read", { "code", "data", "web" }), expect = silent }
test { id = "later-write", ask = act("data", "write", { "code", "data", "web" }), expect = asks }
