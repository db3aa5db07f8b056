#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Attestation modules on a running daemon with processes in control groups of their own: a unit, a container and a program's digest each make a process an
agent, and nothing else does. A process that is moved to another group in between is another."""
import hashlib, json, os, shutil, subprocess, sys
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from attest_groups import group_root
from daemon import Daemon

passed = 0
ID = "0123456789abcdef" * 4
UNIT = "stepgate-test-%d.service" % os.getpid()
PYTHON = os.path.realpath("/proc/self/exe")

CONF = """
attest : { peer : { exe_digest = true }
           unit : { use = "systemd"  control = "optional" }
           box : { use = "container"  control = "optional" } }
agents : {
  in-unit : { owner = "m@acme.example"  escalate = "o@acme.example"  review_by = "2099-01-31"  environment = "dev"
    match = [ "unit:unit=%(unit)s", "peer:uid=%(uid)d" ]  reach = [ "pay.*" ]  intents = [ "work" ] }
  in-box : { owner = "m@acme.example"  escalate = "o@acme.example"  review_by = "2099-01-31"  environment = "dev"
    match = [ "box:id=%(id)s" ]  reach = [ "pay.*" ]  intents = [ "work" ] }
  by-digest : { owner = "m@acme.example"  escalate = "o@acme.example"  review_by = "2099-01-31"  environment = "dev"
    match = [ "peer:uid=%(uid)d", "peer:exe_sha256=%(sha)s" ]  reach = [ "pay.*" ]  intents = [ "work" ] }
  other-digest : { owner = "m@acme.example"  escalate = "o@acme.example"  review_by = "2099-01-31"  environment = "dev"
    match = [ "peer:uid=%(uid)d", "peer:exe_sha256=%(wrong)s" ]  reach = [ "pay.*" ]  intents = [ "work" ] } }
"""

CLIENT = """
import os, sys, time
sys.path.insert(0, %(here)r)
from daemon import Client
groups, path, agent, move = %(groups)r, sys.argv[1], sys.argv[2], sys.argv[3:]
def enter(name):
    with open(os.path.join(groups, name, "cgroup.procs"), "w") as f:
        f.write(str(os.getpid()))
if move:
    enter(move[0])
c = Client(path)
s, a = c.ask("POST", "/v1/tasks", dict(agent=agent, intent="work", key="t"))
if "task" not in a:
    print(a["code"] if "code" in a else a["error"]["code"])
    sys.exit()
task = a["task"]["id"]
act = lambda key: c.ask("POST", "/v1/act", dict(agent=agent, task=task, action="pay.send", key=key, arguments=dict(amount=1), resource=dict(type="x", id="y")))[1]
print(act("a")["code"])
if len(move) > 1:
    enter(move[1])
    end, n = time.time() + 20, 0
    while time.time() < end and act("k%%d" %% n)["code"] == "allowed":
        n += 1
        time.sleep(0.05)
    print(act("last")["code"])
"""


def good(what):
    global passed
    passed += 1
    print("ok: " + what)


def sha(path):
    with open(path, "rb") as f:
        return hashlib.sha256(f.read()).hexdigest()


def by_systemd(d, script):
    """A unit that systemd itself started, with its invocation."""
    if not os.path.isdir("/run/systemd/system") or shutil.which("systemd-run") is None:
        print("NOT RUN (no systemd is at work here): a unit that systemd started")
        return 0
    r = subprocess.run(["systemd-run", "--quiet", "--wait", "--pipe", "--unit", UNIT, sys.executable, "-B", "-c", script, d.path("agent"), "in-unit"],
                       stdout=subprocess.PIPE, text=True, timeout=60)
    assert r.stdout.split() == ["allowed"], r.stdout
    good("a process of a unit that systemd started is the agent")
    return 1


def main():
    root = group_root() if os.getuid() == 0 else None
    d = Daemon(start=False)
    os.mkdir(os.path.join(d.dir, "conf.d"))
    d.write("conf.d/50-more.conf", (CONF % dict(unit=UNIT, id=ID, uid=os.getuid(), sha=sha(PYTHON), wrong="0" * 64)).encode())
    d.start()
    made = []
    script = CLIENT % dict(here=os.path.dirname(os.path.abspath(__file__)), groups=root or "")
    run = lambda *words: subprocess.run([sys.executable, "-B", "-c", script, d.path("agent"), *words], stdout=subprocess.PIPE, text=True, timeout=60).stdout.split()
    try:
        assert run("by-digest") == ["allowed"], run("by-digest")
        assert run("other-digest") == ["not_this_agent"], run("other-digest")
        good("a program's digest identifies with a fact of the boundary, and another program's does not")
        if root is None:
            print("NOT RUN (needs root and a place for control groups): units and containers")
            assert passed == 1
            return
        groups = ["sgtest.slice", "sgtest.slice/" + UNIT, "sgtest.slice/docker-%s.scope" % ID, "sgtest.slice/other.service"]
        for g in groups:
            os.mkdir(os.path.join(root, g))
            made.append(os.path.join(root, g))
        unit, box, other = groups[1:]
        assert run("in-unit", unit) == ["allowed"], run("in-unit", unit)
        for elsewhere in (box, other):
            assert run("in-unit", elsewhere) == ["not_this_agent"]
        assert run("in-unit") == ["not_this_agent"]
        good("a process in the unit is the agent; one in another unit, a container or none is not")
        assert run("in-box", box) == ["allowed"], run("in-box", box)
        assert run("in-box", unit) == ["not_this_agent"] and run("in-box") == ["not_this_agent"]
        good("a process in the container is the agent; others are not")
        assert run("in-unit", unit, other) == ["allowed", "peer_changed"], run("in-unit", unit, other)
        good("moved to another group behind its connection it is refused")
        ran = by_systemd(d, script)
        c = d.admin()
        leaves = c.ask("GET", "/v1/status")[1]
        assert all(m["state"] == "ready" for m in leaves["modules"]), leaves["modules"]
        assert passed == 4 + ran
    finally:
        d.stop()
        for path in reversed(made):
            os.rmdir(path)


main()
print("%d passed, 0 failed" % passed)
