#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Calls that are taken back: nobody is answered, what was decided is unknown at once, and however many there are, the session goes on."""
import json, os, queue, subprocess, sys, tempfile, threading, time
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "fault"))
from daemon import BUILD, Daemon, journal

POLICY = 'rule { id = "all", on = "mcp.files.**", effect = allow {} }'
CONF = """
intents : { documents : { actions = [ "mcp.files.**" ]  sensitivity = "internal" } }
actions : { a_write : { name = "mcp.files.tools.write"  effect = "write"  sensitivity = "internal" } }
agents : { helper : { reach = [ "mcp.files.**" ]  intents = [ "documents" ] } }
limits : { rate = 100000  burst = 100000 }
"""
# As MCP says, it answers nothing that was cancelled; but what it is told to say (a file of its own for each ping, by its id: such words do not go by the gateway) it says.
SERVER = r"""
import json, os, sys
def out(m): print(json.dumps(dict(m, jsonrpc="2.0")).replace('"NAN"', "NaN"), flush=True)
for line in sys.stdin:
    m = json.loads(line)
    told = os.environ["TOLD"] + "/" + str(m.get("id"))
    for said in json.load(open(told)) if m.get("method") == "ping" and os.path.exists(told) else []: out(said)
    if m.get("method") == "tools/list": out(dict(id=m["id"], result=dict(tools=[dict(name="write", inputSchema={})])))
    elif m.get("method") in ("ping", "initialize"): out(dict(id=m["id"], result={}))
"""
MANY = 1100
TOLD = tempfile.mkdtemp()
os.environ["TOLD"] = TOLD


class Session:
    def __init__(self, d):
        self.d, self.heard = d, queue.Queue()
        self.p = subprocess.Popen([BUILD + "/core/stepgate-mcp", "--run", d.dir + "/run", "--name", "files", "--intent", "documents", "--", sys.executable, "-c", SERVER],
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        for line in self.p.stdout:
            self.heard.put(json.loads(line))

    def send(self, **m):
        self.p.stdin.write(json.dumps(dict(m, jsonrpc="2.0")) + "\n")
        self.p.stdin.flush()

    def call(self, id, **arguments):
        self.send(id=id, method="tools/call", params=dict(name="write", arguments=arguments))

    def cancel(self, n):
        self.send(method="notifications/cancelled", params=dict(requestId=n))

    def ping(self, n, *say):
        """What is heard up to the answer to this ping, and that answer."""
        with open("%s/%s" % (TOLD, n), "w") as f:
            json.dump(say, f)
        self.send(id=n, method="ping")
        before = []
        while True:
            m = self.heard.get(timeout=30)
            if m.get("id") == n:
                return before, m
            before.append(m)

    def outcomes(self):
        return [(l["body"]["decision"], l["body"]["result"]) for l in journal(self.d.dir + "/state/journal") if l["kind"] == "outcome"]

    def end(self):
        self.p.stdin.close()
        return self.p.wait(20)


def code(m):
    return m.get("error", {}).get("data", {}).get("stepgate")


def until(what):
    end = time.time() + 10
    while time.time() < end and not what():
        time.sleep(0.05)
    return what()


def decided(d):
    s = Session(d)
    s.send(id=0, method="tools/list")
    assert s.heard.get(timeout=30)["id"] == 0
    had = len(s.outcomes())
    new = lambda: s.outcomes()[had:]
    s.call(1, n=1)
    s.cancel(1)
    assert s.ping("a")[0] == []
    assert until(lambda: [r for _, r in new()] == ["unknown"]), new()  # at once, not at the end of the session
    s.call(1, n=2)
    assert code(s.heard.get(timeout=30)) == "mcp_id_used"
    s.send(id=1, method="ping")
    assert code(s.heard.get(timeout=30)) == "mcp_id_used"
    s.cancel(1)
    before, _ = s.ping("b", dict(id=1, result=dict(content=[dict(type="text", text="late")])))
    assert before == [], before  # nobody waits for it, and the gate knows better now
    assert until(lambda: [r for _, r in new()] == ["unknown", "ok"]), new()
    assert new()[0][0] == new()[1][0]
    s.send(id=1, method="ping")
    assert s.heard.get(timeout=30) == dict(id=1, jsonrpc="2.0", result={})  # the id is free again
    s.call(2, n=3)
    s.cancel(2)
    assert s.ping("c", dict(id=2, error=dict(code=-32800, message="cancelled")))[0] == []
    s.call(3, n=4)
    s.cancel("3")  # another id
    before, _ = s.ping("d", dict(id=3, result=dict(content=[])))
    assert [m["id"] for m in before] == [3], before
    s.call(4, n=5)
    s.cancel(4)
    assert s.ping("e", dict(id=4, result="NAN"))[0] == []  # cannot be read, and nobody waits for it
    s.call(5, n=6)
    s.cancel(5)
    s.end()
    assert [r for _, r in new()] == ["unknown", "ok", "unknown", "ok", "unknown", "unknown"], new()


def many(d):
    s = Session(d)
    for n in range(MANY):
        s.send(id=n, method="resources/list")
        s.cancel(n)
    before, answer = s.ping("p")
    assert before == [] and answer["result"] == {}, (before[:2], answer)
    # the same the other way: what a server asks and takes back
    for n in range(MANY):
        before, _ = s.ping("q", dict(id=n, method="roots/list"), dict(method="notifications/cancelled", params=dict(requestId=n)))
        assert [m["method"] for m in before] == ["roots/list", "notifications/cancelled"], (n, before)
    before, _ = s.ping("r", dict(id="last", method="roots/list"))
    assert [m["method"] for m in before] == ["roots/list"], before
    assert s.end() == 0


def main():
    d = Daemon(start=False)
    d.write("policy.d/10-test.lua", POLICY.encode())
    os.mkdir(os.path.join(d.dir, "conf.d"), 0o755)
    d.write("conf.d/50-mcp.conf", CONF.encode())
    d.start()
    try:
        for part in (decided, many):
            part(d)
            print("%s: good" % part.__name__, flush=True)
    finally:
        d.stop()


main()
