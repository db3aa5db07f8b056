-- One task that browses, runs code and calls what lies inside has all that an injected instruction needs. A person is asked
-- when an action would bring the three together, and from then on for everything that is not a read.
--   browse    class web
--   code      class code
--   inside    every other class: api, data and so on, and what the catalogue gave none
-- What the whole tree of tasks has used counts, so that splitting the work over children changes nothing.
policy { name = "together", description = "Browsing, code and internal calls in one task step up", owner = "security" }

local approvers = "oncall" -- the group that is asked

local function capability(class)
	if class == "web" then return "browse" end
	if class == "code" then return "code" end
	return "inside"
end

-- How many of the three the tree has used, and how many it would have with this action.
local function capabilities(r)
	local seen, before = {}, 0
	for _, class in ipairs(r.task.classes) do
		local one = capability(class)
		if not table.has(seen, one) then table.insert(seen, one) end
	end
	before = #seen
	if not table.has(seen, capability(r.action.class)) then table.insert(seen, capability(r.action.class)) end
	return before, #seen
end

rule {
	id = "all-together",
	on = "**",
	when = function(r)
		local before, after = capabilities(r)
		return after == 3 and (before < 3 or r.action.effect ~= "read")
	end,
	effect = step_up { approvers = approvers, ttl = "15m", say = "This task would browse, run code and call internal services" },
}
