#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One message for the gateway is one message for everybody behind it: servers that cut lines as Python's text files, as splitlines and as Node's readline do
are sent calls hidden in what passes, and send such things back; and whatever cannot be read ends as an error with the id of whoever waits for it."""
import base64, itertools, json, os, select, shutil, subprocess, sys, tempfile, time
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "fault"))
from daemon import BUILD, Daemon, journal

PROGRAM = os.environ.get("STEPGATE_MCP", os.path.join(os.path.abspath(BUILD), "core", "stepgate-mcp"))
POLICY = """
policy { name = "files", description = "d", owner = "o" }
rule { id = "read", on = { "mcp.files.tools.read", "mcp.files.completions.complete" }, effect = allow {} }
rule { id = "never", on = "mcp.files.tools.write", effect = deny "never" }
"""
CATALOGUE = """
intents : { documents : { actions = [ "mcp.files.**" ]  sensitivity = "internal" } }
actions : { a_read : { name = "mcp.files.tools.read"  effect = "read"  sensitivity = "internal" }
            a_write : { name = "mcp.files.tools.write"  effect = "write"  sensitivity = "internal" }
            %s }
agents : { helper : { reach = [ "mcp.files.**" ]  intents = [ "documents" ] } }
limits : { rate = 10000  burst = 10000 }
"""
COMPLETE = 'a_complete : { name = "mcp.files.completions.complete"  effect = "read"  sensitivity = "internal" }'

# A server that notes each line it is given, and says what it is told to say: arguments.raw, as base64, or the next file in TOLD for this method and id, which is
# where words for it stand that do not go by the gateway.
TOLD = tempfile.mkdtemp()
os.environ["TOLD"], NUMBERS = TOLD, itertools.count(1000)
ANSWER = r"""
def told(m):
    mark = m["method"].replace("/", ".") + "_" + json.dumps(m.get("id")) + "_"
    files = sorted(f for f in os.listdir(os.environ["TOLD"]) if f.startswith(mark))
    if not files: return None
    raw = open(os.environ["TOLD"] + "/" + files[0], "rb").read()
    os.unlink(os.environ["TOLD"] + "/" + files[0])
    return base64.b64encode(raw)
def answer(line):
    log.write(json.dumps(line) + "\n"); log.flush()
    try: m = json.loads(line)
    except ValueError: log.write('"BAD LINE"\n'); log.flush(); return
    if not isinstance(m, dict) or "method" not in m: return
    p = m.get("params") or {}
    raw = told(m) or (p.get("arguments") or {}).get("raw")
    if raw: out.write(base64.b64decode(raw) + b"\n")
    elif "id" in m:
        r = dict(tools=[dict(name=n, inputSchema={}) for n in ("read", "write") if "cursor" not in p]) if m["method"] == "tools/list" else {}
        out.write(json.dumps(dict(jsonrpc="2.0", id=m["id"], result=r)).encode() + b"\n")
    out.flush()
"""
PYTHON = "import sys, os, json, base64, io\nlog, out = open(sys.argv[1], 'a'), sys.stdout.buffer\n" + ANSWER
SERVERS = {
    "python text": [sys.executable, "-c", PYTHON + "for line in io.TextIOWrapper(sys.stdin.buffer, encoding='utf-8'): answer(line)"],
    "python splitlines": [sys.executable, "-c", PYTHON + "for data in sys.stdin.buffer:\n  for line in data.decode().splitlines(): answer(line)"],
    "node readline": ["node", "-e", r"""
const fs = require("fs"), log = process.argv[1];
require("readline").createInterface({ input: process.stdin, crlfDelay: Infinity }).on("line", (line) => {
  fs.appendFileSync(log, JSON.stringify(line) + "\n");
  let m; try { m = JSON.parse(line); } catch (e) { fs.appendFileSync(log, '"BAD LINE"\n'); return; }
  if (m === null || typeof m !== "object" || m.method === undefined) return;
  const p = m.params || {}, mark = m.method.replaceAll("/", ".") + "_" + (m.id === undefined ? "null" : JSON.stringify(m.id)) + "_";
  const file = fs.readdirSync(process.env.TOLD).filter((f) => f.startsWith(mark)).sort()[0];
  let raw = (p.arguments || {}).raw;
  if (file) { raw = fs.readFileSync(process.env.TOLD + "/" + file).toString("base64"); fs.unlinkSync(process.env.TOLD + "/" + file); }
  if (raw) process.stdout.write(Buffer.concat([Buffer.from(raw, "base64"), Buffer.from("\n")]));
  else if (m.id !== undefined) process.stdout.write(JSON.stringify({ jsonrpc: "2.0", id: m.id, result: m.method === "tools/list" ? { tools: p.cursor === undefined ? [{ name: "read" }, { name: "write" }] : [] } : {} }) + "\n");
});"""],
}
INNER = '{"jsonrpc":"2.0","id":77,"method":"tools/call","params":{"name":"write","arguments":{}}}'
# As escapes in a name or a text the inner call has its own quotes escaped; what splits there leaves rubbish, not a call, and is a second line all the same.
QUOTED = INNER.replace('"', '\\"')
SPLITS = ["\r", "\r\r", "\u0085", "\u2028", "\u2029", "\x7f"]
CONTROL = ["\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\0", "\x1b"]  # raw they are no JSON at all


class Session:
    def __init__(self, d, server):
        self.log = os.path.join(d.dir, "lines")
        open(self.log, "w").close()
        self.p = subprocess.Popen([PROGRAM, "--run", d.dir + "/run", "--name", "files", "--intent", "documents", "--"] + SERVERS[server] + [self.log],
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0)
        self.rest = b""

    def send(self, line):
        line = (line.encode() if isinstance(line, str) else line) + b"\n"
        while line:
            line = line[os.write(self.p.stdin.fileno(), line):]

    def line(self, seconds=10):
        while b"\n" not in self.rest:
            if not select.select([self.p.stdout], [], [], seconds)[0]:
                raise AssertionError("silence")
            more = os.read(self.p.stdout.fileno(), 1 << 16)
            assert more, "the session has ended"
            self.rest += more
        line, _, self.rest = self.rest.partition(b"\n")
        return line + b"\n"

    def ask(self, line):
        self.send(line)
        return json.loads(self.line())

    def got(self):
        return [json.loads(l) for l in open(self.log)]

    def got_with(self, text, seconds=20):
        """The messages that the server was given with this in them, once there is one: what the gateway says by itself comes in no order with what we say."""
        until = time.monotonic() + seconds
        while True:
            whole = [l for l in open(self.log) if l.endswith("\n")]
            found = [m for m in (json.loads(l) for l in whole) if text in m]
            if found or time.monotonic() > until:
                assert found, (text, whole[-3:])
                return [json.loads(m) for m in found]
            time.sleep(0.02)

    def end(self):
        self.p.stdin.close()
        self.p.stdout.read()
        self.p.wait(20)


def code(answer):
    return answer.get("error", {}).get("data", {}).get("stepgate")


def hidden():
    """Messages that pass (True), or are an error (False: mcp_json), each with a call inside that a careless reader would take for a line."""
    for s in SPLITS + CONTROL:
        white = s.strip("\r") == ""
        yield '{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":%s%s%s}}' % (s, INNER, s), white
        yield '%s{"jsonrpc":"2.0","id":1,"method":"ping"}%s' % (s, s), white
        raw = not white and s not in CONTROL
        yield '{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":"%s%s%s"}}' % (s, QUOTED, s), raw
        yield '{"jsonrpc":"2.0","id":1,"method":"resources/list","params":{"%s%s%s":1}}' % (s, QUOTED, s), raw
        yield '{"jsonrpc":"2.0","id":"%s","method":"prompts/list"}' % s, raw
        yield '{"jsonrpc":"2.0","id":1,"method":"logging/setLevel","params":{"level":"%s"}}' % s, raw and "mcp_words"
        escaped = "".join("\\u%04x" % ord(c) for c in s)
        yield '{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":"%s%s%s"}}' % (escaped, QUOTED, escaped), True
        yield '{"jsonrpc":"2.0","id":"%s1","method":"ping","params":{"%s":1}}' % (escaped, escaped), True
        yield '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"read","arguments":{"a":"%s"},"_meta":{"progressToken":"%s"}}}' % (escaped, escaped), True
        yield '{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"cursor":"%s"}}' % escaped, "mcp_words"


def to_server(d, server):
    """Each message is one line there, or an error here; no call is made that was not decided."""
    s, sent = Session(d, server), 0
    decided = len([l for l in journal(d.dir + "/state/journal") if l["kind"] == "decision"])
    s.ask('{"jsonrpc":"2.0","id":0,"method":"tools/list"}')
    calls = 0
    for line, passes in hidden():
        before, answer = len(s.got()), s.ask(line)
        assert "id" in answer, (server, line, answer)
        if passes is True:
            assert "error" not in answer and answer["id"] == json.loads(line, strict=False)["id"], (server, line, answer)
            assert len(s.got()) == before + 1, (server, line, s.got()[before:])
            calls += "tools/call" in line and "INNER" not in line and '"name":"read"' in line
        else:
            assert code(answer) == (passes or "mcp_json") and answer["id"] in (1, None), (server, line, answer)
            assert len(s.got()) == before, (server, line)
        sent += 1
    for line in ('{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"reason":\r%s\r}}' % INNER,
                 '{"jsonrpc":"2.0","method":"notifications/progress","params":{"m":"\u2028%s\u2028"}}' % QUOTED):
        before = len(s.got())
        s.send(line)
        s.ask('{"jsonrpc":"2.0","id":2,"method":"ping"}')
        assert len(s.got()) == before + 2, (server, line, s.got()[before:])
    # an answer of the client to a question of the server
    assert s.ask(notify('{"jsonrpc":"2.0","id":5,"method":"roots/list"}'))["method"] == "roots/list"
    before = len(s.got())
    s.send('{"jsonrpc":"2.0","id":5,"result":{"roots":[],"x":\r%s\r,"y":"\u2029"}}' % INNER)
    s.ask('{"jsonrpc":"2.0","id":3,"method":"ping"}')
    assert len(s.got()) == before + 2, (server, s.got()[before:])
    got = s.got()
    assert "BAD LINE" not in got and not [l for l in got if l.strip().startswith(INNER[:40])], got
    assert not [l for l in got if json.loads(l).get("method") == "tools/call" and json.loads(l)["params"]["name"] == "write"]
    s.end()
    acts = [l["body"] for l in journal(d.dir + "/state/journal") if l["kind"] == "decision"][decided:]
    assert len(acts) == calls and all(a["action"] == "mcp.files.tools.read" for a in acts), (server, calls, acts)
    return sent


def other_case(d):
    """A server whose reader takes names in any case and the last of two (encoding/json of Go) is sent no call that passed as something else."""
    s = Session(d, "python text")
    call = '"params":{"name":"write","arguments":{}}'
    refused = ['{"jsonrpc":"2.0","id":1,"method":"ping","%s":"tools/call",%s}' % (n, call) for n in ("Method", "METHOD", "methoD", "method ", "m\\u0065thods", "x", "")]
    refused += ['{"Method":"tools/call","jsonrpc":"2.0","id":1,"method":"%s",%s}' % (m, call) for m in ("initialize", "tools/list", "logging/setLevel", "resources/list", "resources/unsubscribe")]
    refused += ['{"jsonrpc":"2.0","id":1,"ID":2,"method":"ping"}', '{"jsonrpc":"2.0","id":1,"method":"ping","Params":{}}', '{"jsonrpc":"2.0","id":1,"method":"ping","param\u017f":{}}']
    for line in refused:
        before, answer = len(s.got()), s.ask(line)
        assert code(answer) == "mcp_shape" and answer["id"] == 1 and len(s.got()) == before, (line, answer)
    twice = ['{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":1,"A":2}}', '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{},"Capabilities":{"tasks":{}}}}',
             '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"read","Name":"write","arguments":{}}}',
             '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"read","arguments":{"path":"/a","Path":"/b"}}}',
             '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"read","arguments":{"x":[{"to\u212aen":1,"token":2}]}}}']
    twice += ['{"jsonrpc":"2.0","id":1,"method":"completion/complete","params":{"ref":{"type":"ref/resource","name":"p","URI":"u"},"argument":{"name":"a","value":"x"}}}',
              '{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"Cursor":"1"}}', '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"NAME":"write"}}',
              '{"jsonrpc":"2.0","id":1,"method":"logging/setLevel","params":{"LEVEL":"debug"}}', '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","CAPABILITIES":{"tasks":{}}}}']
    for line in twice:
        before, answer = len(s.got()), s.ask(line)
        assert code(answer) == "mcp_names" and answer["id"] == 1 and len(s.got()) == before, (line, answer)
    before = len(s.got())
    assert code(s.ask('{"jsonrpc":"2.0","method":"notifications/progress","Method":"tools/call",%s}' % call)) == "mcp_shape"
    assert s.ask(notify('{"jsonrpc":"2.0","id":5,"method":"roots/list"}'))["method"] == "roots/list"
    s.send('{"jsonrpc":"2.0","id":5,"result":{"roots":[]},"Method":"tools/call",%s}' % call)
    assert s.ask('{"jsonrpc":"2.0","id":6,"method":"ping"}')["id"] == 6
    assert code(s.ask('{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"RequestId":6}}')) == "mcp_names"
    got = [json.loads(l) for l in s.got()[before:]]
    assert len(got) == 3 and set(got[1]) == {"jsonrpc", "id", "result"}, got
    assert not [g for g in got if "tools/call" in json.dumps(g)], got
    # and back
    s.send(say('{"jsonrpc":"2.0","id":1,"result":{"a":1},"Result":{"a":2},"extra":3}'))
    assert json.loads(s.line()) == dict(jsonrpc="2.0", id=1, result=dict(a=1))
    s.end()
    return len(refused) + len(twice) + 4


def tell(method, n, raw):
    with open("%s/%s_%s_%d" % (TOLD, method.replace("/", "."), json.dumps(n), next(NUMBERS)), "wb") as f:
        f.write(raw)


def say(raw, n=1, method="ping"):
    raw = raw if isinstance(raw, bytes) else raw.encode()
    if method == "tools/call":
        return '{"jsonrpc":"2.0","id":%s,"method":"tools/call","params":{"name":"read","arguments":{"raw":"%s"}}}' % (n, base64.b64encode(raw).decode())
    tell(method, json.loads(str(n)), raw)
    return '{"jsonrpc":"2.0","id":%s,"method":"%s"}' % (n, method)


def notify(raw):
    """A notification upon which the server says this."""
    tell("notifications/progress", None, raw if isinstance(raw, bytes) else raw.encode())
    return '{"jsonrpc":"2.0","method":"notifications/progress","params":{}}'


def to_client(d):
    """What a server hides in an answer or a notification is one line of ours."""
    s = Session(d, "python text")
    for c in SPLITS:
        text = '{"jsonrpc":"2.0","id":1,"result":{"a":%s}}' % ("\r%s\r" % INNER if c.strip("\r") == "" else '"%s%s"' % (c, QUOTED))
        s.send(say(text))
        line = s.line().decode()
        assert len(line.splitlines()) == 1 and "\r" not in line and json.loads(line)["id"] == 1, line
        s.send(notify(text.replace('"id":1,"result"', '"method":"notifications/message","params"')))
        line = s.line().decode()
        assert len(line.splitlines()) == 1 and json.loads(line)["method"] == "notifications/message", line
    # tools and their digests are read from the same values that the client is shown
    tools = '{"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"read","description":"\u2028\x7f","inputSchema":{"maximum":1.0}}]}}'
    s.send(say(tools, method="tools/list"))
    line = s.line().decode()
    assert len(line.splitlines()) == 1 and '"maximum":1}' in line and "\\u2028\\u007f" in line, line
    s.end()


def numbers(d):
    """Numbers and ids keep their texts, there and back."""
    s = Session(d, "python text")
    for text in ("1", "1.0", "10e-1", "-0", "9007199254740991", '"1"', '"\\u0061"', '""'):
        s.send('{"method":"ping", "id" : %s ,"jsonrpc":"2.0"}' % text)
        line = s.line().decode()
        want = '"a"' if text == '"\\u0061"' else text
        assert '"id":%s,' % want in line, (text, line)
        assert '"id":%s,' % want in s.got()[-1], s.got()[-1]
    assert s.ask(notify('{"jsonrpc":"2.0","id":5,"method":"roots/list"}'))["method"] == "roots/list"
    s.send('{"jsonrpc":"2.0","id":5,"result":{"b":1.50,"a":1E+2}}')
    s.got_with('"result"')
    assert '"result":{"b":1.50,"a":1E+2}' in s.got()[-1], s.got()[-1]
    s.send(say('{"jsonrpc":"2.0","id":1,"result":{"n":[1.0,1e2,0.10]}}', n="1.0"))  # the server's 1 is the client's 1.0
    assert s.line().decode() == '{"jsonrpc":"2.0","id":1.0,"result":{"n":[1.0,1e2,0.10]}}\n'
    s.send('{"jsonrpc":"2.0","id":2.0,"method":"tools/call","params":{"name":"read","_meta":{"progressToken":3.0}}}')
    assert '"id":2.0,' in s.line().decode()
    assert '"id":2.0,' in s.got()[-1] and '"progressToken":3.0' in s.got()[-1], s.got()[-1]
    s.send('{"jsonrpc":"2.0","id":4.0,"method":"tools/call","params":{"name":"write"}}')
    line = s.line().decode()
    assert '"id":4.0,' in line and "policy_denied" in line, line
    s.end()


# Answers to the request with id 1 that are none; all of them must end that request. True: also where other calls wait.
SPOILT = [
    ('{"jsonrpc":"2.0","id":1,"result":{"a":NaN}}', True), ('{"jsonrpc":"2.0","id":1,"result":{"a":-Infinity}}', True),
    ('{"jsonrpc":"2.0","result":{"a":NaN},"id":1}', True), ('{"jsonrpc":"2.0","id":1,"result":{"a":9007199254740993}}', True),
    ('{"jsonrpc":"2.0","id":1,"result":{"a":1e400}}', True), ('{"jsonrpc":"2.0","id":1,"result":{"a":01}}', True),
    ('{"jsonrpc":"2.0","id":1,"result":{"a":1,"a":2}}', True), ('{"jsonrpc":"2.0","id":1,"id":1,"result":{}}', True),
    ('{"jsonrpc":"2.0","id":1,"result":{"a":"\\ud800"}}', True), ('{"jsonrpc":"2.0","id":1,"result":{"a":"\x01"}}', True),
    (b'{"jsonrpc":"2.0","id":1,"result":{"a":"\xff"}}', True), (b'{"jsonrpc":"2.0","id":1,"result":{"a":"\xed\xa0\x80"}}', True),
    ('{"jsonrpc":"2.0","id":1,"result":%s}' % ("[" * 40 + "]" * 40), True), ('{"jsonrpc":"2.0","id":1,"result":{}} trailing', True),
    ('{"jsonrpc":"2.0","id":1,"result":{"a":', True), ('\ufeff{"jsonrpc":"2.0","id":1,"result":{}}', True),
    ('{"id":1,"result":{}}', True), ('{"jsonrpc":"1.0","id":1,"result":{}}', True), ('{"jsonrpc":"2.0","id":1}', True),
    ('{"jsonrpc":"2.0","id":1,"result":{},"error":{}}', True), ('{"jsonrpc":"2.0","id":1,"method":"x","result":{}}', True),
    ('[{"jsonrpc":"2.0","id":1,"result":{}}]', True), ('{"jsonrpc":"2.0","id":1.0,"result":{"a":.5}}', True),
    ('{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"parse"}}', False), ('{"jsonrpc":"2.0","result":{"a":NaN}}', False),
    ('{"jsonrpc":"2.0","id":1,"id":2,"result":{}}', False), ('{"jsonrpc":"2.0","result":{"a":[}}', False),
]


def spoilt(d):
    s = Session(d, "python text")
    for raw, any_number in SPOILT:
        answer = s.ask(say(raw))
        assert answer["id"] == 1 and code(answer) == "mcp_unreadable", (raw, answer)
        if any_number:
            s.send(say(b"starting up ...", 8))
            answer = s.ask(say(raw))
            assert answer["id"] == 1 and code(answer) == "mcp_unreadable", (raw, answer)
            assert s.ask(say('{"jsonrpc":"2.0","id":8,"result":{"late":true}}', 9))["result"] == {"late": True}
            assert s.ask(say('{"jsonrpc":"2.0","id":9,"result":{}}', 10))["id"] == 9
            assert s.ask(notify('{"jsonrpc":"2.0","id":10,"result":{}}'))["id"] == 10
    # a decided call whose answer cannot be read: nobody knows what came of it
    s.ask('{"jsonrpc":"2.0","id":0,"method":"tools/list"}')
    answer = s.ask(say('{"jsonrpc":"2.0","id":1,"result":{"a":NaN}}', method="tools/call"))
    assert code(answer) == "mcp_unreadable" and answer["id"] == 1, answer
    # a question of the server that cannot be read is answered to the server, and so is an answer of the client
    s.send(notify('{"jsonrpc":"2.0","id":"q","method":"roots/list","params":{"a":NaN}}'))
    s.ask('{"jsonrpc":"2.0","id":2,"method":"ping"}')
    told = s.got_with('"mcp_json"')
    assert [t["id"] for t in told] == ["q"], told
    for n, (value, _) in enumerate(UNREADABLE):  # whatever it is that cannot be read
        value = value if isinstance(value, bytes) else value.encode()
        s.send(notify(b'{"jsonrpc":"2.0","id":"q%d","method":"sampling/createMessage","params":{"a":%s}}' % (n, value)))
    s.send(notify('{"jsonrpc":"2.0","id":9007199254740993,"method":"roots/list"}'))
    s.got_with('"id":9007199254740993,')  # the last of them
    told = s.got_with('"mcp_json"')
    assert [t["id"] for t in told] == ["q"] + ["q%d" % n for n in range(len(UNREADABLE))] + [9007199254740993], told
    s.ask(notify('{"jsonrpc":"2.0","id":6,"method":"roots/list"}'))
    s.send('{"jsonrpc":"2.0","id":6,"result":{"roots":NaN}}')
    s.ask('{"jsonrpc":"2.0","id":3,"method":"ping"}')
    told = s.got_with('"mcp_unreadable"')
    assert [t["id"] for t in told] == [6], told
    s.end()
    results = [l["body"]["result"] for l in journal(d.dir + "/state/journal") if l["kind"] == "outcome"]
    assert results[-1] == "unknown", results
    return len(SPOILT)


def held(d):
    """The gateway's own question for the list gets an answer that cannot be read: what waited for it goes on."""
    s = Session(d, "python text")
    SERVERS["spoils lists"] = [sys.executable, "-c", PYTHON + "\nfor line in sys.stdin:\n  m = json.loads(line)\n"
                               "  if m['method'] == 'tools/list': out.write(b'{\"jsonrpc\":\"2.0\",\"id\":\"%s\",\"result\":{\"tools\":NaN}}\\n' % m['id'].encode()); out.flush()\n"
                               "  else: answer(line)"]
    s.end()
    s = Session(d, "spoils lists")
    answer = s.ask('{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"read"}}')
    assert answer == {"jsonrpc": "2.0", "id": 1, "result": {}}, answer
    s.end()


UNREADABLE = [("NaN", 1), ("9007199254740993", 1), ("1e400", 1), ('"\\ud800"', 1), ("[" * 40 + "]" * 40, 1), ('{"a":1,"a":2}', 1), ("01", 1), ('"\x01"', 1), ("nul", 1), (b'"\xff"', 1), ("", 1)]


def unreadable(d):
    """A request that cannot be read is refused by its id."""
    s = Session(d, "python text")
    before = len(s.got())
    for value, n in UNREADABLE:
        value = value if isinstance(value, bytes) else value.encode()
        for text in (b'{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":%s}}', b'{"params":{"a":%s},"method":"tools/call","id":"1","jsonrpc":"2.0"}'):
            answer = s.ask(text % value)
            assert code(answer) == "mcp_json" and answer["id"] == (1 if b'"id":1' in text else "1"), (text % value, answer)
    for line, ids in (('{"id":1.5,"jsonrpc":"2.0","method":"ping"}', [1.5]), ('{"id":9007199254740993,"jsonrpc":"2.0","method":"ping"}', [9007199254740993]),
                      ('{"id":1,"id":2,"jsonrpc":"2.0","method":"ping"}', [None]), ("rubbish", [None]), ('{"id":null,"jsonrpc":"2.0","method":"ping"}', [None]),
                      ('[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","id":"b","method":"ping"},5]', [1, "b"]), ("[]", [None])):
        answers = [s.ask(line)] + [json.loads(s.line()) for _ in ids[1:]]
        assert [a["id"] for a in answers] == ids and all(code(a) for a in answers), (line, answers)
    # a line of the greatest length passes, one byte more is refused by its id, and the session goes on
    most, shape = 1 << 20, '{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":"%s"}}'
    assert "result" in s.ask(shape % ("x" * (most - len(shape) + 2)))
    answer = s.ask(shape % ("x" * (most - len(shape) + 3)))
    assert answer["id"] == 1 and code(answer) == "mcp_line", answer
    answer = s.ask(shape % ("x" * (3 * most)))
    assert answer["id"] == 1 and code(answer) == "mcp_line", answer
    assert s.ask('{"jsonrpc":"2.0","id":2,"method":"ping"}') == {"jsonrpc": "2.0", "id": 2, "result": {}}
    assert len(s.got()) == before + 2
    s.end()


def completion(d):
    """Decided with all that it says, and passed with that alone."""
    s = Session(d, "python text")
    ask = '{"jsonrpc":"2.0","id":%d,"method":"completion/complete","params":%s}'
    good = '{"ref":{"type":"ref/prompt","name":"p"},"argument":{"name":"a","value":"x"},"_meta":{"progressToken":1,"words":"out"}}'
    answer = s.ask(ask % (1, good))
    assert "result" in answer, answer
    sent = json.loads(s.got()[-1])
    assert sent["params"] == {"ref": {"type": "ref/prompt", "name": "p"}, "argument": {"name": "a", "value": "x"}}, sent
    for bad in ("{}", '{"ref":{}}', '{"ref":{"name":"p","uri":"u"}}', '{"ref":"p"}', '{"ref":{"name":5}}', '{"ref":{"name":"p"},"more":{}}', '{"ref":{"name":"p"},"argument":5}'):
        assert code(s.ask(ask % (1, bad))) == "mcp_params", bad
    for method in ("tasks/get", "tasks/result", "tasks/list", "tasks/cancel", "resources/write", "server/new"):
        assert code(s.ask('{"jsonrpc":"2.0","id":1,"method":"%s","params":{"taskId":"x"}}' % method)) == "mcp_method", method
    s.end()
    last = [l["body"] for l in journal(d.dir + "/state/journal") if l["kind"] == "decision"][-1]
    assert last["action"] == "mcp.files.completions.complete" and last["verdict"] == "allow", last


def main():
    if shutil.which("node") is None:
        del SERVERS["node readline"]
        print("NOT RUN (no node): the server with Node's readline")
    d = Daemon(start=False)
    d.write("policy.d/10-test.lua", POLICY.encode())
    os.mkdir(os.path.join(d.dir, "conf.d"), 0o755)
    d.write("conf.d/50-mcp.conf", (CATALOGUE % COMPLETE).encode())
    d.start()
    try:
        only = sys.argv[1:]
        for server in list(SERVERS):
            if not only or "to_server" in only:
                print("%s: %d hidden messages, each one line or an error" % (server, to_server(d, server)))
        for part in (to_client, other_case, numbers, spoilt, held, unreadable, completion):
            if not only or part.__name__ in only:
                part(d)
                print("%s: good" % part.__name__)
    finally:
        d.stop()


main()
