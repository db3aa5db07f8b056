#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""MCP: a private daemon, the official client and file server between which `stepgate mcp` stands; then lines that no client would send."""
import json, os, subprocess, sys, time
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "fault"))
from daemon import BUILD, CONF, Daemon, journal

MODULES = sys.argv[1]
PROGRAM = os.path.join(os.path.abspath(BUILD), "core", "stepgate-mcp")
SERVER = os.path.join(MODULES, "node_modules/@modelcontextprotocol/server-filesystem/dist/index.js")

POLICY = """
policy { name = "files", description = "Reads below one folder, step-up for writes", owner = "ops" }
local function inside(r) return r.args.path:glob("%(docs)s/**") end
rule { id = "read", on = { "mcp.files.tools.read_text_file", "mcp.files.tools.list_directory" }, when = inside, effect = allow {} }
rule { id = "write", on = { "mcp.files.tools.write_file", "mcp.files.tools.edit_file" }, when = inside,
       effect = step_up { approvers = "ops", ttl = "5m", say = "A document is changed" } }
rule { id = "keys", on = "mcp.**", when = function(r) return r.args.path:lower():ends(".key") end,
       effect = deny { code = "key_file", say = "Key files are not for agents" } }
"""

CATALOGUE = """
intents : { documents : { actions = [ "mcp.files.**" ]  sensitivity = "internal" } }
actions : {
%s
}
"""


def action(tool, effect):
    return '  a_%s : { name = "mcp.files.tools.%s"  effect = "%s"  sensitivity = "internal" }' % (tool, tool, effect)


def start():
    d = Daemon(start=False)
    docs = os.path.join(d.dir, "docs")
    os.mkdir(docs)
    for name, text in (("a.txt", "hello\n"), ("secret.key", "key\n")):
        with open(os.path.join(docs, name), "w") as f:
            f.write(text)
    d.write("policy.d/10-test.lua", (POLICY % dict(docs=docs)).encode())
    os.mkdir(os.path.join(d.dir, "conf.d"), 0o755)
    tools = [action("read_text_file", "read"), action("list_directory", "read"), action("write_file", "write"), action("edit_file", "write")]
    d.write("conf.d/50-mcp.conf", (CATALOGUE % "\n".join(tools)).encode())
    d.write("conf.d/60-agent.conf", b'agents : { helper : { reach = [ "mcp.files.**" ]  intents = [ "documents" ] } }\n')
    d.start()
    return d, docs


def official(d, docs):
    subprocess.run(["node", os.path.join(MODULES, "cooperative.mjs"), PROGRAM, d.dir + "/run", docs, SERVER, sys.executable, os.path.join(HERE, "approve.py")],
                   check=True, timeout=120, cwd=MODULES)
    leaves = journal(d.dir + "/state/journal")
    results = [l["body"]["result"] for l in leaves if l["kind"] == "outcome"]
    assert results.count("ok") >= 52 and results.count("failed") == 1, results
    closes = [l for l in leaves if l["kind"] == "task_end"]
    assert len(closes) == 1, "the task ends with the session"
    raw = open([os.path.join(d.dir, "state/journal", f) for f in sorted(os.listdir(d.dir + "/state/journal"))][-1], "rb").read()
    assert b"something else" not in raw and docs.encode() + b"/a.txt" not in raw, "arguments stand in the journal in clear"


# A server that says what it was told, so that what reaches it can be seen.
ECHO = r"""
import sys, json
for line in sys.stdin:
    sys.stderr.write("GOT " + line); sys.stderr.flush()
    m = json.loads(line)
    if "id" in m and "method" in m:
        r = {"tools": [{"name": "read_text_file", "inputSchema": {}}, {"name": "rm", "inputSchema": {}}]} if m["method"] == "tools/list" else {"content": [], "echo": m}
        print(json.dumps({"jsonrpc": "2.0", "id": m["id"], "result": r}), flush=True)
"""

CALL = '{"jsonrpc":"2.0","id":%s,"method":"tools/call","params":{"name":"read_text_file","arguments":{"path":"%s/a.txt"},"task":{"ttl":5},"_meta":{"x":1}}}'


def lines(d, docs):
    """Malformed lines: the code each is refused with; None: it must go through."""
    good = CALL % ("7", docs)
    table = [
        (good, None),
        (CALL % ('"s-1"', docs), None),
        ('{"jsonrpc":"2.0","id":1,"method":"ping"}', None),
        ("", "mcp_json"),
        ("not json", "mcp_json"),
        ("\ufeff" + good, "mcp_json"),
        (good + good, "mcp_json"),
        (good[:-1], "mcp_json"),
        ('{"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/call"}', "mcp_json"),
        ('{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","name":"b"}}', "mcp_json"),
        ('{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","\\u006eame":"b"}}', "mcp_json"),
        ('{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"\\ud800"}}', "mcp_json"),
        ('{"jsonrpc":"2.0","id":9007199254740993,"method":"ping"}', "mcp_json"),
        ('{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":01}}', "mcp_json"),
        ('{"jsonrpc":"2.0","id":1,"method":"ping",}', "mcp_json"),
        ("{'jsonrpc':'2.0'}", "mcp_json"),
        ("[" * 40 + "]" * 40, "mcp_json"),
        ("[" + good + "]", "mcp_batch"),
        ("[]", "mcp_batch"),
        ('"text"', "mcp_not_object"),
        ("5", "mcp_not_object"),
        ("null", "mcp_not_object"),
        ("{}", "mcp_jsonrpc"),
        ('{"id":1,"method":"ping"}', "mcp_jsonrpc"),
        ('{"jsonrpc":"1.0","id":1,"method":"ping"}', "mcp_jsonrpc"),
        ('{"jsonrpc":2.0,"id":1,"method":"ping"}', "mcp_jsonrpc"),
        ('{"jsonrpc":"2.0","id":null,"method":"ping"}', "mcp_id"),
        ('{"jsonrpc":"2.0","id":1.5,"method":"ping"}', "mcp_id"),
        ('{"jsonrpc":"2.0","id":[1],"method":"ping"}', "mcp_id"),
        ('{"jsonrpc":"2.0","id":{},"method":"ping"}', "mcp_id"),
        ('{"jsonrpc":"2.0","id":true,"method":"ping"}', "mcp_id"),
        ('{"jsonrpc":"2.0","id":"%s","method":"ping"}' % ("x" * 257), "mcp_id"),
        ('{"jsonrpc":"2.0","id":1}', "mcp_shape"),
        ('{"jsonrpc":"2.0","id":1,"method":5}', "mcp_shape"),
        ('{"jsonrpc":"2.0","id":1,"method":"ping","result":{}}', "mcp_shape"),
        ('{"jsonrpc":"2.0","id":1,"result":{},"error":{}}', "mcp_shape"),
        ('{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}', "mcp_params"),
        ('{"jsonrpc":"2.0","id":1,"method":"tools/call"}', "mcp_params"),
        ('{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":""}}', "mcp_params"),
        ('{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":5}}', "mcp_params"),
        ('{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","arguments":[]}}', "mcp_params"),
        ('{"jsonrpc":"2.0","method":"tools/call","params":{"name":"read_text_file"}}', "mcp_params"),
        ('{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{}}', "mcp_params"),
        ('{"jsonrpc":"2.0","id":1,"method":"tools/delete"}', "mcp_method"),
        ('{"jsonrpc":"2.0","id":1,"method":"tools\\/CALL"}', "mcp_method"),
        ('{"jsonrpc":"2.0","id":1,"method":"sampling/createMessage"}', "mcp_method"),
        ('{"jsonrpc":"2.0","id":1,"method":""}', "mcp_method"),
        ('{"jsonrpc":"2.0","id":1,"method":"server/discover"}', "mcp_era"),
        ('{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"read_text_file","_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}}', "mcp_era"),
        ('{"jsonrpc":"2.0","id":1,"method":"ping","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}}', "mcp_era"),
    ]
    p = subprocess.Popen([PROGRAM, "--run", d.dir + "/run", "--name", "files", "--intent", "documents", "--", sys.executable, "-c", ECHO],
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    refused = 0
    for line, code in table:
        p.stdin.write(line.encode("utf-8", "surrogatepass") + b"\n")
        p.stdin.flush()
        answer = json.loads(p.stdout.readline())
        if code is None:
            assert "result" in answer and not answer["result"].get("isError"), (line, answer)
        else:
            assert answer.get("error", {}).get("data", {}).get("stepgate") == code, (line, code, answer)
            assert set(answer["error"]) == {"code", "data", "message"}, "something of the line is said back"
            refused += 1
    # an answer to nothing is dropped; then the list, without what cannot be; then a second call under an id in use
    p.stdin.write(b'{"jsonrpc":"2.0","id":99,"result":{}}\n{"jsonrpc":"2.0","id":"l","method":"tools/list"}\n')
    p.stdin.flush()
    listed = json.loads(p.stdout.readline())
    assert [t["name"] for t in listed["result"]["tools"]] == ["read_text_file"] and listed["id"] == "l", listed
    p.stdin.write(b"\xff\xfe{}\n")
    p.stdin.flush()
    assert json.loads(p.stdout.readline())["error"]["data"]["stepgate"] == "mcp_json"
    # what reached the server: only what went through
    p.stdin.close()
    p.wait(20)
    got = [l for l in p.stderr.read().decode(errors="replace").splitlines() if l.startswith("GOT ")]
    methods = [json.loads(l[4:])["method"] for l in got]
    assert methods == ["tools/list", "tools/call", "tools/call", "ping", "tools/list"], methods  # the first of them is the gateway's own
    first = json.loads(got[1][4:])
    assert set(first["params"]) == {"name", "arguments"}, first
    assert json.loads(got[3][4:]) == {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    return refused + 1


def spellings(d, docs):
    """What the server would take for the key file under another name never gets there."""
    p = subprocess.Popen([PROGRAM, "--run", d.dir + "/run", "--name", "files", "--intent", "documents", "--", "node", SERVER, docs],
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

    def rpc(method, params):
        p.stdin.write(json.dumps(dict(jsonrpc="2.0", id=1, method=method, params=params)).encode() + b"\n")
        p.stdin.flush()
        return json.loads(p.stdout.readline())["result"]

    rpc("initialize", dict(protocolVersion="2025-06-18", capabilities={}, clientInfo=dict(name="x", version="1")))
    p.stdin.write(b'{"jsonrpc":"2.0","method":"notifications/initialized"}\n')
    read = lambda path: rpc("tools/call", dict(name="read_text_file", arguments=dict(path=path)))
    assert not read(docs + "/a.txt").get("isError")
    names = ["secret.key", "secret.key/", "secret.key//", "/secret.key", "./secret.key", "x/../secret.key/", "secret.key/.", "secret.KEY", "secret.key\0", "secret.key\0.txt", "../docs/secret.key/"]
    for name in names:
        got = read(docs + "/" + name)
        assert got["isError"] and "Refused by stepgate" in got["content"][0]["text"], (name, got)
    p.stdin.close()
    p.wait(20)
    return len(names)


# A server that lists nothing, and then does something.
LISTS = "import sys,os,json; print(json.dumps(dict(jsonrpc='2.0', id=json.loads(sys.stdin.readline())['id'], result=dict(tools=[]))), flush=True); %s"


def dies_at_list(d, docs):
    """What waits for the list is answered, and nothing was decided."""
    before = len(journal(d.dir + "/state/journal"))
    p = subprocess.Popen([PROGRAM, "--run", d.dir + "/run", "--name", "files", "--intent", "documents", "--", sys.executable, "-c",
                          "import sys,os; sys.stdin.readline(); os._exit(3)"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    p.stdin.write((CALL % ("1", docs) + "\n" + CALL % ("2", docs)).encode() + b"\n")
    p.stdin.flush()
    for n in (1, 2):
        answer = json.loads(p.stdout.readline())
        assert answer["error"]["data"]["stepgate"] == "mcp_server_gone" and answer["id"] == n, answer
    assert p.stdout.readline() == b"" and p.wait(20) == 3
    time.sleep(0.3)
    assert [l["kind"] for l in journal(d.dir + "/state/journal")[before:]] == ["task", "task_end"]


def server_dies(d, docs):
    p = subprocess.Popen([PROGRAM, "--run", d.dir + "/run", "--name", "files", "--intent", "documents", "--", sys.executable, "-c",
                          LISTS % "sys.stdin.readline(); os._exit(3)"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    p.stdin.write((CALL % ("1", docs)).encode() + b"\n")
    p.stdin.flush()
    answer = json.loads(p.stdout.readline())
    assert answer["error"]["data"]["stepgate"] == "mcp_server_gone", answer
    assert p.wait(20) == 3, "the server's exit code is passed on"
    time.sleep(0.3)
    leaves = journal(d.dir + "/state/journal")
    assert [l["body"]["result"] for l in leaves if l["kind"] == "outcome"][-1] == "unknown"


def daemon_away(docs, d):
    p = subprocess.run([PROGRAM, "--run", "/nonexistent", "--", "cat"], input=b"", capture_output=True, timeout=20)
    assert p.returncode == 69, p.returncode
    # and in the middle of a session: a call is refused, not passed
    p = subprocess.Popen([PROGRAM, "--run", d.dir + "/run", "--name", "files", "--intent", "documents", "--", sys.executable, "-c", ECHO],
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    p.stdin.write(b'{"jsonrpc":"2.0","id":0,"method":"ping"}\n')
    p.stdin.flush()
    p.stdout.readline()
    d.stop(keep=True)
    p.stdin.write((CALL % ("1", docs)).encode() + b"\n")
    p.stdin.flush()
    answer = json.loads(p.stdout.readline())
    assert answer["result"]["isError"] and "daemon_away" in answer["result"]["content"][0]["text"], answer
    p.stdin.close()
    assert b"tools/call" not in p.stderr.read()


def main():
    d, docs = start()
    try:
        official(d, docs)
        print("malformed lines refused: %d" % lines(d, docs))
        print("spellings of a key refused: %d" % spellings(d, docs))
        dies_at_list(d, docs)
        server_dies(d, docs)
        daemon_away(docs, d)
        print("mcp: good")
    finally:
        d.stop(keep="SG_KEEP" in os.environ)


main()
