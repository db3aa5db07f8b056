# SPDX-License-Identifier: Apache-2.0
"""Hooks behind outcomes: the example that rests on `unknown` sees silence as well as a report, and a gate that dies right behind an outcome loses none."""
import os, signal, time
from stage import *

EXAMPLE = open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "lua", "examples", "outside-mail.lua")).read()
OWN = '''
rule { id = "deploy", on = "deploy.*", effect = allow {} }
after { id = "failed-deploy", on = "deploy.*", effect = function(r)
	local n = 0
	for i = 1, 200000 do n = n + 1 end
	if r.outcome.result == "failed" then return add { freeze = true, taint = { "deploy:failed" } } end
	return add {}
end }
'''
CONF = '''
intents : { work : { actions = [ "**" ]  sensitivity = "restricted" } }
agents : { a : { owner = "o@acme.example"  escalate = "e@acme.example"  review_by = "2027-01-31"  environment = "prod"  match = [ "peer:uid=61401" ]
                 reach = [ "**" ]  intents = [ "work" ] } }
enforcers : { gate : { match = [ "peer:uid=63401" ]  for_agents = [ "*" ] } }
actions : { send : { name = "mail.send"  effect = "write"  sensitivity = "internal" }  run : { name = "deploy.run"  effect = "write"  sensitivity = "internal" } }
'''


def heard(d, task):
    return lambda: "mail:unknown" in d.task(task)["labels"]


def mail(d, gate):
    told = gate.open("work", agent="a", session="told")
    gate.outcome(gate.act(told, "mail.send", as_enforcer=True), "unknown")
    row("hook", "mail-failed sees the report", until(heard(d, told)), d.task(told))
    silent = gate.open("work", agent="a", session="silent")
    got = gate.act(silent, "mail.send", as_enforcer=True)
    row("hook", "a mail is sent, and nobody says what came of it", says(got, "allow"), got)
    row("hook", "mail-failed sees the silence", until(heard(d, silent)), d.task(silent))
    row("hook", "at the level that it asks for", d.task(silent)["sensitivity"] == "restricted", d.task(silent))


def dies(d, gate):
    task = gate.open("work", agent="a", session="dies")
    status, answer = gate.outcome(gate.act(task, "deploy.run", as_enforcer=True), "failed")
    for pid in d.processes("sg-gate"):
        os.kill(pid, signal.SIGKILL)
    row("hook", "the outcome was recorded, and the gate is killed", status == 200, answer)
    time.sleep(0.5)
    d.wait_open()
    seen = d.task(task)
    row("hook", "the hook froze the task, or the task is suspected", seen["state"] == "frozen" or "policy_error" in seen["labels"], seen)


d = Stage(CONF, EXAMPLE + OWN, limits='outcome_deadline = "2s"')
gate = d.enforcer_of(63401)
mail(d, gate)
dies(d, gate)
d.end()
done()
