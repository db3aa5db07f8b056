local approvers = "oncall" -- the group that is asked

local function act(class, effect) return { action = { name = "some.action", class = class, effect = effect } } end
local asks, silent = { spoke = { "high-risk" } }, { silent = { "high-risk" } }

test { id = "secret-read", ask = act("secret", "read"), expect = { verdict = "step_up", rule = "high-risk", groups = { approvers }, say = "secret: some.action" } }
for _, class in ipairs { "infrastructure", "payment" } do
	for _, effect in ipairs { "write", "execute", "delegate" } do
		test { id = class .. "-" .. effect, ask = act(class, effect), expect = asks }
	end
	test { id = class .. "-read", ask = act(class, "read"), expect = silent }
end
for _, class in ipairs { "data", "code", "web", "api", "other" } do
	test { id = class .. "-write", ask = act(class, "write"), expect = silent }
end
test { id = "approved", ask = { action = { name = "some.action", class = "payment", effect = "write" }, approval = { groups = { approvers } } },
	expect = { verdict = "allow", rule = "high-risk" } }
test { id = "approved-by-others", ask = { action = { name = "some.action", class = "payment", effect = "write" }, approval = { groups = { "finance" } } },
	expect = "step_up" }
