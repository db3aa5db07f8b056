#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One agent's sessions at the MCP gateway leave the server to the others, however many it opens, and a kill gives their places back. Clients that show no
task take no session's place. Needs root."""
import json, os, select, socket, subprocess, sys, time
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "fault"))
import daemon
from daemon import BUILD, Daemon
daemon.CONF = daemon.CONF.replace("uid_connections = 1000", "")  # what matters here is the default

EVIL, GATEWAY, SERVER, GOOD, STRANGER = 65001, 65002, 65003, 65004, 65005
PROGRAM = os.path.join(os.path.abspath(BUILD), "core", "stepgate-mcp")
PLACES = 256
ROOM = PLACES - PLACES // 16
SHARE = ROOM // 2 // 2
POLICY = 'rule { id = "all", on = "mcp.files.**", effect = allow {} }\n'
CATALOGUE = """
intents : { documents : { actions = [ "mcp.files.**" ]  sensitivity = "internal" } }
actions : { a_read : { name = "mcp.files.tools.read"  effect = "read"  sensitivity = "internal" } }
agents : { helper : { reach = [ "mcp.files.**" ]  intents = [ "documents" ] }
           good : { owner = "g@acme.example"  escalate = "o@acme.example"  review_by = "2027-01-31"  environment = "dev"
                    match = [ "peer:uid=%d" ]  reach = [ "mcp.files.**" ]  intents = [ "documents" ] } }
""" % GOOD
SCRIPT = r"""#!/bin/sh
while read -r line; do
  id=${line#*\"id\":}; id=${id%%[,\}]*}
  case "$line" in *\"id\":*) echo "{\"jsonrpc\":\"2.0\",\"id\":$id,\"result\":{\"content\":[],\"tools\":[{\"name\":\"read\",\"inputSchema\":{\"type\":\"object\"}}]}}";; esac
done
"""
# Opens so many sessions with one task, one after the other, and tells how many are served; then stays until its input ends, and tells how many are left.
OPEN = r"""
import json, socket, select, sys
path, hello, most = sys.argv[1], sys.argv[2].encode() + b"\n", int(sys.argv[3])
kept = []
for i in range(most):
    s = socket.socket(socket.AF_UNIX)
    s.connect(path)
    s.settimeout(20)
    try:
        s.sendall(hello + b'{"jsonrpc":"2.0","id":1,"method":"ping"}\n')
        got = s.recv(1000)
    except OSError:
        got = b""
    if b'"result"' not in got:
        break
    kept.append(s)
print(len(kept), flush=True)
for line in sys.stdin:
    left = [s for s in kept if not (select.select([s], [], [], 0)[0] and s.recv(10) == b"")]
    print(len(left), flush=True)
"""

# So many sessions, each of which asks this without end, eight at a time.
CALL = r"""
import json, socket, sys, threading, time
path, hello = sys.argv[1], sys.argv[2].encode() + b"\n"
calls = b"".join(json.dumps(dict(jsonrpc="2.0", id=i, **json.loads(sys.argv[4]))).encode() + b"\n" for i in range(8))
def session():
    while True:
        try:
            s = socket.socket(socket.AF_UNIX)
            s.connect(path)
            s.settimeout(60)
            s.sendall(hello)
            while True:
                s.sendall(calls)
                got = b""
                while got.count(b"\n") < 8:
                    part = s.recv(65536)
                    if not part: raise OSError
                    got += part
        except OSError:
            time.sleep(0.05)
for _ in range(int(sys.argv[3])): threading.Thread(target=session, daemon=True).start()
print("on", flush=True)
sys.stdin.read()
"""

# Comes, shows a task that is none, and goes, without end.
COME = r"""
import socket, sys
print("on", flush=True)
while True:
    s = socket.socket(socket.AF_UNIX)
    try:
        s.connect(sys.argv[1])
        s.sendall(b'{"stepgate":{"task_token":"sgt1.x.y"}}\n')
    except OSError:
        pass
    s.close()
"""


def as_user(uid):
    return dict(user=uid, group=uid, extra_groups=[])


class Rows:
    def __init__(self, d):
        self.d, self.home, gate = d, os.path.join(d.dir, "server"), os.path.join(d.dir, "gateway")
        os.mkdir(self.home, 0o711)
        d.write("server/server.sh", SCRIPT.encode(), 0o700)
        for f in ("", "server.sh"):
            os.chown(os.path.join(self.home, f), SERVER, SERVER)
        os.mkdir(gate, 0o755)
        os.chown(gate, GATEWAY, GATEWAY)
        self.program = os.path.join(d.dir, "stepgate-mcp")
        with open(PROGRAM, "rb") as f:
            d.write("stepgate-mcp", f.read(), 0o755)
        self.server, self.gateway = os.path.join(self.home, "mcp.sock"), os.path.join(gate, "mcp.sock")
        self.parts = [subprocess.Popen([self.program, "serve", "--socket", self.server, "--admit", str(GATEWAY), "--", self.home + "/server.sh"], stderr=subprocess.DEVNULL, **as_user(SERVER)),
                      subprocess.Popen([self.program, "gateway", "--run", d.dir + "/run", "--name", "files", "--listen", self.gateway, "--server", self.server], stderr=subprocess.DEVNULL, **as_user(GATEWAY))]
        until = time.time() + 10
        while not (os.path.exists(self.server) and os.path.exists(self.gateway)) and time.time() < until:
            time.sleep(0.05)

    def task(self, uid):
        """A task of that uid's: its id and its token. It is opened by a client like any other, that goes away without ending it."""
        code = "import sys; sys.path.insert(0, sys.argv[1])\nimport json, socket\ns = socket.socket(socket.AF_UNIX); s.connect(sys.argv[2])\n" \
               "b = json.dumps(dict(intent='documents', key='k')).encode()\n" \
               "s.sendall(b'POST /v1/tasks HTTP/1.1\\r\\nHost: stepgate\\r\\nContent-Type: application/json\\r\\nContent-Length: %d\\r\\n\\r\\n' % len(b) + b)\n" \
               "d = b''\nwhile d.count(b'}') < 2: d += s.recv(65536)\nprint(d.split(b'\\r\\n\\r\\n', 1)[1].decode(), flush=True)\nsys.stdin.read()"
        p = subprocess.Popen(["/usr/bin/python3", "-c", code, self.d.dir, self.d.path("agent")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, **as_user(uid))
        self.parts.append(p)
        return json.loads(p.stdout.readline())["task"]

    def many(self, uid, token, most):
        hello = json.dumps(dict(stepgate=dict(task_token=token)))
        p = subprocess.Popen(["/usr/bin/python3", "-c", OPEN, self.gateway, hello, str(most)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, **as_user(uid))
        self.parts.append(p)
        return p, int(p.stdout.readline())

    def served(self, uid):
        p = subprocess.Popen([self.program, "connect", "--run", self.d.dir + "/run", "--intent", "documents", "--gateway", self.gateway], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL, **as_user(uid))
        p.stdin.write(json.dumps(dict(jsonrpc="2.0", id=1, method="tools/call", params=dict(name="read", arguments={}))).encode() + b"\n")
        p.stdin.flush()
        line = p.stdout.readline() if select.select([p.stdout], [], [], 10)[0] else b""
        p.stdin.close()
        p.wait(20)
        return b'"content":[]' in line

    def end(self):
        for part in self.parts:
            part.kill()
            part.wait()


def left(p):
    p.stdin.write(b"?\n")
    p.stdin.flush()
    return int(p.stdout.readline())


def silent(rows):
    """Who shows no task takes no place of a session, and is gone soon."""
    waiting = []
    for i in range(200):
        s = socket.socket(socket.AF_UNIX)
        s.connect(rows.gateway)
        waiting.append(s)
    assert rows.served(GOOD), "those that said nothing hold the gateway"
    for s in waiting:
        s.close()


def beside(rows, what, uid, code, *args):
    """While that user goes on like that another one's sessions are served all the same."""
    p = subprocess.Popen(["/usr/bin/python3", "-c", code, rows.gateway] + list(args), stdin=subprocess.PIPE, stdout=subprocess.PIPE, **as_user(uid))
    rows.parts.append(p)
    p.stdout.readline()
    time.sleep(2)
    served = [rows.served(GOOD) for _ in range(8)]
    p.kill()
    p.wait()
    assert sum(served) >= 6, "%s shut another out: %r" % (what, served)  # where all processors are busy one may run into policy_deadline


def floods(rows):
    hello = json.dumps(dict(stepgate=dict(task_token=rows.task(EVIL)["token"])))
    beside(rows, "one agent's calls", EVIL, CALL, hello, "110", json.dumps(dict(method="tools/call", params=dict(name="read", arguments={}))))
    beside(rows, "one agent's lists", EVIL, CALL, hello, "20", json.dumps(dict(method="tools/list")))
    beside(rows, "one who shows no task", STRANGER, COME)


def standing_still(d, rows):
    """An agent whose task stands still pays for what it asks, as any."""
    d.write("conf.d/60-limits.conf", b'limits : { rate = 50  burst = 100  denials = 5  denials_within = "1h" }\n')
    c = d.admin()
    assert c.ask("POST", "/v1/reload", {})[0] == 200
    task = rows.task(EVIL)
    hello = json.dumps(dict(stepgate=dict(task_token=task["token"])))
    p = subprocess.Popen(["/usr/bin/python3", "-c", CALL, rows.gateway, hello, "1", json.dumps(dict(method="tools/call", params=dict(name="unknown", arguments={})))], stdin=subprocess.PIPE, stdout=subprocess.PIPE, **as_user(EVIL))
    rows.parts.append(p)
    until = time.time() + 20
    while c.ask("GET", "/v1/tasks/" + task["id"])[1]["task"]["state"] != "frozen" and time.time() < until:
        time.sleep(0.1)
    assert c.ask("GET", "/v1/tasks/" + task["id"])[1]["task"]["state"] == "frozen"
    p.kill()
    beside(rows, "lists of one that stands still", EVIL, CALL, hello, "60", json.dumps(dict(method="tools/list")))
    beside(rows, "names of one that stands still", EVIL, CALL, hello, "60", json.dumps(dict(method="tools/call", params=dict(name="x" * 200, arguments={}))))


def shares(d, rows):
    evil = rows.task(EVIL)
    p, got = rows.many(EVIL, evil["token"], 300)
    assert got == ROOM - SHARE, (got, ROOM - SHARE)
    assert rows.served(GOOD) and rows.served(GOOD), "one agent holds all sessions"
    q, other = rows.many(GOOD, rows.task(GOOD)["token"], 300)
    assert other == SHARE, (other, SHARE)
    assert left(p) == got, "sessions ended by themselves"
    q.kill()
    q.wait()
    until = time.time() + 10
    while not rows.served(GOOD) and time.time() < until:
        time.sleep(0.1)
    c = d.admin()
    assert c.ask("POST", "/v1/kill", dict(agent="helper"))[0] == 200
    until = time.time() + 20
    while left(p) > 0 and time.time() < until:
        time.sleep(0.2)
    assert left(p) == 0, "a killed agent keeps %d sessions" % left(p)
    until = time.time() + 10
    q, other = rows.many(GOOD, rows.task(GOOD)["token"], 300)
    assert other > SHARE, (other, SHARE)
    q.kill()
    q.wait()
    assert c.ask("POST", "/v1/kill/lift", dict(agent="helper"))[0] == 200


def main():
    if os.geteuid() != 0:
        print("NOT RUN (needs root: four uids)\n0 passed, 0 failed, 1 skipped")
        return
    d = Daemon(mode="enforce", agent=EVIL, admin=0, enforcer=GATEWAY, policy=POLICY, start=False)
    os.mkdir(os.path.join(d.dir, "conf.d"), 0o755)
    d.write("conf.d/50-mcp.conf", CATALOGUE.encode())
    d.start()
    rows = Rows(d)
    try:
        assert rows.served(GOOD)
        silent(rows)
        shares(d, rows)
        floods(rows)
        standing_still(d, rows)
        print("places: good")
    finally:
        rows.end()
        d.stop()


main()
