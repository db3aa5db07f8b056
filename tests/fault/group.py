#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""An instance that is a control group: its processes share one task, one process that ends does not end it, and the task ends when nobody is left in the
group. Outside any group of its own a process is no such agent. Needs root and a place for control groups; 77 where there is none."""
import os, subprocess, sys, time
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from attest_groups import group_root
from checks import done, good
from daemon import Daemon

CONF = """
agents : { grouped : { owner = "m@acme.example"  escalate = "o@acme.example"  review_by = "2099-01-31"  environment = "dev"  instance = "cgroup"
    match = [ "peer:uid=%(uid)d", "peer:cgroup=/sgtest-%(pid)d/work" ]  reach = [ "pay.*" ]  intents = [ "work" ] }
  loose : { owner = "m@acme.example"  escalate = "o@acme.example"  review_by = "2099-01-31"  environment = "dev"  instance = "cgroup"
    match = [ "peer:uid=%(uid)d" ]  reach = [ "pay.*" ]  intents = [ "work" ] } }
"""
CLIENT = """
import os, sys
sys.path.insert(0, %(here)r)
from daemon import Client
group, path, agent, task = sys.argv[1:5]
if group:
    with open(os.path.join(group, "cgroup.procs"), "w") as f:
        f.write(str(os.getpid()))
c = Client(path)
if not task:
    s, a = c.ask("POST", "/v1/tasks", dict(agent=agent, intent="work", key="t"))
    print(a["task"]["id"] if "task" in a else a["code"])
else:
    print(c.ask("POST", "/v1/act", dict(agent=agent, task=task, action="pay.send", key=str(os.getpid()), arguments=dict(amount=1), resource=dict(type="x", id="y")))[1]["code"])
sys.stdout.flush()
if len(sys.argv) > 5:
    sys.stdin.read()
"""

def main():
    root = group_root() if os.getuid() == 0 else None
    if root is None:
        print("NOT RUN: needs root and a place for control groups")
        raise SystemExit(77)
    top = os.path.join(root, "sgtest-%d" % os.getpid())
    group = os.path.join(top, "work")
    os.mkdir(top)
    os.mkdir(group)
    d = Daemon(start=False)
    os.mkdir(os.path.join(d.dir, "conf.d"))
    d.write("conf.d/50-group.conf", (CONF % dict(uid=os.getuid(), pid=os.getpid())).encode())
    d.start()
    script = CLIENT % dict(here=os.path.dirname(os.path.abspath(__file__)))
    run = lambda group, agent, task="": subprocess.run([sys.executable, "-B", "-c", script, group, d.path("agent"), agent, task], stdout=subprocess.PIPE, text=True, timeout=60).stdout.strip()
    try:
        holder = subprocess.Popen([sys.executable, "-B", "-c", script, group, d.path("agent"), "grouped", "", "stay"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        task = holder.stdout.readline().strip()
        good("a process of the group opens a task", task.startswith("t-"), task)
        got = run(group, "grouped", task)
        good("another process of the group acts in it", got == "allowed", got)
        time.sleep(0.5)
        got = run(group, "grouped", task)
        good("which does not end with that process", got == "allowed", got)
        got = run("", "loose")
        good("a process in no group of its own is no such instance", got == "facts_weak", got)
        holder.stdin.close()
        holder.wait()
        a, end = d.admin(), time.time() + 10
        while time.time() < end and a.ask("GET", "/v1/tasks/" + task)[1]["task"]["state"] == "open":
            time.sleep(0.1)
        good("the task ends when nobody is left in the group", a.ask("GET", "/v1/tasks/" + task)[1]["task"]["state"] in ("closed", "closing"))
    finally:
        d.stop()
        os.rmdir(group)
        os.rmdir(top)
    done()


main()
