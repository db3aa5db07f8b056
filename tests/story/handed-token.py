#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The token of a part that was handed on is good for claiming it and for nothing else: whoever handed it on, or saw it on the way, acts with it in nobody's name."""
from stage import perform, row, says

GIVER, TAKER, THIRD, GATE, BOSS = 61631, 61632, 61633, 63631, 62631
AGENT = '%s : { owner = "o@acme.example"  escalate = "e@acme.example"  review_by = "2027-01-31"  environment = "prod"  match = [ "peer:uid=%d" ]  reach = [ "%s" ]  intents = [ "work", "plain" ]  delegates = [ "*" ]  roles = [ "planner", "executor" ] }\n'
CONF = """
admins : { boss : { uid = 62631 } }
humans : { o : { id = "o@acme.example"  admin = "boss" } }
intents : { plain : { actions = [ "**" ]  sensitivity = "confidential" }  work : { actions = [ "**" ]  sensitivity = "confidential"  roles = [ "planner", "executor" ] } }
agents : { """ + AGENT % ("giver", GIVER, "plan.*") + AGENT % ("taker", TAKER, "pay.*") + AGENT % ("third", THIRD, "pay.*") + """ }
enforcers : { gate : { match = [ "peer:uid=63631" ]  for_agents = [ "*" ] } }
roles : { planner : { actions = [ "plan.*" ]  hand_on = [ "pay.*" ]  apart = [ "executor" ] }  executor : { actions = [ "pay.*" ] } }
actions : { plan : { name = "plan.a"  effect = "read"  sensitivity = "internal" }  pay : { name = "pay.a"  effect = "write"  sensitivity = "internal" } }
"""
POLICY = 'rule { id = "all", on = { "plan.*", "pay.*" }, effect = allow {} }\n'


def at(gate, token, **more):
    return gate.ask("POST", "/v1/act", dict(dict(action="pay.a", key=gate.key(), resource=dict(type="t", id="x"), task_token=token), **more))[1]


def handed(d):
    giver, taker, third, gate = d.agent_of(GIVER), d.agent_of(TAKER), d.agent_of(THIRD), d.enforcer_of(GATE)
    task = giver.open("work", role="planner")
    row("own", "opened", "token" in task, task)
    row("own", "who opened a task acts with its token", says(gate.ask("POST", "/v1/act", dict(action="plan.a", key="p", resource=dict(type="t", id="x"), task_token=task["token"], peer_uid=GIVER))[1], "allow"))
    asked = dict(to="taker", role="executor", actions=["pay.*"], key="hand")
    part = giver.delegate(task, **asked)["task"]
    for more in (dict(), dict(peer_uid=TAKER), dict(peer_uid=GIVER)):
        got = at(gate, part["token"], **more)
        row("before", "nobody acts with a part that nobody took %s" % more, says(got, "deny") and got["code"] in ("task_unclaimed", "wrong_peer"), got)
    row("claim", "not somebody else's", says(third.claim(part), "deny", "bad_task_token"))
    mine = taker.claim(part)
    row("claim", "a token of its own", mine["claimed"] and mine["token"] != part["token"] and mine["id"] == part["id"], mine)
    for more in (dict(), dict(peer_uid=TAKER), dict(peer_uid=GIVER)):
        row("behind", "what was handed is good for nothing at an enforcer %s" % more, says(at(gate, part["token"], **more), "deny", "bad_task_token"))
    for path, body in (("/v1/ceiling", dict(actions=["pay.a"], task_token=part["token"])), ("/access/v1/evaluation", dict(subject=dict(type="agent", id="taker"), action=dict(name="pay.a"), resource=dict(type="t", id="x"), context=dict(task=part["token"])))):
        status, got = gate.ask("POST", path, body)
        row("behind", "nor at %s" % path, status != 200 or got.get("decision") is False, got)
    row("behind", "the taker's is", says(at(gate, mine["token"], peer_uid=TAKER), "allow"))
    again = taker.claim(part)
    row("again", "the claim again, with what was handed, gives the same", again["token"] == mine["token"], again)
    row("again", "and with its own", taker.claim(mine)["token"] == mine["token"])
    other = d.agent_of(TAKER)
    row("again", "not another process's, by either", says(other.claim(part), "deny", "task_taken") and says(other.claim(mine), "deny", "task_taken"))
    shown = giver.delegate(task, **asked)["task"]
    row("again", "handing it on again shows what was handed, not what became of it", shown["id"] == part["id"] and shown["token"] == part["token"], shown)
    for path in ("/v1/tasks/" + part["id"], "/v1/tasks/%s/tree" % task["id"]):
        row("shown", "no token on %s" % path, mine["token"] not in str(giver.ask("GET", path)[1]))
    return part, mine


def over_a_restart(d, part, mine):
    d.stop(keep=True)
    d.start()
    gate = d.enforcer_of(GATE)
    row("restart", "what was handed stays good for nothing", says(at(gate, part["token"]), "deny", "bad_task_token"))
    got = at(gate, mine["token"], peer_uid=TAKER)
    row("restart", "and the taker's what it was", says(got, "allow"), got)


def a_part(d):
    part, mine = handed(d)
    over_a_restart(d, part, mine)


def operators(d):
    boss, taker, gate = d.admin_of(BOSS), d.agent_of(TAKER), d.enforcer_of(GATE)
    body = dict(agent="taker", intent="work", key="o1")
    part = boss.ask("POST", "/v1/tasks", body)[1]["task"]
    mine = taker.claim(part)
    row("operator", "an operator's copy likewise", mine["token"] != part["token"] and says(at(gate, part["token"]), "deny", "bad_task_token") and boss.ask("POST", "/v1/tasks", body)[1]["task"]["token"] == part["token"])
    own = taker.open("plain")
    got = at(gate, own["token"], peer_uid=TAKER)
    row("operator", "what an agent opens for itself has one", says(got, "allow"), got)
    sub = taker.delegate(own, actions=["pay.a"])["task"]
    got = at(gate, sub["token"], peer_uid=TAKER)
    row("operator", "and a part of its own that needs no claim keeps it", says(got, "allow") if sub["claimed"] else got["code"] == "task_unclaimed", [sub, got])


perform(CONF, POLICY, a_part, operators)
