#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Story U5, days 3 to 17: an exception is granted with an end, renews only by somebody's word, and a third one is not its owner's to give. Days are
seconds here. First form: exceptions stand in the policy that the owner changes; reviews (days 30 to 37) are in u6-owner."""
import time
from stage import Stage, done, row, says, until

AGENT, TOM, BOSS = 61051, 62051, 62052
CONF = """
groups : { tom : { members = [ "tom" ] }  managers : { members = [ "boss" ] } }
admins : { tom : { uid = 62051 } boss : { uid = 62052 } }
intents : { sync : { actions = [ "table.read", "table.write" ]  resources = [ "crm/*", "hr/contacts" ]  sensitivity = "confidential" } }
agents : { data-sync : { owner = "someone@acme.example"  escalate = "o@acme.example"  review_by = "2027-01-31"  environment = "prod"
  match = [ "peer:uid=61051" ]  reach = [ "table.*" ]  intents = [ "sync" ] } }
actions : { read : { name = "table.read"  class = "data"  effect = "read"  sensitivity = "internal" }
            write : { name = "table.write"  class = "data"  effect = "write"  sensitivity = "internal" } }
"""
BASE = """
rule { id = "baseline", on = "table.*", when = function(r) return r.resource.id:starts("crm/") end, effect = allow {} }
rule { id = "other", on = "table.*", when = function(r) return not r.resource.id:starts("crm/") end,
       effect = step_up { approvers = "%(approvers)s", say = "Outside the baseline of six tables" } }
"""
EXCEPTION = """
rule { id = "exception-%(nth)d", on = "table.read", when = function(r) return r.resource.id == "hr/contacts" and r.time.unix < %(end)d end, effect = allow {} }
rule { id = "exception-%(nth)d-over", on = "table.read", when = function(r) return r.resource.id == "hr/contacts" and r.time.unix >= %(end)d end,
       effect = deny { code = "exception_over", say = "The exception has ended; ask its owner for another" } }
"""


def policy(d, text):
    d.write("policy.d/10-test.lua", text.encode())
    c = d.admin()
    status, answer = c.ask("POST", "/v1/reload", {})
    c.close()
    assert status == 200, answer


def with_exception(nth, seconds):
    end = int(time.time()) + seconds
    return BASE.replace('not r.resource.id:starts("crm/")', 'not r.resource.id:starts("crm/") and r.resource.id ~= "hr/contacts"') % dict(approvers="tom") + EXCEPTION % dict(nth=nth, end=end), end


def story(d):
    agent, tom, boss = d.agent_of(AGENT), d.admin_of(TOM), d.admin_of(BOSS)
    task = agent.open("sync")
    ask = lambda: agent.act(task, "table.read", "table:hr/contacts")
    row("day 0", "the baseline", says(agent.act(task, "table.read", "table:crm/a"), "allow"))
    got = ask()
    row("day 3", "another table asks a person", says(got, "step_up") and set(got["approval"]["groups"]) == {"tom"}, got)
    row("day 3", "who grants it", tom.approve(got)[0] == 200)
    text, end = with_exception(1, 3)
    policy(d, text)
    got = ask()
    row("day 3", "until an end", says(got, "allow"), got)
    time.sleep(max(0, end - time.time()) + 1.1)
    got = ask()
    row("day 10", "nothing renews by itself", says(got, "deny", "policy_denied") and "ended" in got["say"], got)
    text, end = with_exception(2, 3)
    policy(d, text)
    got = ask()
    number = int(got["decision_id"][1:].split("-")[0])
    row("day 10", "its owner renews it, and the record says which exception it is",
        says(got, "allow") and until(lambda: [l["body"]["rule"] for l in d.leaves("decision") if l["n"] == number]) == ["exception-2"], got)
    time.sleep(max(0, end - time.time()) + 1.1)
    policy(d, BASE % dict(approvers="managers"))
    got = ask()
    row("day 17", "a third time it is a manager's to say", says(got, "step_up") and set(got["approval"]["groups"]) == {"managers"}, got)
    status, answer = tom.approve(got)
    row("day 17", "not the owner's alone", status == 403, answer)
    row("day 17", "the manager's", boss.approve(got)[0] == 200)


d = Stage(CONF, BASE % dict(approvers="tom"))
try:
    story(d)
except BaseException:
    print(d.text()[-5000:])
    raise
finally:
    d.end()
done()
