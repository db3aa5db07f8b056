#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the kernel does not keep apart is one: taint, freezes and counts cannot be washed off by another process, another connection, another root, another
identity. They fade by a stated rule, or by an operator's word."""
import json, os, subprocess, time
from stage import BUILD, Stage, done, row, says, until

A, B, C, NEVER, PROC, PIECES, OTHER, GATE, HUGO, OPS = 61401, 61402, 61403, 61404, 61405, 61406, 61407, 63401, 62401, 62402
AGENT = ('%s : { owner = "o@acme.example"  escalate = "e@acme.example"  review_by = "2027-01-31"  environment = "prod"  match = [ "peer:uid=%d" ]\n'
         '  reach = [ "**" ]  intents = [ "work" ]  delegates = [ "*" ] %s }\n')
CONF = """
groups : { ops : { members = [ "ops" ] } }
admins : { hugo : { uid = 62401 } ops : { uid = 62402 } }
humans : { hugo : { id = "hugo@acme.example"  admin = "hugo"  agents = [ "*" ]  delegates = [ "**" ] }
           o : { id = "o@acme.example" } }
intents : { work : { actions = [ "**" ]  sensitivity = "confidential"  depth = 4  children = 100 } }
resources : { thing : { type = "thing"  patterns = [ "**" ]  sensitivity = "internal" } }
agents : {
""" + AGENT % ("a", A, 'fade = "1s"') + AGENT % ("b", B, '') + AGENT % ("c", C, '') + AGENT % ("n", NEVER, 'fade = "never"') + \
    AGENT % ("p", PROC, 'domain = "process"') + AGENT % ("x", PIECES, '') + AGENT % ("m", OTHER, 'domain = "process"') + (AGENT % ("g", OTHER, 'fade = "never"')).replace("peer:uid", "peer:gid") + AGENT % ("q", A, 'domain = "process"  fade = "1s"') + """}
enforcers : { gate : { match = [ "peer:uid=63401" ]  for_agents = [ "*" ] } }
actions : {
  mail : { name = "mail.read"  class = "data"  effect = "read"  sensitivity = "internal"  taints = [ "mail" ] }
  pay : { name = "pay.send"  class = "payment"  effect = "write"  sensitivity = "internal"  authority = [ "iban" ]  credential = "token" }
  calc : { name = "calc.concat"  class = "other"  effect = "read"  sensitivity = "internal" }
  erp : { name = "erp.lookup"  class = "data"  effect = "read"  sensitivity = "internal" }
  bad : { name = "bad.idea"  class = "other"  effect = "write"  sensitivity = "internal" }
  alone : { name = "bad.alone"  class = "other"  effect = "write"  sensitivity = "internal" } }
"""
POLICY = """
rule { id = "allow", on = { "mail.*", "pay.*", "calc.*", "erp.*" }, effect = allow {} }
rule { id = "payee", on = "pay.*", when = function(r) return not r.args.iban.trusted end, effect = deny { code = "payee" } }
rule { id = "bad", on = "bad.idea", effect = deny { freeze = true } }
rule { id = "alone", on = "bad.alone", effect = deny { freeze = true, only_task = true } }
"""
EVIL, GOOD = "DE75512108001245126199", "DE02120300000000202051"


def labels(who, task):
    return who.stage.task(task)["labels"]


def second_process(d, one, two):
    task = one.open("work")
    row("process", "the mail is read", says(one.act(task, "mail.read"), "allow"))
    other = two.open("work", inputs=dict(iban=EVIL))
    row("process", "another process of the same user starts with it", labels(two, other) == ["mail"], other)
    got = two.act(other, "pay.send", args=dict(iban=EVIL))
    row("process", "and what it declares is no word of its own", says(got, "deny", "policy_denied"), got)
    before = two.open("work")
    row("process", "closing washes nothing", one.close(task)["task"]["state"] == "closed" and labels(two, before) == ["mail"])
    ended = [l["body"] for l in d.leaves("task_end") if l["body"]["task"] == task["id"]]
    row("process", "and is recorded with who did it", [(l["how"], l["by"], l["why"]) for l in ended] == [("closed", "agent:" + task["agent"], "asked")], [ended, task])


def by_others(d, hugo, agent):
    """What a person says is the task's, whatever that agent did before."""
    task = hugo.open("work", agent="b", inputs=dict(iban=GOOD))
    task = agent.claim(task)
    row("inputs", "a task that a person opened begins with the domain's labels", labels(agent, task) == ["mail"], task)
    row("inputs", "and its inputs are trusted", says(agent.act(task, "pay.send", args=dict(iban=GOOD)), "allow"))
    row("inputs", "others are not", says(agent.act(task, "pay.send", args=dict(iban=EVIL)), "deny"))


def own_word(d, agent):
    task = agent.open("work", inputs=dict(iban=GOOD))
    row("inputs", "a clean agent's own word is trusted", says(agent.act(task, "pay.send", args=dict(iban=GOOD)), "allow"))
    row("inputs", "also after it has read", says(agent.act(task, "mail.read"), "allow") and says(agent.act(task, "pay.send", args=dict(iban=GOOD)), "allow"))


def results(d, gate, agent):
    """A result carries what went in."""
    task = agent.open("work")
    mail = gate.act(task, "mail.read", as_enforcer=True, peer_uid=C)
    gate.outcome(mail, "ok", values=dict(one=EVIL[:11], two=EVIL[11:]))
    for args, what in ((dict(a=EVIL[:11], b=EVIL[11:]), "two pieces of a mail, joined by a tool"), (dict(a="made up"), "a tool asked with what nobody knows")):
        got = gate.act(task, "calc.concat", args=args, as_enforcer=True, peer_uid=C)
        gate.outcome(got, "ok", values=dict(joined=EVIL))
        got = gate.act(task, "pay.send", args=dict(iban=EVIL), as_enforcer=True, peer_uid=C)
        row("results", what, says(got, "deny", "policy_denied"), got)
    got = gate.act(task, "erp.lookup", as_enforcer=True, peer_uid=C)
    gate.outcome(got, "ok", values=dict(account=GOOD))
    row("results", "what a tool found by itself is trusted", says(gate.act(task, "pay.send", args=dict(iban=GOOD), as_enforcer=True, peer_uid=C), "allow"))


def other_ways_in(d, gate, agent):
    """What goes into a tool by a name, by yes and no, or by what it is done to."""
    task = agent.open("work", inputs=dict(known=GOOD))
    gate.outcome(gate.act(task, "mail.read", as_enforcer=True, peer_uid=PIECES), "ok")
    for args, more in ((dict(parts={EVIL: True}), {}), (dict(bits=[c in "13579" for c in EVIL]), {}), ({EVIL: GOOD}, {}), ({}, dict(resource="thing:" + EVIL)),
                       ({}, dict(resource="thing:" + EVIL[::-1]))):
        got = gate.act(task, "calc.concat", args=args, as_enforcer=True, peer_uid=PIECES, **more)
        gate.outcome(got, "ok", values=dict(joined=EVIL))
        row("results", "in by another way", says(agent.act(task, "pay.send", args=dict(iban=EVIL)), "deny", "policy_denied"), [args, more])


def said_to_another(d, boss, agent):
    task = boss.open("work")
    boss.delegate(task, to="p", actions=["**"], inputs=dict(iban=GOOD))
    question = d.ops.ask("GET", "/v1/decisions/" + boss.act(task, "pay.send", args=dict(iban=GOOD))["decision_id"])[1]
    origins = [p["origin"] for p in question["input"]["input"]["provenance"]]
    row("inputs", "what one hands to another is its own word for itself", origins == ["self"], origins)


def handed_to_itself(d, agent):
    task = agent.open("work")
    part = agent.delegate(task, actions=["**"], inputs=dict(iban=GOOD))["task"]
    agent.act(part, "pay.send", args=dict(iban=GOOD))
    question = d.ops.ask("GET", "/v1/decisions/" + agent.act(part, "pay.send", args=dict(iban=GOOD))["decision_id"])[1]
    origins = [p["origin"] for p in question["input"]["input"]["provenance"]]
    row("inputs", "what an agent hands to itself is its own word", origins == ["self"], origins)


def pieces(d, gate, agent):
    """What an agent declared while nothing had been read is clean; what it makes of that afterwards is not."""
    task = agent.open("work", inputs=dict(p=["DE"] + ["%02d" % i for i in range(100)]))
    gate.outcome(gate.act(task, "mail.read", as_enforcer=True, peer_uid=PIECES), "ok")
    for args in (dict(parts=[EVIL[i:i + 2] for i in range(0, 22, 2)]), dict(a="DE", b="75"), dict(one="DE")):
        got = gate.act(task, "calc.concat", args=args, as_enforcer=True, peer_uid=PIECES)
        gate.outcome(got, "ok", values=dict(joined=EVIL))
        got = gate.act(task, "pay.send", args=dict(iban=EVIL), as_enforcer=True, peer_uid=PIECES)
        row("results", "clean pieces, chosen by who has read", says(got, "deny", "policy_denied"), got)


def by_other_facts(d, agent):
    """A stanza that fits without naming the user is one of that user's, too."""
    task = agent.open("work", agent="m")
    agent.act(task, "mail.read", agent="m")
    row("process", "stanzas that name a user, or do not", labels(agent, agent.open("work", agent="g")) == ["mail"])


def named_first(d, gate, boss, worker):
    """A child that names a value first does not take its later origin away."""
    task = boss.open("work")
    part = worker.claim(boss.delegate(task, to="p", actions=["**"])["task"])
    worker.act(part, "pay.send", args=dict(iban="DE89370400440532013000"))
    got = gate.act(task, "erp.lookup", as_enforcer=True, peer_uid=NEVER)
    gate.outcome(got, "ok", values=dict(account="DE89370400440532013000"))
    got = gate.act(task, "pay.send", args=dict(iban="DE89370400440532013000"), as_enforcer=True, peer_uid=NEVER)
    row("results", "named by a child first", says(got, "allow"), got)


def named_by(d, gate, boss, worker):
    """What a domain named is placed by no report to that domain, whichever of its tasks named it; what two named by none. (name, who names it, what comes of it)"""
    rows = (("DE75512108001245126101", ("itself",), "deny"), ("DE75512108001245126102", ("own child",), "deny"), ("DE75512108001245126103", ("own child", "itself"), "deny"),
            ("DE75512108001245126104", ("child",), "allow"), ("DE75512108001245126105", ("child", "itself"), "deny"), ("DE75512108001245126106", ("itself", "child"), "deny"),
            ("DE75512108001245126107", ("child", "own child"), "deny"), ("DE75512108001245126108", ("child", "child"), "allow"))
    task = boss.open("work")
    own = boss.delegate(task, actions=["**"])["task"]
    part = worker.claim(boss.delegate(task, to="p", actions=["**"])["task"])
    who = dict(itself=(boss, task), child=(worker, part))
    who["own child"] = (boss, own)
    for name, by, want in rows:
        for one in by:
            agent, of = who[one]
            row("results", "%s names it" % one, says(agent.act(of, "calc.concat", args=dict(a=name)), "allow"))
        got = gate.act(task, "erp.lookup", as_enforcer=True, peer_uid=NEVER)
        gate.outcome(got, "ok", values=dict(account=name))
        got = gate.act(task, "pay.send", args=dict(iban=name), as_enforcer=True, peer_uid=NEVER)
        row("results", "named by %s" % " and ".join(by), got["verdict"] == want, [name, got])


def running_children(d, boss, worker):
    task = boss.open("work")
    part = worker.claim(boss.delegate(task, to="p", actions=["**"])["task"])
    row("tree", "a child begins clean", labels(worker, part) == [], part)
    boss.act(task, "mail.read")
    row("tree", "what its parent reads later reaches it", labels(worker, part) == ["mail"])


def process_apart(d):
    one, two = d.agent_of(PROC), d.agent_of(PROC)
    task = one.open("work")
    one.act(task, "mail.read")
    row("process", "where a stanza says so, processes are apart", labels(two, two.open("work")) == [])
    status = d.ops.ask("GET", "/v1/status")[1]
    row("process", "and status says it aloud", any('domain = "process"' in line and " p:" in line for line in status["identity"]), status["identity"])
    first, second = d.agent_of(A), d.agent_of(A)
    task = first.open("work", agent="q")
    first.act(task, "mail.read", agent="q")
    row("process", "but of stanzas of one user the coarsest counts", labels(second, second.open("work", agent="a")) == ["mail"])


def frozen(d, agent, other, hugo):
    root = agent.open("work")
    part = agent.delegate(root, actions=["**"])["task"]
    beside = other.open("work")
    row("freeze", "a rule freezes", says(agent.act(part, "bad.idea"), "deny"))
    for what, who, task in (("the task", agent, part), ("its tree", agent, root), ("what the same user holds", other, beside)):
        row("freeze", what, says(who.act(task, "erp.lookup"), "deny", "frozen"), who.act(task, "erp.lookup"))
    fresh = other.open("work")
    row("freeze", "a new root begins so", fresh["state"] == "frozen" and says(other.act(fresh, "erp.lookup"), "deny", "frozen"), fresh)
    for task in (part, root, fresh):
        status, answer = agent.ask("DELETE", "/v1/tasks/" + task["id"])
        if task is fresh:
            status, answer = other.ask("DELETE", "/v1/tasks/" + task["id"])
        row("freeze", "the agent does not close it away", status == 409 and answer["error"]["code"] == "frozen", answer)
    domains = d.ops.ask("GET", "/v1/domains")[1]["domains"]
    mine = [x for x in domains if x["frozen"]]
    row("freeze", "operators see which and since when", len(mine) == 1 and mine[0]["kind"] == "uid" and mine[0]["name"] == str(C) and mine[0]["since"] > 0, domains)
    status, answer = d.ops.ask("POST", "/v1/domains/" + mine[0]["id"], dict(event="thaw"))
    row("freeze", "no thaw without a reason", status == 400, answer)
    status, answer = d.ops.ask("POST", "/v1/domains/" + mine[0]["id"], dict(event="thaw", reason="looked at it"))
    row("freeze", "thawed", status == 200 and answer["domain"]["frozen"] is False, answer)
    row("freeze", "what stood still with the domain goes on", says(other.act(beside, "erp.lookup"), "allow"))
    row("freeze", "what a rule stopped does not", says(agent.act(part, "erp.lookup"), "deny", "frozen"))
    status, answer = d.ops.ask("POST", "/v1/tasks/%s/thaw" % root["id"], {})
    row("freeze", "until it is thawed itself", status == 200 and says(agent.act(part, "erp.lookup"), "allow"), answer)
    leaves = [l["body"] for l in d.leaves("task_end") if l["body"]["task"] == root["id"]]
    row("freeze", "each is recorded with who did it", [(l["how"], l["by"]) for l in leaves] == [("frozen", "stepgate"), ("thawed", "ops")], leaves)
    alone = agent.delegate(root, actions=["**"])["task"]
    agent.act(alone, "bad.alone")
    row("freeze", "only_task is that task alone", says(agent.act(alone, "erp.lookup"), "deny", "frozen") and says(agent.act(root, "erp.lookup"), "allow"))


def counted(d, agent, other):
    """Denials over several roots are one domain's; a root that is frozen for its own takes the domain with it."""
    for n in range(10):
        task = agent.open("work")
        if task["state"] == "frozen":
            break
        for _ in range(6):
            agent.act(task, "no.such")
    row("counts", "many roots with few denials each", task["state"] == "frozen" and n == 8, [n, task])
    row("counts", "hold for the other process, too", other.open("work")["state"] == "frozen")


def counted_out(d, agent, other):
    task = agent.open("work")
    for _ in range(20):
        agent.act(task, "no.such")
    row("counts", "a root that is frozen for its own", d.task(task)["state"] == "frozen", d.task(task))
    row("counts", "is not the only one of its domain", other.open("work")["state"] == "frozen")


def counted_below(d, boss, worker):
    """What a worker is refused stops the tree that it was given a part of: neither whoever gave it elsewhere, nor the worker, who works for others."""
    task = boss.open("work")
    part = worker.claim(boss.delegate(task, to="p", actions=["**"])["task"])
    for _ in range(20):
        worker.act(part, "no.such")
    row("counts", "refusals below freeze the root", d.task(task)["state"] == "frozen", d.task(task))
    row("counts", "not the domain of whoever opened it", boss.open("work")["state"] == "open")
    row("counts", "not that of who was given a part", worker.open("work", agent="p")["state"] == "open")


def fades(d, agent):
    row("fade", "while a task is open nothing fades", labels(agent, agent.open("work", agent="a")) == ["mail"])
    time.sleep(1.5)
    row("fade", "however long", labels(agent, agent.open("work", agent="a")) == ["mail"])
    for t in d.ops.ask("GET", "/v1/tasks")[1]["tasks"]:
        if t["agent"] in ("a", "q"):
            d.ops.ask("DELETE", "/v1/tasks/" + t["id"])
    mine = [x["id"] for x in d.ops.ask("GET", "/v1/domains")[1]["domains"] if x["name"] == str(A)]
    good = until(lambda: [l for l in d.leaves("domain") if l["body"]["event"] == "faded" and l["body"]["domain"] in mine], 20)
    row("fade", "a second after the last it fades, in a leaf of its own", good)
    row("fade", "and a new task is clean", labels(agent, agent.open("work", agent="a")) == [])


def cleansed(d, agent):
    task = agent.open("work")
    agent.act(task, "mail.read")
    agent.close(task)
    mine = [x for x in d.ops.ask("GET", "/v1/domains")[1]["domains"] if x["name"] == str(NEVER)][0]
    row("cleanse", "never is never", mine["fade_ms"] < 0 and mine["labels"] == ["mail"], mine)
    status, answer = d.ops.ask("POST", "/v1/domains/" + mine["id"], dict(event="cleanse", reason="the mail was ours"))
    row("cleanse", "an operator's word", status == 200 and answer["domain"]["labels"] == [] and labels(agent, agent.open("work")) == [], answer)
    leaf = [l for l in d.leaves("domain") if l["body"]["event"] == "cleanse"][-1]["body"]
    row("cleanse", "stands in the record, with who and why", leaf["by"] == "ops" and leaf["why"] == "the mail was ours", leaf)


def on_the_command_line(d, agent):
    def stepgate(*words):
        r = subprocess.run([os.path.join(os.path.abspath(BUILD), "core", "stepgate")] + list(words), capture_output=True, text=True,
                           env=dict(os.environ, STEPGATE_RUN=os.path.join(d.dir, "run")))
        return r.returncode, r.stdout, r.stderr
    code, out, err = stepgate("domains", "list")
    row("cli", "this one carries nothing", code == 0 and " %d " % NEVER not in out, [code, out, err])
    agent.act(agent.open("work"), "mail.read")
    code, out, err = stepgate("domains", "list")
    row("cli", "one does", code == 0 and any(" uid " in l and "never" in l and l.rstrip().endswith("mail") for l in out.splitlines() if " %d " % NEVER in l), [code, out, err])
    name = [l for l in out.splitlines() if " %d " % NEVER in l][0].split()[0]
    row("cli", "no word without a reason", stepgate("domains", "cleanse", name)[0] == 64)
    code, out, err = stepgate("domains", "cleanse", name, "--reason", "it was ours", "--json")
    row("cli", "cleansed", code == 0 and '"labels":[]' in out, [code, out, err])
    gate = d.enforcer_of(GATE)
    made = gate.ask("POST", "/v1/tasks", dict(agent="m", intent="work", key=gate.key(), session="customer-7"))[1]["task"]
    gate.act(made, "mail.read", as_enforcer=True)
    listed = json.loads(stepgate("domains", "list", "--json")[1])["domains"]
    row("cli", "sessions are among them", any("customer-7" in x["name"] for x in listed), listed)
    for x in [x for x in listed if x["name"]]:
        code, out, err = stepgate("domains", "list", "--json", "--of", x["name"])
        row("cli", "--of takes what the list shows: %r" % x["name"], code == 0 and x["id"] in [y["id"] for y in json.loads(out)["domains"]] and all(y["name"] == x["name"] for y in json.loads(out)["domains"]), [code, out, err])
    for name in ("61331 /agent1.service", "a|b", "100%", "x" * 120):
        code, out, err = stepgate("domains", "list", "--of", name)
        row("cli", "of none there is none of that name: %r" % name[:20], code == 0 and "of that name" in err, [code, out, err])
    row("cli", "a name is not without end", stepgate("domains", "list", "--of", "|" * 400)[0] == 64)
    row("cli", "one that is not there", stepgate("domains", "thaw", "n-none", "--reason", "x")[0] == 1)


def killed_below(d, boss, worker):
    """Killing an agent ends what others hold below it, and its credentials."""
    task = boss.open("work", inputs=dict(iban=GOOD))
    part = worker.claim(boss.delegate(task, to="p", actions=["**"], inputs=dict(iban=GOOD))["task"])
    got = worker.act(part, "pay.send", args=dict(iban=GOOD))
    row("kill", "a child has a credential", says(got, "allow") and "credential" in got, got)
    status, answer = d.ops.ask("POST", "/v1/kill", dict(agent="n"))
    row("kill", "the answer counts it", status == 200 and answer["state"] == "effective" and answer["ended"] >= 2 and answer["leases"] >= 1, answer)
    row("kill", "the child is over", d.task(part)["state"] == "killed", d.task(part))
    leases = [l for l in d.ops.ask("GET", "/v1/leases")[1]["leases"] if l["task"] == part["id"] and l["state"] in ("active", "pending")]
    row("kill", "and its lease", leases == [], leases)


d = Stage(CONF, POLICY, limits="denials = 20  domain_denials = 48")
d.ops, hugo, gate = d.admin_of(OPS), d.admin_of(HUGO), d.enforcer_of(GATE)
b1, b2, c1, c2, n1, p1, a1 = (d.agent_of(u) for u in (B, B, C, C, NEVER, PROC, A))
own_word(d, n1)
d.ops.ask("POST", "/v1/domains/" + [x for x in d.ops.ask("GET", "/v1/domains")[1]["domains"] if x["name"] == str(NEVER)][0]["id"], dict(event="cleanse", reason="next"))
for t in d.ops.ask("GET", "/v1/tasks")[1]["tasks"]:
    d.ops.ask("DELETE", "/v1/tasks/" + t["id"])
named_first(d, gate, n1, p1)
named_by(d, gate, n1, p1)
running_children(d, d.agent_of(NEVER), d.agent_of(PROC))
second_process(d, b1, b2)
by_others(d, hugo, b1)
results(d, gate, c1)
handed_to_itself(d, d.agent_of(PIECES))
said_to_another(d, d.agent_of(PIECES), None)
other_ways_in(d, gate, d.agent_of(PIECES))
pieces(d, gate, d.agent_of(PIECES))
by_other_facts(d, d.agent_of(OTHER))
process_apart(d)
frozen(d, d.agent_of(C), d.agent_of(C), hugo)
counted(d, d.agent_of(C), d.agent_of(C))
fades(d, a1)
for t in d.ops.ask("GET", "/v1/tasks")[1]["tasks"]:
    d.ops.ask("DELETE", "/v1/tasks/" + t["id"])
cleansed(d, n1)
on_the_command_line(d, n1)
counted_out(d, d.agent_of(B), d.agent_of(B))
killed_below(d, d.agent_of(NEVER), d.agent_of(PROC))
counted_below(d, d.agent_of(PIECES), d.agent_of(PROC))
d.end()
done()
