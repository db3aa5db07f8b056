#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each user that connects gets a door: also where forty come in one moment, where they come back all at once because the gate died, and where there are two
hundred (limits.doors). Who waits for a door that does not come is let go. Needs root: agents are users."""
import os, signal, subprocess, sys, time
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "story"))
import stage
from stage import agent, perform, row, until

stage.LIMITS = "limits : { %(limits)s }\n"
FEW, MANY, FIRST = 40, 200, 62500
CONF = """
admins : { boss : { uid = 62101 } }
intents : { work : { actions = [ "x.*" ]  sensitivity = "internal" } }
agents : { %s }
actions : { x : { name = "x.read"  effect = "read"  sensitivity = "internal" } }
""" % "".join(agent("a%d" % i, FIRST + i) for i in range(MANY))
POLICY = 'rule { id = "all", on = "x.*", effect = allow {} }'

# One child for each user: all connect at a given moment, ask, say what came, and hold the connection until the end.
CROWD = """
import os, socket, sys, time
path, first, count, moment, tries = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]), int(sys.argv[5])
for i in range(count):
    if os.fork() == 0:
        os.setgroups([]); os.setgid(first + i); os.setuid(first + i)
        while time.time() < moment: time.sleep(max(0, min(0.001, moment - time.time())))
        for _ in range(tries): # a connection that is closed is made again; one that is kept and never answered is what is looked for
            s = socket.socket(socket.AF_UNIX)
            s.settimeout(25)
            try:
                s.connect(path)
                s.sendall(b"GET /v1/tasks/t-x HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n")
                said = s.recv(4096).split(b"\\r\\n")[0].decode() or "closed"
            except OSError as e: said = repr(e)
            if said.startswith("HTTP") or "timed out" in said: break
            time.sleep(0.2)
        os.write(1, (said + "\\n").encode())
        sys.stdin.read()
        os._exit(0)
while True:
    try: os.wait()
    except ChildProcessError: break
"""


def crowd(d, count, moment, tries=50):
    return subprocess.Popen([sys.executable, "-c", CROWD, d.path("agent"), str(FIRST), str(count), str(moment), str(tries)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def said(p, count):
    """What each of them got."""
    all_of_them = [p.stdout.readline().strip() for _ in range(count)]
    p.communicate()
    return all_of_them


def answered(name, got):
    wrong = [line for line in got if not line.startswith("HTTP/1.1 404")]
    row(name, "each of %d is answered" % len(got), not wrong, wrong[:4])


def at_once(d):
    moment = time.time() + 1.5
    answered("at once", said(crowd(d, FEW, moment), FEW))
    moment = time.time() + 1.5
    p = crowd(d, FEW, moment)
    time.sleep(max(0, moment - 0.01 - time.time()))
    os.kill(d.processes("sg-gate")[0], signal.SIGKILL)
    answered("behind a death", said(p, FEW))


def missed(d):
    """Nobody starts a door: the supervisor stands still."""
    os.kill(d.process.pid, signal.SIGSTOP)
    try:
        got = said(crowd(d, 1, time.time(), tries=1), 1)
    finally:
        os.kill(d.process.pid, signal.SIGCONT)
    row("missed", "who waits for a door that does not come is let go", got[0] == "closed" or "reset" in got[0], got)
    answered("missed, later", said(crowd(d, 1, time.time()), 1))


def many(d):
    answered("many", said(crowd(d, MANY, time.time() + 3), MANY))
    late = d.agent_of(FIRST)
    row("many", "and afterwards one of them is served", "id" in late.open("work"))


perform(CONF, POLICY, at_once)
perform(CONF, POLICY, missed, many, limits="doors = 1024")
