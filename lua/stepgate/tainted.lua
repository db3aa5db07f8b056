-- A task that has read what an outsider could have written may be steered by it. From then on a person looks at everything
-- that is of a high class, reading included, and at every change to what is confidential or higher.
policy { name = "tainted", description = "High risk in a tainted task or instance steps up", owner = "security" }

local approvers = "oncall" -- the group that is asked

local classes = { "infrastructure", "payment", "secret" }

local function is_high(r)
	return table.has(classes, r.action.class) or (r.action.effect ~= "read" and r.sensitivity:at_least("confidential"))
end

rule {
	id = "tainted-high-risk",
	on = "**",
	when = function(r) return (r.task.tainted or #r.instance.labels > 0) and is_high(r) end,
	effect = step_up { approvers = approvers, ttl = "5m", say = "This task has read what outsiders could have written" },
}
