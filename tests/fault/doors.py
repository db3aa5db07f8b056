#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each user that connects gets a door: also where forty come in one moment, where they come back all at once because the gate died, and where there are two
hundred (limits.doors); strangers' large bodies keep none from being read. Who waits for a door that does not come is let go. Needs root: agents are users."""
import os, signal, subprocess, sys, time
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "story"))
import stage
from stage import agent, perform, row, until

stage.LIMITS = "limits : { %(limits)s }\n"
FEW, MANY, FIRST, GATEWAY = 40, 200, 62500, 61990
CONF = """
admins : { boss : { uid = 62101 } }
intents : { work : { actions = [ "x.*" ]  sensitivity = "internal" } }
agents : { %s }
enforcers : { gw : { match = [ "peer:uid=61990" ]  for_agents = [ "*" ] } }
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


LARGE = """
import os, select, socket, sys, time
path, first, users, each, seconds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), float(sys.argv[5])
body = ('{"action":"x.read","arguments":{"v":[' + ",".join("%d.%015de-2%02d" % (i % 10, 123456789012345 + i, i % 99) for i in range(2400)) + ']},"key":"k"}').encode()
ask = b"POST /v1/act HTTP/1.1\\r\\nHost: x\\r\\nContent-Type: application/json\\r\\nContent-Length: %d\\r\\n\\r\\n" % len(body) + body
end = time.time() + seconds
for u in range(users):
    if os.fork() == 0:
        os.setgroups([]); os.setgid(first + u); os.setuid(first + u)
        open_ones, poll = {}, select.poll()
        while time.time() < end:
            if len(open_ones) < each:
                s = socket.socket(socket.AF_UNIX)
                s.settimeout(5)
                try:
                    s.connect(path); s.sendall(ask)
                    open_ones[s.fileno()] = s; poll.register(s.fileno(), select.POLLIN)
                except OSError: s.close()
            for fd, _ in poll.poll(20):
                s = open_ones[fd]
                try:
                    if not s.recv(65536): raise OSError
                    s.sendall(ask)
                except OSError: poll.unregister(fd); s.close(); del open_ones[fd]
        os._exit(0)
while True:
    try: os.wait()
    except ChildProcessError: break
"""


def large(d):
    """Strangers send one large body after another on the face that all enforcers share."""
    p = subprocess.Popen([sys.executable, "-c", LARGE, d.path("enforcer"), "64000", "10", "40", "14"])
    time.sleep(4)
    e, begun, count = d.enforcer_of(GATEWAY), time.time(), 0
    while count < 40 and time.time() - begun < 9:
        count += e.ask("GET", "/oauth2/jwks")[0] == 200
    row("large", "forty small requests of an enforcer are through in that time", count == 40, [count, time.time() - begun])
    p.wait()


def many(d):
    answered("many", said(crowd(d, MANY, time.time() + 3), MANY))
    late = d.agent_of(FIRST)
    row("many", "and afterwards one of them is served", "id" in late.open("work"))


perform(CONF, POLICY, at_once, large)
perform(CONF, POLICY, missed, many, limits="doors = 1024")
