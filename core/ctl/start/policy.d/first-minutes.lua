-- Queries pass, but never for more than a hundred rows: what is asked beyond that is cut, not refused.
policy { name = "first minutes", description = "Bounded queries", owner = "you@dev.localhost" }

rule {
	id = "query-bounded",
	on = "db.query",
	effect = allow { narrow = { limit = at_most(100) } },
}
-- A denial says what would help: the agent reads it.
rule {
	id = "query-salaries",
	on = "db.query",
	when = function(r) return r.resource.id == "salaries" end,
	effect = deny { code = "salaries", say = "Salaries are not for agents; table:headcount has the numbers without names" },
}

-- try: db.query {"limit":5000} => allow
