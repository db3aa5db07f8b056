#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a client may send and the daemon would not read ends at the proxy: no connection is lost over it, and no log is filled by it."""
import json, os, subprocess, sys, time
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "fault"))
from daemon import BUILD, Daemon

PROGRAM = os.path.join(os.path.abspath(BUILD), "core", "stepgate-mcp")
POLICY = 'rule { id = "all", on = "mcp.files.**", effect = allow {} }\n'
CATALOGUE = """
intents : { documents : { actions = [ "mcp.files.**" ]  sensitivity = "internal" } }
actions : { a : { name = "mcp.files.tools.free"  effect = "read"  sensitivity = "internal" } }
agents : { helper : { reach = [ "mcp.files.**" ]  intents = [ "documents" ] } }
"""
SERVER = r"""
import json, sys
for line in sys.stdin:
    m = json.loads(line)
    if "id" in m: print(json.dumps(dict(jsonrpc="2.0", id=m["id"], result=dict(content=[dict(type="text", text="done")]))), flush=True)
"""


def nested(depth):
    value = 1
    for _ in range(depth - 1):
        value = [value]
    return dict(a=value)


def main():
    d = Daemon(start=False)
    os.mkdir(d.dir + "/conf.d", 0o755)
    d.write("policy.d/10-test.lua", POLICY.encode())
    d.write("conf.d/50-mcp.conf", CATALOGUE.encode())
    d.start()
    p = subprocess.Popen([PROGRAM, "--run", d.dir + "/run", "--name", "files", "--intent", "documents", "--", sys.executable, "-c", SERVER],
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def call(n, name, arguments):
        p.stdin.write(json.dumps(dict(jsonrpc="2.0", id=n, method="tools/call", params=dict(name=name, arguments=arguments))).encode() + b"\n")
        p.stdin.flush()
        return json.loads(p.stdout.readline())

    said = lambda a: a.get("error", {}).get("message", "") or a["result"]["content"][0]["text"]
    rows = [("free", nested(23), "done"), ("free", nested(24), "mcp_params"), ("free", nested(30), "mcp_params"), ("free", dict(a="[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\"["), "done"),
            ("x" * 200, {}, "catalogue"), ("x" * 256, {}, "mcp_params"), ("x" * 4097, {}, "mcp_params"), ("free", {}, "done")]
    for n, (name, arguments, want) in enumerate(rows):
        answer = call(n, name, arguments)
        assert want in json.dumps(answer), (name[:20], want, answer)
    began = time.monotonic()
    for n in range(40):
        assert "mcp_params" in json.dumps(call(1000 + n, "free", nested(24)))
        assert "done" in json.dumps(call(2000 + n, "free", {}))
    assert time.monotonic() - began < 8, "it connected anew for each of them"
    for n in range(2000):
        p.stdin.write(b'{"jsonrpc":"2.0","id":%d,"result":{}}\n' % n)
    p.stdin.flush()
    assert "done" in json.dumps(call(9999, "free", {}))
    p.stdin.close()
    p.wait(20)
    lines = p.stderr.read().decode().splitlines()
    assert 5 <= len(lines) <= 20, lines[:30]
    d.stop()
    print("ok: what the daemon would not read ends at the proxy; %d lines for 2,000 refused ones" % len(lines))


main()
