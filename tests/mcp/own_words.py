#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What goes on undecided holds no words of the client's own: where everything is denied to an agent at a server, its words do not reach it in the cursor of a list, the
parameters of a ping, the reason of a cancel or whatever else. What such a message needs goes on: a cursor that the server gave, a level, a uri that is subscribed, a token that it asked with."""
import json, os, subprocess, sys
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "fault"))
from checks import done, good, until
from daemon import BUILD, Daemon, journal

PROGRAM = os.path.join(os.path.abspath(BUILD), "core", "stepgate-mcp")
WORDS = "SECRET-4711"
CONF = """
intents : { documents : { actions = [ "mcp.files.**" ]  sensitivity = "internal" } }
actions : { r : { name = "mcp.files.tools.read"  effect = "read"  sensitivity = "internal" }
            s : { name = "mcp.files.resources.subscribe"  effect = "read"  sensitivity = "internal" } }
agents : { helper : { reach = [ "mcp.files.**" ]  intents = [ "documents" ] } }
"""
SERVER = r"""
import json, sys
log = open(sys.argv[1], "a")
for line in sys.stdin:
    print(line.strip(), file=log, flush=True)
    m = json.loads(line)
    if "method" not in m or "id" not in m: continue
    if m["method"] == "ping": print(json.dumps(dict(jsonrpc="2.0", id="w%s" % m["id"], method="roots/list", params=dict(_meta=dict(progressToken="tok")))), flush=True)
    r = dict(resources=[], nextCursor="page-2") if m["method"] == "resources/list" else dict(tools=[], **({} if "cursor" in m["params"] else dict(nextCursor="tools-2"))) if m["method"] == "tools/list" else {}
    print(json.dumps(dict(jsonrpc="2.0", id=m["id"], result=r)), flush=True)
"""
OWN = dict(name=WORDS * 20, version=WORDS * 20)
HELD = [  # requests, and whether the server hears of them at all
    ("initialize", dict(clientInfo=dict(OWN, x=WORDS), capabilities=dict(roots={WORDS: True, "listChanged": True, "x": WORDS}, sampling=dict(context={WORDS: 1})), protocolVersion="2025-06-18", x=WORDS), True),
    ("initialize", dict(clientInfo=OWN, capabilities={}, protocolVersion=WORDS), False),
    ("ping", dict(a=WORDS), True), ("ping", dict(_meta=dict(x=WORDS, progressToken=WORDS)), True), ("tools/list", dict(cursor=WORDS), False), ("tools/list", dict(x=WORDS), True),
    ("resources/list", dict(cursor=WORDS), False), ("resources/list", dict(cursor=[WORDS]), False), ("resources/list", dict(cursor=dict(a=WORDS)), False), ("resources/templates/list", dict(x=WORDS), True),
    ("resources/templates/list", dict(cursor=WORDS), False), ("prompts/list", {WORDS: 1}, True), ("prompts/list", dict(cursor=WORDS), False), ("logging/setLevel", dict(level=WORDS), False),
    ("logging/setLevel", dict(level="info", x=WORDS), True), ("logging/setLevel", dict(level=dict(info=WORDS)), False), ("resources/unsubscribe", dict(uri="x://" + WORDS), False),
    ("completion/complete", dict(ref=dict(type="ref/prompt", name="p"), argument=dict(name="a", value=WORDS)), False), ("tools/call", dict(name="read", arguments=dict(a=WORDS)), False)]
NOTICES = [("notifications/progress", dict(progressToken=1, progress=1, message=WORDS)), ("notifications/progress", dict(progressToken=WORDS, progress=1)), ("notifications/cancelled", dict(requestId=99, reason=WORDS)),
           ("notifications/cancelled", dict(requestId=WORDS)), ("notifications/roots/list_changed", dict(x=WORDS)), ("notifications/initialized", dict(x=WORDS)), ("notifications/initialized", dict(_meta=dict(x=WORDS)))]


class Session:
    def __init__(self, rule):
        self.d = Daemon(start=False, policy=rule)
        os.makedirs(self.d.dir + "/conf.d", 0o755)
        self.d.write("conf.d/50-mcp.conf", CONF.encode())
        self.d.start()
        self.log, self.n = self.d.dir + "/given", 0
        open(self.log, "w").close()
        self.p = subprocess.Popen([PROGRAM, "--run", self.d.dir + "/run", "--name", "files", "--intent", "documents", "--", sys.executable, "-c", SERVER, self.log],
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def say(self, **m):
        self.p.stdin.write(json.dumps(dict(m, jsonrpc="2.0")) + "\n")
        self.p.stdin.flush()

    def ask(self, method, params):
        self.n += 1
        self.say(id=self.n, method=method, params=params)
        while True:
            m = json.loads(self.p.stdout.readline())
            if m.get("id") == self.n and "method" not in m:
                return m

    def got(self):
        """Without what the gateway itself asks."""
        return [m for m in (json.loads(l) for l in open(self.log)) if not str(m.get("id")).startswith("mcp-")]

    def end(self):
        self.p.stdin.close()
        self.p.wait(20)


def wrong_kinds():
    """Lines whose params, or members of them, are of every other kind, with and without what no request has."""
    members = ['{"capabilities":["W"],"clientInfo":["W"],"protocolVersion":["W"]}', '{"clientInfo":{"name":{"a":"W"},"version":["W"],"title":1}}',
               '{"capabilities":{"roots":["W"],"sampling":"W","elicitation":{"form":{"W":1},"url":["W"]}}}', '["W"]', '"W"', "null"]
    for method in ("initialize", "ping", "tools/list", "resources/list", "prompts/list", "logging/setLevel"):
        for n, params in enumerate(members):
            for m, more in enumerate(("", ',"result":"W"', ',"error":{"code":1,"message":"W"}')):
                yield method, '{"jsonrpc":"2.0","id":%d,"method":"%s","params":%s%s}' % (1000 + 10 * n + m, method, params.replace("W", WORDS), more.replace("W", WORDS))
    for line in ('"method":"notifications/initialized","params":["W"]', '"method":"notifications/initialized","result":"W"', '"method":"notifications/cancelled","params":{"requestId":{"a":"W"}}',
                 '"method":"notifications/progress","params":{"progressToken":["W"],"progress":"W"}'):
        yield "", '{"jsonrpc":"2.0",%s}' % line.replace("W", WORDS)


def code(m):
    return m.get("error", {}).get("data", {}).get("stepgate")


s = Session('rule { id = "x", on = "**", effect = deny "nothing leaves" }\n')
try:
    for method, params, heard in HELD:
        before = len(s.got())
        answer = s.ask(method, params)
        good("%s %s: %s" % (method, str(params)[:60], "goes on" if heard else "does not go on"), (len(s.got()) > before) == heard, (answer, s.got()[before:]))
    for method, params in NOTICES:
        s.say(method=method, params=params)
    s.ask("ping", {})
    good("no word of its own reached the server", WORDS not in open(s.log).read(), [l for l in s.got() if WORDS in json.dumps(l)])
    good("notices without them did", [m.get("method") for m in s.got()].count("notifications/initialized") == 2, s.got())
    first = s.got()[0]["params"]
    good("what a client can goes on, its name as far as a name is short", first == dict(clientInfo={}, capabilities=dict(roots=dict(listChanged=True), sampling=dict(context={})), protocolVersion="2025-06-18"), first)
    s.end()
finally:
    s.d.stop()

kinds = list(wrong_kinds())
for group in [[l] for m, l in kinds if m == "initialize"] + [[l for m, l in kinds if m != "initialize"]]:  # said once in a session
    s = Session('rule { id = "x", on = "**", effect = deny "nothing leaves" }\n')
    try:
        for line in group:
            s.p.stdin.write(line + "\n")
        s.ask("ping", {})
        good("of another kind: %s" % group[0][:90], s.got() and WORDS not in open(s.log).read(), s.got())
        s.end()
    finally:
        s.d.stop()

s = Session('rule { id = "x", on = "mcp.files.resources.*", effect = allow {} }\n')
try:
    s.ask("initialize", dict(clientInfo=dict(name="c", version="1"), capabilities={}, protocolVersion="2025-06-18"))
    good("a short name goes on", s.got()[-1]["params"]["clientInfo"] == dict(name="c", version="1"), s.got())
    good("one beginning", code(s.ask("initialize", dict(clientInfo=dict(name="d", version="1"), capabilities={}, protocolVersion="2025-06-18"))) == "mcp_method" and len(s.got()) == 1)
    good("a cursor that nobody gave", code(s.ask("resources/list", dict(cursor="page-2"))) == "mcp_words")
    for empty in ({}, dict(cursor=""), dict(cursor=None)):
        good("a first page: %s" % empty, "result" in s.ask("resources/list", empty) and s.got()[-1]["params"] == {}, s.got()[-1])
    good("a cursor that the server gave", "result" in s.ask("resources/list", dict(cursor="page-2")) and s.got()[-1]["params"] == dict(cursor="page-2"), s.got()[-1])
    s.ask("tools/list", {})
    good("of tools, too", "result" in s.ask("tools/list", dict(cursor="tools-2")) and s.got()[-1]["params"] == dict(cursor="tools-2"), s.got()[-1])
    good("a uri that is not subscribed", code(s.ask("resources/unsubscribe", dict(uri="file:///a"))) == "mcp_words")
    good("subscribed", "result" in s.ask("resources/subscribe", dict(uri="file:///a")), s.got()[-1])
    good("and taken back", "result" in s.ask("resources/unsubscribe", dict(uri="file:///a")) and s.got()[-1]["params"] == dict(uri="file:///a"), s.got()[-1])
    for level in ("debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"):
        s.ask("logging/setLevel", dict(level=level))
        good("level " + level, s.got()[-1]["params"] == dict(level=level), s.got()[-1])
    s.ask("ping", {})
    s.say(method="notifications/progress", params=dict(progressToken="tok", progress=1, total=2.5, message="words"))
    good("progress of what the server asked", until(lambda: s.got()[-1] == dict(jsonrpc="2.0", method="notifications/progress", params=dict(progressToken="tok", progress=1, total=2.5))), s.got()[-1])
    s.end()
finally:
    s.d.stop()
done()
