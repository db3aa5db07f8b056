#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Breach stories: B2, an agent finds a working key in a text and uses it; B4 rows 2 to 4, tokens and registrations of a place where anybody can post."""
import os, subprocess
from stage import BUILD, Stage, done, row, says, until

AGENT, READERS, BOSS, GATE = 61081, [61082, 61083], 62081, 63081
CONF = """
groups : { ops : { members = [ "boss" ] } }
admins : { boss : { uid = 62081 } }
humans : { nina : { id = "nina@acme.example"  quota = 4 } }
intents : { fix : { actions = [ "**" ]  sensitivity = "internal" }  cleanup : { actions = [ "**" ]  sensitivity = "internal"  environment = "prod" } }
agents : {
  coder : { owner = "nina@acme.example"  escalate = "o@acme.example"  review_by = "2027-01-31"  environment = "staging"  match = [ "peer:uid=61081" ]
    reach = [ "file.*", "cloud.call", "volume.*" ]  intents = [ "fix", "cleanup" ] }
  reader1 : { owner = "nina@acme.example"  escalate = "o@acme.example"  review_by = "2027-01-31"  environment = "staging"  match = [ "peer:uid=61082" ]
    reach = [ "post.*", "pay.*" ]  intents = [ "fix" ] }
  reader2 : { owner = "nina@acme.example"  escalate = "o@acme.example"  review_by = "2027-01-31"  environment = "staging"  match = [ "peer:uid=61083" ]
    reach = [ "post.*", "pay.*" ]  intents = [ "fix" ] } }
enforcers : { gate : { match = [ "peer:uid=63081" ]  for_agents = [ "*" ] } }
actions : {
  file : { name = "file.read"  class = "data"  effect = "read"  sensitivity = "internal" }
  cloud : { name = "cloud.call"  class = "api"  effect = "execute"  sensitivity = "internal"  authority = [ "credential" ] }
  volume : { name = "volume.delete"  class = "infrastructure"  effect = "write"  sensitivity = "internal"  environment = "prod" }
  post : { name = "post.read"  class = "web"  effect = "read"  sensitivity = "public" }
  pay : { name = "pay.send"  class = "payment"  effect = "write"  sensitivity = "internal" } }
"""
POLICY = """
rule { id = "read", on = "file.read", effect = allow {} }
rule { id = "cloud", on = "cloud.call", effect = allow {} }
rule { id = "own-key", on = "cloud.call", when = function(r) return r.args:get("credential", nil) ~= nil end,
       effect = deny { code = "foreign_credential", say = "Only credentials that were issued for this task are used" } }
rule { id = "volume", on = "volume.*", effect = allow {} }
rule { id = "post", on = "post.read", effect = function(r) return allow { taint = { "post:" .. r.resource.id } } end }
rule { id = "pay", on = "pay.send", when = function(r) return not r.task.tainted end, effect = allow {} }
rule { id = "pay-tainted", on = "pay.send", when = function(r) return r.task.tainted end, effect = step_up { approvers = "ops" } }
"""
KEY = "tok-live-3f9a0c1177"


def found_key(d):
    agent, gate = d.agent_of(AGENT), d.enforcer_of(GATE)
    task = agent.open("fix")
    got = gate.act(task, "file.read", "file:.env", as_enforcer=True, peer_uid=AGENT)
    row("B2.1", "the file is read", says(got, "allow"), got)
    gate.outcome(got, "ok", labels=["contains_credential"], values=dict(text="CLOUD_TOKEN=" + KEY))
    labels = d.task(task)["labels"]
    row("B2.1", "a detector's label stands on the task, the value nowhere", "contains_credential" in labels, labels)
    got = agent.act(task, "cloud.call", "api:volumes", dict(credential=KEY))
    row("B2.2", "a key of its own is refused", says(got, "deny") and "issued for this task" in got["say"], got)
    got = agent.act(task, "volume.delete", "volume:prod-1")
    row("B2.3", "the task is of staging", says(got, "deny", "wrong_environment"), got)
    got = agent.open("cleanup")
    row("B2.4", "an agent opens no task of another environment for itself", says(got, "deny", "wrong_environment"), got)
    whole = b"".join(open(os.path.join(at, f), "rb").read() for at, _, names in os.walk(os.path.join(d.dir, "state", "journal")) for f in names) + d.text().encode()
    row("B2.1", "nor in journal or log", KEY.encode() not in whole)


def anybody_posts(d):
    more = "".join('  x%d : { owner = "nina@acme.example"  escalate = "o@acme.example"  review_by = "2027-01-31"  environment = "staging"  match = [ "peer:uid=%d" ]'
                   '  reach = [ "post.*" ]  intents = [ "fix" ] }\n' % (i, 70000 + i) for i in range(20))
    answer = d.configure("90-many.conf", "agents : {\n" + more + "}\n")
    row("B4.2", "registrations beyond an owner's quota never come into force", "quota" in str(answer), answer)
    os.unlink(os.path.join(d.dir, "conf.d", "90-many.conf"))
    person = d.agent_of(READERS[0], terminal=True)
    got = person.open("fix")
    row("B4.3", "a person who scripts as an agent is refused", says(got, "deny", "human_use"), got)
    agents = [d.agent_of(u) for u in READERS]
    tasks = [a.open("fix") for a in agents]
    for a, t in zip(agents, tasks):
        row("B4.4", "it pays while clean", says(a.act(t, "pay.send"), "allow"))
        a.act(t, "post.read", "post:p-666")
        got = a.act(t, "pay.send")
        row("B4.4", "after the poisoned post a payment asks", says(got, "step_up"), got)
    c = d.admin()
    listed = [t["id"] for t in c.ask("GET", "/v1/tasks")[1]["tasks"] if "post:p-666" in t["labels"]]
    c.close()
    row("B4.4", "and the tasks it reached are listed", sorted(listed) == sorted(t["id"] for t in tasks), listed)
    codes = []
    for i in range(70):
        codes.append(agents[1].act(tasks[1], "pay.nothing")["code"])
    row("B4.4", "a burst of requests trips the breaker", codes[-1] == "frozen", codes[-3:])


d = Stage(CONF, POLICY)
try:
    found_key(d)
    anybody_posts(d)
except BaseException:
    print(d.text()[-5000:])
    raise
finally:
    d.end()
done()
