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


USER = 4242


def forge(d, root, made, script):
    """A user who owns a group (a unit with Delegate=yes) makes groups in it whose names are a container's or a pod's, and enters them."""
    pod = "1b2c3d4e-0000-4111-8222-333344445555"
    top = "sgtest.slice"
    names = ["/agent.service", "/agent.service/docker-%s.scope" % ID, "/agent.service/pod" + pod, "/agent.service/pod%s/%s" % (pod, ID), "/agent.slice", "/agent.slice/docker-%s.scope" % ID,
             "/agent.slice/" + UNIT, "/given.slice", "/given.slice/docker-%s.scope" % ID, "/given.slice/docker-%s.scope/inner" % ID]
    for name in names:
        os.mkdir(os.path.join(root, top + name))
        made.append(os.path.join(root, top + name))
        if not name.startswith("/given.slice") or name.count("/") >= 2:
            for owned in ("", "/cgroup.procs"):
                os.chown(os.path.join(root, top + name) + owned, USER, USER)
    d.write("conf.d/60-forge.conf", (FORGE % dict(unit=UNIT, id=ID, user=USER)).encode())
    assert d.admin().ask("POST", "/v1/reload", {})[0] == 200

    def as_user(agent, name):
        """Put there as its user could; the daemon in mode dev lets any user in."""
        entered = "import os\nwith open(%r, 'w') as f: f.write(str(os.getpid()))\nos.setgroups([]); os.setgid(%d); os.setuid(%d)\n" % (os.path.join(root, top + name, "cgroup.procs"), USER, USER)
        return subprocess.run(["/usr/bin/python3", "-B", "-c", entered + script, d.path("agent"), agent], stdout=subprocess.PIPE, text=True, timeout=60, cwd="/").stdout.split()
    for name in names[1:4]:
        got = as_user("box-user", name)
        assert got and got[0] in ("not_this_agent", "no_agent"), (name, got)
    good("forms below a unit's own folder are no container")
    for agent, name in (("box-user", names[5]), ("unit-user", names[6])):
        got = as_user(agent, name)
        assert got and got[0] in ("facts_weak", "not_this_agent"), (agent, name, got)
    good("below a slice that its user owns the names are that user's: no boundary")
    for name in names[8:]:
        got = as_user("box-user", name)
        assert got == ["allowed"], (name, got)
    good("a container whose own folder was given to its user is one all the same: root made it")


FORGE = """
agents : {
  box-user : { owner = "m@acme.example"  escalate = "o@acme.example"  review_by = "2099-01-31"  environment = "dev"
    match = [ "box:id=%(id)s" ]  reach = [ "pay.*" ]  intents = [ "work" ] }
  unit-user : { owner = "m@acme.example"  escalate = "o@acme.example"  review_by = "2099-01-31"  environment = "dev"
    match = [ "unit:unit=%(unit)s" ]  reach = [ "pay.*" ]  intents = [ "work" ] } }
"""


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
        forge(d, root, made, script)
        ran = by_systemd(d, script)
        c = d.admin()
        leaves = c.ask("GET", "/v1/status")[1]
        assert all(m["state"] == "ready" for m in leaves["modules"]), leaves["modules"]
        assert passed == 4 + 3 + ran
    finally:
        d.stop()
        for path in reversed(made):
            os.rmdir(path)


main()
print("%d passed, 0 failed" % passed)
