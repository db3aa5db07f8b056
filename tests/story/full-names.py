#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What an agent names stays its own word also where a tree has no more room for what is named: a server that echoes it makes nothing trusted."""
from stage import perform, row, says

A, GW = 61541, 61544
CONF = """
enforcers : { gw : { match = [ "peer:uid=61544" ]  for_agents = [ "*" ] } }
intents : { work : { actions = [ "**" ]  sensitivity = "confidential" } }
agents : { a : { owner = "o@acme.example"  escalate = "e@acme.example"  review_by = "2027-01-31"  environment = "dev"  match = [ "peer:uid=61541" ]
                 reach = [ "**" ]  intents = [ "work" ] } }
resources : { things : { type = "thing"  patterns = [ "**" ]  sensitivity = "internal" } }
actions : { look : { name = "web.get"  effect = "read"  sensitivity = "internal" }
  pay : { name = "pay.send"  effect = "write"  sensitivity = "internal"  arguments = [ "iban:iban" ]  authority = [ "iban" ] } }
"""
POLICY = """
rule { id = "read", on = "web.get", effect = allow {} }
rule { id = "pay", on = "pay.send", effect = allow {} }
rule { id = "payee", on = "pay.send", when = function(r) return not r.args.iban.trusted end, effect = deny { code = "payee" } }
"""
OWN, LOOKED_UP = "DE75512108001245126199", "DE02120300000000202051"


def told(gw, task, **args):
    got = gw.act(task, "web.get", args=args, as_enforcer=True, peer_uid=A)
    return gw.outcome(got, "ok", values=dict(iban=args.get("q", LOOKED_UP)))[0]


def fills(a, task, count):
    return all(says(a.act(task, "web.get", args=dict(q=["w%d-%d" % (i, k) for k in range(64)])), "allow") for i in range(count))


def echoed(d):
    """By the same action or a later one, by another's, as an argument, as what it is done to, or as one of its properties."""
    a, gw = d.agent_of(A), d.enforcer_of(GW)
    full = ["w%d" % i for i in range(600)]
    before = a.open("work")
    row("echoed", "what was found is trusted", told(gw, before) == 200 and says(a.act(before, "pay.send", args=dict(iban=LOOKED_UP)), "allow"))
    for what, resource, args in (("an argument behind many", "thing:x", dict(q=full + [OWN])), ("one far within", "thing:x", dict(q=deep(20))), ("a part of a long text", "thing:x", dict(q=" ".join(full + [OWN]))),
                                 ("what it is done to, behind many arguments", "thing:" + OWN, dict(q=full))):
        for later in (False, True):
            task = a.open("work")
            got = gw.act(task, "web.get", resource, args=args, as_enforcer=True, peer_uid=A)
            row("echoed", what + " is named", says(got, "allow"), got)
            if later:
                gw.outcome(got, "ok")
                got = gw.act(task, "web.get", as_enforcer=True, peer_uid=A)
            gw.outcome(got, "ok", values=dict(iban=OWN))
            row("echoed", what + (", by a later one" if later else "") + ": it is not trusted", says(a.act(task, "pay.send", args=dict(iban=OWN)), "deny", "policy_denied"))
            a.close(task)
    task = a.open("work")
    gw.outcome(gw.act(task, "web.get", args=dict(q=full[:100] + [OWN]), as_enforcer=True, peer_uid=A), "ok")
    row("echoed", "of a hundred each is kept, and others are found", told(gw, task) == 200 and says(a.act(task, "pay.send", args=dict(iban=LOOKED_UP)), "allow"))
    row("echoed", "and none of them is trusted", told(gw, task, q=OWN) == 200 and says(a.act(task, "pay.send", args=dict(iban=OWN)), "deny", "policy_denied"))


def deep(levels):
    return OWN if levels == 0 else [deep(levels - 1)]


def go(d):
    a, gw = d.agent_of(A), d.enforcer_of(GW)
    for count in (0, 10, 20, 30, 48, 64, 90):
        task, what = a.open("work"), "behind %d acts that name 64 texts: " % count
        row("names", what + "all of them are allowed", fills(a, task, count))
        found = told(gw, task) == 200 and says(a.act(task, "pay.send", args=dict(iban=LOOKED_UP)), "allow")
        row("names", what + "what a server found is trusted while all of them are kept", found == (count <= 20))
        row("names", what + "what it echoed is not", told(gw, task, q=OWN) == 200 and says(a.act(task, "pay.send", args=dict(iban=OWN)), "deny", "policy_denied"))
        a.close(task)


perform(CONF, POLICY, go)
perform(CONF, POLICY, echoed)
