#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""However many calls an agent writes at once, each is decided when the server can be given it: no more than 16 that were decided are unanswered, the others wait
undecided, in their order; and after a kill none of them is done."""
import json, os, subprocess, sys
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "fault"))
from checks import until
from daemon import BUILD, Daemon, journal

PROGRAM = os.path.join(os.path.abspath(BUILD), "core", "stepgate-mcp")
AT_ONCE, CALLS = 16, 40
SERVER = r"""
import json, os, select, sys, time
go, seen, waiting = sys.argv[1], open(sys.argv[2], "a"), []
def answer(): print(json.dumps(dict(jsonrpc="2.0", id=waiting.pop(0), result=dict(content=[]))), flush=True)
buffer = b""
while True:
    if select.select([0], [], [], 0.02)[0]:
        got = os.read(0, 65536)
        if not got: break
        buffer += got
        *lines, buffer = buffer.split(b"\n")
        for line in lines:
            m = json.loads(line)
            if m.get("method") == "ping": print(json.dumps(dict(jsonrpc="2.0", id=m["id"], result={})), flush=True)
            if m.get("method") == "tools/list": print(json.dumps(dict(jsonrpc="2.0", id=m["id"], result=dict(tools=[]))), flush=True)
            if m.get("method") == "tools/call":
                waiting.append(m["id"])
                print(m["id"], file=seen, flush=True)
    while waiting and os.path.exists(go): answer()
"""
CONF = """
intents : { documents : { actions = [ "mcp.files.**" ]  sensitivity = "internal" } }
actions : { a_read : { name = "mcp.files.tools.read"  effect = "read"  sensitivity = "internal" } }
agents : { helper : { reach = [ "mcp.files.**" ]  intents = [ "documents" ] } }
"""
count = 0


def check(what, good, seen=None):
    global count
    assert good, "%s: %s" % (what, str(seen)[:1500])
    count += 1


class Session:
    def __init__(self, d):
        self.d, self.go, self.seen = d, d.dir + "/go", d.dir + "/seen"
        self.p = subprocess.Popen([PROGRAM, "--run", d.dir + "/run", "--name", "files", "--intent", "documents", "--", sys.executable, "-c", SERVER, self.go, self.seen], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def say(self, **message):
        self.p.stdin.write(json.dumps(dict(message, jsonrpc="2.0")) + "\n")
        self.p.stdin.flush()

    def hears(self):
        return json.loads(self.p.stdout.readline())

    def given(self):
        return [int(l) for l in open(self.seen).read().split()] if os.path.exists(self.seen) else []

    def decided(self):
        return len([l for l in journal(self.d.dir + "/state/journal") if l["kind"] == "decision"])


def calls(s):
    for i in range(CALLS):
        s.say(id=i, method="tools/call", params=dict(name="read", arguments=dict(n=i)))


def started():
    d = Daemon(start=False, policy='rule { id = "x", on = "mcp.files.tools.*", effect = allow {} }\n')
    os.makedirs(d.dir + "/conf.d", 0o755)
    d.write("conf.d/50-mcp.conf", CONF.encode())
    d.start()
    return d, Session(d)


def in_line():
    d, s = started()
    try:
        calls(s)
        s.say(id="p", method="ping")
        check("what is no call does not wait", s.hears().get("id") == "p")
        check("so many are given to the server", until(lambda: len(s.given()) == AT_ONCE, 20) and s.given() == list(range(AT_ONCE)), s.given())
        check("and no more are decided", s.decided() == AT_ONCE, s.decided())
        s.say(method="notifications/cancelled", params=dict(requestId=AT_ONCE))
        s.say(id="q", method="ping")
        check("one that waits can be taken back", s.hears().get("id") == "q" and s.decided() == AT_ONCE, s.decided())
        open(s.go, "w").close()
        wanted = [i for i in range(CALLS) if i != AT_ONCE]
        check("the others come in their order", sorted(s.hears()["id"] for _ in wanted) == wanted and s.given() == wanted, s.given())
        check("each decided once", s.decided() == len(wanted), s.decided())
        s.p.stdin.close()
        check("it ends well", s.p.wait(20) == 0)
    finally:
        d.stop()


def killed():
    d, s = started()
    try:
        calls(s)
        until(lambda: len(s.given()) == AT_ONCE, 20)
        c = d.admin()
        status, answer = c.ask("POST", "/v1/kill", dict(agent="helper"))
        c.close()
        check("a kill", status == 200, answer)
        open(s.go, "w").close()
        heard = [s.hears() for _ in range(CALLS)]
        done = [m for m in heard if "result" in m and not m["result"].get("isError")]
        check("what waited is not done", len(s.given()) == AT_ONCE and len(done) <= AT_ONCE, [len(s.given()), len(done)])
        s.p.stdin.close()
        check("and it ends with its client", s.p.wait(20) is not None)
    finally:
        d.stop()


in_line()
killed()
print("%d passed, 0 failed" % count)
