#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Arguments that an action calls unbound are no part of a yes: a retry may say them otherwise, or not at all. Everything else is, as before; and nothing that has an effect can be called so."""
from stage import Stage, perform, row, says

AGENT, PRIYA = 61661, 62661
ACTION = 'pay : { name = "pay.send"  class = "payment"  effect = "write"  sensitivity = "internal"  %s }'
CONF = """
groups : { finance : { members = [ "priya" ] } }
admins : { priya : { uid = 62661 } }
humans : { o : { id = "o@acme.example" } }
intents : { work : { actions = [ "**" ]  sensitivity = "confidential" } }
agents : { a : { owner = "o@acme.example"  escalate = "e@acme.example"  review_by = "2027-01-31"  environment = "prod"  match = [ "peer:uid=61661" ]  reach = [ "**" ]  intents = [ "work" ] } }
actions : { %s  plain : { name = "pay.plain"  class = "payment"  effect = "write"  sensitivity = "internal" } }
""" % (ACTION % 'narrow = [ "n" ]  unbound = [ "note", "Why" ]')
POLICY = 'rule { id = "pay", on = "pay.*", effect = step_up { approvers = "finance", say = "money" } }\n'
ANY = object()


def asked(d, action="pay.send", **args):
    return d.a.act(d.task, action, args=args)


def begin(d):
    d.a = d.agent_of(AGENT)
    d.task = d.a.open("work")
    d.priya = d.admin_of(PRIYA)


def granted(d, **args):
    got = asked(d, **args)
    row("ask", "a person is asked", says(got, "step_up"), got)
    status, answer = d.priya.ask("POST", "/v1/approvals/%s/approve" % got["approval"]["id"], {})
    row("ask", "and says yes", status == 200, answer)
    return got["approval"]["id"], answer["approval"]


def words(d):
    """A yes serves whatever they say, once."""
    for other in ("b", "", None, ["a"], {"a": {"b": [1]}}, 7, True, "x" * 5000, "\u202e", ANY):
        ident, seen = granted(d, n=1, note="a")
        row("seen", "what a yes does not hold to is named apart", seen["action"]["unbound"] == ["note", "Why"], seen)
        args = dict(n=1) if other is ANY else dict(n=1, note=other)
        got = asked(d, **args)
        row("words", "note %.20r instead of a" % (other,), says(got, "allow"), got)
        again = asked(d, **args)
        row("words", "once", says(again, "step_up"), again)
        d.priya.ask("POST", "/v1/approvals/%s/deny" % again["approval"]["id"], {})
        d.task = d.a.open("work")  # a no is remembered


def joined(d):
    one, two = asked(d, n=5, note="a"), asked(d, n=5, note="b", Why=["c"])
    row("joined", "asked with other words it is the same question", one["approval"]["id"] == two["approval"]["id"], (one, two))
    d.priya.ask("POST", "/v1/approvals/%s/approve" % one["approval"]["id"], {})
    row("joined", "one yes for both, once", says(asked(d, n=5, note="z"), "allow") and says(asked(d, n=5, note="a"), "step_up"))


def rest(d):
    """All else is held to: other values, other names, other case of an unbound one, places within it."""
    for other in (dict(n=2, note="a"), dict(note="a"), dict(n=1, note="a", more=1), dict(n=1, why="a"), dict(n=1, notes="a"), dict(n="1", note="a"), dict(n=1, note="a", to=dict(note="b"))):
        ident, _ = granted(d, n=1, note="a")
        got = d.a.act(d.task, "pay.send", args=other, approval=ident)
        row("rest", "%s is another action" % other, not says(got, "allow"), got)
        d.task = d.a.open("work")
    ident, _ = granted(d, n=1, note="a")
    row("rest", "another resource", not says(d.a.act(d.task, "pay.send", resource="account:z", args=dict(n=1, note="a"), approval=ident), "allow"))
    d.task = d.a.open("work")
    got = asked(d, "pay.plain", n=1, note="a")
    d.priya.ask("POST", "/v1/approvals/%s/approve" % got["approval"]["id"], {})
    row("rest", "pay.plain", not says(asked(d, "pay.plain", n=1, note="b"), "allow"))


def record(d):
    d.task = d.a.open("work")
    ident, _ = granted(d, n=9, note="a")
    row("record", "allowed", says(asked(d, n=9, note="b"), "allow"))
    opened = [l["body"] for l in d.leaves("approval") if l["body"]["approval"] == ident and l["body"]["event"] == "open"][0]
    done = [l["body"] for l in d.leaves("decision") if l["body"]["verdict"] == "allow"][-1]
    row("record", "the allow says what it was and what the yes was for", done["bound"] == opened["digest"] == opened["asked"] and done["digest"] not in (done["bound"], opened["digest"]), (opened, done))


def reloaded(d):
    """What is held to is the configuration's word of now: a yes from before it changed serves nothing."""
    for before, after in (("", 'unbound = [ "note" ]'), ('unbound = [ "note" ]', "")):
        d.configure("50-pay.conf", "actions : { %s }\n" % (ACTION % (before or "unbound = [ ]")))
        d.task = d.a.open("work")
        granted(d, n=3, note="a")
        d.configure("50-pay.conf", "actions : { %s }\n" % (ACTION % (after or "unbound = [ ]")))
        got = asked(d, n=3, note="b")
        row("reloaded", "%s after %s" % (after or "nothing", before or "nothing"), not says(got, "allow"), got)
    d.configure("50-pay.conf", "")


def mistakes(d):
    for more, says_what in (('authority = [ "note" ]  unbound = [ "note" ]', "bears authority"), ('authority = [ "note.to" ]  unbound = [ "note" ]', "bears authority"), ('narrow = [ "note" ]  unbound = [ "note" ]', "is narrowed"),
                            ('costs = [ "usd=note" ]  unbound = [ "note" ]', "costs"), ('arguments = [ "note:path", "n:any" ]  unbound = [ "note" ]', "has a form"), ('arguments = [ "n:any" ]  narrow = [ "n" ]  unbound = [ "note" ]', "not among"),
                            ('unbound = [ "note.a" ]', "no name"), ('unbound = [ "" ]', "no name"), ('unbound = [ "note[0]" ]', "no name"), ('credential = "token"  unbound = [ "note" ]', "credential")):
        answer = d.configure("50-pay.conf", "actions : { %s }\n" % (ACTION % more))
        row("mistakes", "%s: %s" % (more, says_what), answer.get("result") == "kept_out" and says_what in str(answer), answer)
    d.configure("50-pay.conf", "")


if __name__ == "__main__":
    perform(CONF, POLICY, begin, words, joined, rest, record, reloaded, mistakes, limits="approvals_per_agent = 64  step_ups = 64  domain_step_ups = 1024  denials = 64")
