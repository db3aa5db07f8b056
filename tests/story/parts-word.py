#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Whoever was given a part takes nothing of the tree from the others by a word of its own: no tool, no room for what enforcers tell, no other name of a memory. What it names beyond what a tree keeps may come back as an echo to all: nothing is trusted then."""
import hashlib

from stage import perform, row, says

A, B, GW, BOSS = 61541, 61542, 61544, 62541
AGENT = """
  %s : { owner = "o@acme.example"  escalate = "e@acme.example"  review_by = "2027-01-31"  environment = "dev"  match = [ "peer:uid=%d" ]
         reach = [ "**" ]  intents = [ "work" ]  delegates = [ "*" ] }"""
PINNED, OTHER = hashlib.sha256(b"as it was").hexdigest(), "ff" * 32
CONF = """
groups : { ops : { members = [ "asha" ] } }
admins : { asha : { uid = 62541 } }
intents : { work : { actions = [ "**" ]  sensitivity = "confidential"  depth = 4 } }
agents : {%s }
enforcers : { gw : { match = [ "peer:uid=61544" ]  for_agents = [ "*" ] } }
resources : { things : { type = "thing"  patterns = [ "**" ]  sensitivity = "internal" }
              notes : { type = "note"  patterns = [ "**" ]  sensitivity = "internal"  memory = true } }
tools : { get : { action = "web.get"  server = "web"  tool = "get"  digest = "%s" } }
actions : { look : { name = "web.get"  effect = "read"  sensitivity = "internal" }
            find : { name = "erp.find"  effect = "read"  sensitivity = "internal" }
            note : { name = "note.read"  effect = "read"  sensitivity = "internal" }
            register : { name = "tool.register"  effect = "write"  sensitivity = "internal" }
            pay : { name = "pay.send"  effect = "read"  sensitivity = "internal"  arguments = [ "iban:iban" ]  authority = [ "iban" ] } }
""" % ("".join(AGENT % pair for pair in (("a", A), ("b", B))), PINNED)
POLICY = """
rule { id = "all", on = { "web.get", "erp.find", "note.*", "pay.send" }, effect = allow {} }
rule { id = "payee", on = "pay.send", when = function(r) return not r.args.iban.trusted end, effect = deny { code = "payee" } }
"""


def tools(d):
    a, b, gw = d.agent_of(A), d.agent_of(B), d.enforcer_of(GW)
    root = a.open("work")
    part = b.claim(a.delegate(root, to="b", actions=["web.get"])["task"])
    used = lambda digest=PINNED: gw.act(root, "web.get", as_enforcer=True, peer_uid=A, tool=digest)
    row("tool", "as it is pinned it is used", says(used(), "allow"))
    row("tool", "whoever has a part says that it is another one, and is refused", says(b.act(part, "web.get", tool=OTHER), "deny", "tool_changed"))
    row("tool", "and that it has none", says(b.act(part, "web.get"), "deny", "tool_new"))
    row("tool", "nobody else loses it", says(used(), "allow") and not d.leaves("tool"), d.leaves("tool"))
    row("tool", "an enforcer saw the list: the tree loses it", says(used(OTHER), "deny", "tool_changed") and says(used(), "deny", "tool_quarantined"))
    own = a.open("work")
    row("tool", "and so it is in a tree of the agent's own by its word", says(a.act(own, "web.get", tool=OTHER), "deny", "tool_changed") and says(a.act(own, "web.get", tool=PINNED), "deny", "tool_quarantined"))


def origins(d):
    a, b, gw = d.agent_of(A), d.agent_of(B), d.enforcer_of(GW)
    root = a.open("work")
    part = b.claim(a.delegate(root, to="b", actions=["erp.find"])["task"])

    def found_and_paid(iban):
        gw.outcome(gw.act(root, "erp.find", "thing:crm", as_enforcer=True, peer_uid=A), "ok", values=dict(iban=iban))
        return a.act(root, "pay.send", args=dict(iban=iban))
    row("origins", "what an enforcer told is trusted", says(found_and_paid("DE02120300000000202051"), "allow"))
    for i in range(12):
        b.outcome(b.act(part, "erp.find"), "ok", values=["b%d-%d" % (i, k) for k in range(500)])
    got = found_and_paid("DE75512108001245126199")
    row("origins", "also behind six thousand words of a part's own", says(got, "allow"), got)
    def names(acts):
        for i in range(acts):
            b.act(part, "erp.find", args=dict(words=["n%d-%d" % (i, k) for k in range(64)]))
    names(5)
    got = found_and_paid("DE89370400440532013000")
    row("origins", "and behind what it named, as long as all of that is kept", says(got, "allow"), got)
    names(90)
    row("origins", "what was trusted before stays so", says(a.act(root, "pay.send", args=dict(iban="DE75512108001245126199")), "allow"))
    got = found_and_paid("FR7630006000011234567890189")
    row("origins", "what comes back once it is not may be its word: nobody trusts it", says(got, "deny", "policy_denied"), got)


def words(d):
    """What a part hands on is its word for itself and for what stands below it, and nothing to those above and beside."""
    a, b = d.agent_of(A), d.agent_of(B)
    evil, good = "GB29NWBK60161331926819", "FR1420041010050500013M02606"
    root = a.open("work", inputs=dict(iban=good))
    part, beside = b.claim(a.delegate(root, to="b")["task"]), b.claim(a.delegate(root, to="b")["task"])
    below = b.delegate(part, inputs=dict(iban=evil))["task"]
    b.delegate(part, to="a", inputs=dict(iban=evil))
    paid = lambda who, task, iban: who.act(task, "pay.send", args=dict(iban=iban))
    row("words", "not to whoever gave it the part", says(paid(a, root, evil), "deny", "policy_denied"))
    row("words", "nor to a part beside it", says(paid(b, beside, evil), "deny", "policy_denied"))
    row("words", "nor once it was asked for there", says(paid(a, root, evil), "deny", "policy_denied"))
    row("words", "to itself", says(paid(b, part, evil), "allow"), paid(b, part, evil))
    row("words", "and below", says(paid(b, below, evil), "allow"))
    row("words", "what the root was opened with is everybody's", says(paid(b, below, good), "allow") and says(paid(b, beside, good), "allow"))
    row("words", "as is what it hands on", says(paid(b, b.claim(a.delegate(root, to="b", inputs=dict(iban="NL91ABNA0417164300"))["task"]), "NL91ABNA0417164300"), "allow") and says(paid(a, root, "NL91ABNA0417164300"), "allow"))


def registered(d):
    a, b, gw = d.agent_of(A), d.agent_of(B), d.enforcer_of(GW)
    root = a.open("work")
    part = b.claim(a.delegate(root, to="b")["task"])
    b.act(part, "tool.register", args=dict(action="pay.send"))
    b.act(part, "tool.register", args=dict(action="web.get"))
    got = a.act(root, "pay.send", args=dict(iban="DE02120300000000202051"))
    row("register", "a part names a tool: nobody else loses it", says(got, "deny", "policy_denied") and not [l for l in d.leaves("tool") if l["body"]["task"] == root["id"]], got)
    row("register", "nor a pinned one", says(gw.act(root, "web.get", as_enforcer=True, peer_uid=A, tool=PINNED), "allow"))


def memories(d):
    a = d.agent_of(A)
    task = a.open("work")
    row("memory", "by its name it is read", says(a.act(task, "note.read", "note:dir/n1"), "allow"))
    for name in ("dir/n1 ", " dir/n1", "dir/n1\u200b", "dir/\u202en1", "dir/n1\u00a0", "dir/n1\u0085", "\ufeffdir/n1", "dir/n1\u3000", "dir\u00ad/n1", "dir/n1\t"):
        got = a.act(task, "note.read", "note:" + name)
        row("memory", "not by one that only looks like it: %r" % name, says(got, "deny", "resource_form"), got)


perform(CONF, POLICY, tools, origins, words, registered, memories)
