#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What was given is taken back wherever labels go, and a repeat of what was allowed is not more than asking again would be."""
import json
from stage import Stage, done, row, says, until

A, B, OPS, GATE, API = 61421, 61422, 62421, 63421, 63422
AGENTS = "agents : { %s\n %s }\n"
CONF = """
groups : { ops : { members = [ "ops" ] } }
admins : { ops : { uid = 62421 } }
humans : { o : { id = "o@acme.example" } p : { id = "p@acme.example"  agents = [ "*" ]  delegates = [ "**" ] } }
intents : { work : { actions = [ "**" ]  sensitivity = "restricted"  depth = 4  children = 100 } }
resources : { notes : { type = "note"  patterns = [ "**" ]  sensitivity = "internal"  memory = true } things : { type = "thing"  patterns = [ "**" ]  sensitivity = "internal" } }
enforcers : { gate : { match = [ "peer:uid=63421" ]  for_agents = [ "*" ] } repo-api : { match = [ "peer:uid=63422" ]  for_agents = [ "*" ] } }
actions : {
  mail : { name = "mail.read"  class = "data"  effect = "read"  sensitivity = "internal"  taints = [ "mail" ] }
  repo : { name = "repo.read"  class = "code"  effect = "read"  sensitivity = "confidential"  credential = "token" }
  ask : { name = "ask.this"  class = "data"  effect = "write"  sensitivity = "confidential"  credential = "token" }
  word : { name = "others.word"  class = "data"  effect = "write"  sensitivity = "internal" }
  note : { name = "repo.note"  class = "data"  effect = "read"  sensitivity = "internal" }
  pay : { name = "pay.send"  class = "payment"  effect = "write"  sensitivity = "internal" } }
"""
POLICY = """
rule { id = "allow", on = { "mail.*", "repo.*", "pay.*" }, effect = allow {} }
rule { id = "ask", on = "ask.*", effect = step_up { approvers = "ops", say = "a word" } }
rule { id = "others", on = "others.word", when = function(r) return r.args.iban.origin == "task" end, effect = allow {} }
"""


def stanza(name, uid, reach="**"):
    return ('%s : { owner = "o@acme.example"  escalate = "e@acme.example"  review_by = "2027-01-31"  environment = "prod"  match = [ "peer:uid=%d" ]  reach = [ "%s" ]\n'
            '  intents = [ "work" ]  delegates = [ "*" ] }' % (name, uid, reach))


def clean(ops):
    for x in ops.ask("GET", "/v1/domains")[1]["domains"]:
        ops.ask("POST", "/v1/domains/" + x["id"], dict(event="cleanse", reason="test"))


def approvals(d):
    a, ops = d.agent_of(A), d.admin_of(OPS)
    yes = lambda got: ops.ask("POST", "/v1/approvals/%s/approve" % got["approval"]["id"], {})
    task = a.open("work")
    got = a.act(task, "ask.this", key="q1")
    row("yes", "a person is asked and says yes", says(got, "step_up") and yes(got)[0] == 200, got)
    a.act(task, "mail.read")
    got = a.act(task, "ask.this", key="q2")
    row("yes", "which is none once the task has read what nobody was shown", says(got, "step_up") and '"tainted":["mail"]' in json.dumps(ops.ask("GET", "/v1/approvals/" + got["approval"]["id"])[1], separators=(",", ":")), got)
    yes(got)
    used = a.act(task, "ask.this", key="q3")
    row("yes", "the next one, who saw it, serves", says(used, "allow"), used)
    row("yes", "and can be taken back after its use", ops.ask("POST", "/v1/approvals/%s/deny" % got["approval"]["id"], {})[0] == 200)
    state = {x["id"]: x["state"] for x in ops.ask("GET", "/v1/leases?all=yes")[1]["leases"]}[used["credential"]["lease"]]
    row("yes", "with what it gave", state in ("revoking", "dead"), state)
    a.close(task)
    clean(ops)
    task = a.open("work")
    got = a.act(task, "ask.this", key="q4")
    row("yes", "another one", says(got, "step_up") and yes(got)[0] == 200, got)
    d.write("policy.d/10-test.lua", POLICY.replace('id = "ask"', 'id = "grave"').encode())
    d.configure("51-action.conf", "")
    got = a.act(task, "ask.this", key="q5")
    row("yes", "is none for another rule of a later set", says(got, "step_up"), got)
    d.write("policy.d/10-test.lua", POLICY.encode())
    d.configure("51-action.conf", "")
    got = a.act(task, "ask.this", key="q6")
    row("yes", "a third", says(got, "step_up") and yes(got)[0] == 200, got)
    d.configure("51-action.conf", 'actions : { ask : { sensitivity = "restricted" } }\n')
    got = a.act(task, "ask.this", key="q7")
    row("yes", "nor once what it is for is more delicate", says(got, "step_up"), got)
    d.configure("51-action.conf", "")
    a.close(task)


def reports(d):
    """What a second report says is not passed over, and a repeat is judged by what holds now."""
    a, gate = d.agent_of(A), d.enforcer_of(GATE)
    task = a.open("work")
    got = gate.act(task, "pay.send", as_enforcer=True, key="g1")
    row("report", "a first report", gate.outcome(got, "ok")[0] == 200)
    row("report", "said again is the same", gate.outcome(got, "ok")[0] == 200)
    row("report", "with more in it, it is refused", gate.outcome(got, "ok", labels=["pii"])[0] == 409)
    row("report", "an allow", says(a.act(task, "pay.send", key="p1", args=dict(n=7)), "allow"))
    a.act(task, "mail.read")
    got = a.act(task, "pay.send", key="p1", args=dict(n=7))
    row("report", "is no allow any more once the task has read", says(got, "deny", "answer_lost"), got)
    got = a.act(task, "pay.send", resource="NOTE:x")
    row("type", "a type in another case is none", says(got, "deny", "resource_form"), got)
    a.close(task)
    clean(d.admin_of(OPS))


def notes(d):
    """At the end: what may still be read and written when all is closed carries on for as long as it may."""
    a = d.agent_of(A)
    writer = a.open("work")
    clean(d.admin_of(OPS))
    b = d.agent_of(B)
    reader, fresh = b.open("work"), a.open("work")
    wrote = a.act(fresh, "pay.send", resource="note:memo")
    a.act(fresh, "mail.read")
    a.outcome(wrote, "ok")
    b.act(reader, "repo.note", resource="note:memo")
    row("memory", "a note that is written later than it was allowed carries what was read meanwhile", d.task(reader)["labels"] == ["mail"], d.task(reader))
    a.close(writer), a.close(fresh), b.close(reader)
    clean(d.admin_of(OPS))


def introspected(d):
    """A token stands as long as it would still be given."""
    a, api = d.agent_of(A), d.enforcer_of(API)
    task = a.open("work")
    token = a.act(task, "repo.read")["credential"]["token"]
    active = lambda: api.ask("POST", "/oauth2/introspect", "token=" + token)[1].get("active")
    row("token", "a token that was given is active", active() is True, active())
    for what, text in (("reach", AGENTS % (stanza("a", A, "mail.*"), stanza("b", B))), ("the agent", "agents : { %s }\n" % stanza("b", B))):
        d.configure("50-agents.conf", text)
        row("token", "not without %s" % what, active() is False, active())
        d.configure("50-agents.conf", AGENTS % (stanza("a", A), stanza("b", B)))
        if active() is not True:  # its task ended with the agent
            task = a.open("work")
            token = a.act(task, "repo.read")["credential"]["token"]
    d.configure("51-action.conf", 'actions : { repo : { sensitivity = "restricted" } }\n')
    row("token", "nor where its action is more delicate by now", active() is False, active())
    d.configure("51-action.conf", "")
    row("token", "and again once that is taken back", active() is True, active())
    for what, text in (("its resource is more delicate", 'resources : { more : { type = "thing"  patterns = [ "x" ]  sensitivity = "restricted" } }\n'),
                       ("its resource is another environment's", 'resources : { more : { type = "thing"  patterns = [ "x" ]  sensitivity = "internal"  environment = "elsewhere" } }\n'),
                       ("its action is another environment's", 'actions : { repo : { environment = "elsewhere" } }\n'),
                       ("its action takes other arguments", 'actions : { repo : { arguments = [ "q:string" ] } }\n'),
                       ("its intent has other resources", 'intents : { work : { resources = [ "other/**" ] } }\n')):
        got = d.configure("51-action.conf", text)
        row("token", "nor where %s by now" % what, active() is False, [got, active()])
        d.configure("51-action.conf", "")
    d.configure("51-action.conf", 'actions : { other : { name = "other.thing"  effect = "read"  sensitivity = "public" } }\n')
    row("token", "and a reload about something else leaves it", active() is True, active())
    d.configure("51-action.conf", "")
    boss = d.admin_of(OPS)
    token = a.act(a.open("work", on_behalf_of="p@acme.example"), "repo.read")["credential"]["token"]
    row("token", "in somebody's name", active() is True, active())
    boss.ask("POST", "/v1/humans/p", dict(disabled=True))
    row("token", "not once they are disabled", active() is False, active())
    boss.ask("POST", "/v1/humans/p", dict(disabled=False))


def one_user(d):
    """Agents b and c are one user: two names, one party. An agent's process is no enforcer."""
    b, c = d.agent_of(B), d.agent_of(B)
    root = b.open("work", agent="b", inputs=dict(iban="DE75512108001245126199"))
    got = b.act(root, "others.word", args=dict(iban="DE75512108001245126199"), agent="b")
    row("party", "its own word is its own", says(got, "deny"), got)
    child = b.delegate(root, to="c", actions=["**"], inputs=dict(iban="DE02120300000000202051"), agent="b")["task"]
    child = c.ask("POST", "/v1/tasks", dict(task_token=child["token"], key=c.key(), agent="c"))[1]["task"]
    got = c.act(child, "others.word", args=dict(iban="DE02120300000000202051"), agent="c")
    row("party", "handed on to another name of the same user it still is", says(got, "deny", "policy_none"), got)
    both = d.enforcer_of(B)
    got = both.open("work", agent="b", session="s")
    row("party", "nor does it speak as an enforcer", not isinstance(got, dict) or got.get("id") is None, got)


def story(d):
    a, b, ops, gate = d.agent_of(A), d.agent_of(B), d.admin_of(OPS), d.enforcer_of(GATE)
    lease = lambda who, task: who.act(task, "repo.read")["credential"]["lease"]
    state = lambda l: {x["id"]: x["state"] for x in ops.ask("GET", "/v1/leases?all=yes")[1]["leases"]}[l]
    hand_on = lambda root: b.claim(a.delegate(root, to="b", actions=["**"])["task"])
    cleanse = lambda: clean(ops)

    cleanse()  # what was read of a memory above may be read still
    root, other = a.open("work"), b.open("work")
    hand_on(root)
    theirs = lease(b, other)
    row("far", "the root reads a mail", says(a.act(root, "mail.read"), "allow"))
    row("far", "labels reach the other root of whoever works below", d.task(other)["labels"] == ["mail"])
    row("far", "and what it holds is taken back", until(lambda: state(theirs) in ("revoking", "dead")), state(theirs))
    a.close(root), b.close(other), cleanse()

    read = b.open("work")
    b.act(read, "mail.read")
    root, second = a.open("work"), a.open("work")
    mine, also = lease(a, root), lease(a, second)
    hand_on(root)
    row("claim", "one who has read takes a task below", d.task(second)["labels"] == ["mail"])
    row("claim", "and what was given above is taken back", until(lambda: state(mine) != "active" and state(also) != "active"), [state(mine), state(also)])
    a.close(root), a.close(second), b.close(read), cleanse()

    old = a.open("work")
    a.act(old, "mail.read")
    cleanse()
    new = a.open("work")
    given = lease(a, new)
    row("again", "a new task in a cleansed domain is clean", d.task(new)["labels"] == [])
    a.act(old, "mail.read")
    row("again", "until an old one reads again, and so is what it holds", until(lambda: state(given) != "active"), state(given))

    task = a.open("work")
    row("repeat", "a repeat is the same answer", all(says(a.act(task, "pay.send", key="r1"), "allow") for _ in range(2)))
    done_it = a.act(task, "pay.send", key="u1", args=dict(n=1))
    a.outcome(done_it, "unknown")
    got = a.act(task, "pay.send", key="u1", args=dict(n=1))
    row("repeat", "what is done is not allowed once more", says(got, "deny", "outcome_known"), got)
    got = a.act(task, "pay.send", args=dict(n=1))
    row("repeat", "nor under another key, while nobody knows what came of it", says(got, "deny", "outcome_unknown"), got)
    got = gate.act(task, "pay.send", args=dict(n=1), as_enforcer=True)
    row("repeat", "nor through an enforcer", says(got, "deny", "outcome_unknown"), got)
    long = dict(n=1, text="x" * 70000)
    a.outcome(a.act(task, "pay.send", key="u2", args=long), "unknown")
    got = [gate.act(task, "pay.send", args=long, as_enforcer=True), a.act(task, "pay.send", args=long)]
    row("repeat", "however long it is", all(says(g, "deny", "outcome_unknown") for g in got), got)
    row("repeat", "another payment is another", says(gate.act(task, "pay.send", args=dict(n=2), as_enforcer=True), "allow"))
    d.configure("50-agents.conf", AGENTS % (stanza("a", A, "mail.*"), stanza("b", B)))
    got = a.act(task, "pay.send", key="r1")
    row("repeat", "and a reload that takes the right away takes the repeat", says(got, "deny", "outside_reach"), got)


d = Stage(CONF, POLICY, limits='max_body = "1MiB"')
try:
    d.configure("50-agents.conf", AGENTS % (stanza("a", A), stanza("b", B)))
    approvals(d)
    reports(d)
    introspected(d)
    story(d)
    clean(d.admin_of(OPS))
    d.configure("50-agents.conf", AGENTS % (stanza("a", A), stanza("b", B) + "\n " + stanza("c", B)) + 'enforcers : { both : { match = [ "peer:uid=%d" ]  for_agents = [ "*" ] } }\n' % B)
    one_user(d)
    d.configure("50-agents.conf", AGENTS % (stanza("a", A), stanza("b", B)))
    notes(d)
finally:
    d.end()
done()
