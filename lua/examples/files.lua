-- Files behind an MCP file server: reading below one folder is free, writing there asks, all else is denied by default.
policy { name = "files", description = "Reads below /srv/docs, step-up for writes", owner = "ops@acme.example" }

local root = "/srv/docs/**"

rule {
	id = "files-read",
	on = { "fs.read", "fs.list" },
	when = function(r) return r.args.path:glob(root) end,
	effect = allow {},
}
rule {
	id = "files-write",
	on = { "fs.write", "fs.move" },
	when = function(r)
		local target = r.args:get("destination", r.args.path)
		return r.args.path:glob(root) and target:glob(root)
	end,
	effect = step_up { approvers = "ops", ttl = "5m", say = "The agent wants to change a document" },
}
rule {
	id = "files-secrets",
	on = "fs.**",
	when = function(r)
		local ending = r.args.path:path().ending:lower()
		return ending == "pem" or ending == "key"
	end,
	effect = deny { code = "secret_file", say = "Key files are not for agents" },
}

-- try: fs.read {"path":"/srv/docs/a.txt"} => allow
-- try: fs.read {"path":"/srv/docs/../secret"} => policy_error
-- try: fs.read {"path":"/srv/docs/tls.key"} => allow deny
-- try: fs.read {"path":"/srv/docs/TLS.Key"} => allow deny
-- try: fs.read {"path":"/srv/docs/tls.key/"} => deny
-- try: fs.read {"path":"/srv/docs//tls.key"} => deny
-- try: fs.write {"path":"/srv/docs/a.txt"} => step_up
-- try: fs.move {"destination":"/etc/cron.d/x","path":"/srv/docs/a.txt"} => none
-- try: fs.write {} => policy_error
