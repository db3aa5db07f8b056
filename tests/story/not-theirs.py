#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A request that was refused before its task was found to be its own is nobody's word on that task: it freezes nothing, quarantines nothing, takes no key
and no rate; and nothing that one agent reports makes what another does too long to be recorded, or hides what waits for a person."""
import time

from stage import Stage, done, row, says, until

A, B, OPS, GATE, LIM = 61511, 61512, 62511, 63511, 63512
AGENT = """%s : { owner = "o@acme.example"  escalate = "e@acme.example"  review_by = "2027-01-31"  environment = "prod"  match = [ "peer:uid=%d" ]  reach = [ "**" ]
  intents = [ "work" ]  delegates = [ "*" ] }"""
CONF = """
groups : { ops : { members = [ "ops" ] } }
admins : { ops : { uid = 62511 } }
humans : { o : { id = "o@acme.example" } }
intents : { work : { actions = [ "**" ]  sensitivity = "confidential"  depth = 4  children = 100 } }
resources : { notes : { type = "note"  patterns = [ "**" ]  sensitivity = "internal"  memory = true } things : { type = "thing"  patterns = [ "**" ]  sensitivity = "internal" } }
enforcers : { gate : { match = [ "peer:uid=63511" ]  for_agents = [ "*" ] } lim : { match = [ "peer:uid=63512" ]  for_agents = [ "b" ] } }
actions : { read : { name = "fs.read"  class = "data"  effect = "read"  sensitivity = "internal" }
            note : { name = "note.write"  class = "data"  effect = "write"  sensitivity = "internal" }
            ask : { name = "ask.this"  class = "data"  effect = "write"  sensitivity = "internal" }
            pay : { name = "pay.send"  class = "payment"  effect = "write"  sensitivity = "internal" } }
agents : { %s
  %s }
""" % (AGENT % ("a", A), AGENT % ("b", B))
POLICY = """
rule { id = "allow", on = { "fs.*", "pay.*", "note.*" }, effect = allow {} }
rule { id = "ask", on = "ask.*", effect = step_up { approvers = "ops", say = "a word" } }
"""


def quarantine(d, a, b, gate, lim):
    task = a.open("work")
    before = len(d.leaves("tool"))
    for who, more in ((b, {}), (d.agent_of(61599), {}), (lim, {}), (lim, dict(as_enforcer=True))):
        got = who.act(task, "tool.register", args=dict(action="pay.send"), **more)
        row("tools", "a stranger's word on a tool is refused", got.get("verdict") == "deny" or "error" in got, got)
    row("tools", "and quarantines nothing", len(d.leaves("tool")) == before and says(a.act(task, "pay.send", args=dict(n=1)), "allow"))
    last = [l["body"] for l in d.leaves("decision") if l["body"]["action"] == "tool.register"][-1]
    row("tools", "nor does its refusal carry what the task is", last["domain"] == "" and last["intent"] == "", last)


def freeze(d, a, lim):
    task = a.open("work")
    got = [lim.act(task, "fs.read", key="mine%d" % i, as_enforcer=True) for i in range(60)] + [lim.act(task, "fs.read", key="other%d" % i) for i in range(60)]
    row("freeze", "an enforcer that is not for this agent is refused", all(says(g, "deny", "enforcer_agent") for g in got), got[0])
    row("freeze", "its refusals are not the agent's", says(a.act(task, "fs.read"), "allow") and d.task(task)["denied"] == 0, d.task(task))
    row("freeze", "and its keys are its own", says(a.act(task, "fs.read", key="mine1"), "allow") and says(a.act(task, "fs.read", key="other1"), "allow"))
    row("freeze", "and new tasks are not frozen", says(a.act(a.open("work"), "fs.read"), "allow"))


def labels(d, a, b):
    """Labels of control characters are six bytes each in a leaf; 64 of them made the decisions of others too long to be recorded."""
    worst = ["".join(chr(1 + (i + j) % 31) for j in range(128)) for i in range(64)]
    quoted = ['"' * 120 + "%08d" % i for i in range(64)]
    root = a.open("work")
    child = b.claim(a.delegate(root, to="b", actions=["fs.read", "note.write"])["task"])
    for kind, reported in (("control characters", worst), ("quotes", quoted)):
        for part in (reported[:32], reported[32:]):
            status, answer = b.outcome(b.act(child, "fs.read"), "ok", labels=part)
            row("labels", kind + " are a report", status == 200, answer)
        b.act(child, "note.write", "note:n")
        before = len(d.leaves("decision"))
        for task in (root, a.open("work")):
            got = a.act(task, "pay.send", args=dict(amount=1, to="x"))
            row("labels", "others are decided and recorded all the same, after " + kind, got.get("decision_id") and got["code"] != "audit_unavailable", got)
            a.act(task, "fs.read", "note:n")
            got = a.act(task, "pay.send", args=dict(amount=2, to="x"))
            row("labels", "and after what they left in a note", got.get("decision_id") and got["code"] != "audit_unavailable", got)
        row("labels", "nothing is unrecorded", d.admin().ask("GET", "/v1/status")[1]["unrecorded"]["closed"] == 0 and len(d.leaves("decision")) >= before + 6)


def waiting(d, a, b, ops):
    """Three long ones do not hide a fourth."""
    first = b.act(b.open("work"), "ask.this", args=dict(text="short"))
    task = a.open("work")
    long = [a.act(task, "ask.this", args=dict(text="x" * 900000, n=i)) for i in range(3)]
    row("waiting", "they wait", all(says(g, "step_up") for g in [first] + long), [first, long[0].get("code")])
    got = ops.ask("GET", "/v1/approvals")[1]
    ids = [x["id"] for x in got["approvals"]]
    row("waiting", "all are listed, oldest first, and counted", ids == [g["approval"]["id"] for g in [first] + long] and got["total"] == 4, [ids, got.get("total")])
    row("waiting", "a long one by its name and length", got["approvals"][1]["action"]["action"] == "ask.this" and got["approvals"][1]["action"]["bytes"] > 900000, got["approvals"][1]["action"])
    one = ops.ask("GET", "/v1/approvals/" + ids[1])[1]["approval"]
    row("waiting", "and whole where it is shown", len(one["action"]["arguments"]["text"]) == 900000)


d = Stage(CONF, POLICY, limits='max_body = "1MiB"')
try:
    a, b, gate, lim, ops = d.agent_of(A), d.agent_of(B), d.enforcer_of(GATE), d.enforcer_of(LIM), d.admin_of(OPS)
    quarantine(d, a, b, gate, lim)
    freeze(d, a, lim)
    waiting(d, a, b, ops)
    labels(d, a, b)
except BaseException:
    print(d.text()[-3000:])
    raise
finally:
    d.end()


def doors(d):
    """Strangers of many users take every door of the agent face: the other faces have theirs, and who is idle makes room."""
    strangers = [d.agent_of(62600 + i) for i in range(6)]
    for s in strangers:
        s.begin("GET", "/v1/tasks/t-1")
    time.sleep(1)
    enforcer, ops = d.enforcer_of(GATE), d.admin_of(OPS)
    row("doors", "an operator is answered", ops.ask("POST", "/v1/kill", dict(agent="b", reason="x"))[0] == 200)
    row("doors", "and an enforcer that comes for the first time", enforcer.ask("GET", "/oauth2/jwks")[0] == 200)
    for s in strangers:
        s.p.stdin.close()
        s.p.wait()
        d.puppets.remove(s)
    row("doors", "once they are gone an agent has its door", until(lambda: isinstance(d.agent_of(A).open("work"), dict)))


def doors_held(d):
    """They stay, and say nothing but that they are there: whom the configuration names has place all the same, and keeps it."""
    strangers = [d.agent_of(62700 + i) for i in range(6)]
    a, b = d.agent_of(A), d.agent_of(B)
    for s in strangers:
        s.ask("GET", "/v1/ping")
    task = a.open("work")
    row("held", "an agent has its door", "id" in task, task)
    got = b.open("work")
    row("held", "the other one, too (it is killed, and hears so)", got.get("code") == "killed", got)
    for i in range(3):
        for s in strangers:
            s.ask("GET", "/v1/ping")
        answer = a.act(task, "note.read")
        row("held", "round %d: it is decided on what it asks, on the connection it has" % (i + 1), answer.get("verdict") in ("allow", "deny"), answer)
    status = d.admin_of(OPS).ask("GET", "/v1/status")[1]
    row("held", "status says so", status["turned_out"] > 0)
    with_one = sum(s.ask("GET", "/v1/ping")[0] == 200 for s in strangers)
    row("held", "strangers share what is left", with_one >= 1, with_one)
    for p in strangers + [a, b]:
        p.p.stdin.close()
        p.p.wait()
        d.puppets.remove(p)


d = Stage(CONF, POLICY, limits="doors = 3")
try:
    doors(d)
    doors_held(d)
finally:
    d.end()
done()
