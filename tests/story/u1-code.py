#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Story U1: a coding assistant reads a repository, then wants to deploy. The whole tree of rows on a running daemon."""
from stage import Stage, done, row, says, until

AGENT, MIRA, OPS1, OPS2, GIT = 61031, 62031, 62032, 62033, 63031
CONF = """
groups : { ops : { members = [ "ops1", "ops2" ] } }
admins : { mira : { uid = 62031 } ops1 : { uid = 62032 } ops2 : { uid = 62033 } }
humans : { mira : { id = "mira@acme.example"  admin = "mira"  agents = [ "code-helper" ]  delegates = [ "**" ] } }
intents : { fix-bug : { actions = [ "repo.*", "web.*", "ci.*", "deploy.*" ]  resources = [ "billing-api", "billing-api/**", "forum/**", "staging", "prod" ]
                        sensitivity = "confidential"  ttl = "2h" } }
agents : { code-helper : { owner = "mira@acme.example"  escalate = "o@acme.example"  review_by = "2027-01-31"  environment = "staging"
  match = [ "peer:uid=61031" ]  reach = [ "repo.*", "ci.*", "deploy.*", "web.fetch" ]  intents = [ "fix-bug" ] } }
enforcers : { git : { match = [ "peer:uid=63031" ]  for_agents = [ "*" ] } }
actions : {
  read : { name = "repo.read"  class = "code"  effect = "read"  sensitivity = "internal"  credential = "token" }
  secret_read : { name = "repo.read_confidential"  class = "code"  effect = "read"  sensitivity = "confidential"  credential = "token" }
  write : { name = "repo.write"  class = "code"  effect = "write"  sensitivity = "internal"  credential = "token"  narrow = [ "branches" ]  authority = [ "branches" ] }
  fetch : { name = "web.fetch"  class = "web"  effect = "read"  sensitivity = "public"  taints = [ "web" ] }
  ci : { name = "ci.run"  class = "code"  effect = "execute"  sensitivity = "internal" }
  deploy : { name = "deploy.run"  class = "infrastructure"  effect = "execute"  sensitivity = "internal" } }
"""
POLICY = """
rule { id = "read", on = { "repo.read", "repo.read_confidential", "web.fetch" }, effect = allow {} }
rule { id = "write", on = "repo.write", effect = allow { narrow = { branches = only { "fix/812" } } } }
rule { id = "ci", on = "ci.run", effect = allow {} }
rule { id = "ci-secrets", on = "ci.run", when = function(r) return r.args:get("secrets", false) and r.task.tainted end,
       effect = deny { code = "tainted_secrets", say = "This task has read the web" } }
rule { id = "deploy", on = "deploy.run", when = function(r) return r.resource.id == "staging" end, effect = step_up { approvers = "ops", say = "deploys" } }
rule { id = "deploy-prod", on = "deploy.run", when = function(r) return r.resource.id == "prod" and r.args.window end,
       effect = step_up { approvers = "ops", quorum = 2, say = "deploys to production" } }
rule { id = "deploy-window", on = "deploy.run", when = function(r) return r.resource.id == "prod" and not r.args.window end, effect = defer { retry_after = "1h" } }
"""


def story(d):
    mira, ops1, ops2, agent = d.admin_of(MIRA), d.admin_of(OPS1), d.admin_of(OPS2), d.agent_of(AGENT)
    got = agent.act("t-00", "repo.read", "repo:billing-api")
    row(1, "to be known is not to be allowed: without a task nothing", says(got, "deny", "no_task"), got)
    task = agent.claim(mira.open("fix-bug", agent="code-helper", inputs=dict(bug=812, repository="billing-api", branch="fix/812")))
    got = until(lambda: (lambda g: g if g.get("code") != "issue_unavailable" else None)(agent.act(task, "repo.read", "repo:billing-api")))
    row(2, "a token for that repository", says(got, "allow") and "token" in got["credential"], got)
    first = got
    got = agent.act(task, "repo.read", "repo:payroll-core")
    row(3, "another repository is outside the objective", says(got, "deny", "outside_resources"), got)
    row(3, "and counted", d.task(task)["denied"] == 1, d.task(task))
    got = agent.act(task, "repo.write", "repo:billing-api", dict(branches=["fix/812", "main", "release"]))
    row(4, "all branches are narrowed to its own", says(got, "allow", "narrowed") and got["effective"]["arguments"]["branches"] == ["fix/812"], got)
    kept = got
    deep = agent.act(task, "repo.read_confidential", "repo:billing-api/keys")
    row(5, "a confidential part of it, while the task is clean", says(deep, "allow"), deep)
    got = agent.act(task, "web.fetch", "page:forum/thread-9")
    row(5, "the forum is read, and taints", says(got, "allow") and "web" in d.task(task)["labels"], got)
    states = lambda g: [l["body"]["state"] for l in d.leaves("lease") if l["body"]["lease"] == g["credential"]["lease"]]
    row(5, "the confidential credential is revoked", until(lambda: "revoking" in states(deep)), states(deep))
    row(5, "the one for the branch stays", states(kept) == ["active"], states(kept))
    got = agent.act(task, "ci.run", "repo:billing-api", dict(secrets=False))
    row(6, "ci without secrets", says(got, "allow"), got)
    got = agent.act(task, "ci.run", "repo:billing-api", dict(secrets=True))
    row(6, "tainted, with secrets: no", says(got, "deny", "policy_denied"), got)
    got = agent.act(task, "deploy.run", "env:staging", dict(image="sha256:d1"))
    row(7, "deploying asks one approver", says(got, "step_up"), got)
    seen = ops1.ask("GET", "/v1/approvals/" + got["approval"]["id"])[1]["approval"]
    row(7, "who sees the image and what tainted the task", seen["action"]["arguments"]["image"] == "sha256:d1" and "web" in seen["tainted"], seen)
    ops1.approve(got)
    bad = agent.act(task, "deploy.run", "env:staging", dict(image="sha256:d2"), approval=got["approval"]["id"])
    row(8, "another image is another thing", says(bad, "deny", "approval_mismatch"), bad)
    bad = agent.act(task, "deploy.run", "env:staging", dict(image="sha256:d1"), approval=got["approval"]["id"])
    row(8, "and the approval is void", says(bad, "deny", "approval_void"), bad)
    got = agent.act(task, "deploy.run", "env:prod", dict(image="sha256:d1", window=False))
    row(9, "production outside its window: not now", says(got, "defer"), got)
    got = agent.act(task, "deploy.run", "env:prod", dict(image="sha256:d1", window=True))
    row(9, "inside it: two approvers", says(got, "step_up") and got["approval"]["groups"] == {"ops": 2}, got)
    row(10, "done", agent.close(task)["task"]["state"] in ("closed", "closing"))
    dead = lambda: [l["body"] for l in d.leaves("lease") if l["body"]["lease"] == first["credential"]["lease"] and l["body"]["state"] == "dead"]
    row(10, "the issuer has taken the token of row 2 back", until(dead))
    row(10, "and then the task is closed", until(lambda: d.task(task)["state"] == "closed"), d.task(task))
    got = agent.act(task, "repo.read", "repo:billing-api")
    row(10, "and nothing follows", says(got, "deny", "task_closed"), got)


d = Stage(CONF, POLICY)
try:
    story(d)
except BaseException:
    print(d.text()[-5000:])
    raise
finally:
    d.end()
done()
