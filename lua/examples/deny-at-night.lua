-- Infrastructure is changed while people are awake to look: by their clock, their hours and their holidays, which the configuration has:
--   office : { zone = "Europe/Berlin"  hours = [ "mon-fri 07:00-19:00" ]  holidays = [ "2026-12-25", "2027-01-01" ] }
policy { name = "deny at night", description = "No changes to infrastructure outside office hours", owner = "ops@acme.example" }

rule {
	id = "night-no-deploy",
	on = { "deploy.**", "infra.**" },
	when = function(r) return not r.time.here.office end,
	effect = deny { code = "night", say = "Changes wait until the office opens" },
}
rule {
	id = "friday-afternoon",
	on = "infra.**",
	when = function(r) return r.time.here.weekday == 5 and r.time.here.hour >= 15 end,
	effect = step_up { approvers = "oncall", say = "It is Friday afternoon" },
}
rule { id = "deploy", on = "deploy.run", effect = allow { ttl = "5m" } }

-- try: deploy.run {} closed => allow deny
-- try: deploy.run {} => allow
-- try: infra.dns.set {} closed => deny
-- try: infra.dns.set {} hour=16 weekday=5 => step_up
-- try: infra.dns.set {} hour=16 weekday=4 => none
