#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""An allow that asks for something beside the call (an obligation) is none for stepgate mcp, which can do no such thing, whatever an operator wrote of its
gateway. Three uids; needs root."""
import json, os, subprocess, sys
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "fault"))
from checks import done, good, until
from daemon import BUILD, Daemon, journal

AGENT, GATEWAY, SERVER = 65001, 65002, 65003
POLICY = """
rule { id = "w", on = "mcp.files.tools.write", effect = allow { obligations = { "redact" } } }
rule { id = "r", on = "mcp.files.tools.read", effect = allow {} }
"""
CATALOGUE = """
intents : { documents : { actions = [ "mcp.files.**" ]  sensitivity = "internal" } }
actions : { a_read : { name = "mcp.files.tools.read"  effect = "read"  sensitivity = "internal" }
            a_write : { name = "mcp.files.tools.write"  effect = "write"  sensitivity = "internal" } }
enforcers : { repo-api : { obligations = [ "redact" ] } }
agents : { helper : { reach = [ "mcp.files.**" ]  intents = [ "documents" ] } }
"""
SCRIPT = r"""#!/usr/bin/python3
import json, os, sys
for line in sys.stdin:
    m = json.loads(line)
    if m["method"] == "tools/call": print(m["params"]["name"], file=open(os.path.dirname(os.path.abspath(__file__)) + "/calls", "a"), flush=True)
    r = dict(tools=[dict(name=n, inputSchema={}) for n in ("read", "write")]) if m["method"] == "tools/list" else dict(content=[])
    if "id" in m: print(json.dumps(dict(jsonrpc="2.0", id=m["id"], result=r)), flush=True)
"""


def as_user(uid):
    return dict(user=uid, group=uid, extra_groups=[])


def own(d, folder, uid):
    path = os.path.join(d.dir, folder)
    os.makedirs(path, 0o755, exist_ok=True)
    for name in ["."] + os.listdir(path):
        os.chown(os.path.join(path, name), uid, uid)
    return path


if os.geteuid() != 0:
    print("NOT RUN (needs root: three uids)\n0 passed, 0 failed, 1 skipped")
    raise SystemExit(0)
d, parts = Daemon(mode="enforce", agent=AGENT, admin=0, enforcer=GATEWAY, start=False, policy=POLICY), []
try:
    os.mkdir(d.dir + "/conf.d", 0o755)
    d.write("conf.d/50-mcp.conf", CATALOGUE.encode())
    os.mkdir(d.dir + "/server", 0o755)
    d.write("server/server.py", SCRIPT.encode(), 0o755)
    server, gateway, program = own(d, "server", SERVER), own(d, "gateway", GATEWAY), d.dir + "/stepgate-mcp"
    with open(os.path.join(os.path.abspath(BUILD), "core", "stepgate-mcp"), "rb") as f:
        d.write("stepgate-mcp", f.read(), 0o755)
    d.start()
    parts = [subprocess.Popen([program, "serve", "--socket", server + "/s", "--admit", str(GATEWAY), "--", server + "/server.py"], **as_user(SERVER)),
             subprocess.Popen([program, "gateway", "--run", d.dir + "/run", "--name", "files", "--listen", gateway + "/s", "--server", server + "/s"], **as_user(GATEWAY))]
    good("both stand", bool(until(lambda: os.path.exists(server + "/s") and os.path.exists(gateway + "/s"))))
    p = subprocess.Popen([program, "connect", "--run", d.dir + "/run", "--intent", "documents", "--gateway", gateway + "/s"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **as_user(AGENT))
    parts.append(p)

    def call(name):
        p.stdin.write(json.dumps(dict(jsonrpc="2.0", id=name, method="tools/call", params=dict(name=name, arguments=dict()))) + "\n")
        p.stdin.flush()
        return json.loads(p.stdout.readline())["result"]

    good("what asks for nothing goes on", not call("read").get("isError"))
    refused = call("write")
    good("what asks for more is refused, with why", refused.get("isError") and "obligation_unsupported" in refused["content"][0]["text"], refused)
    good("and no call of it reached the server", open(server + "/calls").read().split() == ["read"], open(server + "/calls").read())
    outcomes = [l["body"]["result"] for l in journal(d.dir + "/state/journal") if l["kind"] == "outcome"]
    good("the record says that it was not done", outcomes == ["ok", "failed"], outcomes)
finally:
    for part in parts:
        part.kill()
        part.wait()
    d.stop()
done()
