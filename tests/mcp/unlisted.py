#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A server that does not answer what the gateway itself asks holds nobody up: what no list can make allowed is answered at once, what is taken back is
taken back, and the rest waits for a bounded time."""
import json, os, select, subprocess, sys, time
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "fault"))
from daemon import BUILD, Daemon

PROGRAM = os.path.join(os.path.abspath(BUILD), "core", "stepgate-mcp")
POLICY = 'rule { id = "all", on = "mcp.files.tools.free", effect = allow {} }\n'
CATALOGUE = """
intents : { documents : { actions = [ "mcp.files.**" ]  sensitivity = "internal" } }
actions : { a_free : { name = "mcp.files.tools.free"  effect = "read"  sensitivity = "internal" }
            a_pinned : { name = "mcp.files.tools.pinned"  effect = "read"  sensitivity = "internal" } }
tools : { pinned : { action = "mcp.files.tools.pinned"  server = "files"  tool = "pinned"  digest = "%s" } }
agents : { helper : { reach = [ "mcp.files.**" ]  intents = [ "documents" ] } }
""" % ("0" * 64)
# Lists of tools and of resources are answered only once it is told to (a ping with the id 7): first all that it was asked for.
SERVER = r"""
import json, sys
asked = []
for line in sys.stdin:
    m = json.loads(line)
    print(line, file=open(sys.argv[1], "a"))
    say = lambda m: print(json.dumps(dict(m, jsonrpc="2.0")), flush=True)
    if m.get("method") in ("tools/list", "resources/list"): asked.append(m["id"])
    elif "id" in m:
        if m["id"] == 7:
            for a in asked: say(dict(id=a, result=dict(tools=[dict(name="free", inputSchema={})], resources=[])))
            asked = []
        say(dict(id=m["id"], result=dict(content=[dict(type="text", text="done")])))
"""
HELD = 10


class Session:
    def __init__(self, d):
        self.log = os.path.join(d.dir, "lines")
        open(self.log, "w").close()
        self.p = subprocess.Popen([PROGRAM, "--run", d.dir + "/run", "--name", "files", "--intent", "documents", "--", sys.executable, "-c", SERVER, self.log],
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0)  # what waits is seen by select

    def send(self, **m):
        self.p.stdin.write(json.dumps(dict(m, jsonrpc="2.0")).encode() + b"\n")
        self.p.stdin.flush()

    def call(self, n, name):
        self.send(id=n, method="tools/call", params=dict(name=name, arguments={}))

    def answer(self, seconds):
        return json.loads(self.p.stdout.readline()) if select.select([self.p.stdout], [], [], seconds)[0] else None

    def got(self, text):
        return [l for l in open(self.log) if text in l]

    def end(self):
        self.p.stdin.close()
        self.p.wait(20)


def main():
    d = Daemon(policy=POLICY, start=False)
    os.makedirs(d.dir + "/conf.d", 0o755)
    d.write("conf.d/50-mcp.conf", CATALOGUE.encode())
    d.start()
    try:
        s = Session(d)
        s.send(id=9, method="resources/list")
        began = time.monotonic()
        s.call(1, "free")
        s.call(2, "free")
        s.call(3, "unknown")
        got = s.answer(5)
        assert got and got["id"] == 3 and "unknown_action" in json.dumps(got), got
        s.send(method="notifications/cancelled", params=dict(requestId=9))
        s.send(method="notifications/cancelled", params=dict(requestId=1))
        s.send(id=4, method="ping")
        got = s.answer(5)
        assert got and got["id"] == 4, got
        assert len(s.got("notifications/cancelled")) == 1 and '"requestId":9' in s.got("notifications/cancelled")[0], "a cancel waits"
        got = s.answer(HELD + 5)
        assert got and got["id"] == 2 and "done" in json.dumps(got), got
        assert HELD - 1 < time.monotonic() - began < HELD + 4
        assert len(s.got('"free"')) == 1, "what was taken back was called"
        began = time.monotonic()  # until it answers, nothing waits again
        s.call(5, "free")
        s.call(6, "pinned")
        got = [s.answer(5), s.answer(5)]
        assert {a["id"] for a in got if a} == {5, 6} and "tool_new" in json.dumps(got) and len(s.got('"tools/list"')) == 1, got
        s.send(id=7, method="ping")
        assert s.answer(5)["id"] == 7
        s.call(8, "free")
        assert s.answer(5)["id"] == 8 and len(s.got('"tools/list"')) == 1, "what came late was not learned"
        s.end()
        print("unlisted: good")
    finally:
        d.stop()


main()
