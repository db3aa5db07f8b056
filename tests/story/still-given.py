#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a task was opened with is asked again under what is in force: environment, role, intent, who was handed it; and a process that an enforcer speaks for
is its agent only as long as what it showed of itself is what the stanza asks for."""
import os, sys
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from stage import *
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fault"))
from checks import done, good

POLICY = 'rule { id = "all", on = { "deploy.run", "repo.read" }, effect = allow {} }\n'
CONF = """

groups : { ops : { members = [ "boss" ] } }
admins : { boss : { uid = 1009 } }
roles : { doer : { actions = [ "**" ]  hand_on = [ "**" ] }  signer : { actions = [ "**" ]  hand_on = [ "**" ]  signs = true }  weak : { actions = [ "repo.*" ]  hand_on = [ ] } }
intents : { work : { actions = [ "**" ]  sensitivity = "confidential"  children = 60  %(work)s }  other : { actions = [ "none.*" ]  sensitivity = "public" }
            staged : { actions = [ "**" ]  sensitivity = "confidential"  roles = [ %(roles)s ] } }
agents : { a : { owner = "m@acme.example"  escalate = "o@acme.example"  review_by = "2027-01-31"  environment = "%(env)s"  match = [ %(match)s ]  reach = [ "**" ]  intents = [ %(intents)s ]
                 roles = [ %(agent_roles)s ]  delegates = [ %(delegates)s ]  %(more)s }
           b : { owner = "m@acme.example"  escalate = "o@acme.example"  review_by = "2027-01-31"  environment = "production"  match = [ "peer:uid=1002" ]  reach = [ "**" ]  intents = [ "work", "staged" ]  roles = [ "doer" ] } }
enforcers : { gw : { match = [ "peer:uid=1008" ]  for_agents = [ "*" ] } }
actions : { deploy : { name = "deploy.run"  effect = "execute"  sensitivity = "internal"  environment = "production"  credential = "token" }
            read : { name = "repo.read"  effect = "read"  sensitivity = "internal"  credential = "token" } }
"""
GOOD = dict(work="", roles='"doer", "signer"', env="production", match='"peer:uid=1001"', intents='"work", "staged"', agent_roles='"doer", "signer"', delegates='"b"', more="")
PLAN = {"plan": [{"action": "deploy.run", "resource": {"type": "host", "id": "p"}}]}

s = Stage(CONF % GOOD, POLICY)
HEAD_OF = open(os.path.join(s.dir, "stepgate.conf")).read().partition("\n\ngroups :")[0]


def reload(attest="attest : { ", **changed):
    s.write("stepgate.conf", (HEAD_OF.replace("attest : { ", attest) + CONF % dict(GOOD, **changed)).encode())
    status, answer = s.admin_of(0).ask("POST", "/v1/reload", {})
    s.let_in()
    good("reload %s" % (sorted(changed) or "back"), status == 200, answer)


try:
    a, b, e = s.agent_of(1001), s.agent_of(1002), s.enforcer_of(1008)
    t, doer, signer = a.open("work"), a.open("staged", role="doer"), a.open("staged", role="signer")
    child = b.claim(a.delegate(t, to="b")["task"])
    part = a.delegate(t)["task"]

    def code(r):
        return r["code"] if r["verdict"] != "allow" else "allow" if "credential" in r else "bare"

    def code_of(answer):
        return answer.get("code") or answer.get("error", {}).get("code")

    def enforced(task, uid):
        return code(e.ask("POST", "/v1/act", dict(action="deploy.run", key=e.key(), resource=dict(type="host", id="p"), arguments={}, context={}, task_token=task["token"], peer_uid=uid))[1])

    def now():
        """a's task, a part of it, b's part of it, a's tasks in two roles, a's through an enforcer, b's through one; a signs; a hands on; may it ever"""
        ever = a.ask("POST", "/v1/ceiling", dict(task=t["id"], actions=["deploy.run"]))[1].get("actions")
        return [code(a.act(t, "deploy.run")), code(a.act(part, "deploy.run")), code(b.act(child, "deploy.run")), code(a.act(doer, "deploy.run")), code(a.act(signer, "deploy.run")),
                enforced(t, 1001), enforced(child, 1002), a.ask("POST", "/v1/tasks/%s/plan" % signer["id"], PLAN)[1].get("error", {}).get("code"), code_of(a.delegate(t)), ever == ["deploy.run"]]

    FINE = ["allow"] * 7 + [None, None, True]
    good("all may", now() == FINE, now())
    gone = "wrong_environment"
    for what, changed, want in [
            ("the agent's environment", dict(env="staging"), [gone] * 7 + [gone, "rule_1_lineage", False]),
            ("the intent's environment", dict(work='environment = "staging"'), [gone] * 3 + ["allow"] * 2 + [gone] * 2 + [None, "rule_1_lineage", False]),
            ("the agent's roles", dict(agent_roles='"weak"'), ["allow"] * 3 + ["outside_role"] * 2 + ["allow"] * 2 + ["outside_role", None, True]),
            ("one of its roles", dict(agent_roles='"doer"'), ["allow"] * 4 + ["outside_role"] + ["allow"] * 2 + ["outside_role", None, True]),
            ("the intent's roles", dict(roles='"weak"'), ["allow"] * 3 + ["outside_role"] * 2 + ["allow"] * 2 + ["outside_role", None, True]),
            ("roles that it begins to ask for", dict(work='roles = [ "doer" ]'), ["outside_role"] * 3 + ["allow"] * 2 + ["outside_role"] * 2 + [None, "rule_1_lineage", False]),
            ("whom it hands on to", dict(delegates=""), ["allow"] * 2 + ["rule_11_may_act"] + ["allow"] * 3 + ["rule_11_may_act", None, None, True]),
            ("its intent", dict(intents='"other", "staged"'), ["intent_forbidden"] * 3 + ["allow"] * 2 + ["intent_forbidden"] * 2 + [None, "rule_1_lineage", False]),
            ("whom it matches", dict(match='"peer:uid=1005"'), ["no_agent"] * 2 + ["allow"] + ["no_agent"] * 2 + ["match_changed", "allow", "no_agent", "no_agent", False]),
            ("one more fact of it", dict(match='"peer:uid=1001", "peer:exe=/nonexistent"'), ["no_agent"] * 2 + ["allow"] + ["no_agent"] * 2 + ["match_changed", "allow", "no_agent", "no_agent", False])]:
        reload(**changed)
        got = now()
        good("without %s" % what, got == want, (got, want))
        reload()
        good("with it again, once it has asked for itself", now() == FINE, now())

    # One process that is two agents: what it showed as the one is not taken for what it showed as the other.
    twin = GOOD["more"] + '}\n           twin : { owner = "m@acme.example"  escalate = "o@acme.example"  review_by = "2027-01-31"  environment = "production"  match = [ "peer:uid=1001", "peer:gid=1001" ]  reach = [ "**" ]  intents = [ "work" ]'
    reload(more=twin)
    as_a, as_twin = a.open("work", agent="a"), a.open("work", agent="twin")
    good("through an enforcer as both, by turns", [enforced(t, 1001) for t in (as_a, as_twin, as_a, as_twin)] == ["allow"] * 4, [enforced(t, 1001) for t in (as_a, as_twin)])
    before = len(s.leaves("shown"))
    for t_, name in ((as_a, "a"), (as_twin, "twin")) * 3:
        a.act(t_, "deploy.run", agent=name)
    good("and nothing is shown anew", len(s.leaves("shown")) == before)
    reload()

    # An enforcer alone, which shows nothing: until the process asks for itself, whatever it asks.
    reload(more='identity = "boundary"')
    good("another identity wanted: through an enforcer not before it asks for itself", enforced(t, 1001) == "match_changed")
    bare = dict(action="deploy.run", resource=dict(type="host", id="p"), arguments={}, context={}, task=t["id"])
    authzen = dict(subject=dict(type="agent", id="a"), action=dict(name="deploy.run"), resource=dict(type="host", id="p"), context=dict(task=t["id"], key=e.key()))
    asked = [e.ask("POST", "/v1/act", dict(bare, key=e.key()))[1], e.ask("POST", "/v1/act", dict(bare, key=e.key(), peer_uid=1001))[1]]
    good("nor by its id alone", [r["code"] for r in asked] == ["match_changed"] * 2, asked)
    good("nor by AuthZEN", e.ask("POST", "/access/v1/evaluation", authzen)[1]["decision"] is False)
    a.ask("GET", "/v1/tasks/%s" % t["id"])
    good("and then it is", enforced(t, 1001) == "allow")
    shown = s.leaves("shown")
    good("which is kept", shown[-1]["body"]["agent"] == "a" and shown[-1]["body"]["strength"] == "boundary" and len(shown[-1]["body"]["rests_on"]) == 16, shown[-1])
    s.process.terminate()
    s.process.wait(20)
    s.start()
    e = s.enforcer_of(1008)
    good("over a restart as well", enforced(t, 1001) == "allow" and enforced(child, 1002) == "allow")
    reload(more='identity = "boundary"', attest='attest : { early : { use = "peer"  control = "optional" }  ')
    good("another attest stack: everybody anew", [enforced(t, 1001), enforced(child, 1002)] == ["match_changed"] * 2)
    a, b = a if a.p.poll() is None else s.agent_of(1001), b
    good("and in their own tasks, once asked", [code(a.act(t, "deploy.run")), enforced(t, 1001), enforced(child, 1002)] == ["allow", "allow", "match_changed"])
finally:
    s.stop()
done()
