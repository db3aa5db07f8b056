#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A gate that no longer turns: the supervisor ends it and starts another, what was in force is in force, a kill order that waits is in force before anybody else is answered, and whoever sent the
request at which it hung is refused for a while. So it is with one that breaks down or cannot go on. What is no hang is not taken for one. Needs root: agents are users."""
import os, signal, subprocess, sys, threading, time
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "story"))
from stage import FAULTS, agent, perform, row, says, until

EVIL, GOOD, BOSS = 61081, 61082, 62081
CONF = """
groups : { ops : { members = [ "boss" ] } }
admins : { boss : { uid = 62081 } }
intents : { work : { actions = [ "**" ]  sensitivity = "internal" } }
agents : { %s %s }
actions : { read : { name = "data.read"  effect = "read"  sensitivity = "internal" } }
""" % (agent("evil", EVIL), agent("good", GOOD))
POLICY = 'rule { id = "read", on = "data.read", effect = allow {} }'
LIMITS = 'gate_hang = "1s"  hang_refusal = "4s"'


def gate(d):
    return d.processes("sg-gate")[0]


def quiet(call):
    try:
        return call()
    except Exception as e:  # the connection goes with the gate
        return e


def act(a, task, word, **more):
    return a.act(task, "data.read", args=dict(word=word), **more)


def ask(d, uid):
    """Opens and acts anew; the answer, or None while the daemon is between two gates."""
    try:
        a = d.agent_of(uid)
        return act(a, a.open("work"), "plain")
    except Exception:
        return None


def hang(d):
    evil, good = d.agent_of(EVIL), d.agent_of(GOOD)
    task, mine = evil.open("work"), good.open("work")
    row("before", "both act", says(act(evil, task, "plain"), "allow") and says(act(good, mine, "plain"), "allow"))
    pid, began = gate(d), time.time()
    threading.Thread(target=lambda: quiet(lambda: act(evil, task, "please-hang-here")), daemon=True).start()
    time.sleep(0.3)
    order, taken = subprocess.Popen([os.path.join(os.path.abspath(os.environ["STEPGATE_BUILD"]), "core", "stepgate"), "kill", "--agent", "evil", "--run", os.path.join(d.dir, "run")], preexec_fn=lambda: (os.setgroups([]), os.setgid(BOSS), os.setuid(BOSS)),
                                    stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True), time.time()
    got = until(lambda: (lambda g: g if g is not None and says(g, "allow") else None)(ask(d, GOOD)), 15)
    took = time.time() - began
    row("hang", "the gate answers again within four seconds (%.2f s)" % took, took < 4 and says(got, "allow"), [took, got])
    row("hang", "it is another gate", gate(d) != pid)
    out = order.communicate(timeout=20)[0]
    row("kill", "an order that was given meanwhile is carried out", order.returncode == 0, out)
    leaves = d.leaves()
    kinds = [(l["kind"], l["body"].get("agent")) for l in leaves]
    start = max(i for i, l in enumerate(leaves) if l["kind"] == "start")
    after = [l["kind"] for l in leaves[start:]]
    row("kill", "and in force before anybody else is answered", "kill" in after and all(after.index("kill") < i for i, k in enumerate(after) if k in ("decision", "task_open")), after[:8])
    row("state", "what was in force before is in force", d.admin_of(BOSS).ask("GET", "/v1/status")[1]["work"]["hangs"] == 1)


def poisoned(d):
    """The one whose request it was is refused, then not; another breaks down instead of hanging."""
    d.admin_of(BOSS).ask("POST", "/v1/kill/lift", dict(agent="evil"))
    again = quiet(lambda: d.agent_of(EVIL).ask("POST", "/v1/tasks", dict(intent="work", key="again")))
    row("poison", "its caller is refused by name", again[0] == 503 and again[1]["error"]["code"] == "caller_hung", again)
    row("poison", "another is not", says(ask(d, GOOD), "allow"))
    row("poison", "for a stated time", until(lambda: (lambda g: g is not None and says(g, "allow"))(ask(d, EVIL)), 10))
    evil, pid = d.agent_of(EVIL), gate(d)
    quiet(lambda: act(evil, evil.open("work"), "please-break-here"))
    until(lambda: says(ask(d, GOOD) or {}, "allow"), 10)
    again = quiet(lambda: d.agent_of(EVIL).ask("POST", "/v1/tasks", dict(intent="work", key="more")))
    row("poison", "so it is where the gate broke down", again[0] == 503 and gate(d) != pid, again)


def starved(d):
    """No memory for what a leaf says: the gate cannot go on with half of it in mind, and another one goes on from the journal."""
    if os.environ.get("SG_SANITIZE") == "ON":
        print("NOT RUN: a sanitizer has an allocator of its own")
        return
    until(lambda: says(ask(d, EVIL) or {}, "allow"), 10)
    evil, pid = d.agent_of(EVIL), gate(d)
    task = evil.open("work")
    quiet(lambda: act(evil, task, "plain", resource="please-starve-here:x"))
    row("starved", "the daemon stays", until(lambda: says(ask(d, GOOD) or {}, "allow"), 10) and d.process.poll() is None, [d.process.poll(), d.text()[-500:]])
    row("starved", "with another gate", gate(d) != pid and "cannot be folded" in d.text())
    row("starved", "the leaf is not in the record", not any("please-starve-here" in str(l) for l in d.leaves()))
    again = quiet(lambda: d.agent_of(EVIL).ask("POST", "/v1/tasks", dict(intent="work", key="yet")))
    row("starved", "and whoever asked for it is refused for a while", again[0] == 503 and again[1]["error"]["code"] == "caller_hung", again)


def no_hang(d):
    """All of the daemon stands still, as in a suspended machine or a stopped group: nobody ran, so nobody hung."""
    pid = gate(d)
    group = [d.process.pid] + d.processes()
    for p in group:
        os.kill(p, signal.SIGSTOP)
    time.sleep(3)
    for p in group:
        os.kill(p, signal.SIGCONT)
    time.sleep(0.6)
    row("still", "a daemon that stood still as a whole has the same gate", gate(d) == pid)
    row("still", "and answers", says(ask(d, GOOD), "allow"))
    os.kill(pid, signal.SIGSTOP)  # the gate alone: no debugger holds it for long
    row("still", "a gate that alone is stopped is replaced", until(lambda: (d.processes("sg-gate") + [pid])[0] != pid and says(ask(d, GOOD) or {}, "allow"), 10))
    row("still", "and nobody is refused for it, who asked nothing", says(ask(d, EVIL) or {}, "allow"))


def file_size(d):
    """A limit on the size of files is a disk error: the gate lives, denies, and opens again."""
    import resource
    pid = gate(d)
    before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    a = d.agent_of(GOOD)
    task = a.open("work")
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (1, before[1]))
    got = act(a, task, "plain")
    row("size", "nothing is allowed that cannot be recorded", got.get("code") == "audit_unavailable", got)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, before)
    row("size", "and the same gate goes on once it can", until(lambda: says(act(a, task, "plain", key="k%d" % time.time_ns()), "allow"), 10) and gate(d) == pid)


perform(CONF, POLICY, hang, poisoned, starved, no_hang, file_size, limits=LIMITS, env=FAULTS)
