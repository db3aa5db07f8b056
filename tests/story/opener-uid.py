#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Who opened a task says no yes in it: whoever that user is, whatever their stanza was called then or is called now, and by whatever fact it knows them."""
from stage import perform, row, says

A, GW, ASHA, OMAR = 61531, 61534, 62531, 62532
CONF = """
groups : { ops : { members = [ "asha" ] } }
admins : { asha : { uid = 62531 } }
enforcers : { gw : { match = [ "peer:uid=61534" ]  for_agents = [ "*" ] } }
intents : { work : { actions = [ "**" ]  sensitivity = "confidential"  depth = 4 } }
agents : { a : { owner = "o@acme.example"  escalate = "e@acme.example"  review_by = "2027-01-31"  environment = "dev"  match = [ "peer:uid=61531" ]
                 reach = [ "**" ]  intents = [ "work" ]  delegates = [ "*" ] } }
resources : { things : { type = "thing"  patterns = [ "**" ]  sensitivity = "internal" } }
actions : { pay : { name = "pay.send"  effect = "write"  sensitivity = "internal" } }
"""
SAYS = 'groups : { fin : { members = [ "asha", "%s" ] } }\nadmins : { %s : { uid = 62532 } }\n'
STANDS = 'enforcers : { %s : { match = [ "%s=62532" ]  for_agents = [ "*" ] } }\n'
POLICY = 'rule { id = "pay", on = "pay.send", effect = step_up { approvers = "fin", say = "much" } }\n'


def opened_by(who):
    return dict(id=who.ask("POST", "/v1/tasks", dict(agent="a", intent="work", key=who.key(), session="s1"))[1]["task"]["id"])


def asked(who, task):
    if "token" in task:
        return who.act(task, "pay.send")
    return who.ask("POST", "/v1/act", dict(action="pay.send", key=who.key(), task=task["id"], resource=dict(type="thing", id="x"), arguments={}))[1]


def is_refused(d, what, task, by):
    got = asked(by, task)
    row("opener", what + ": somebody else asks, and is asked about", says(got, "step_up"), got)
    status, answer = d.admin_of(OMAR).approve(got)
    row("opener", what + ": who opened it says no yes", status == 403 and answer["error"]["code"] == "self_approval", answer)
    row("opener", what + ": and nothing is allowed", says(asked(by, task), "step_up"))
    row("opener", what + ": another may", d.admin_of(ASHA).approve(got)[0] == 200)


def told_apart(d):
    gw = d.enforcer_of(GW)
    d.configure("60-says.conf", SAYS % ("omar", "omar"))
    d.configure("61-stands.conf", STANDS % ("front", "peer:gid"))
    is_refused(d, "an enforcer known by its group", opened_by(d.enforcer_of(OMAR)), gw)
    d.configure("61-stands.conf", STANDS % ("front", "peer:uid"))
    task = opened_by(d.enforcer_of(OMAR))
    d.configure("61-stands.conf", STANDS % ("portal", "peer:uid"))
    is_refused(d, "an enforcer that has another name now", task, gw)
    task = opened_by(d.enforcer_of(OMAR))
    d.configure("61-stands.conf", STANDS % ("other", "peer:pid"))
    is_refused(d, "one that is none any more", task, gw)
    agent = d.agent_of(A)
    task = agent.claim(d.admin_of(OMAR).open("work", agent="a"))
    d.configure("60-says.conf", SAYS % ("olaf", "olaf"))
    is_refused(d, "an operator who has another name now", task, agent)


perform(CONF, POLICY, told_apart)
