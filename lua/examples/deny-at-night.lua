-- Infrastructure is changed while people are awake to look.
policy { name = "deny at night", description = "No changes to infrastructure outside office hours (UTC)", owner = "ops@acme.example" }

local function at_night(r)
	return r.time.hour < 7 or r.time.hour >= 19 or r.time.weekday > 5
end

rule {
	id = "night-no-deploy",
	on = { "deploy.**", "infra.**" },
	when = at_night,
	effect = deny { code = "night", say = "Changes wait until 07:00 UTC on the next working day" },
}
rule { id = "deploy", on = "deploy.run", effect = allow { ttl = "5m" } }

-- try: deploy.run {} hour=3 => allow deny
-- try: deploy.run {} hour=9 => allow
-- try: infra.dns.set {} hour=22 => deny
