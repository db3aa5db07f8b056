-- A task that has read what outsiders wrote works on, but no longer alone where it could hurt.
policy { name = "outside mail", description = "Reading mail taints; tainted tasks need a human", owner = "security@acme.example" }

rule {
	id = "mail-read",
	on = "mail.read",
	effect = allow { taint = { "mail" } },
}
rule {
	id = "mail-then-act",
	on = { "pay.**", "deploy.**", "mail.send" },
	when = function(r) return r.task.tainted end,
	effect = function(r)
		return step_up {
			approvers = "security", ttl = "10m",
			say = "This task has read from outside: " .. table.concat(r.task.labels, ", "),
		}
	end,
}
rule { id = "mail-send", on = "mail.send", effect = allow {} }

after {
	id = "mail-failed",
	on = "mail.*",
	effect = function(r)
		if r.outcome.result == "unknown" then return add { raise = "restricted", taint = { "mail:unknown" } } end
		return add {}
	end,
}

-- try: mail.read {} => allow
-- try: mail.send {} => allow
-- try: mail.send {} tainted => allow step_up
-- try: pay.transfer {} tainted => step_up
-- try: mail.send {} result=unknown => add
