#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Trees of tasks from the command line: a person opens, agents take over, hand on, are refused; an operator looks at the tree and at who is who."""
import json, os, shutil, subprocess, unicodedata
import xml.etree.ElementTree as ET
from stage import BUILD, Stage, done, row

P, E, V, ASHA = 61101, 61102, 61103, 62101
CONF = """
groups : { ops : { members = [ "asha" ] } }
admins : { asha : { uid = 62101 } }
humans : { asha : { id = "asha@acme.example"  admin = "asha"  agents = [ "*" ]  delegates = [ "**" ] }
           omar : { id = "omar@acme.example" } }
roles : { planner : { actions = [ "plan.write" ]  hand_on = [ "cert.issue", "check.read" ]  apart = [ "executor", "validator" ] }
          executor : { actions = [ "cert.issue" ]  planned = true  apart = [ "validator" ] }
          validator : { actions = [ "check.read" ]  signs = true  apart = [ "executor", "planner" ] } }
intents : { rotate : { actions = [ "plan.write", "cert.issue", "check.read" ]  sensitivity = "confidential"
                       roles = [ "planner", "executor", "validator" ]  depth = 2  budgets = [ "calls=50", "money=20" ] }
            deep : { actions = [ "**" ]  sensitivity = "internal"  depth = 8  children = 1000 } }
agents : {
  p : { owner = "asha@acme.example"  escalate = "o@acme.example"  review_by = "2027-01-31"  environment = "prod"  match = [ "peer:uid=61101" ]
        reach = [ "plan.*" ]  intents = [ "rotate", "deep" ]  roles = [ "planner" ]  delegates = [ "e", "v" ] }
  e : { owner = "asha@acme.example"  escalate = "o@acme.example"  review_by = "2027-01-31"  environment = "prod"  match = [ "peer:uid=61102" ]
        reach = [ "cert.*" ]  intents = [ "rotate" ]  roles = [ "executor" ] }
  v : { owner = "omar@acme.example"  escalate = "o@acme.example"  review_by = "2027-01-31"  environment = "prod"  match = [ "peer:uid=61103" ]
        reach = [ "check.*" ]  intents = [ "rotate" ]  roles = [ "validator" ] } }
actions : {
  plan : { name = "plan.write"  effect = "write"  sensitivity = "internal" }
  cert : { name = "cert.issue"  class = "secret"  effect = "write"  sensitivity = "confidential"  costs = [ "money=price" ] }
  check : { name = "check.read"  effect = "read"  sensitivity = "internal" } }
"""
POLICY = 'rule { id = "all", on = "**", effect = allow {} }\n'
PLAN = [dict(action="cert.issue", resource=dict(type="host", id="edge-3"))]


class Words:
    """stepgate(1) as some user; `agent` is one process that reads commands."""
    def __init__(self, stage, uid):
        self.stage, self.uid = stage, uid
        self.program = stage.dir + "/stepgate"
        self.env = dict(PATH=os.environ["PATH"], STEPGATE_RUN=stage.dir + "/run", NO_COLOR="1")
        self.p = None

    def run(self, *words, stdin=""):
        r = subprocess.run([self.program, *words], input=stdin, capture_output=True, text=True, user=self.uid, group=self.uid, extra_groups=[], env=self.env, cwd="/", timeout=60)
        return r.returncode, r.stdout, r.stderr

    def agent(self, line):
        if self.p is None:
            self.p = subprocess.Popen([self.program, "agent", "--json"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                      user=self.uid, group=self.uid, extra_groups=[], env=self.env, cwd="/")
            self.stage.puppets.append(self)
        self.p.stdin.write(line + "\n")
        self.p.stdin.flush()
        return json.loads(self.p.stdout.readline())


def tree_story(d):
    asha, p, e, v, root_user = Words(d, ASHA), Words(d, P), Words(d, E), Words(d, V), Words(d, 0)
    code, out, err = asha.run("task", "open", "rotate", "--agent", "p", "--json", "--input", "host=edge-3", "--input", "weeks:=4")
    root = json.loads(out)["task"]
    row(1, "a person opens a task for an agent", code == 0 and not root["claimed"] and root["on_behalf_of"] == "asha@acme.example", [out, err])
    code, out, err = root_user.run("task", "open", "rotate", "--agent", "p")
    row(1, "but only for agents of theirs", code == 77 and "not_permitted" in err, [code, err])
    code, out, err = asha.run("task", "open", "rotate", "--agent", "p", "--on-behalf", "omar@acme.example")
    row(1, "and never for somebody else", code == 64 and "it is for you" in err, [code, err])
    got = p.agent("claim " + root["token"])
    row(1, "which takes it", got["task"]["claimed"], got)
    got = p.agent("act plan.write --resource plan:plan")
    row(1, "and works in it", got["verdict"] == "allow", got)
    got = p.agent("delegate --to e --role executor --action cert.issue --resource edge-3 --budget calls=10 --budget money=9.50 --ttl 600 --input host=edge-3")
    child = got["task"]
    row(3, "it hands a part on, with a budget", child["parent"] == root["id"] and child["budget"] == dict(calls=10, money=950), got)
    got = p.agent("delegate --to e --role executor --action cert.issue --action plan.write")
    row(4, "more than it may hand on is refused by rule 4", got["verdict"] == "deny" and got["code"] == "rule_4_scope", got)
    got = p.agent("delegate --to e --role executor --action cert.issue --action plan.write --excess narrow")
    row(4, "or cut off and shown", any("plan.write" in n for n in got["narrowed"]), got)
    got = p.agent("delegate --to e --role executor --budget calls=10/1h")
    row(4, "a budget with a window is no amount", got["error"]["code"] == "usage", got)
    got = e.agent("claim " + child["token"])
    row(5, "the executor takes it", got["task"]["id"] == child["id"], got)
    got = e.agent("act cert.issue --resource host:edge-3 --arg price:=1.5")
    row(5, "and waits for the plan", got["code"] == "plan_unsigned", got)
    checker = p.agent("delegate --to v --role validator --action check.read")["task"]
    v.agent("claim " + checker["token"])
    plan = os.path.join(d.dir, "plan.json")
    with open(plan, "w") as f:
        f.write('[],"task":"x"')
    os.chmod(plan, 0o644)
    got = v.agent("plan " + plan)
    row(7, "a plan is one value", got["error"]["code"] == "usage", got)
    with open(plan, "w") as f:
        json.dump(PLAN, f)
    os.chmod(plan, 0o644)
    got = v.agent("plan " + plan)
    row(7, "the validator signs it", got.get("steps") == 1, got)
    got = e.agent("act cert.issue --resource host:edge-3 --arg price:=1.5")
    row(7, "then the step is done", got["verdict"] == "allow", got)
    got2 = e.agent("outcome %s ok --used money=2.25 --value DE02120300000000202051" % got["decision_id"])
    row(7, "and what it cost is told", got2.get("recorded"), got2)
    got = e.agent("tree")
    row(9, "an agent sees its part of the tree", got["tree"]["task"]["id"] == child["id"], got)
    look(d, root, child, checker)
    return root, child


def look(d, root, child, checker):
    op = Words(d, 0)
    code, out, err = op.run("task", "tree", child["id"])
    lines = out.splitlines()
    row(9, "the tree as text, from its root", code == 0 and lines[0].startswith("p as planner  open  rotate for asha@acme.example"), [out, err])
    row(9, "with guides, and the task that was asked for marked", any(l.startswith("├─ e as executor") or l.startswith("└─ e as executor") for l in lines)
        and sum(l.endswith("  <") for l in lines) == 1, out)
    row(9, "with what was given", "given cert.issue on edge-3 up to confidential" in out, out)
    row(9, "what is left", "calls 9, money 7.25" in out, out)
    row(9, "and what was decided", "did 1 allowed, 1 denied" in out, out)
    code, out, err = op.run("task", "tree", child["id"], "--json")
    row(9, "the same as JSON", code == 0 and json.loads(out)["tree"]["task"]["id"] == root["id"], out)
    code, out, err = op.run("task", "tree", child["id"], "--json", "--svg")
    row(9, "one form at a time", code == 64, out)
    code, out, err = op.run("task", "tree", "t-00")
    row(9, "no such task", code == 1 and "no_task" in err and "hint" in err, err)
    code, out, err = op.run("tasks")
    row(9, "the list says what stands below what", "below " + root["id"] in out and "depth 1" in out and "executor" in out, out)
    code, out, err = op.run("tasks", "show", child["id"])
    row(9, "one task in rows", all(w in out for w in ("parent      " + root["id"], "role        executor", "for         asha@acme.example", "budget left calls 9, money 7.25", "depth       1")), out)


def picture(d):
    """Eight levels, many children, labels that try to be markup."""
    op, agent = Words(d, 0), d.agent_of(P)
    task = top = agent.open("deep")
    for i in range(8):
        for k in range(12):
            agent.delegate(task, actions=["plan.*"])
        task = agent.delegate(task, actions=["plan.*"])["task"]
    got = agent.act(task, "plan.write", "plan:x")
    agent.outcome(got, "ok", labels=["<script>alert(1)</script>", "a&b\"'\u202e]]>", "\ufffe"])
    code, out, err = op.run("task", "tree", top["id"], "--svg")
    svg = ET.fromstring(out)
    ns = "{http://www.w3.org/2000/svg}"
    row(9, "the tree as a picture", code == 0 and svg.tag == ns + "svg" and len(svg.findall(ns + "g")) == 1 + 8 * 13, [err, out[:300]])
    row(9, "that says what it is", svg.find(ns + "title").text.endswith(top["id"]) and "105 tasks" in svg.find(ns + "desc").text)
    row(9, "and holds boxes, lines, text and nothing else", {e.tag.replace(ns, "") for e in svg.iter()} <= {"svg", "title", "desc", "rect", "path", "g", "text"})
    row(9, "nor anything that others wrote as markup", "<script" not in out and "\u202e" not in out and "&lt;script&gt;" in out)
    row(9, "no wider than a page", int(svg.get("width")) <= 1000, svg.get("width"))
    boxes = [(int(b.get("x")), int(b.get("y")), int(b.get("width")), int(b.get("height"))) for b in svg.iter(ns + "rect") if b.get("x")]
    row(9, "no box on another", all(a[1] + a[3] <= b[1] for a, b in zip(sorted(boxes, key=lambda b: b[1]), sorted(boxes, key=lambda b: b[1])[1:])))
    row(9, "and none beyond the edge", all(x + w <= int(svg.get("width")) and y + h <= int(svg.get("height")) for x, y, w, h in boxes))
    code, out, err = op.run("task", "tree", task["id"])
    row(9, "in text nothing steers the reader's terminal", "\\u202e" in out and "\u202e" not in out and out.count("\n") > 300, out[-500:])


def steers(text):
    """Characters that turn a reader's text or terminal; a line's end is none."""
    return sorted({"U+%04X" % ord(c) for c in text if c not in "\n" and unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp")})


def as_json(d):
    """--json is read by people, too: it is the same JSON with what steers a terminal written as escapes, whatever command prints it."""
    op, agent = Words(d, 0), d.agent_of(P)
    bad = "\u202egnp\u2066\u009b31m\u0085\u200b\u2028\ufeff\U000e0041\u061c"
    task = agent.open("deep")
    got = agent.act(task, "plan.write", "plan:" + bad, args={"a" + bad: bad})
    agent.outcome(got, "ok", labels=["l" + bad.replace("\u009b", "").replace("\u0085", "")])
    agent.act(task, bad, "x:" + bad)
    shown = {}
    for words in (("why", got["decision_id"]), ("task", "show", task["id"]), ("task", "tree", task["id"]), ("tasks",), ("domains",), ("status",), ("approvals",), ("leases", "list"), ("agents",),
                  ("audit", "tail", "-n", "50"), ("config", "show"), ("catalogue", "show"), ("catalogue", "learn", "--denials")):
        code, out, err = op.run(*words, "--json")
        shown[words[0]] = out
        row(13, "%s --json steers nobody" % " ".join(words[:1]), out.strip() != "" and steers(out + err) == [] and all(json.loads(l) is not None for l in out.splitlines()), [code, steers(out), out[:200], err[:200]])
    row(13, "and says the same", "\\u202e" in shown["why"] and bad in json.dumps(json.loads(shown["why"]), ensure_ascii=False))


def freeze(d):
    op, agent = Words(d, 0), d.agent_of(P)
    task = agent.open("deep")
    for i in range(60):
        agent.act(task, "nothing.there", "x:%d" % i)
    code, out, err = op.run("tasks", "show", task["id"])
    row(10, "too many denials freeze a task", "frozen" in out, out)
    code, out, err = op.run("tasks")
    row(10, "and it stays in the list", task["id"] in out, out)
    code, out, err = op.run("tasks", "thaw", task["id"])
    row(10, "an operator lets it go on", code == 0 and "open" in out, [out, err])
    code, out, err = op.run("tasks", "thaw", task["id"])
    row(10, "only a frozen one", code == 1 and "only a frozen task" in err, err)


def who(d):
    op = Words(d, 0)
    code, out, err = op.run("agents")
    row(11, "agents, with state, owner and review", code == 0 and "omar@acme.example" in out and out.count("active") == 3 and "review in " in out, out)
    code, out, err = op.run("agents", "suspend", "e")
    row(11, "suspended", code == 0 and "suspended" in out, [out, err])
    code, out, err = op.run("agents", "suspend", "e")
    row(11, "once", code == 1 and "resume" in err, err)
    row(11, "resumed", op.run("agents", "resume", "e")[0] == 0)
    row(11, "retired", "retired" in op.run("agents", "retire", "e")[1])
    code, out, err = op.run("agents", "register", "e", "--json")
    row(11, "registered as another one", json.loads(out)["agent"]["id"].endswith("/agent/e/2"), out)
    op.run("kill", "--agent", "v", "--reason", "row")
    code, out, err = op.run("agents")
    row(11, "one that is killed is not called active", [l.split()[1] for l in out.splitlines()] == ["active", "active", "killed"], out)
    row(11, "also when it is suspended beside", "killed" in op.run("agents", "suspend", "v")[1] and op.run("agents", "resume", "v")[0] == 0)
    op.run("lift", "--agent", "v", "--reason", "row")
    row(11, "and is again what it was", "killed" not in op.run("agents")[1])
    code, out, err = op.run("agents", "resume", "nobody")
    row(11, "who there is not", code == 1 and "stepgate agents lists them" in err, err)
    code, out, err = op.run("humans", "disable", "omar")
    row(12, "a person is gone", code == 0 and "disabled" in out and "owns 1 agents" in out, [out, err])
    code, out, err = op.run("agents")
    row(12, "and their agents say so", "OWNER GONE, escalate to o@acme.example" in out, out)
    row(12, "and comes back", "active" in op.run("humans", "enable", "omar")[1])


d = Stage(CONF, POLICY, limits="children_burst = 1000  tasks_per_agent = 1000  attempts_per_task = 1000")
try:
    shutil.copy(os.path.join(BUILD, "core", "stepgate"), d.dir)
    tree_story(d)
    picture(d)
    as_json(d)
    freeze(d)
    who(d)
except BaseException:
    print(d.text()[-3000:])
    raise
finally:
    d.end()
done()
