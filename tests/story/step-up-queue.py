#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Bombing: a thousand step-ups of one agent leave three open, whatever they ask; the rest is refused with when to ask again, freezes nobody and takes no other agent's place; the same
asked again joins what waits; once one is settled there is room for one more."""
from stage import agent, perform, row, says

BOMBER, OTHER, PRIYA = 61641, 61642, 62641
CONF = """
groups : { finance : { members = [ "priya" ] } }
admins : { priya : { uid = 62641 } }
humans : { a : { id = "a@acme.example" } b : { id = "b@acme.example" } }
intents : { work : { actions = [ "**" ]  sensitivity = "confidential" } }
agents : { %s %s }
actions : { pay : { name = "pay.send"  class = "payment"  effect = "write"  sensitivity = "internal" }  note : { name = "note.write"  class = "data"  effect = "write"  sensitivity = "internal" } }
""" % (agent("a", BOMBER), agent("b", OTHER))
POLICY = """
rule { id = "pay", on = "pay.send", effect = step_up { approvers = "finance", say = "money" } }
rule { id = "note", on = "note.write", effect = allow {} }
"""


def bomb(d):
    a, b, priya = d.agent_of(BOMBER), d.agent_of(OTHER), d.admin_of(PRIYA)
    tasks = [a.open("work") for _ in range(4)]
    got = [a.act(tasks[i % 4], "pay.send", args=dict(n=i)) for i in range(1000)]
    asked, queued = [g for g in got if says(g, "step_up")], [g for g in got if says(g, "deny", "approval_queue")]
    row("bomb", "three wait, 997 are refused", len(asked) == 3 and len(queued) == 997, [g for g in got if g not in asked and g not in queued][:3])
    row("bomb", "each is told when to ask again", all(g["retry_after_ms"] == 30000 for g in queued))
    row("bomb", "people see three", len(priya.ask("GET", "/v1/approvals")[1]["approvals"]) == 3)
    row("bomb", "nothing stands still for it", not d.alerts() and all(d.task(t)["state"] == "open" for t in tasks), d.alerts())
    row("bomb", "what needs nobody goes on", says(a.act(tasks[0], "note.write"), "allow"))
    row("bomb", "the same asked again is the same", a.act(tasks[0], "pay.send", args=dict(n=0))["approval"]["id"] == asked[0]["approval"]["id"])
    task = b.open("work")
    other = b.act(task, "pay.send", args=dict(n=1))
    row("others", "have their own place", says(other, "step_up"), other)
    priya.approve(asked[0])
    more = a.act(tasks[1], "pay.send", args=dict(n=2002))
    row("settled", "a yes makes room for one", says(more, "step_up"), more)
    row("settled", "and no more", says(a.act(tasks[1], "pay.send", args=dict(n=2003)), "deny", "approval_queue"))
    row("settled", "the agent uses it", says(a.act(tasks[0], "pay.send", args=dict(n=0), approval=asked[0]["approval"]["id"]), "allow"))
    priya.ask("POST", "/v1/approvals/%s/deny" % more["approval"]["id"], {})
    row("settled", "a no makes room, too", says(a.act(tasks[2], "pay.send", args=dict(n=2004)), "step_up"))


perform(CONF, POLICY, bomb, limits="attempts_per_task = 5000")
