#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The server that has everything, learned from, pinned, and asked: what comes back from a tool is known when it becomes an argument. Enforced, under
three uids (needs root), its origin is the tool; cooperative, where the agent tells on itself, it is not trusted. Argument: where the packages are."""
import json, os, shutil, subprocess, sys, time
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "fault"))
from daemon import BUILD, Daemon, journal

MODULES = sys.argv[1]
CORE = os.path.join(os.path.abspath(BUILD), "core")
AGENT, GATEWAY, SERVER = 65011, 65012, 65013
WEATHER, ECHO = "mcp.everything.tools.get-structured-content", "mcp.everything.tools.echo"
POLICY = """
rule { id = "weather", on = "%s", effect = allow {} }
rule { id = "known", on = "%s", when = function(r) return r.args.message.trusted and r.args.message.origin == "%s" end, effect = allow {} }
rule { id = "told", on = "%s", when = function(r) return table.has(r.args.message.labels, "self_reported") and r.args.message.origin == "%s" end,
       effect = deny { code = "self_reported", say = "The agent says so itself" } }
rule { id = "list", on = { "mcp.everything.resources.read", "mcp.everything.tools.get-tiny-image" }, effect = allow {} }
""" % (WEATHER, ECHO, WEATHER, ECHO, WEATHER)
CATALOGUE = """
intents : { weather : { actions = [ "mcp.everything.**" ]  sensitivity = "internal" } }
agents : { helper : { reach = [ "mcp.everything.**" ]  intents = [ "weather" ] } }
actions : { mcp_everything_echo : { sensitivity = "internal"  taints = [ ] }  mcp_everything_get_structured_content : { sensitivity = "internal"  taints = [ ] }
            mcp_everything_get_tiny_image : { sensitivity = "internal"  taints = [ ] }
            read : { name = "mcp.everything.resources.read"  effect = "read"  sensitivity = "internal" } }
"""
passed = 0


def check(what, good, seen=None):
    global passed
    assert good, "%s: %s" % (what, str(seen)[:2000])
    passed += 1
    print("ok " + what)


class Session:
    def __init__(self, command, **how):
        self.p = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **how)
        self.n = 0
        self.ask("initialize", dict(protocolVersion="2025-06-18", capabilities={}, clientInfo=dict(name="test", version="1")))
        self.p.stdin.write('{"jsonrpc":"2.0","method":"notifications/initialized"}\n')

    def ask(self, method, params):
        self.n += 1
        self.p.stdin.write(json.dumps(dict(jsonrpc="2.0", id=self.n, method=method, params=params)) + "\n")
        self.p.stdin.flush()
        while True:
            m = json.loads(self.p.stdout.readline())
            if m.get("id") == self.n and "method" not in m:
                return m.get("result", m)

    def call(self, tool, **arguments):
        return self.ask("tools/call", dict(name=tool, arguments=arguments))

    def end(self):
        self.p.stdin.close()
        return self.p.wait(20)


def text(result):
    return " ".join(c.get("text", "") for c in result.get("content", []))


def outcomes(d):
    return [l["body"] for l in journal(d.dir + "/state/journal") if l["kind"] == "outcome"]


def catalogue(d, server):
    out = subprocess.run([CORE + "/stepgate", "catalogue", "learn", "--mcp", "everything", "--", *server], capture_output=True, text=True, timeout=60)
    check("the server is learned from", out.returncode == 0 and out.stdout.count("digest = ") >= 10, out)
    for tool in ("get-roots-list", "trigger-sampling-request", "trigger-elicitation-request"):
        check("also those that it has for clients that can do something: %s" % tool, 'tool = "%s"' % tool in out.stdout, out.stdout)
    os.makedirs(d.dir + "/conf.d", exist_ok=True)
    d.write("conf.d/50-learned.conf", out.stdout.encode())
    d.write("conf.d/60-site.conf", CATALOGUE.encode())
    out = subprocess.run([CORE + "/stepgate", "config", "check", d.dir + "/stepgate.conf"], capture_output=True, text=True)
    check("what was learned passes the check as it stands", out.returncode == 0, out)


def talk(d, s, enforced):
    names = [t["name"] for t in s.ask("tools/list", {})["tools"]]
    check("the list holds what may be called", names and "echo" in names and "get-env" not in names, names)
    unknown = text(s.call("echo", message="Hurricane"))
    check("a value that nobody has seen is refused", "policy_none" in unknown, unknown)
    weather = s.call("get-structured-content", location="Chicago")
    check("a pinned tool is called", "structuredContent" in weather, weather)
    conditions = weather["structuredContent"]["conditions"]
    told = outcomes(d)[-1]
    check("its outcome is told, with what came back", told["result"] == "ok" and len(told["values"]) >= 3 and told["self"] != enforced, told)
    raw = open([os.path.join(d.dir, "state/journal", f) for f in sorted(os.listdir(d.dir + "/state/journal"))][-1], "rb").read()
    check("as digests, not as it is", conditions.encode() not in raw)
    known = text(s.call("echo", message=conditions))
    if enforced:
        check("as an argument its origin is the tool", conditions in known and "Refused" not in known, known)
    else:
        check("as an argument it is the agent's own word", "The agent says so itself" in known, known)
    failed = s.call("get-structured-content", location="Nowhere")
    check("a call that fails is told so", outcomes(d)[-1]["result"] == "failed", [failed, outcomes(d)[-1]])
    before = len(outcomes(d))
    image = s.call("get-tiny-image")
    check("a picture is passed on and not told", any(c["type"] == "image" for c in image["content"]) and len(outcomes(d)) == before + 1 and len(outcomes(d)[-1]["values"]) < 100, outcomes(d)[-1])
    listed = s.ask("resources/list", {})["resources"]
    read = s.ask("resources/read", dict(uri=listed[0]["uri"]))
    check("so is what is read", "contents" in read and outcomes(d)[-1]["result"] == "ok" and outcomes(d)[-1]["values"], [read, outcomes(d)[-1]])


def changed(d, session):
    """The pin holds: the catalogue says another digest."""
    d.write("conf.d/70-pin.conf", b'tools : { mcp_everything_echo : { digest = "%s" } }\n' % (b"0" * 64))
    out = subprocess.run([CORE + "/stepgate", "reload", "--run", d.dir + "/run"], capture_output=True, text=True)
    check("another digest is pinned", out.returncode == 0, out)
    s = session()
    s.ask("tools/list", {})
    got = text(s.call("echo", message="x"))
    check("a tool that is not the pinned one is refused", "tool_changed" in got, got)
    s.end()


# A server whose only tool changes its definition when it is told to, says so, and lists one tool a page.
SHIFTY = r"""
import json, sys
version, say = 1, lambda m: print(json.dumps(dict(m, jsonrpc="2.0")), flush=True)
for line in sys.stdin:
    m = json.loads(line)
    if "id" not in m: continue
    if m["method"] == "tools/list" and "cursor" not in m["params"]: say(dict(id=m["id"], result=dict(tools=[dict(name="other", inputSchema=dict(type="object"))], nextCursor="2")))
    elif m["method"] == "tools/list": say(dict(id=m["id"], result=dict(tools=[dict(name="shift", description="v%d" % version, inputSchema=dict(type="object", properties=dict(how=dict(type="string"))))])))
    elif m["method"] == "tools/call":
        if m["params"]["arguments"]["how"] == "change":
            version = 2
            say(dict(method="notifications/tools/list_changed"))
        words = " ".join("word%d" % i for i in range(5000)) if m["params"]["arguments"]["how"] == "long" else "done"
        say(dict(id=m["id"], result=dict(content=[dict(type="text", text=words)])))
    else: say(dict(id=m["id"], result=dict(protocolVersion="2025-06-18", capabilities={}, serverInfo=dict(name="shifty", version="1"))))
"""


def shifty():
    """Who calls without having asked for the list is served by the pin all the same; and a definition that changed is known at the next call."""
    server = [sys.executable, "-c", SHIFTY]
    d = Daemon(start=False, policy='rule { id = "all", on = "mcp.**", effect = allow {} }\n', limits='max_body = "2KiB"')
    try:
        out = subprocess.run([CORE + "/stepgate", "catalogue", "learn", "--mcp", "shifty", "--", *server], capture_output=True, text=True, timeout=60)
        os.makedirs(d.dir + "/conf.d", exist_ok=True)
        d.write("conf.d/50-learned.conf", out.stdout.encode())
        d.write("conf.d/60-site.conf", b"""
intents : { shift : { actions = [ "mcp.shifty.**" ]  sensitivity = "restricted" } }
agents : { helper : { reach = [ "mcp.shifty.**" ]  intents = [ "shift" ] } }
""")
        d.start()
        s = Session([CORE + "/stepgate-mcp", "--run", d.dir + "/run", "--name", "shifty", "--intent", "shift", "--", *server])
        check("a pinned tool is called without a list", text(s.call("shift", how="x")) == "done")
        check("its outcome has values", outcomes(d)[-1]["values"], outcomes(d))
        long = text(s.call("shift", how="long"))
        check("more came back than a report may hold: it is told without values", "word4999" in long and len(outcomes(d)) == 2 and outcomes(d)[-1]["values"] == [], outcomes(d))
        check("and again", text(s.call("shift", how="change")) == "done")
        got = text(s.call("shift", how="x"))
        check("its definition changed: refused", "tool_changed" in got, got)
        got = text(s.call("shift", how="x"))
        check("and in quarantine", "tool_quarantined" in got, got)
        s.end()
    finally:
        d.stop()


def cooperative(server):
    d = Daemon(start=False, policy=POLICY)
    try:
        catalogue(d, server)
        d.start()
        session = lambda: Session([CORE + "/stepgate-mcp", "--run", d.dir + "/run", "--name", "everything", "--intent", "weather", "--", *server])
        s = session()
        talk(d, s, False)
        check("and it ends", s.end() == 0)
        changed(d, session)
    finally:
        d.stop()


def enforced(server):
    if os.geteuid() != 0:
        print("NOT RUN (needs root: three uids): the enforced form")
        return
    as_user = lambda uid: dict(user=uid, group=uid, extra_groups=[], cwd="/")
    d = Daemon(mode="enforce", agent=AGENT, admin=0, enforcer=GATEWAY, start=False, policy=POLICY)
    catalogue(d, server)
    program, parts = d.dir + "/stepgate-mcp", []
    shutil.copy(CORE + "/stepgate-mcp", program)
    shutil.copytree(MODULES + "/node_modules", d.dir + "/node_modules", symlinks=True)  # where other users can read it
    for name, uid in (("server", SERVER), ("gateway", GATEWAY)):
        os.mkdir("%s/%s" % (d.dir, name), 0o755)
        os.chown("%s/%s" % (d.dir, name), uid, uid)
    sockets = [d.dir + "/server/mcp.sock", d.dir + "/gateway/mcp.sock"]
    try:
        d.start()
        parts.append(subprocess.Popen([program, "serve", "--socket", sockets[0], "--admit", str(GATEWAY), "--", server[0], server[1].replace(MODULES, d.dir)], **as_user(SERVER)))
        parts.append(subprocess.Popen([program, "gateway", "--run", d.dir + "/run", "--name", "everything", "--listen", sockets[1], "--server", sockets[0]], **as_user(GATEWAY)))
        until = time.time() + 10
        while not all(os.path.exists(s) for s in sockets) and time.time() < until:
            time.sleep(0.05)
        session = lambda: Session([program, "connect", "--run", d.dir + "/run", "--intent", "weather", "--gateway", sockets[1]], **as_user(AGENT))
        s = session()
        talk(d, s, True)
        check("and it ends", s.end() == 0)
        changed(d, session)
    finally:
        for part in parts:
            part.kill()
            part.wait()
        d.stop()


def main():
    server = [shutil.which("node"), MODULES + "/node_modules/@modelcontextprotocol/server-everything/dist/index.js"]
    shifty()
    cooperative(server)
    enforced(server)
    print("%d passed, 0 failed" % passed)


main()
