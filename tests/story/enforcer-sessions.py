#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""An enforcer speaks for many sessions of one agent: each is a domain of its own, ends when the enforcer says so, and by itself where nothing is asked in it."""
import time
from stage import Stage, done, row, says, until

GATE, OTHER, BOSS = 63401, 63402, 62401
AGENT = ('%s : { owner = "o@acme.example"  escalate = "e@acme.example"  review_by = "2027-01-31"  environment = "prod"  match = [ "peer:uid=%d" ]\n'
         '  reach = [ "**" ]  intents = [ "work", "idle", "short" ]  delegates = [ "*" ]  fade = "%s" }\n')
CONF = """
admins : { hugo : { uid = 62401 } }
humans : { o : { id = "o@acme.example" } }
intents : { work : { actions = [ "**" ]  sensitivity = "confidential"  depth = 4  children = 100 }
            idle : { actions = [ "**" ]  sensitivity = "confidential"  idle = "2s" }
            short : { actions = [ "**" ]  sensitivity = "confidential"  ttl = "4s" } }
resources : { thing : { type = "thing"  patterns = [ "**" ]  sensitivity = "internal" } }
agents : {
""" + AGENT % ("a", 61401, "1h") + AGENT % ("b", 61402, "never") + """}
enforcers : { gate : { match = [ "peer:uid=63401" ]  for_agents = [ "*" ] }
              other : { match = [ "peer:uid=63402" ]  for_agents = [ "*" ] } }
actions : {
  mail : { name = "mail.read"  class = "data"  effect = "read"  sensitivity = "internal"  taints = [ "mail" ] }
  erp : { name = "erp.lookup"  class = "data"  effect = "read"  sensitivity = "internal" }
  bad : { name = "bad.idea"  class = "other"  effect = "write"  sensitivity = "internal" }
  alone : { name = "bad.alone"  class = "other"  effect = "write"  sensitivity = "internal" } }
"""
POLICY = """
rule { id = "allow", on = { "mail.*", "erp.*" }, effect = allow {} }
rule { id = "bad", on = "bad.idea", effect = deny { freeze = true } }
rule { id = "alone", on = "bad.alone", effect = deny { freeze = true, only_task = true } }
"""


def labels(d, task):
    return d.task(task)["labels"]


def opened(who, session=None, agent="a"):
    return who.open("work", agent=agent, **(dict(session=session) if session else {}))


def read(who, task):
    return says(who.act(task, "mail.read", as_enforcer=True), "allow")


def end(who, session):
    return who.ask("POST", "/v1/sessions/%s/end" % session, {})


def apart(d, gate, other):
    one, two = opened(gate, "s-1"), opened(gate, "s-2")
    row("apart", "one session reads", read(gate, one) and labels(d, one) == ["mail"])
    row("apart", "another of the same enforcer and agent stays clean", labels(d, two) == [] and labels(d, opened(gate, "s-2")) == [])
    row("apart", "the same one does not", labels(d, opened(gate, "s-1")) == ["mail"])
    row("apart", "another agent in it does", labels(d, opened(gate, "s-1", agent="b")) == [])
    row("apart", "another enforcer's of that name does", labels(d, opened(other, "s-1")) == [])
    row("apart", "one that is not named does", labels(d, opened(gate)) == [])
    plain = opened(gate)
    row("apart", "and those without a name are one for each agent", read(gate, plain) and labels(d, opened(gate)) == ["mail"] and labels(d, opened(gate, agent="b")) == [])
    for name in ("a|b", "a/b", "", " ", "x" * 129, "ä", "a\n", "?", "%41", "a b"):
        status, answer = gate.ask("POST", "/v1/tasks", dict(agent="a", intent="work", key=gate.key(), session=name))
        row("apart", "no name: %r" % name[:5], status == 400 and answer["error"]["code"] == "bad_request", answer)
    longest = "x" * 128
    row("apart", "the longest name", opened(gate, longest)["state"] == "open" and end(gate, longest) == (200, dict(ended=1, session=longest)))


def ended(d, gate, other):
    mine = [opened(gate, "e-1") for _ in range(3)] + [opened(gate, "e-1", agent="b")]
    theirs, beside = opened(other, "e-1"), opened(gate, "e-2")
    row("end", "two agents of it have read", read(gate, mine[0]) and read(gate, mine[3]) and read(gate, beside))
    status, answer = end(other, "e-2")
    row("end", "a session of another enforcer is not there", status == 404 and d.task(beside)["state"] == "open", answer)
    row("end", "nor is one that nobody named", end(gate, "e-3")[0] == 404)
    for uid, face in ((61401, "agent"), (BOSS, "admin")):
        row("end", "nor has the %s face such a thing" % face, d.puppet(face, uid).ask("POST", "/v1/sessions/e-1/end", {})[0] == 404)
    row("end", "unknown members are refused", gate.ask("POST", "/v1/sessions/e-1/end", dict(agent="a"))[0] == 400)
    status, answer = end(gate, "e-1")
    row("end", "all its tasks, whatever agent's", (status, answer) == (200, dict(ended=4, session="e-1")) and [d.task(t)["state"] for t in mine] == ["closed"] * 4, answer)
    row("end", "nobody else's", d.task(theirs)["state"] == "open" and d.task(beside)["state"] == "open")
    row("end", "its labels are gone, also where they never fade", labels(d, opened(gate, "e-1")) == [] and labels(d, opened(gate, "e-1", agent="b")) == [])
    row("end", "others' are not", labels(d, opened(gate, "e-2")) == ["mail"])
    row("end", "it may be said again", end(gate, "e-1")[1]["ended"] == 2 and end(gate, "e-1")[1]["ended"] == 0)
    leaves = [l["body"] for l in d.leaves("domain") if l["body"]["why"] == "session ended"]
    row("end", "each fade is recorded with who said so", [(l["event"], l["by"]) for l in leaves] == [("faded", "enforcer:gate")] * 2, leaves)


def many(d, gate):
    """More than are ended at once."""
    for _ in range(600):
        opened(gate, "m-1")
    status, answer = end(gate, "m-1")
    row("many", "600 tasks", (status, answer["ended"]) == (200, 600), answer)


def frozen(d, gate, hugo):
    still, runs = opened(gate, "f-1"), opened(gate, "f-1")
    mate = opened(gate, "f-1", agent="b")
    read(gate, still)
    gate.act(still, "bad.idea", as_enforcer=True)
    row("frozen", "the session's agent stands still", d.task(runs)["state"] == "frozen" and d.task(mate)["state"] == "open")
    status, answer = end(gate, "f-1")
    row("frozen", "its end is refused for what stands still", status == 409 and answer["error"]["code"] == "frozen" and d.task(still)["state"] == "frozen", answer)
    row("frozen", "the others have ended", d.task(mate)["state"] == "closed")
    row("frozen", "and it still carries what it carried", labels(d, opened(gate, "f-1")) == ["mail"] and d.task(opened(gate, "f-1"))["state"] == "frozen")
    for task in (still, runs):
        hugo.ask("DELETE", "/v1/tasks/" + task["id"])
    row("frozen", "an operator closes a task, the domain goes on standing still", end(gate, "f-1")[0] == 409)
    hugo.ask("POST", "/v1/tasks/%s/thaw" % opened(gate, "f-1")["id"], {})
    row("frozen", "thawed, it ends", end(gate, "f-1")[0] == 200 and labels(d, opened(gate, "f-1")) == [])


def waits(d, gate, hugo):
    """What stands still ends neither by silence nor by time: its session keeps what it carries until an operator has looked."""
    for intent in ("idle", "short"):
        session = "w-" + intent
        still = gate.open(intent, agent="a", session=session)
        read(gate, still)
        gate.act(still, "bad.alone", as_enforcer=True)
        beside = gate.open(intent, agent="a", session="v-" + intent)
        row("waits", "%s: it stands still" % intent, d.task(still)["state"] == "frozen" and d.task(beside)["state"] == "open")
        row("waits", "%s: one that does not ends" % intent, until(lambda: d.task(beside)["state"] in ("closed", "expired"), 30), d.task(beside))
        row("waits", "%s: it goes on standing still" % intent, d.task(still)["state"] == "frozen" and end(gate, session)[0] == 409, d.task(still))
        row("waits", "%s: and carries what it carried" % intent, labels(d, opened(gate, session)) == ["mail"])
        hugo.ask("DELETE", "/v1/tasks/" + still["id"])
        row("waits", "%s: until an operator has looked" % intent, end(gate, session)[0] == 200 and labels(d, opened(gate, session)) == [])


def again(d, gate):
    one, two = opened(gate, "r-1"), opened(gate, "r-2")
    read(gate, one), read(gate, two)
    end(gate, "r-1")
    code = d.stop(keep=True)
    d.start()
    import os
    os.chmod(d.path("admin"), 0o666)
    row("again", "a restart forgets no end", code == 0 and d.task(one)["state"] == "closed" and labels(d, opened(gate, "r-1")) == [])
    row("again", "and no session", labels(d, opened(gate, "r-2")) == ["mail"] and end(gate, "r-2")[1]["ended"] == 2 and labels(d, opened(gate, "r-2")) == [])


def idle(d, gate):
    lone, pair, mate, plain = opened(gate, "i-1"), opened(gate, "i-2"), opened(gate, "i-2", agent="b"), opened(gate)
    stands = opened(gate, "i-3")
    read(gate, lone)
    gate.act(stands, "bad.idea", as_enforcer=True)
    d.configure("90-idle.conf", 'limits : { session_idle = "3s" }\n')

    def over():
        says(gate.act(mate, "erp.lookup", as_enforcer=True), "allow") or row("idle", "who asks goes on", False)
        return d.task(lone)["state"] == "closed"
    row("idle", "a session in which nothing is asked ends", until(over, 30))
    row("idle", "one in which any of its agents asks does not", d.task(pair)["state"] == "open" and d.task(mate)["state"] == "open")
    row("idle", "nor what has no session", d.task(plain)["state"] == "open")
    row("idle", "nor what stands still", d.task(stands)["state"] == "frozen")
    row("idle", "silence washes nothing", labels(d, opened(gate, "i-1")) == ["mail"])
    row("idle", "it is recorded why", any(l["body"].get("why") == "session idle" and l["body"]["task"] == lone["id"] for l in d.leaves("task_end")))
    row("idle", "and once nobody asks, that one ends, too", until(lambda: d.task(pair)["state"] == d.task(mate)["state"] == "closed", 30))


def main():
    d = Stage(CONF, POLICY, limits="tasks_per_agent = 10000")
    gate, other, hugo = d.enforcer_of(GATE), d.enforcer_of(OTHER), d.admin_of(BOSS)
    apart(d, gate, other)
    ended(d, gate, other)
    many(d, gate)
    frozen(d, gate, hugo)
    waits(d, gate, hugo)
    again(d, gate)
    idle(d, gate)
    d.end()
    done()


main()
