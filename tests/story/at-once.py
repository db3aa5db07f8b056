#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Whatever a rule counts, it counts the same whether requests come one after the other or sixty-four at once."""
import os, re
from collections import Counter
from stage import Stage, done, row

MANY, FIRST = 64, 61200
HERE = os.path.dirname(os.path.abspath(__file__))
GUIDE = open(os.path.join(HERE, "..", "..", "lua", "README.md")).read()


def from_guide(name):
    """A rule of the guide, as it stands there."""
    return re.search(r'^rule \{\n\tid = "%s",.*?^\}\n' % name, GUIDE, re.M | re.S).group(0)


def pays(n):
    return [("pay.send", dict(amount=100 + i)) for i in range(n)]


def halves(a, b):
    return lambda n: [(a if i % 2 else b, dict(amount=100 + i)) for i in range(n)]


# name: the rule, what is asked, how many are allowed
RULES = {
    "once": ('rule { id = "once", on = "pay.*", needs = { count = { "pay.*", within = "1d" } },\n'
             '  when = function(r) return r.history.count["pay.*"] >= 1 end, effect = deny {} }', pays, dict(allow=1, deny=63)),
    "count-tree": ('rule { id = "ct", on = "pay.*", needs = { count = { "pay.*", scope = "tree" } },\n'
                   '  when = function(r) return r.history.count["pay.*"] >= 7 end, effect = deny {} }', pays, dict(allow=7, deny=57)),
    "pay-often": (from_guide("pay-often"), pays, dict(allow=3, step_up=61)),
    "sum": ('rule { id = "sum", on = "pay.*", needs = { sum = { "pay.*", of = "money", within = "1d" } },\n'
            '  when = function(r) return r.history.sum["money:pay.*"] + r.args.amount * 100 > 52000 end, effect = deny {} }',
            lambda n: [("pay.send", dict(amount=100))] * n, dict(allow=5, deny=59)),
    "did": ('rule { id = "did", on = "pay.*", needs = { did = { "pay.*", scope = "tree" } },\n'
            '  when = function(r) return r.history.did["pay.*"] end, effect = deny {} }', pays, dict(allow=1, deny=63)),
    "since": ('rule { id = "since", on = "pay.*", needs = { since = "pay.*" },\n'
              '  when = function(r) local s = r.history.since["pay.*"] return s ~= nil and s < 3600000 end, effect = deny {} }', pays, dict(allow=1, deny=63)),
    "order": ('rule { id = "order", on = "pay.*", needs = { order = { "pay.*", "pay.*" } },\n'
              '  when = function(r) return r.history.order["pay.* > pay.*"] end, effect = deny {} }', pays, dict(allow=2, deny=62)),
    "web-and-pay": (from_guide("web-and-pay"), halves("web.get", "pay.send"), dict(allow=32, deny=32)),
    "steps": ('rule { id = "steps", on = "**", when = function(r) return r.task.steps >= 10 end, effect = deny {} }', pays, dict(allow=10, deny=54)),
    "classes": ('rule { id = "classes", on = { "web.*", "pay.*" }, when = function(r)\n'
                '  local other = r.action.class == "web" and "payment" or "web"\n'
                '  return table.has(r.task.classes, other) end, effect = deny {} }', halves("web.get", "pay.send"), dict(allow=32, deny=32)),
    "budget": ('rule { id = "budget", on = "pay.*", when = function(r) return r.task.budget.calls <= 20 end, effect = deny {} }', pays, dict(allow=20, deny=44)),
    "step-ups": ('rule { id = "ups", on = "pay.*", when = function(r) return r.task.step_ups < 2 end, effect = step_up { approvers = "finance" } }\n'
                 'rule { id = "ups-most", on = "pay.*", when = function(r) return r.task.step_ups >= 2 end, effect = deny {} }', pays, dict(step_up=2, deny=62)),
    "pack: together": (open(os.path.join(HERE, "..", "..", "lua", "stepgate", "together.lua")).read(),
                      lambda n: [(("web.get", "code.edit", "data.get")[i % 3], dict(amount=100 + i)) for i in range(63)], dict(allow=42, step_up=21)),
    "no past": ('rule { id = "none", on = "pay.*", when = function(r) return r.args.amount < 0 end, effect = deny {} }', pays, dict(allow=64)),
}
AGENT = ('a%(i)d : { owner = "o@acme.example"  escalate = "e@acme.example"  review_by = "2027-01-31"  environment = "prod"\n'
         '  match = [ "peer:uid=%(uid)d" ]  reach = [ "**" ]  intents = [ "work", "few" ] }\n')
CONF = """
groups : { finance : { members = [ "priya" ] }  oncall : { members = [ "priya" ] } }
admins : { priya : { uid = 62012 } }
intents : { work : { actions = [ "**" ]  sensitivity = "confidential" }
            few : { actions = [ "**" ]  sensitivity = "confidential"  budgets = [ "calls=40" ] } }
resources : { thing : { type = "thing"  patterns = [ "**" ]  sensitivity = "internal" } }
agents : {\n""" + "".join(AGENT % dict(i=i, uid=FIRST + i) for i in range(2 * len(RULES))) + """}
actions : {
  pay : { name = "pay.send"  class = "payment"  effect = "write"  sensitivity = "internal"  costs = [ "money=amount" ]  arguments = [ "amount:number(0..1000000)" ] }
  code : { name = "code.edit"  class = "code"  effect = "write"  sensitivity = "internal" }
  data : { name = "data.get"  class = "data"  effect = "read"  sensitivity = "internal" }
  web : { name = "web.get"  class = "web"  effect = "read"  sensitivity = "internal" } }
"""
BASE = 'rule { id = "allow", on = "**", effect = allow {} }\n'


def play(d, i, name, at_once):
    rule, asks, want = RULES[name]
    d.write("policy.d/10-test.lua", (BASE + rule).encode())
    answer = d.configure("97-none.conf", "")
    row(name, "the rule is in force", "error" not in answer, answer)
    agent = d.swarm_of(FIRST + i)
    task = agent.open("few" if name == "budget" else "work")
    asked = asks(MANY)
    answers = agent.acts(task, asked) if at_once else [agent.acts(task, [one])[0] for one in asked]
    seen = Counter(a.get("verdict", str(a)[:200]) for a in answers)
    row(name, "%d %s" % (len(asked), "at once" if at_once else "one by one"), dict(seen) == want, [dict(seen), Counter(a.get("code") for a in answers)])


d = Stage(CONF, BASE, limits="denials = 64  step_ups = 64  approvals_per_agent = 100")
for number, name in enumerate(RULES):
    play(d, 2 * number, name, False)
    play(d, 2 * number + 1, name, True)
d.end()
done()
