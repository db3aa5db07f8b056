#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Story U3: one agent plans, one does, one checks; each hop may only narrow, each refusal names its rule."""
from stage import Stage, done, row, says, until

P, E, E2, V, ASHA, V2 = 61021, 61022, 61023, 61024, 62021, 61025
CONF = """
groups : { ops : { members = [ "asha" ] } }
admins : { asha : { uid = 62021 } }
humans : { asha : { id = "asha@acme.example"  admin = "asha"  agents = [ "*" ]  delegates = [ "inventory.*", "plan.*", "cert.*", "proxy.*", "check.*" ] }
           omar : { id = "omar@acme.example" } }
roles : { planner : { actions = [ "inventory.read", "plan.write" ]  hand_on = [ "cert.issue", "proxy.reload", "check.read" ]  apart = [ "executor", "validator" ] }
          executor : { actions = [ "cert.issue", "proxy.reload" ]  hand_on = [ "proxy.reload" ]  planned = true  apart = [ "validator" ] }
          validator : { actions = [ "check.read" ]  signs = true  other_owner = true  apart = [ "executor", "planner" ] } }
intents : { rotate : { actions = [ "inventory.read", "plan.write", "cert.issue", "proxy.reload", "check.read" ]  resources = [ "*" ]
                       sensitivity = "confidential"  roles = [ "planner", "executor", "validator" ]  depth = 2  budgets = [ "calls=50" ] } }
agents : {
  p : { owner = "asha@acme.example"  escalate = "o@acme.example"  review_by = "2027-01-31"  environment = "prod"  match = [ "peer:uid=61021" ]
        reach = [ "inventory.*", "plan.*" ]  intents = [ "rotate" ]  roles = [ "planner", "validator" ]  delegates = [ "e", "v", "v2" ] }
  e : { owner = "asha@acme.example"  escalate = "o@acme.example"  review_by = "2027-01-31"  environment = "prod"  match = [ "peer:uid=61022" ]
        reach = [ "cert.*", "proxy.*" ]  intents = [ "rotate" ]  roles = [ "executor" ]  delegates = [ "e2" ] }
  e2 : { owner = "asha@acme.example"  escalate = "o@acme.example"  review_by = "2027-01-31"  environment = "prod"  match = [ "peer:uid=61023" ]
        reach = [ "cert.*", "proxy.*", "dns.*" ]  intents = [ "rotate" ]  roles = [ "executor" ]  delegates = [ "e" ] }
  v : { owner = "omar@acme.example"  escalate = "o@acme.example"  review_by = "2027-01-31"  environment = "prod"  match = [ "peer:uid=61024" ]
        reach = [ "check.*" ]  intents = [ "rotate" ]  roles = [ "validator" ] }
  v2 : { owner = "asha@acme.example"  escalate = "o@acme.example"  review_by = "2027-01-31"  environment = "prod"  match = [ "peer:uid=61025" ]
        reach = [ "check.*" ]  intents = [ "rotate" ]  roles = [ "validator" ] } }
resources : {
  hosts : { type = "host"  form = "host"  patterns = [ "**" ]  sensitivity = "internal" }
  proxies : { type = "proxy"  closed = "yes"  patterns = [ "edge-3" ]  sensitivity = "internal" }
  plans : { type = "plan"  patterns = [ "**" ]  sensitivity = "internal" } }
actions : {
  inv : { name = "inventory.read"  effect = "read"  sensitivity = "internal" }
  plan : { name = "plan.write"  effect = "write"  sensitivity = "internal" }
  cert : { name = "cert.issue"  class = "secret"  effect = "write"  sensitivity = "confidential" }
  reload : { name = "proxy.reload"  class = "infrastructure"  effect = "execute"  sensitivity = "internal"  arguments = [ "mode?:string" ] }
  dns : { name = "dns.write"  class = "infrastructure"  effect = "write"  sensitivity = "internal" }
  check : { name = "check.read"  effect = "read"  sensitivity = "internal" } }
"""
POLICY = """
rule { id = "all", on = "**", effect = allow {} }
"""
PLAN = [dict(action="cert.issue", resource=dict(type="host", id="EDGE-3.")), dict(action="proxy.reload", resource=dict(type="proxy", id="edge-3"))]


def story(d):
    asha, p, e, e2, v, v2 = d.admin_of(ASHA), d.agent_of(P), d.agent_of(E), d.agent_of(E2), d.agent_of(V), d.agent_of(V2)
    root = p.claim(asha.open("rotate", agent="p"))
    row(1, "the planner's task", root.get("role") == "planner" and root["opener"] == "human:asha@acme.example" and root["on_behalf_of"] == "asha@acme.example", root)
    row(1, "inventory.read", says(p.act(root, "inventory.read", "host:edge-3"), "allow"))
    row(1, "plan.write", says(p.act(root, "plan.write", "plan:plan"), "allow"))
    got = p.act(root, "cert.issue", "host:edge-3")
    row(2, "the planner may not issue itself, though it is in the task's ceiling", says(got, "deny", "outside_reach") or says(got, "deny", "outside_role"), got)
    got = p.delegate(root, to="e", role="executor", actions=["cert.issue", "proxy.reload"], budgets=dict(calls=10))
    row(3, "it hands on what it may not use", "task" in got and got["task"]["parent"] == root["id"], got)
    child = e.claim(got["task"])
    row(3, "the executor takes it", child.get("claimed") and child["depth"] == 1, child)
    got = e.delegate(child, to="e2", role="executor", actions=["proxy.reload", "dns.write"])
    row(4, "adding dns.write is widening: rule 4", says(got, "deny", "rule_4_scope"), got)
    got = e.delegate(child, to="e2", role="executor", actions=["proxy.reload"], resources=["edge-3"], constraints={"proxy.reload": {"mode": {"exact": "soft"}}})
    row(4, "only reload, only edge-3", "task" in got, got)
    grandchild = e2.claim(got["task"])
    got = e2.delegate(grandchild, to="e", role="executor", actions=["proxy.reload"])
    row(4, "handing on again is too deep: rule 3", says(got, "deny", "rule_3_depth"), got)
    got = e.act(child, "cert.issue", "host:edge-3")
    row(5, "before the plan is signed the executor waits", says(got, "defer", "plan_unsigned"), got)
    got = p.delegate(root, to="p", role="validator", actions=["check.read"])
    row(6, "the planner's own instance is no validator", got.get("verdict") == "deny" and got["code"] in ("rule_8_key", "rule_10_duty"), got)
    got = p.delegate(root, to="v2", role="validator", actions=["check.read"])
    row(6, "nor is an agent of the same owner: rule 10", says(got, "deny", "rule_10_duty"), got)
    checker = v.claim(p.delegate(root, to="v", role="validator", actions=["check.read"])["task"])
    for what, step in (("a host that is none", dict(action="cert.issue", resource=dict(type="host", id="edge..3"))), ("a type in another case", dict(action="cert.issue", resource=dict(type="Host", id="edge-3"))),
                       ("what the catalogue does not know", dict(action="proxy.reload", resource=dict(type="proxy", id="edge-4"))),
                       ("arguments that are none", dict(action="proxy.reload", resource=dict(type="proxy", id="edge-3"), arguments=dict(mode=5))),
                       ("an argument nobody declared", dict(action="proxy.reload", resource=dict(type="proxy", id="edge-3"), arguments=dict(mood="soft")))):
        status, got = v.ask("POST", "/v1/tasks/%s/plan" % checker["id"], dict(plan=[step]))
        row(7, "a step that could never match is not signed: " + what, status == 400 and "never be allowed" in got["error"]["hint"], got)
    got = v.ask("POST", "/v1/tasks/%s/plan" % checker["id"], dict(plan=PLAN))[1]
    row(7, "an independent validator signs", got.get("steps") == 2, got)
    got = e.ask("POST", "/v1/tasks/%s/plan" % child["id"], dict(plan=PLAN))[1]
    row(7, "an executor does not sign", got.get("error", {}).get("code") == "not_signer", got)
    got = e.act(child, "cert.issue", "host:edge-3")
    row(7, "a step of the plan", says(got, "allow"), got)
    got = e.act(child, "cert.issue", "host:edge-4")
    row(7, "no step of the plan", says(got, "deny", "plan_divergence"), got)
    got = e2.act(grandchild, "proxy.reload", "proxy:edge-3", dict(mode="hard"))
    row(4, "a limit that was handed down holds", says(got, "deny", "outside_constraint"), got)
    got = e2.act(grandchild, "proxy.reload", "proxy:edge-3", dict(mode="soft"))
    row(4, "within it the step is done", says(got, "allow"), got)
    tree = asha.ask("GET", "/v1/tasks/%s/tree" % grandchild["id"])[1]["tree"]
    row(9, "the access path is one tree", tree["task"]["id"] == root["id"] and
        sorted(len(c["children"]) for c in tree["children"]) == [0, 1], tree)
    # 8: a chain of another, finished task
    other = p.claim(asha.open("rotate", agent="p"))
    stale = p.delegate(other, to="e", role="executor", actions=["cert.issue"])["task"]
    p.close(other)
    got = e.claim(stale)
    row(8, "a delegation of a finished task is stale", got.get("verdict") == "deny" and got["code"] == "task_closed", got)
    got = p.act(child, "inventory.read", "host:edge-3")
    row(8, "another's task is not one's own", got.get("code") in ("no_task", "wrong_peer"), got)
    before = len(d.leaves("task_end"))
    got = asha.close(root)
    row(9, "the human ends it", got["task"]["state"] in ("closed", "closing"), got)
    for who, task in ((p, root), (e, child), (e2, grandchild), (v, checker)):
        got = who.act(task, "check.read", "host:edge-3")
        row(9, "everybody below lost everything", says(got, "deny", "task_closed"), got)
    row(9, "in one event", len(d.leaves("task_end")) == before + 1)


d = Stage(CONF, POLICY)
try:
    story(d)
except BaseException:
    print(d.text()[-5000:])
    raise
finally:
    d.end()
done()
