#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A reload judges every connection anew: who is no operator any more, or has become an agent, does nothing more on a connection of before; and no record says
that nobody did it."""
from stage import Stage, done, row, says, until

A, OPS, FIN, HOLD, GATE = 61501, 62501, 62502, 62503, 63501
AGENTS = ('agents : { a : { owner = "o@acme.example"  escalate = "e@acme.example"  review_by = "2027-01-31"  environment = "prod"  match = [ "peer:uid=%d" ]\n'
          '  reach = [ "**" ]  intents = [ "work" ] } }\n')
CONF = """
intents : { work : { actions = [ "**" ]  sensitivity = "confidential" } }
resources : { thing : { type = "thing"  patterns = [ "**" ]  sensitivity = "internal" } }
actions : { read : { name = "x.read"  class = "other"  effect = "read"  sensitivity = "internal"  credential = "token" } }
enforcers : { gate : { match = [ "peer:uid=63501" ]  for_agents = [ "*" ] } }
admins : { ops : { uid = 62501 } }
"""
POLICY = 'rule { id = "allow", on = "**", effect = allow {} }\n'
PEOPLE = 'admins : { fin : { uid = 62502 }  hold : { uid = 62503 } }\n'
ASKED = (("GET", "/v1/status", None), ("GET", "/v1/tasks", None), ("POST", "/v1/kill", dict(agent="a")), ("POST", "/v1/reload", {}), ("GET", "/v1/decisions/d1-0", None),
         ("GET", "/v1/events", None), ("GET", "/v1/config", None), ("POST", "/v1/kill/lift", dict(agent="a")), ("GET", "/v1/approvals", None), ("GET", "/v1/domains", None))


d = Stage(CONF, POLICY)
d.configure("50-agents.conf", AGENTS % A)
d.configure("51-people.conf", PEOPLE)
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
            '  match = [ "peer:uid=%d" ]  reach = [ "**" ]  intents = [ "work" ] }\n' % HOLD))
status, answer = hold.ask("POST", "/v1/kill", dict(agent="a"))
row("agent", "whose user is an agent's now is none", status == 0 and ops.ask("GET", "/v1/status")[1]["killed"] == [], [status, answer])
row("agent", "the agent goes on, on its connection of before", says(agent.act(task, "x.read"), "allow"))
d.configure("50-agents.conf", AGENTS % (A + 1))
got = agent.act(task, "x.read")
row("agent", "until its user is no agent's any more", says(got, "deny", "no_agent"), got)

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
