#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What goes to the server is what was decided: its uri in its normal form, and never one that was judged as another."""
import json, os, subprocess, sys
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "fault"))
from daemon import BUILD, Daemon

PROGRAM = os.path.join(os.path.abspath(BUILD), "core", "stepgate-mcp")
POLICY = """
rule { id = "read", on = "mcp.files.resources.read", effect = allow { narrow = { uri = only { "file:///srv/public" } } } }
rule { id = "rest", on = { "mcp.files.resources.subscribe", "mcp.files.tools.*", "mcp.files.prompts.*" }, effect = allow {} }
"""
CATALOGUE = """
intents : { documents : { actions = [ "mcp.files.**" ]  sensitivity = "restricted" } }
resources : { docs : { type = "mcp_resource"  patterns = [ "https://acme.example/pub/**", "file:///**" ]  sensitivity = "internal"  form = "uri" }
              asks : { type = "mcp_prompt"  patterns = [ "**" ]  sensitivity = "internal"  form = "name" }
              tools : { type = "mcp_tool"  patterns = [ "**" ]  sensitivity = "internal" } }
actions : { read : { name = "mcp.files.resources.read"  effect = "read"  sensitivity = "internal"  narrow = [ "uri" ]  arguments = [ "uri:uri" ] }
            sub : { name = "mcp.files.resources.subscribe"  effect = "read"  sensitivity = "internal" }
            ask : { name = "mcp.files.prompts.get"  effect = "read"  sensitivity = "internal" }
            get : { name = "mcp.files.tools.get"  effect = "read"  sensitivity = "internal"  arguments = [ "uri:uri" ] } }
agents : { helper : { reach = [ "mcp.files.**" ]  intents = [ "documents" ] } }
"""
SERVER = r"""
import json, sys
for line in sys.stdin:
    m = json.loads(line)
    result = dict(tools=[dict(name="get", inputSchema={})]) if m["method"] == "tools/list" else dict(got=m.get("params"))
    if "id" in m:
        print(json.dumps(dict(jsonrpc="2.0", id=m["id"], result=result)), flush=True)
"""
passed = 0


def row(what, good, seen):
    global passed
    if not good:
        sys.exit("FAILED: %s\n  seen: %s" % (what, seen))
    passed += 1


def story(d):
    p = subprocess.Popen([PROGRAM, "--run", d.dir + "/run", "--name", "files", "--intent", "documents", "--", sys.executable, "-c", SERVER],
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    ids = iter(range(1, 1000))

    def ask(method, **params):
        n = next(ids)
        p.stdin.write(json.dumps(dict(jsonrpc="2.0", id=n, method=method, params=params)) + "\n")
        p.stdin.flush()
        while True:
            m = json.loads(p.stdout.readline())
            if m.get("id") == n:
                return m
    ask("initialize")
    got = ask("resources/read", uri="file:///srv/public")
    row("what policy leaves as it is goes on", got["result"]["got"] == dict(uri="file:///srv/public"), got)
    for uri in ("file:///srv/secret", "FILE:///srv/secret", "https://acme.example/pub/x"):
        got = ask("resources/read", uri=uri)
        row("what it narrows to another one does not", "error" in got and got["error"]["data"]["stepgate"] == "mcp_decided", got)
    raw, normal = "HTTPS://ACME.example:443/pub/%41", "https://acme.example/pub/A"
    got = ask("resources/subscribe", uri=raw)
    row("a uri goes on in the form in which it was judged", got["result"]["got"] == dict(uri=normal), got)
    got = ask("tools/call", name="get", arguments=dict(uri=raw))
    row("so does an argument", got["result"]["got"] == dict(name="get", arguments=dict(uri=normal)), got)
    got = ask("prompts/get", name="Prompt-A", arguments={})
    row("and the name of a prompt", got["result"]["got"]["name"] == "prompt-a", got)
    got = ask("resources/subscribe", uri="https://acme.example/pub/../etc")
    row("what has no form is refused", "error" in got and got["error"]["data"]["dev.stepgate/decision"]["code"] == "resource_form", got)
    p.stdin.close()
    p.wait(10)


d = Daemon(policy=POLICY, start=False)
try:
    os.makedirs(d.dir + "/conf.d", 0o755)
    d.write("conf.d/50-mcp.conf", CATALOGUE.encode())
    d.start()
    story(d)
    print("%d passed" % passed)
finally:
    d.stop()
