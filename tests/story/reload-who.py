#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A reload judges every connection anew: who is no operator any more, or has become an agent, does nothing more on a connection of before; and no record says
that nobody did it."""
import time

from stage import Stage, done, row, says, until

A, OPS, FIN, HOLD, GATE = 61501, 62501, 62502, 62503, 63501
AGENTS = ('agents : { a : { owner = "o@acme.example"  escalate = "e@acme.example"  review_by = "2027-01-31"  environment = "prod"  match = [ "peer:uid=%d" ]\n'
          '  reach = [ "**" ]  intents = [ "work" ] } }\n')
CONF = """
intents : { work : { actions = [ "**" ]  sensitivity = "confidential" } }
resources : { thing : { type = "thing"  patterns = [ "**" ]  sensitivity = "internal" } }
actions : { read : { name = "x.read"  class = "other"  effect = "read"  sensitivity = "internal"  credential = "token" }
  ask : { name = "x.ask"  class = "other"  effect = "read"  sensitivity = "internal" } }
groups : { ops : { members = [ "ops" ] } }
admins : { ops : { uid = 62501 } }
"""
POLICY = ('rule { id = "allow", on = "**", effect = allow {} }\n'
          'rule { id = "ask", on = "x.ask", effect = step_up { approvers = "ops", quorum = 1, ttl = "5m", say = "look" } }\n')
ENFORCERS = 'enforcers : { gate : { match = [ "peer:uid=%d" ]  for_agents = [ "*" ] } }\n'
PEOPLE = 'admins : { fin : { uid = 62502 }  hold : { uid = 62503 } }\n'
ASKED = (("GET", "/v1/status", None), ("GET", "/v1/tasks", None), ("POST", "/v1/kill", dict(agent="a")), ("POST", "/v1/reload", {}), ("GET", "/v1/decisions/d1-0", None),
         ("GET", "/v1/events", None), ("GET", "/v1/config", None), ("POST", "/v1/kill/lift", dict(agent="a")), ("GET", "/v1/approvals", None), ("GET", "/v1/domains", None))


d = Stage(CONF, POLICY)
d.configure("50-agents.conf", AGENTS % A)
d.configure("51-people.conf", PEOPLE)
d.configure("52-enforcers.conf", ENFORCERS % GATE)
ops = d.admin_of(OPS)
agent = d.agent_of(A)
task = agent.open("work")
row("before", "an agent works", says(agent.act(task, "x.read"), "allow"))
for n, (method, path, body) in enumerate(ASKED):
    d.configure("51-people.conf", PEOPLE)
    fin = d.admin_of(FIN)
    status, answer = fin.ask("GET", "/v1/status")
    row("removed", "fin is an operator", status == 200, answer)
    d.configure("51-people.conf", 'admins : { hold : { uid = 62503 } }\n')
    status, answer = fin.ask(method, path, body)
    row("removed", "%s %s of one who was" % (method, path), status == 0, [status, answer])
row("removed", "nothing was killed", ops.ask("GET", "/v1/status")[1]["killed"] == [])

d.configure("51-people.conf", PEOPLE)
hold = d.admin_of(HOLD)
row("agent", "hold is an operator", hold.ask("GET", "/v1/status")[0] == 200)
d.configure("50-agents.conf", (AGENTS % A).replace("agents : {", 'agents : { b : { owner = "o@acme.example"  escalate = "e@acme.example"  review_by = "2027-01-31"  environment = "prod"\n'
            '  match = [ "peer:uid=%d", "peer:gid" ]  reach = [ "**" ]  intents = [ "work" ] }\n' % HOLD))  # by its uid alone is a mistake of the configuration
status, answer = hold.ask("POST", "/v1/kill", dict(agent="a"))
row("agent", "whose user is an agent's now is none", status == 0 and ops.ask("GET", "/v1/status")[1]["killed"] == [], [status, answer])
row("agent", "the agent goes on, on its connection of before", says(agent.act(task, "x.read"), "allow"))
d.configure("50-agents.conf", AGENTS % (A + 1))
got = agent.act(task, "x.read")
row("agent", "until its user is no agent's any more", says(got, "deny", "no_agent"), got)

# ---- who waits while the reload comes ----
d.configure("50-agents.conf", AGENTS % A)
d.configure("51-people.conf", PEOPLE)
agent = d.agent_of(A)
asked = agent.act(agent.open("work"), "x.ask")
row("waits", "a person is asked", says(asked, "step_up"), asked)
path, fin, gate = "/v1/approvals/%s?wait=30" % asked["approval"]["id"], d.admin_of(FIN), d.enforcer_of(GATE)
row("waits", "both may look", fin.ask("GET", path[:-8])[0] == 200 and gate.ask("GET", path[:-8])[0] == 200)
[p.begin("GET", path) for p in (fin, gate)]
time.sleep(0.5)
d.configure("51-people.conf", 'admins : { hold : { uid = 62503 } }\n')
d.configure("52-enforcers.conf", ENFORCERS % (GATE + 1))
begun = time.time()
status, answer = fin.end()
row("waits", "who is no operator any more learns nothing", status == 0 and "approval" not in answer, [status, answer])
status, answer = gate.end()
row("waits", "nor does who is no enforcer any more", status == 404 and answer["error"]["code"] == "not_enforcer", [status, answer])
row("waits", "and neither waits on", time.time() - begun < 15, time.time() - begun)
d.configure("51-people.conf", PEOPLE)

fin = d.admin_of(FIN)
fin.ask("GET", "/v1/status")
d.write("conf.d/51-people.conf", b"admins : { hold : { uid = 62503 } }\n")
status, answer = fin.ask("POST", "/v1/reload", {})
row("by", "one takes himself away", status in (0, 200), [status, answer])
until(lambda: len([l for l in d.leaves("admin") if l["body"].get("by") == "fin"]) > 0)
row("by", "and it is his in the record", any(l["body"]["verb"] == "reload" and l["body"]["by"] == "fin" for l in d.leaves("admin")))
empty = [l for l in d.leaves() if l["body"].get("by") == ""]
row("by", "no record says that nobody did it", empty == [], empty[:3])
d.end()
done()
