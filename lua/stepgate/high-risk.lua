-- The three classes in which one mistake is dear: a secret leaves the store, money moves, infrastructure changes. A person
-- says yes first. Reading what infrastructure and payments look like does not ask; reading a secret does.
policy { name = "high risk", description = "Secrets, payments and changes to infrastructure step up", owner = "security" }

local approvers = "oncall" -- the group that is asked

local classes = { "infrastructure", "payment", "secret" }

local function is_high(r)
	return table.has(classes, r.action.class) and (r.action.class == "secret" or r.action.effect ~= "read")
end

rule {
	id = "high-risk",
	on = "**",
	when = is_high,
	effect = function(r)
		return step_up { approvers = approvers, ttl = "15m", say = string.format("%s: %s", r.action.class, r.action.name) }
	end,
}
