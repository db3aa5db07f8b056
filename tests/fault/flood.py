#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One agent asks as much as it can, by every dear way, within the default limits: the gate is not kept busy by it, and another agent is answered all the while. What the other
notices is printed; the bound is on the gate's own time, which no other load of the machine changes. Needs root: agents are users."""
import json, os, subprocess, sys, time
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "story"))
import stage
from stage import agent, perform, row, says

stage.LIMITS = "limits : { tasks = 100000 %(limits)s }\n"  # all that matters here is the default
FLOODER, OTHER = 61071, 61072
CONF = """
admins : { boss : { uid = 62071 } }
intents : { work : { actions = [ "x.*" ]  sensitivity = "confidential" } }
agents : { %s %s }
actions : { x : { name = "x.read"  effect = "read"  sensitivity = "internal" } }
""" % (agent("flood", FLOODER), agent("other", OTHER))
POLICY = 'rule { id = "all", on = "x.*", effect = allow {} }'
SECONDS, MOST = 3, 0.4  # of the time, the gate's own

ATTACK = r"""
import json, os, sys, threading
sys.path.insert(0, sys.argv[4])
from daemon import Client
json.loads("{}"); "x".encode("idna")
os.setgroups([]); os.setgid(int(sys.argv[2])); os.setuid(int(sys.argv[2]))
path, how = sys.argv[1], sys.argv[3]
def connect():
    while True:
        try: return Client(path, 30)
        except OSError: pass
t = connect().ask("POST", "/v1/tasks", dict(intent="work", key="o" + how, inputs=dict(v="seed-value-1")))[1].get("task", dict(id="t-none"))["id"]
texts = ["v%05d-%d" % (i, i) for i in range(3600)]
def once(c, i):
    if how == "ceiling": return c.ask("POST", "/v1/ceiling", dict(task=t, actions=["x.read"] * 6400))
    if how == "tree": return c.ask("GET", "/v1/tasks/%s/tree" % t)
    if how == "texts": return c.ask("POST", "/v1/act", dict(action="x.read", key="k%d" % i, task=t, resource=dict(type="thing", id="x"), arguments=dict(v=texts), context={}))
    if how == "junk": return c.ask("POST", "/v1/act", dict(action="x.read", key="a", task="t-nope", resource=dict(type="thing", id="x"), arguments=dict(v=texts), context={}))
    c.close(); return None
def go(n):
    c, i = connect(), 0
    while True:
        i += 1
        try:
            if once(c, n * 1000000 + i) is None: c = connect()
        except Exception:
            c = connect()
print("ready", flush=True)
sys.stdin.readline()
for n in range(24): threading.Thread(target=go, args=(n,), daemon=True).start()
sys.stdin.readline()
os._exit(0)
"""


def cpu(pid):
    with open("/proc/%d/stat" % pid) as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def acts(other, task, seconds):
    """Latencies in ms, and what was answered that is no allow."""
    took, refused, until = [], [], time.time() + seconds
    while time.time() < until:
        began = time.time()
        answer = other.act(task, "x.read")
        refused += [] if says(answer, "allow") else [answer]
        took.append((time.time() - began) * 1e3)
        time.sleep(max(0, 0.06 - took[-1] / 1e3))
    return sorted(took), refused


def story(d):
    here = os.path.dirname(os.path.abspath(__file__))
    other = d.agent_of(OTHER)
    task, gate = other.open("work"), d.processes("sg-gate")[0]
    alone, refused = acts(other, task, SECONDS)
    row("alone", "another agent is allowed what it asks, p99 %.1f ms" % alone[int(len(alone) * .99)], not refused, refused[:2])
    for how in ("ceiling", "tree", "texts", "junk", "connect"):
        a = subprocess.Popen(["nice", sys.executable, "-c", ATTACK, d.path("agent"), str(FLOODER), how, here], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        a.stdout.readline()
        a.stdin.write("go\n")
        a.stdin.flush()
        time.sleep(1)  # what a burst pays for is over
        before, began = cpu(gate), time.time()
        took, refused = acts(other, task, SECONDS)
        share = (cpu(gate) - before) / (time.time() - began)
        a.stdin.write("end\n")
        a.stdin.flush()
        a.wait()
        print("%s: p50 %.1f of %.1f ms, p99 %.1f of %.1f ms" % (how, took[len(took) // 2], alone[len(alone) // 2], took[int(len(took) * .99)], alone[int(len(alone) * .99)]))
        row(how, "the gate is busy %.0f of a hundred of the time, and the other is allowed what it asks" % (share * 100), not refused and share < MOST, [share, refused[:2]])
        time.sleep(5)  # its bucket fills again


perform(CONF, POLICY, story)
