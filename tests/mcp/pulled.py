#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Calls that are taken back at once by a server that does them all the same, one after the other: they are decided no faster than it begins them, so that what
is denied from now on is not done by hundreds that were allowed before."""
import json, os, subprocess, sys, threading, time
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "fault"))
from checks import done, good, until
from daemon import BUILD, Daemon, journal

AT_ONCE, MANY, EACH = 16, 3000, 0.05
CONF = """
intents : { documents : { actions = [ "mcp.files.**" ]  sensitivity = "internal" } }
actions : { a_write : { name = "mcp.files.tools.write"  effect = "write"  sensitivity = "internal" } }
agents : { helper : { reach = [ "mcp.files.**" ]  intents = [ "documents" ] } }
limits : { rate = 100000  burst = 100000 }
"""
SERVER = r"""
import json, os, sys, time
log = open(sys.argv[1], "a", buffering=1)
rest = b""
while True:
    while b"\n" not in rest:
        more = os.read(0, 4096)
        if not more: sys.exit(0)
        rest += more
    line, rest = rest.split(b"\n", 1)
    m = json.loads(line)
    if m.get("method") == "tools/call":
        log.write("%d\n" % m["params"]["arguments"]["n"])
        time.sleep(float(sys.argv[2]))
    if "id" in m and not (m["method"] == "tools/call" and sys.argv[3] == "silent"):
        r = dict(tools=[dict(name="write", inputSchema={})]) if m["method"] == "tools/list" else {}
        print(json.dumps(dict(jsonrpc="2.0", id=m["id"], result=r)), flush=True)
"""


def begun(d):
    return len(open(d.dir + "/begun").read().split())


def decided(d, verdict):
    return sum(l["kind"] == "decision" and l["body"]["verdict"] == verdict for l in journal(d.dir + "/state/journal"))


for silent in ("answers", "silent"):  # what it did all the same it says, or not
    d = Daemon(start=False, policy='rule { id = "all", on = "mcp.files.**", effect = allow {} }\n')
    p = None
    try:
        os.makedirs(d.dir + "/conf.d", 0o755)
        d.write("conf.d/50-mcp.conf", CONF.encode())
        d.start()
        open(d.dir + "/begun", "w").close()
        p = subprocess.Popen([BUILD + "/core/stepgate-mcp", "--run", d.dir + "/run", "--name", "files", "--intent", "documents", "--", sys.executable, "-c", SERVER, d.dir + "/begun", str(EACH), silent],
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        threading.Thread(target=lambda: [None for _ in p.stdout], daemon=True).start()

        def put():
            p.stdin.write(json.dumps(dict(jsonrpc="2.0", id="list", method="tools/list")) + "\n")
            p.stdin.flush()
            time.sleep(0.5)
            for n in range(MANY):
                time.sleep(0.004)  # what waits undecided and is taken back is never decided
                if p.stdin.closed or p.poll() is not None:
                    return
                p.stdin.write(json.dumps(dict(jsonrpc="2.0", id=n, method="tools/call", params=dict(name="write", arguments=dict(n=n)))) + "\n")
                p.stdin.write(json.dumps(dict(jsonrpc="2.0", method="notifications/cancelled", params=dict(requestId=n))) + "\n")
                p.stdin.flush()
        threading.Thread(target=put, daemon=True).start()
        good("%s: it has begun some" % silent, until(lambda: begun(d) >= 20))
        allowed, did = decided(d, "allow"), begun(d)
        good("%s: no more are allowed than it has begun, and 16" % silent, allowed <= did + AT_ONCE + 1, (allowed, did))
        d.write("policy.d/10-test.lua", b'rule { id = "all", on = "mcp.files.**", effect = deny "no more" }\n')
        c = d.admin()
        c.ask("POST", "/v1/reload", {})
        at = begun(d)
        good("%s: others are denied" % silent, until(lambda: decided(d, "deny") > 0 ))
        time.sleep(2)
        good("%s: no more than 16 are begun behind the reload" % silent, begun(d) <= at + AT_ONCE + 1, (at, begun(d)))
        p.stdin.close()
        p.wait(20)
    finally:
        if p is not None:
            p.kill()
        d.stop()
done()
