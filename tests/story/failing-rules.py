# SPDX-License-Identifier: Apache-2.0
"""Rules and hooks that fail on what the caller sends: they cost the caller its answer, and nobody else anything."""
import sys
from stage import *

ONE, OTHER = 61501, 61502
CONF = '''
intents : { work : { actions = [ "**" ]  sensitivity = "restricted" } }
agents : { %s }
actions : { q : { name = "db.q"  effect = "read"  sensitivity = "internal" }  s : { name = "mail.send"  effect = "write"  sensitivity = "internal" }
            d : { name = "deploy.run"  effect = "execute"  sensitivity = "internal"  credential = "token" }  t : { name = "db.to"  effect = "write"  sensitivity = "internal" }  w : { name = "db.w"  effect = "write"  sensitivity = "internal" } }
''' % " ".join('%s : { owner = "%s@acme.example"  escalate = "e@acme.example"  review_by = "2027-01-31"  environment = "prod"  match = [ "peer:uid=%d" ]'
              '  reach = [ "**" ]  intents = [ "work" ] }' % (name, name, uid) for name, uid in (("one", ONE), ("other", OTHER)))
POLICY = '''
rule { id = "read", on = "db.**", effect = allow {} }
rule { id = "deploy", on = "deploy.*", effect = allow {} }
rule { id = "mail", on = "mail.send", effect = allow {}, when = function(r)
	for _, to in ipairs(r.args:get("to", {})) do
		for _, cc in ipairs(r.args:get("cc", {})) do
			if to == cc then return false end
		end
	end
	return true
end }
local depth = 0
local function strange(v)
	depth = depth + 1
	local found = false
	if type(v) == "table" then
		for _, e in pairs(v) do found = strange(e) or found end
	else
		found = v:email().host ~= "acme.example"
	end
	depth = depth - 1
	return found or depth > 5
end
rule { id = "who", on = "db.to", when = function(r) return strange(r.args:get("to", {})) end, effect = deny "to a stranger" }
after { id = "failed-deploy", on = "deploy.*", effect = function(r)
	if r.outcome.result == "failed" then return add { freeze = true, revoke = true, taint = { "deploy:failed" } } end
	return add {}
end }
after { id = "aa-large", on = "**", effect = function(r)
	if r.args.replicas > 100 then return add { taint = { "large" } } end
	return add {}
end }
after { id = "zz-twice", on = "deploy.*", effect = function(r)
	local same = 0
	for _, a in ipairs(r.args:get("hosts", {})) do
		for _, b in ipairs(r.args:get("hosts", {})) do
			if a == b then same = same + 1 end
		end
	end
	return add { taint = { "looked" } }
end }
'''
MANY = dict(to=["t%d" % i for i in range(600)], cc=["c%d" % i for i in range(600)])
SPENT = 200  # more than a supervisor has places for processes


def lease(d, given):
    c = d.admin()
    found = {x["id"]: x for x in c.ask("GET", "/v1/leases?all=yes")[1]["leases"]}[given["credential"]["lease"]]
    c.close()
    return found


def workers(d):
    one, other = d.agent_of(ONE), d.agent_of(OTHER)
    task, own = other.open("work"), one.open("work")
    codes = {}
    for i in range(SPENT):
        got = one.act(own, "mail.send", args=MANY, key="m%d" % i)
        code = got.get("code") or (got.get("error") or {}).get("code")
        codes[code] = codes.get(code, 0) + 1
        if code == "frozen":  # policy_kills: of the tree alone
            own = one.open("work")
    row("workers", "a rule runs into its steps, again and again", codes.get("policy_steps", 0) > SPENT * 3 // 4, codes)
    got = [other.act(task, "db.q", key="o%d" % i) for i in range(20)]
    row("workers", "and another agent is answered as ever", all(says(g, "allow") for g in got), got[-1])
    row("workers", "who spent them too, for what does not", says(one.act(one.open("work"), "db.q"), "allow"))


def half_way(d):
    """A rule counts outside itself, and fails before it has counted back: that is the caller's, and nobody else's"""
    one, other = d.agent_of(ONE), d.agent_of(OTHER)
    task = other.open("work")
    codes, others, own = {}, [], one.open("work")
    for i in range(40):
        for wrong in (["x@acme.example", "no address"], [[[5]]], [True]):
            got = one.act(own, "db.to", args=dict(to=wrong), key="h%d%r" % (i, len(codes) + i))
            code = got.get("code") or (got.get("error") or {}).get("code")
            codes[code] = codes.get(code, 0) + 1
            if code == "frozen":
                own = one.open("work")
            others.append(other.act(task, "db.to", args=dict(to=["x@acme.example"])))
    row("half way", "a rule fails in the middle", codes.get("policy_error", 0) > 20, codes)
    row("half way", "and another agent is judged on its own request alone", all(says(g, "allow") for g in others), [g for g in others if not says(g, "allow")][:1])


def hooks(d):
    one = d.agent_of(ONE)
    for name, args in (("one that all is well with", dict(replicas=3)), ("a missing argument", dict()), ("an argument of another kind", dict(replicas=[1])),
                       ("null", dict(replicas=None)), ("a text", dict(replicas="5")), ("a list that runs out of steps", dict(replicas=3, hosts=["h%d" % i for i in range(1500)])),
                       ("both", dict(hosts=["h%d" % i for i in range(1500)]))):
        c = d.admin()
        for domain in c.ask("GET", "/v1/domains")[1]["domains"]:
            for event in ("thaw", "cleanse"):
                c.ask("POST", "/v1/domains/" + domain["id"], dict(event=event, reason="anew"))
        c.close()
        task = one.open("work")
        given = one.act(task, "deploy.run", args=args)
        row("hooks", name + ": allowed, with a credential", says(given, "allow") and "credential" in given, given)
        one.outcome(given, "failed")
        row("hooks", name + ": stopped", until(lambda: d.task(task)["state"] == "frozen"), d.task(task))
        row("hooks", name + ": labelled by the hook that did not fail", "deploy:failed" in d.task(task)["labels"], d.task(task)["labels"])
        row("hooks", name + ": and its credential taken back", until(lambda: lease(d, given)["state"] != "active"), lease(d, given))
        row("hooks", name + ": nothing more of it", says(one.act(task, "db.w"), "deny", "frozen"))
        failed = args.get("replicas") != 3 or "hosts" in args
        row("hooks", name + ": what failed is a label too", ("policy_error" in d.task(task)["labels"]) == failed, d.task(task)["labels"])


d = Stage(CONF, POLICY)
try:
    workers(d)
    half_way(d)
    hooks(d)
finally:
    d.end()
done()
