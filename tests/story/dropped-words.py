#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""No word of a request is dropped in silence: what a route does not know or cannot take is refused by its name, on every face; a plan, a role and a grant
bind what they say."""
import os, shutil, subprocess, sys, tempfile
from stage import PUPPET, Puppet, Stage, daemon, done, row, says, until

A, B, C, BOSS, GATE = 61111, 61112, 61113, 62111, 63111
# A program that is nobody else's, so that its path can be the hint by which two agents are known.
HINTED = tempfile.mkdtemp(prefix="sg-hint-")
EXE = os.path.join(HINTED, "hinted")
CONF = """
groups : { ops : { members = [ "boss" ] } }
admins : { boss : { uid = 62111 } }
roles : { planner : { actions = [ "x.read" ]  hand_on = [ "x.*" ]  signs = true  apart = [ "doer" ] }  doer : { actions = [ "x.*" ]  hand_on = [ "x.*" ]  planned = true } }
intents : { work : { actions = [ "x.*" ]  sensitivity = "confidential"  depth = 8 }
            planned : { actions = [ "x.*" ]  sensitivity = "confidential"  depth = 4  roles = [ "planner", "doer" ] } }
actions : { xr : { name = "x.read"  effect = "read"  sensitivity = "internal" }  xw : { name = "x.write"  effect = "write"  sensitivity = "internal" } }
enforcers : { gate : { match = [ "peer:uid=63111" ]  for_agents = [ "a" ] } }
agents : {
  a : { owner = "mira@acme.example"  escalate = "o@acme.example"  review_by = "2027-01-31"  environment = "dev"  match = [ "peer:uid=61111" ]  reach = [ "**" ]
        intents = [ "work", "planned" ]  roles = [ "planner" ]  delegates = [ "b" ] }
  b : { owner = "jon@acme.example"  escalate = "o@acme.example"  review_by = "2027-01-31"  environment = "dev"  match = [ "peer:uid=61112" ]  reach = [ "**" ]
        intents = [ "work", "planned" ]  roles = [ "doer" ]  delegates = [ "a" ] }
  h1 : { owner = "mira@acme.example"  escalate = "o@acme.example"  review_by = "2027-01-31"  environment = "dev"  identity = "hint"  match = [ "peer:exe=%s" ]  reach = [ "**" ]
        intents = [ "planned" ]  roles = [ "planner" ]  delegates = [ "h2" ] }
  h2 : { owner = "jon@acme.example"  escalate = "o@acme.example"  review_by = "2027-01-31"  environment = "dev"  identity = "hint"  match = [ "peer:exe=%s" ]  reach = [ "**" ]
        intents = [ "planned" ]  roles = [ "doer" ] } }
""" % (EXE, EXE)
POLICY = 'rule { id = "all", on = "**", effect = allow {} }\n'


class Hinted(Puppet):
    def __init__(self, stage, uid):
        self.uid = uid
        here = os.path.dirname(os.path.abspath(daemon.__file__))
        self.p = subprocess.Popen([EXE, "-c", PUPPET, str(uid), stage.path("agent"), here], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                  env=dict(os.environ, PYTHONHOME=sys.prefix))
        stage.puppets.append(self)


def refused(n, what, answer, name):
    status, body = answer
    error = body.get("error", {})
    row(n, what, status == 400 and error.get("code") == "bad_request" and name in error.get("hint", ""), answer)


def words(d):
    a, gate, boss = d.agent_of(A), d.enforcer_of(GATE), d.admin_of(BOSS)
    task = a.open("work")
    before = len(d.leaves("task"))
    on = "/v1/tasks/%s/delegate" % task["id"]
    for wrong, name in ((dict(constraint={"x.*": {}}), 'did you mean "constraints"'), (dict(sensitivity=5), '"sensitivity"'), (dict(sensitivity="publik"), '"sensitivity"'),
                        (dict(to=5), '"to"'), (dict(to=""), '"to"'), (dict(to=None), '"to"'), (dict(actions=None), '"actions"'), (dict(actions="x.read"), '"actions"'),
                        (dict(action=["x.read"]), 'did you mean "actions"'), (dict(resource=["r"]), 'did you mean "resources"'), (dict(budget=dict(calls=1)), 'did you mean "budgets"'),
                        (dict(hand_on={}), '"hand_on"'), (dict(excess=1), '"excess"'), (dict(depth="1"), '"depth"'), (dict(ttl="60"), '"ttl"'), (dict(role=["doer"]), '"role"'),
                        (dict(constraints=[]), '"constraints"'), (dict(constraints={"x.read": {"to.0.iban": {"exact": "G"}}}), "constraints"), (dict(constraints={"x.read": {"0": {"exact": "G"}}}), "constraints"), (dict(constraints={"x.read": {}}), "says nothing"), (dict(constraints={"y.*": {"amount": {"range": [0, 1]}}}), "names none"),
                        (dict(constraints={"x.raed": {"": {"rate": {"count": 1, "within": 1000}}}}), "names none"), (dict(inputs=5), '"inputs"'), (dict(intent=["work"]), '"intent"')):
        refused("F1", "delegate %s" % wrong, a.ask("POST", on, dict(dict(key=a.key(), actions=["x.read"]), **wrong)), name)
    for wrong, name in ((dict(on_behalf="h@acme.example"), 'did you mean "on_behalf_of"'), (dict(on_behalf_of=5), '"on_behalf_of"'), (dict(ttl=-5), '"ttl"'), (dict(ttl=1.5), '"ttl"'),
                        (dict(rol="planner"), 'did you mean "role"'), (dict(budgets=dict(calls=1)), '"budgets"'), (dict(sensitivity="public"), '"sensitivity"'), (dict(peer_uid=5), '"peer_uid"')):
        refused("F2", "open %s" % wrong, a.ask("POST", "/v1/tasks", dict(dict(intent="work", key=a.key()), **wrong)), name)
    refused("F2", "a claim with other words", a.ask("POST", "/v1/tasks", dict(task_token=task["token"], key=a.key(), ttl=5)), '"ttl"')
    refused("F2", "an enforcer's open", gate.ask("POST", "/v1/tasks", dict(agent="a", intent="work", key="e1", task_token="x")), '"task_token"')
    row("F2", "nothing of that opened a task", len(d.leaves("task")) == before)
    act = dict(action="x.read", task=task["id"], resource=dict(type="t", id="i"))
    for wrong, name in ((dict(argument={}), 'did you mean "arguments"'), (dict(arguments=[]), '"arguments"'), (dict(audience=5), '"audience"'), (dict(context=dict(approval=5)), '"context"'),
                        (dict(context=dict(tool=None)), '"context"'), (dict(resource=dict(type="t", id="i", property={})), 'did you mean "properties"'),
                        (dict(resource=dict(type="t", id=5)), '"resource"'), (dict(task=5), '"task"'), (dict(agent=None), '"agent"')):
        refused("F3", "act %s" % wrong, a.ask("POST", "/v1/act", dict(dict(act, key=a.key()), **wrong)), name)
    got = a.act(task, "x.read")
    outcome = "/v1/decisions/%s/outcome" % got["decision_id"]
    for wrong, name in ((dict(result="ok", label=["x"]), 'did you mean "labels"'), (dict(result="ok", labels="x"), '"labels"'), (dict(result="ok", use={}), 'did you mean "used"'),
                        (dict(result="ok", used=5), '"used"'), (dict(result=True), '"result"'), (dict(), '"result" is missing'), (dict(result="ok", values="x"), '"values"')):
        refused("F4", "outcome %s" % wrong, a.ask("POST", outcome, wrong), name)
    for method, path, body, name in (("GET", "/v1/tasks/%s?deep=yes" % task["id"], None, '"deep"'), ("DELETE", "/v1/tasks/%s?force=yes" % task["id"], None, '"force"'),
                                     ("GET", "/v1/tasks/%s/tree?all=yes" % task["id"], None, '"all"'), ("POST", "/v1/ceiling", dict(task=task["id"], action=["x.read"]), 'did you mean "actions"'),
                                     ("POST", "/v1/ceiling", dict(task=task["id"], actions=[5]), '"actions"'), ("GET", "/v1/approvals/a-1?wiat=5", None, 'did you mean "wait"'),
                                     ("GET", "/v1/approvals/a-1?wait=soon", None, '"wait"')):
        refused("F5", "%s %s" % (method, path.split("?")[-1]), a.ask(method, path, body), name)
    said_before = len(d.leaves("admin"))
    for method, path, body, name in (("POST", "/v1/kill", dict(agent="a", al=True), 'did you mean "all"'), ("POST", "/v1/kill", dict(all="true"), '"all"'), ("POST", "/v1/kill", dict(all=True, reson="x"), 'did you mean "reason"'),
                                     ("POST", "/v1/kill/lift", dict(agent=5), '"agent"'), ("GET", "/v1/approvals?al=yes", None, 'did you mean "all"'), ("GET", "/v1/approvals?all=maybe", None, '"all"'),
                                     ("POST", "/v1/approvals/a-1/approve", dict(note="x"), '"note"'), ("POST", "/v1/approvals/a-1/deny", dict(reason="x"), '"reason"'),
                                     ("GET", "/v1/tasks?owner=a", None, '"owner"'), ("GET", "/v1/leases?all=1", None, '"all"'), ("POST", "/v1/leases/l-1/revoke", dict(why="x"), '"why"'),
                                     ("POST", "/v1/reload", dict(check=True), '"check"'), ("GET", "/v1/events?after=-1", None, '"after"'), ("GET", "/v1/events?afer=1", None, 'did you mean "after"'),
                                     ("POST", "/v1/tasks", dict(agent="a", intent="work", key="o1", on_behalf_of="x"), '"on_behalf_of"'), ("POST", "/v1/tasks/t-1/thaw", dict(reason="x"), '"reason"'),
                                     ("POST", "/v1/agents/a", dict(event=5), '"event"'), ("POST", "/v1/agents/a", dict(evnt="suspend"), 'did you mean "event"'), ("POST", "/v1/humans/h", dict(disabled="yes"), '"disabled"'),
                                     ("POST", "/v1/try", dict(action="x.read", task=task["id"], args={}), '"args"'), ("POST", "/v1/try", dict(action="x.read", task=task["id"], agent="b"), "another agent"), ("POST", "/v1/try", dict(action="x.read", task=task["id"], agent="nobody"), "another agent"), ("GET", "/v1/status?x=1", None, '"x"'), ("GET", "/v1/config?x=1", None, '"x"')):
        refused("F6", "%s %s %s" % (method, path, body), boss.ask(method, path, body), name)
    for path in ("/v1/clock/accept", "/v1/leases/l-1/forget", "/v1/memories/a/forget"):
        for wrong, name in ((dict(), '"reason" is missing'), (dict(reason=""), '"reason"'), (dict(reason=None), '"reason"'), (dict(reason=5), '"reason"'), (dict(reason=["x"]), '"reason"'),
                            (dict(reason={}), '"reason"'), (dict(reason=True), '"reason"'), (dict(reason="x" * 5000), '"reason"'), (dict(Reason="x"), '"Reason"'),
                            (dict(reason="x", force=True), '"force"'), (dict(reason="x", reson="x"), 'did you mean "reason"')):
            refused("F6", "POST %s %.60s" % (path, wrong), boss.ask("POST", path, wrong), name)
    for path, name in (("/v1/tasks", "tasks"), ("/v1/leases", "leases")):
        for query, said in (("?agent=", '"agent"'), ("?Agent=a", '"Agent"'), ("?agnet=a", 'did you mean "agent"')):
            refused("F6", "GET %s%.20s" % (path, query), boss.ask("GET", path + query), said)
        for none in ("A", "a%2A", "**", "nobody", "a%00", "a" * 300, "a" * 2000):
            got = boss.ask("GET", path + "?agent=" + none)
            row("F6", "%s of %.20s, who is no agent, are none" % (name, none), got[0] == 400 or (got[0] == 200 and got[1][name] == [] and got[1]["total"] == 0), got)
    row("F6", "tasks of a are a's", [t["agent"] for t in boss.ask("GET", "/v1/tasks?agent=a")[1]["tasks"]] == ["a"] and len(d.leaves("admin")) == said_before)
    for path, name in (("/v1/approvals", "approvals"), ("/v1/leases", "leases")):
        lists = {w: len(boss.ask("GET", path + w)[1][name]) for w in ("", "?all=no", "?all=yes")}
        row("F6", "all=no is not all", lists["?all=no"] == lists[""], lists)
    for token in ("rubbish", task["token"].replace("sgt1", "SGT1"), " " + task["token"]):
        got = gate.ask("POST", "/v1/act", dict(act, task_token=token, key=a.key()))[1]
        row("F6", "a token that is none is not passed over beside a task: %s" % token[:8], says(got, "deny", "bad_task_token"), got)
    row("F6", "nobody was killed", says(a.act(task, "x.read"), "allow"))
    # AuthZEN ignores what it does not know and refuses wrong types of what it does
    ask = dict(subject=dict(type="agent", id="spiffe://acme.example/agent/a", more=1), action=dict(name="x.read", more=1), resource=dict(type="t", id="i", more=1), context=dict(task=task["token"], peer_uid=A, more=1), more=1)
    got = gate.ask("POST", "/access/v1/evaluation", ask)
    row("F7", "AuthZEN ignores unknown members", got[0] == 200 and got[1].get("decision") is True, got)
    for wrong, name in ((dict(context=dict(task=5)), '"context"'), (dict(context=[]), '"context"'), (dict(action=dict(name=5)), '"action"'), (dict(action=dict(name="x.read", properties=[])), '"action"'),
                        (dict(resource=dict(type="t", id=5)), '"resource"'), (dict(subject=dict(type="agent", id=None)), '"subject"'), (dict(context=dict(task=task["token"], peer_uid="x")), '"context"')):
        refused("F7", "AuthZEN %s" % wrong, gate.ask("POST", "/access/v1/evaluation", dict(ask, **wrong)), name)


def plan(d):
    a, b = d.agent_of(A), d.agent_of(B)
    root = a.open("planned")
    sign = lambda *steps: a.ask("POST", "/v1/tasks/%s/plan" % root["id"], dict(plan=list(steps)))
    step = lambda **more: dict(dict(action="x.write", resource=dict(type="t", id="x"), arguments=dict(v=1)), **more)
    for wrong, name in ((step(action="x.*"), "*"), (step(action="**"), "*"), (step(action="x.gone"), "catalogue"), (step(resource=dict(type="t", id="**")), "*"), (step(resource=dict(type="*", id="x")), "*"),
                        (step(times=0), '"times"'), (step(times=1000001), '"times"'), (step(times="2"), '"times"'), (step(time=2), 'did you mean "times"'), (step(order=1), '"order"'), (step(args={}), '"args"'), (step(resource=dict(type="t", id="x", props={})), '"props"'), (step(resource=dict(type="t")), "each step"),
                        (step(resource=dict(type="t", id="x", properties=[])), "each step"), (step(arguments=[]), "each step"), (5, "each step"), (None, "each step")):
        refused("F8", "a plan with %s" % (wrong,), sign(wrong), name)
    for wrong, name in ((dict(order=5), '"order"'), (dict(order="free"), '"order"'), (dict(ordr="any"), 'did you mean "order"')):
        refused("F8", "a plan with %s" % wrong, a.ask("POST", "/v1/tasks/%s/plan" % root["id"], dict(wrong, plan=[step()])), name)
    do = b.claim(a.delegate(root, to="b", role="doer", actions=["x.*"])["task"])
    ask = lambda action, resource, **more: b.ask("POST", "/v1/act", dict(dict(action=action, key=b.key(), task=do["id"], resource=resource, arguments=dict(v=1)), **more))[1]
    x, y = dict(type="t", id="x"), dict(type="t", id="y")
    with_test = dict(y, properties=dict(cluster="test"))

    def no_step(what, got):
        row("F8", what + " is no step", says(got, "deny", "plan_divergence"), got)
    row("F8", "a good one is signed, each step once and in order", sign(step(), step(action="x.read", resource=with_test, times=2), step(resource=y))[0] == 200)
    no_step("what comes second", ask("x.read", with_test))
    no_step("with a property", ask("x.write", dict(x, properties=dict(cluster="prod"))))
    no_step("with other arguments", ask("x.write", x, arguments=dict(v=2)))
    first = b.key()
    row("F8", "the step as signed; no properties said is none", says(ask("x.write", dict(x, properties={}), key=first), "allow"))
    row("F8", "its repeat is the same attempt and counts once", says(ask("x.write", dict(x, properties={}), key=first), "allow"))
    no_step("the same once more", ask("x.write", x))
    no_step("the last before the second", ask("x.write", y))
    for what, resource in (("a property left out", y), ("another property", dict(y, properties=dict(cluster="prod"))), ("one more property", dict(y, properties=dict(cluster="test", more=1)))):
        no_step(what, ask("x.read", resource))
    row("F8", "its own properties", says(ask("x.read", with_test), "allow"))
    no_step("the last before the second was done twice", ask("x.write", y))
    behind, filler = d.leaves()[-1]["n"], a.open("work")
    held = lambda: [l for l in d.leaves("snapshot") if l["body"]["leaf"] >= behind]
    row("F8", "a snapshot holds it", until(lambda: held() or not says(a.act(filler, "x.read"), "allow"), 30) and held())
    d.stop(keep=True)
    d.start()
    os.chmod(d.path("admin"), 0o666)
    row("F8", "a start rests on it", "behind the snapshot of leaf" in d.text())
    no_step("after a restart the first", ask("x.write", x))
    row("F8", "the second time", says(ask("x.read", with_test), "allow"))
    no_step("a third time", ask("x.read", with_test))
    row("F8", "the last", says(ask("x.write", y), "allow"))
    no_step("anything after the last", ask("x.write", y))
    row("F8", "signed anew it begins anew, in any order", a.ask("POST", "/v1/tasks/%s/plan" % root["id"], dict(order="any", plan=[step(), step(resource=y)]))[0] == 200)
    row("F8", "the second first", says(ask("x.write", y), "allow"))
    no_step("and not twice", ask("x.write", y))
    row("F8", "then the first", says(ask("x.write", x), "allow"))
    sign(step(times=3))
    got = [ask("x.write", x)["verdict"] for _ in range(5)]
    row("F8", "three times are three", got.count("allow") == 3, got)
    # thirty-two at once: what is on its way counts, too
    swarm = d.swarm_of(B)
    for times in (1, 5):
        fresh = a.open("planned")
        a.ask("POST", "/v1/tasks/%s/plan" % fresh["id"], dict(plan=[step(resource=dict(type="thing", id="x"), times=times)]))
        crowd = swarm.claim(a.delegate(fresh, to="b", role="doer", actions=["x.*"])["task"])
        got = [g.get("verdict") for g in swarm.acts(crowd, [("x.write", dict(v=1))] * 32)]
        row("F8", "%d of 32 at once" % times, got.count("allow") == times and got.count("deny") == 32 - times, got)
    # what is only asked, or does not go through, does no step
    sign(step())
    boss = d.admin_of(BOSS)
    for _ in range(3):
        tried = boss.ask("POST", "/v1/try", dict(action="x.write", task=do["id"], resource=x, arguments=dict(v=1)))
        row("F8", "trying does no step", says(tried[1], "allow"), tried)
    row("F8", "it is still to be done", says(ask("x.write", x), "allow"))
    tried = boss.ask("POST", "/v1/try", dict(action="x.write", task=do["id"], resource=x, arguments=dict(v=1)))
    row("F8", "and then it is done for trying, too", says(tried[1], "deny", "plan_divergence"), tried)


def duty(d):
    """Where identity is a hint, the kernel's user is still known."""
    one, two, other = Hinted(d, C), Hinted(d, C), Hinted(d, C + 1)
    ask = lambda p, name, path, **body: p.ask("POST", path, dict(body, key=p.key(), agent=name))[1]
    root = ask(one, "h1", "/v1/tasks", intent="planned")["task"]
    hand = lambda: ask(one, "h1", "/v1/tasks/%s/delegate" % root["id"], to="h2", role="doer", actions=["x.*"])["task"]["token"]
    got = ask(two, "h2", "/v1/tasks", task_token=hand())
    row("F9", "the same user behind another name: rule 10", says(got, "deny", "rule_10_duty"), got)
    got = ask(other, "h2", "/v1/tasks", task_token=hand())
    row("F9", "another user takes it", got.get("task", {}).get("claimed"), got)


def grant(d):
    a, b = d.agent_of(A), d.agent_of(B)
    root = a.open("work")
    got = a.delegate(root, to="b", actions=["x.read"], hand_on=["x.read", "x.write"])
    row("F10", "to hand on more than one holds is refused where it is asked", says(got, "deny", "rule_4_scope"), got)
    got = a.delegate(root, to="b", actions=["x.read"], hand_on=["x.read", "x.write"], excess="narrow")
    row("F10", "or cut off and said", "task" in got and any("hand_on" in n for n in got["narrowed"]), got)
    child = b.claim(got["task"])
    row("F10", "below it is no more", says(b.delegate(child, actions=["x.write"], excess="refuse"), "deny", "rule_4_scope"))
    below = b.delegate(child, actions=["x.read"])["task"]
    row("F10", "and what it holds is worth something", says(b.act(below, "x.read"), "allow"))


shutil.copy(os.path.realpath(sys.executable), EXE)
os.chmod(HINTED, 0o755)
d = Stage(CONF, POLICY, limits="denials = 64  snapshot_leaves = 100")
try:
    for part in (words, plan, duty, grant):
        if part.__name__ in sys.argv[1:] or len(sys.argv) == 1:
            part(d)
except BaseException:
    print(d.text()[-3000:])
    raise
finally:
    d.end()
    shutil.rmtree(HINTED)
done()
