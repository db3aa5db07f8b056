#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A gate that reads a long journal gets further all the while: however long that takes, it is not taken for one that hangs. One that stands still while it reads is. Needs root: agents are users."""
import os, signal, sys, time
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "story"))
from stage import FAULTS, agent, perform, row, says, until

AGENT, BOSS = 61091, 62091
CONF = """
admins : { boss : { uid = 62091 } }
intents : { work : { actions = [ "**" ]  sensitivity = "internal" } }
agents : { %s }
actions : { read : { name = "data.read"  effect = "read"  sensitivity = "internal" } }
""" % agent("a", AGENT)
POLICY = 'rule { id = "read", on = "data.read", effect = allow {} }'
HANG, LEAVES, SLOW = 1.0, 200, 0.020  # seconds; a leaf takes SLOW at least
SAID = "has not turned"


def gates(d, seconds=60):
    """The gates that there were until the journal was open, how long that took, and the last status."""
    seen, began = [], time.time()
    while time.time() < began + seconds:
        now = d.processes("sg-gate")
        seen += [pid for pid in now if pid not in seen]
        c = None
        try:
            c = d.admin(0.2)
            status, answer = c.ask("GET", "/v1/status")
            if status == 200 and answer["journal"] == "open" and now:
                return seen, time.time() - began, answer
        except Exception:  # not there yet
            pass
        finally:
            if c is not None:
                c.close()
        time.sleep(0.02)
    raise AssertionError("the gate does not open: " + d.text()[-2000:])


def fill(d):
    a = d.agent_of(AGENT)
    task = a.open("work")
    for i in range(LEAVES):
        got = a.act(task, "data.read", key="please-slow-here-%d" % i)
        says(got, "allow") or row("before", "the agent acts", False, got)
    return a, task


def at_start(d):
    a, task = fill(d)
    d.stop(keep=True)
    d.env["FAULT_SLOW_US"] = "%d" % (SLOW * 1e6)
    d.start(wait=False)
    seen, took, status = gates(d)
    d.let_in()
    row("start", "recovery took longer than a hang (%.1f s)" % took, took > 3 * HANG, took)
    row("start", "and it was one gate all the while", len(seen) == 1 and status["work"]["hangs"] == 0 and SAID not in d.text(), [seen, status["work"]])
    row("start", "what was in force is", says(a.act(task, "data.read"), "allow"))


def again(d):
    """The same where the supervisor starts it anew."""
    before = d.processes("sg-gate")[0]
    os.kill(before, signal.SIGKILL)
    until(lambda: before not in d.processes("sg-gate"))
    seen, took, status = gates(d)
    row("again", "recovery took longer than a hang (%.1f s)" % took, took > 3 * HANG, took)
    row("again", "and it was one gate all the while", len(seen) == 1 and status["work"]["hangs"] == 0 and SAID not in d.text(), [seen, status["work"]])


def stands(d):
    before = d.processes("sg-gate")[0]
    os.kill(before, signal.SIGKILL)
    reading = until(lambda: [pid for pid in d.processes("sg-gate") if pid != before])[0]
    time.sleep(HANG)
    os.kill(reading, signal.SIGSTOP)
    began = time.time()
    row("stands", "one that stands still while it reads is replaced", until(lambda: reading not in d.processes("sg-gate"), 10))
    took = time.time() - began
    row("stands", "once that has lasted as long as a hang (%.1f s)" % took, took > HANG * 0.7, took)
    seen, _, status = gates(d)
    row("stands", "by one gate, which counts it", len(seen) == 1 and status["work"]["hangs"] == 1 and d.text().count(SAID) == 1, [seen, status["work"]])


perform(CONF, POLICY, at_start, again, stands, limits='gate_hang = "1s"', env=FAULTS)
