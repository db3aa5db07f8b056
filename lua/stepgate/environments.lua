-- An action or a resource of another environment than the task's: reading asks a person, everything else is denied. Work in
-- production is done by a task that was opened there.
policy { name = "environments", description = "No crossing of environments unseen", owner = "security" }

local approvers = "oncall" -- the group that is asked

local function crosses(r)
	local there = { r.action.environment, r.resource.environment, r.agent.environment }
	for _, environment in ipairs(there) do
		if environment ~= "" and environment ~= r.task.environment then return true end
	end
	return false
end

rule {
	id = "crossing-read",
	on = "**",
	when = function(r) return crosses(r) and r.action.effect == "read" end,
	effect = step_up { approvers = approvers, ttl = "15m", say = "This reads from another environment" },
}
rule {
	id = "crossing-change",
	on = "**",
	when = function(r) return crosses(r) and r.action.effect ~= "read" end,
	effect = deny { code = "crossing", say = "This would change another environment; open a task there" },
}
