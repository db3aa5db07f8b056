#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a rule counts is kept until its window ends: cheap actions do not push it out, a restart does not lose it, and what failed did not happen."""
import os
from stage import Stage, done, row, says

A, B, BANK = 61301, 61302, 63301
CONF = """
intents : { work : { actions = [ "**" ]  sensitivity = "confidential"  depth = 3  children = 100 } }
resources : { thing : { type = "thing"  patterns = [ "**" ]  sensitivity = "internal" } }
agents : {
  a : { owner = "o@acme.example"  escalate = "e@acme.example"  review_by = "2027-01-31"  environment = "prod"  match = [ "peer:uid=61301" ]  reach = [ "**" ]  intents = [ "work" ]  delegates = [ "*" ] }
  b : { owner = "o@acme.example"  escalate = "e@acme.example"  review_by = "2027-01-31"  environment = "prod"  match = [ "peer:uid=61302" ]  reach = [ "**" ]  intents = [ "work" ]  delegates = [ "*" ] } }
enforcers : { bank : { match = [ "peer:uid=63301" ]  for_agents = [ "*" ] } }
actions : {
  pay : { name = "pay.send"  class = "payment"  effect = "write"  sensitivity = "internal" }
  web : { name = "web.get"  class = "web"  effect = "read"  sensitivity = "internal" }
  sign : { name = "plan.sign"  class = "other"  effect = "write"  sensitivity = "internal" }
  run : { name = "deploy.run"  class = "infrastructure"  effect = "execute"  sensitivity = "internal" }
  read : { name = "x.read"  class = "other"  effect = "read"  sensitivity = "internal" } }
"""
POLICY = """
rule { id = "allow", on = "**", effect = allow {} }
rule { id = "twice", on = "pay.*", needs = { count = { "pay.*", within = "1d" } }, when = function(r) return r.history.count["pay.*"] >= 2 end, effect = deny {} }
rule { id = "wall", on = { "web.*", "pay.*" }, needs = { never_together = { "web.*", "pay.*", scope = "tree" } },
  when = function(r) return r.history.never_together["web.* + pay.*"] end, effect = deny {} }
rule { id = "signed", on = "deploy.*", needs = { did = "plan.sign" }, when = function(r) return not r.history.did["plan.sign"] end, effect = deny { code = "unsigned" } }
"""


def wash(agent, task, times):
    for _ in range(times):
        answers = agent.acts(task, [("x.read", {})] * 56)
        if not all(says(a, "allow") for a in answers):
            print([a for a in answers if not says(a, "allow")][:3])
            raise SystemExit("a read was not allowed")


d = Stage(CONF, POLICY, limits="denials = 64  attempts_per_task = 5000")
a, b = d.swarm_of(A), d.swarm_of(B)
task = a.open("work")
row("kept", "twice a day", [a.act(task, "pay.send")["verdict"] for _ in range(3)] == ["allow", "allow", "deny"])
wash(a, task, 21)
row("kept", "1,176 reads later as well", says(a.act(task, "pay.send"), "deny", "policy_denied"))
other = a.open("work")
row("kept", "and in another task", says(a.act(other, "pay.send"), "deny", "policy_denied"))

tree = b.open("work")
row("kept", "this tree has looked at the web", says(b.act(tree, "web.get"), "allow"))
wash(b, tree, 21)
row("kept", "so it does not pay, whatever came between", says(b.act(tree, "pay.send"), "deny", "policy_denied"))

d.stop(keep=True)
d.start()
os.chmod(d.path("admin"), 0o666)
a, b = d.swarm_of(A), d.swarm_of(B)
row("kept", "nor after a restart", says(a.act(a.open("work"), "pay.send"), "deny", "policy_denied"))

bank, c = d.enforcer_of(BANK), d.agent_of(B)
task = c.open("work")
signed = bank.act(task, "plan.sign", as_enforcer=True, peer_uid=B)
row("failed", "what is allowed was done, as far as anybody knows", says(signed, "allow") and says(c.act(task, "deploy.run"), "allow"))
bank.outcome(signed, "failed")
row("failed", "the enforcer says that it failed: it did not happen", says(c.act(task, "deploy.run"), "deny", "policy_denied"))
signed = bank.act(task, "plan.sign", as_enforcer=True, peer_uid=B)
bank.outcome(signed, "failed", happened=True)
row("failed", "the enforcer repeats somebody's word that it failed: nobody knows", says(c.act(task, "deploy.run"), "deny", "history_unsure"))
signed = bank.act(task, "plan.sign", as_enforcer=True, peer_uid=B)
bank.outcome(signed, "ok")
row("failed", "done again, it was done", says(c.act(task, "deploy.run"), "allow"))
task = c.open("work")
own = c.act(task, "plan.sign")
c.outcome(own, "failed")
row("failed", "an agent's own word takes nothing away", says(c.act(task, "deploy.run"), "allow"))
d.end()
done()
