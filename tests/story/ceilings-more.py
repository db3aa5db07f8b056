#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Ceilings above any policy, with a policy that allows everything: levels of autonomy, resources of the catalogue, arguments, acting for a person, budgets
of actions and resources, rates that were handed down."""
from stage import Stage, done, row, says, until

READ, PROPOSE, TELL, AUTO, BOSS, NINA, METER = 61121, 61122, 61123, 61124, 62121, 62122, 63121
AGENT = """  %s : { owner = "nina@acme.example"  escalate = "o@acme.example"  review_by = "2027-01-31"  environment = "prod"  match = [ "peer:uid=%d" ]  reach = [ "**" ]
    intents = [ "work" ]  autonomy = "%s" %s }
"""
CONF = """
groups : { ops : { members = [ "boss" ] } }
enforcers : { meter : { match = [ "peer:uid=63121" ]  for_agents = [ "*" ] } }
admins : { boss : { uid = 62121 } nina : { uid = 62122 } }
humans : { nina : { id = "nina@acme.example"  admin = "nina"  agents = [ "auto" ]  delegates = [ "db.*" ]  budgets = [ "calls=1000" ] }
           olaf : { id = "olaf@acme.example"  agents = [ "read" ]  delegates = [ "**" ] } }
intents : { work : { actions = [ "**" ]  sensitivity = "confidential"  depth = 2 } }
agents : {
""" + AGENT % ("read", READ, "read-only", "") + AGENT % ("propose", PROPOSE, "propose", 'approvers = "ops"') + AGENT % ("tell", TELL, "act-and-tell", "") + \
    AGENT % ("auto", AUTO, "autonomous", 'budgets = [ "tokens=100" ]') + """}
resources : {
  sales : { type = "table"  patterns = [ "sales/*" ]  sensitivity = "internal"  budgets = [ "calls=2" ] }
  hr : { type = "table"  patterns = [ "hr/*" ]  sensitivity = "restricted" }
  staging : { type = "table"  patterns = [ "stage/*" ]  sensitivity = "public"  environment = "staging" }
  feed : { type = "page"  patterns = [ "**" ]  sensitivity = "public"  taints = [ "feed" ] } }
actions : {
  query : { name = "db.query"  effect = "read"  sensitivity = "public"  arguments = [ "limit:integer(1..100)", "where?:string(0..10)" ] }
  insert : { name = "db.insert"  effect = "write"  sensitivity = "internal"  budgets = [ "calls=3/1d" ] }
  model : { name = "model.ask"  effect = "execute"  sensitivity = "public"  costs = [ "tokens=max" ] }
  page : { name = "web.read"  class = "web"  effect = "read"  sensitivity = "public" }
  mail : { name = "mail.send"  effect = "write"  sensitivity = "public" } }
"""
POLICY = """
rule { id = "all", on = "**", effect = allow {} }
"""


def autonomy(d, boss):
    reader, proposer, teller = d.agent_of(READ), d.agent_of(PROPOSE), d.agent_of(TELL)
    t = reader.open("work")
    row("autonomy", "read-only reads", says(reader.act(t, "web.read", "page:a"), "allow"))
    got = reader.act(t, "mail.send", "page:a")
    row("autonomy", "and does nothing else, whatever policy says", says(got, "deny", "autonomy"), got)
    t = proposer.open("work")
    row("autonomy", "one that proposes reads by itself", says(proposer.act(t, "web.read", "page:a"), "allow"))
    got = proposer.act(t, "mail.send", "page:a")
    row("autonomy", "and for all else a person is asked", says(got, "step_up") and got["approval"]["groups"] == {"ops": 1}, got)
    boss.approve(got)
    got = proposer.act(t, "mail.send", "page:a", approval=got["approval"]["id"])
    row("autonomy", "who may say yes", says(got, "allow"), got)
    t = teller.open("work")
    got = teller.act(t, "mail.send", "page:a")
    row("autonomy", "one that tells acts", says(got, "allow"), got)
    row("autonomy", "and its owner is told", until(lambda: any(l["body"]["what"] == "acted" and l["body"]["who"] == "nina@acme.example" for l in d.leaves("alert"))))


def resources(d, agent, t):
    ask = lambda name, **args: agent.act(t, "db.query", "table:" + name, dict(args or {"limit": 1}))
    row("resource", "a known table", says(ask("sales/2026"), "allow"))
    got = ask("hr/pay")
    row("resource", "one that is more sensitive than the intent allows, though the action is not", says(got, "deny", "over_sensitivity"), got)
    got = ask("other/x")
    row("resource", "one that the catalogue does not know counts as restricted", says(got, "deny", "unknown_resource"), got)
    got = ask("stage/x")
    row("resource", "one of another environment", says(got, "deny", "wrong_environment"), got)
    row("resource", "its budget is one for all", says(ask("sales/1"), "allow") and says(ask("sales/2"), "deny", "budget_exceeded"))
    got = agent.act(t, "web.read", "page:x")
    row("resource", "what brings taint says so in the catalogue", says(got, "allow") and "feed" in d.task(t)["labels"], got)


def arguments(d, agent, t):
    for args, good in ((dict(limit=100), True), (dict(limit=101), False), (dict(limit=0), False), (dict(limit=1.5), False), (dict(limit="1"), False), (dict(), False),
                       (dict(limit=1, where="x" * 10), True), (dict(limit=1, where="x" * 11), False), (dict(limit=1, more=1), False), (dict(limit=[1]), False)):
        got = agent.act(t, "db.query", "page:t", args)
        row("arguments", "%s" % args, says(got, "allow") if good else says(got, "deny", "arguments_form"), got)


def spending(d, agent, t):
    meter = d.enforcer_of(METER)
    asked = lambda most: meter.act(t, "model.ask", "page:m", dict(max=most), as_enforcer=True, peer_uid=AUTO)
    got = [agent.act(t, "db.insert", "page:%d" % i)["code"] for i in range(4)]
    row("budget", "an action's own, for all agents, in a window", got == ["allowed"] * 3 + ["budget_exceeded"], got)
    got = asked(60)
    row("budget", "tokens of an agent", says(got, "allow") and got["budget"]["tokens"] == 40, got)
    status, answer = meter.outcome(got, "ok", used=dict(tokens=10))
    got = agent.act(t, "model.ask", "page:m", dict(max=20))
    row("budget", "what was not used comes back, once", says(got, "allow") and got["budget"]["tokens"] == 70, got)
    agent.outcome(got, "failed", used=dict(tokens=0))
    got = agent.act(t, "model.ask", "page:m", dict(max=10))
    row("budget", "an agent's own word gives nothing back", says(got, "allow") and got["budget"]["tokens"] == 60, got)
    agent.outcome(got, "ok", used=dict(tokens=30))
    got = agent.act(t, "model.ask", "page:m", dict(max=40))
    row("budget", "and may add", says(got, "allow") and got["budget"]["tokens"] == 0, got)
    got = agent.act(t, "model.ask", "page:m", dict(max=1))
    row("budget", "and no more", says(got, "deny", "budget_exceeded"), got)


def behalf(d, agent, nina):
    own = agent.open("work", on_behalf_of="nina@acme.example")
    row("person", "acting for somebody", own.get("on_behalf_of") == "nina@acme.example", own)
    row("person", "within what they hand over", says(agent.act(own, "db.query", "page:x", dict(limit=1)), "allow"))
    got = agent.act(own, "mail.send", "page:x")
    row("person", "and no further", says(got, "deny", "not_delegated"), got)
    got = agent.open("work", on_behalf_of="olaf@acme.example")
    row("person", "nobody acts for one who did not let them", says(got, "deny", "not_delegated"), got)
    got = agent.open("work", on_behalf_of="nobody@acme.example")
    row("person", "nor for one who is not there", says(got, "deny", "not_delegated"), got)


def rates(d, agent):
    t = agent.open("work")
    child = agent.delegate(t, actions=["web.read"], constraints={"web.*": {"": {"rate": {"count": 2, "within": 60000}}}})["task"]
    got = [agent.act(child, "web.read", "page:a")["code"] for _ in range(3)]
    row("rate", "two a minute were handed down", got == ["allowed", "allowed", "outside_constraint"], got)
    got = agent.delegate(child, actions=["web.read"], constraints={"web.read": {"": {"rate": {"count": 3, "within": 60000}}}})
    row("rate", "three are not less", says(got, "deny", "rule_5_constraint"), got)
    ways = ["web.read", "web.*", "*.read", "*.*", "web.**", "**", "*.**", "db.query", "db.*", "*.query"]
    of = lambda n: {p: {"": {"rate": {"count": 1000, "within": 60000}}} for p in ways[:n]}
    ten = agent.delegate(t, constraints=of(10))["task"]
    row("rate", "six more below ten", "task" in agent.delegate(ten, constraints=of(6)))
    got = agent.delegate(ten, constraints=of(7))
    row("rate", "seven more are too many: sixteen stand in a grant and those above it", says(got, "deny", "rule_5_constraint"), got)
    nothing = agent.delegate(agent.open("work"), actions=["web.read"], constraints={"web.*": {"": {"rate": {"count": 0, "within": 60000}}}})["task"]
    got = agent.act(nothing, "web.read", "page:a")
    row("rate", "none is none, also where nothing was done yet", says(got, "deny", "outside_constraint"), got)
    row("rate", "and all count", says(agent.act(ten, "web.read", "page:a"), "allow"))


d = Stage(CONF, POLICY, limits='denials = 64  denials_within = "1s"')
try:
    boss, nina = d.admin_of(BOSS), d.admin_of(NINA)
    autonomy(d, boss)
    agent = d.agent_of(AUTO)
    t = agent.open("work")
    resources(d, agent, t)
    arguments(d, agent, t)
    spending(d, agent, t)
    behalf(d, agent, nina)
    rates(d, agent)
except BaseException:
    print(d.text()[-4000:])
    raise
finally:
    d.end()
done()
