#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Story U4: an agent extends its own tools."""
import hashlib
from stage import Stage, done, row, says, until

AGENT, OWNER, SEC, GATE = 61041, 62041, 62042, 63041
D1, D2 = hashlib.sha256(b"d1").hexdigest(), hashlib.sha256(b"d2").hexdigest()
CONF = """
groups : { owners : { members = [ "owner" ] }  security : { members = [ "sec" ] } }
admins : { owner : { uid = 62041 } sec : { uid = 62042 } }
intents : { triage : { actions = [ "**" ]  sensitivity = "internal"  depth = 3  children = 1000 } }
agents : { ops-bot : { owner = "olga@acme.example"  escalate = "o@acme.example"  review_by = "2027-01-31"  environment = "staging"
  match = [ "peer:uid=61041" ]  reach = [ "ticket.*", "tool.register", "python.run", "shell.*" ]  intents = [ "triage" ] } }
enforcers : { gate : { match = [ "peer:uid=63041" ]  for_agents = [ "*" ] } }
tools : { search : { action = "ticket.search"  server = "tickets"  tool = "search"  digest = "%s" } }
actions : {
  search : { name = "ticket.search"  class = "data"  effect = "read"  sensitivity = "internal" }
  close : { name = "ticket.close"  class = "data"  effect = "write"  sensitivity = "internal" }
  register : { name = "tool.register"  class = "infrastructure"  effect = "write"  sensitivity = "internal" }
  python : { name = "python.run"  class = "code"  effect = "execute"  sensitivity = "internal" }
  shell : { name = "shell.exec"  class = "code"  effect = "execute"  sensitivity = "internal" } }
""" % D1
POLICY = """
rule { id = "ticket", on = { "ticket.*", "shell.*" }, effect = allow {} }
rule { id = "register", on = "tool.register", effect = step_up { approvers = "owners", say = "A tool is to be added" } }
rule { id = "register-sec", on = "tool.register", effect = step_up { approvers = "security" } }
rule { id = "python", on = "python.run", effect = allow {} }
rule { id = "python-new", on = "python.run", when = function(r) return not r.args.code.trusted end, effect = step_up { approvers = "security", say = "This code is not known" } }
"""


def story(d):
    agent, gate, owner, sec = d.agent_of(AGENT), d.enforcer_of(GATE), d.admin_of(OWNER), d.admin_of(SEC)
    task = agent.open("triage")
    call = lambda action, tool, **more: gate.act(more.pop("task", task), action, "ticket:q", as_enforcer=True, peer_uid=AGENT, tool=tool, **more)
    got = call("ticket.search", D1)
    row(1, "the tool as it is pinned", says(got, "allow"), got)
    got = call("ticket.search", D2)
    row(2, "the server presents another one", says(got, "deny", "tool_changed"), got)
    leaf = d.leaves("tool")[-1]["body"]
    row(2, "it is in quarantine, with both digests", leaf["digest"] == D2 and leaf["pinned"] == D1 and leaf["action"] == "ticket.search", leaf)
    row(2, "and the owner is told", until(lambda: "tool_changed" in d.alerts()))
    got = call("ticket.search", D1)
    row(2, "this tree uses it no more, whatever the server says now", says(got, "deny", "tool_quarantined"), got)
    answer = d.configure("80-pin.conf", 'tools : { search : { digest = "%s" } }\n' % D2)
    got = call("ticket.search", D2)
    row(2, "also when an operator takes the new one up", says(got, "deny", "tool_quarantined"), [answer, got])
    fresh = agent.open("triage")
    got = call("ticket.search", D2, task=fresh)
    row(2, "a task opened afterwards does", says(got, "allow"), got)
    got = agent.act(fresh, "tool.register", "tool:shell", dict(action="shell.exec"))
    row(3, "adding a tool asks its owner and security", says(got, "step_up") and set(got["approval"]["groups"]) == {"owners", "security"}, got)
    got = agent.act(fresh, "shell.exec", "host:x", dict(cmd="id"))
    row(3, "and it is never usable in the task that asked", says(got, "deny", "tool_quarantined"), got)
    got = agent.act(fresh, "python.run", "host:x", dict(code="sha256:feed"))
    row(4, "code whose digest is not known asks a person", says(got, "step_up"), got)
    got = agent.act(fresh, "ticket.search2", "ticket:q")
    row(5, "an alias of the same tool is not in the catalogue", says(got, "deny", "unknown_action"), got)
    got = agent.delegate(fresh, actions=["ticket.*"])
    child = got["task"]
    got = agent.delegate(child, actions=["ticket.*", "shell.exec"])
    row(6, "a subtask that asks for more is narrowed to its parent's set, and the difference shown", "task" in got and any("shell.exec" in n for n in got["narrowed"]), got)
    grand = got["task"]
    got = agent.delegate(grand, actions=["ticket.*"])
    row(7, "depth three", "task" in got, got)
    got = agent.delegate(got["task"], actions=["ticket.*"])
    row(7, "depth four is refused", says(got, "deny", "rule_3_depth"), got)
    busy = agent.open("triage")
    codes = [agent.delegate(busy, actions=["ticket.*"]).get("code") for _ in range(51)]
    row(7, "fifty subtasks in ten seconds freeze their parent", codes[:50] == [None] * 50 and codes[50] == "children_burst" and d.task(busy)["state"] == "frozen", codes[48:])
    agent.close(fresh)
    got = agent.act(child, "ticket.search", "ticket:q")
    row(8, "a subtask does not outlive its parent", says(got, "deny", "task_closed"), got)


d = Stage(CONF, POLICY)
try:
    story(d)
except BaseException:
    print(d.text()[-5000:])
    raise
finally:
    d.end()
done()
