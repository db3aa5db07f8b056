#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One agent's judgements are slow on purpose: another's are not kept waiting behind all of them, and a task whose judgements had to be killed five times
within a minute is frozen. Needs root: two agents are two users."""
import os, sys, threading, time
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "story"))
from stage import agent, perform, row, says, until

SLOW, QUICK, BOSS = 61091, 61092, 62091
CONF = """
groups : { ops : { members = [ "boss" ] } }
admins : { boss : { uid = 62091 } }
intents : { work : { actions = [ "**" ]  sensitivity = "internal" } }
agents : { %s %s }
actions : { burn : { name = "cpu.burn"  effect = "read"  sensitivity = "internal" } read : { name = "data.read"  effect = "read"  sensitivity = "internal" } }
""" % (agent("slow", SLOW), agent("quick", QUICK))
POLICY = """
local function spin(n) local x = 0 for i = 1, n do x = (x * 31 + i) % 65521 end return x end
rule { id = "burn", on = "cpu.burn", when = function(r) return spin(900000) >= 0 end, effect = allow {} }
rule { id = "read", on = "data.read", effect = allow {} }
"""


def flood(d, agents, tasks, count):
    threads = []
    for a, t in zip(agents, tasks):
        def run(a=a, t=t):
            for _ in range(count):
                a.act(t, "cpu.burn")
        threads.append(threading.Thread(target=run))
        threads[-1].start()
    return threads


def story(d):
    agents = [d.agent_of(SLOW) for _ in range(24)]
    tasks = [a.open("work") for a in agents]
    quick = d.agent_of(QUICK)
    mine = quick.open("work")
    threads = flood(d, agents, tasks, 4)
    time.sleep(0.05)
    got = quick.act(mine, "data.read")
    for t in threads:
        t.join()
    order = until(lambda: (lambda l: l if len(l) >= 97 else None)([(l["body"]["agent"], l["body"]["action"]) for l in d.leaves("decision")]))
    at = order.index(("quick", "data.read"))
    row("fair", "ninety-six slow questions of one agent do not stand before one of another", says(got, "allow") and at < 64, [at, got])
    killed = agents[0].open("work")
    codes = [agents[0].act(killed, "cpu.burn")["code"] for _ in range(8)]
    row("kills", "five killed judgements within a minute freeze the task", all(c in ("policy_timeout", "policy_steps") for c in codes[:5]) and codes[5:] == ["frozen"] * 3, codes)
    row("kills", "and others go on", says(quick.act(mine, "data.read"), "allow"))


perform(CONF, POLICY, story, limits='policy_deadline = "2ms"  denials = 64')
