#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Processes that end long after they were started come back: those of modules, policy workers and doors. What was asked for and did not come is given up
after ten seconds; what came and ended is not that."""
import os, sys, time
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from checks import waited
from daemon import Closed, Daemon

LONG = 11  # more than the gate waits for a process that it asked for


def allowed(d, name):
    try:
        c = d.agent(5)
        _, a = c.ask("POST", "/v1/tasks", dict(intent="work", key=name))
        _, a = c.ask("POST", "/v1/act", dict(task=a["task"]["id"], action="repo.read", key="k", resource=dict(type="x", id="y")))
        c.close()
        return a.get("verdict") == "allow" and "credential" in a
    except (Closed, OSError, KeyError):
        return False


d = Daemon()
assert allowed(d, "before"), d.text()
time.sleep(LONG)
for role in ("sg-host", "sg-policy", "sg-door"):
    pids = d.processes(role)
    assert pids, role
    for pid in pids:
        os.kill(pid, 9)
    assert waited(lambda: allowed(d, "%s-%f" % (role, time.time())), 10), "%s did not come back: %s" % (role, d.text()[-2000:])
    print("ok: %s is back" % role)
d.stop()
