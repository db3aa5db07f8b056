#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The catalogue from the command line: what exists, what a reload would change and widen, and what one may learn from servers and from denials."""
import hashlib, json, os, subprocess, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fault"))
from daemon import BUILD, Daemon

passed = 0


def check(what, good, seen=None):
    global passed
    if not good:
        print("FAILED: %s\n  seen: %s" % (what, str(seen)[:3000]))
        raise SystemExit(1)
    passed += 1
    print("ok " + what)


class Words:
    def __init__(self, d):
        self.d = d
        self.program = os.path.join(os.path.abspath(BUILD), "core", "stepgate")

    def __call__(self, *words, stdin=None):
        env = dict(os.environ, STEPGATE_RUN=self.d.dir + "/run", NO_COLOR="1")
        r = subprocess.run([self.program, *words], input=stdin, capture_output=True, text=True, env=env, timeout=100)
        return r.returncode, r.stdout, r.stderr

    def files(self, *words):
        return self(*words, "--config", self.d.dir + "/stepgate.conf")


def show(d, run):
    code, out, err = run.files("catalogue", "show")
    check("everything, kind by kind", code == 0 and "actions (3)" in out and "agents (1)" in out and "tools (0)" in out, [out, err])
    code, out, err = run.files("catalogue", "show", "actions")
    check("one kind, a line each", any(l.split() == ["mail_read", "mail.read", "other", "read", "internal"] for l in out.splitlines()), out)
    code, out, err = run.files("catalogue", "show", "actions", "pay.send")
    check("one action by its name, whole, with places", 'actions.pay.narrow = [ "amount" ]    # ' in out and "stepgate.conf:" in out, out)
    code, out, err = run("catalogue", "show", "agents", "helper", "--running")
    check("as the daemon has it", code == 0 and 'agents.helper.environment = "dev"\n' in out, [out, err])
    code, out, err = run.files("catalogue", "show", "agents", "helpr")
    check("a misspelt name", code == 1 and 'did you mean "helper"?' in err, err)
    code, out, err = run.files("catalogue", "show", "things")
    check("a kind that there is not", code == 64 and "actions, tools" in err, err)
    for words in ((), ("actions",), ("actions", "pay")):
        code, out, err = run.files("catalogue", "show", *words, "--json")
        check("as JSON: %s" % (words,), json.loads(out)["actions"]["pay"]["name"] == "pay.send", out)


def diff(d, run):
    code, out, err = run.files("catalogue", "diff")
    check("the files say what is in force", code == 0 and "the files say what is in force" in out, [out, err])
    os.makedirs(d.dir + "/conf.d", exist_ok=True)
    d.write("conf.d/50-more.conf", b'''
agents : { helper : { reach = [ "repo.*", "pay.*", "mail.*", "ci.*" ]  budgets = [ "calls=10" ]  autonomy = "propose" } }
actions : { ci : { name = "ci.run"  class = "code"  effect = "execute"  sensitivity = "internal" }  mail_read : { taints = [ ] } }
''')
    code, out, err = run.files("catalogue", "diff")
    check("what is added", code == 1 and "added    actions.ci  WIDENS: it can be asked for from now on\n  ci.run  code  execute  internal" in out, [out, err])
    check("what is changed, and why it widens", "changed  agents.helper.reach  WIDENS: more actions in reach\n  in force " in out and "50-more.conf:2:" in out, out)
    check("a taint less widens", "changed  actions.mail_read.taints  WIDENS: it taints less" in out, out)
    check("what narrows is said to be no more", "changed  agents.helper.autonomy\n" in out and "changed  agents.helper.budgets\n" in out, out)
    check("and counted", "changes: 5; that let more through: 3" in out, out)
    code, out, err = run.files("catalogue", "diff", "--json")
    got = {c["key"]: c for c in json.loads(out)["changes"]}
    check("as JSON", json.loads(out)["widen"] == 3 and got["actions.ci"]["was"] is None and got["agents.helper.autonomy"]["widens"] is None
          and got["agents.helper.reach"]["is"][-1] == "ci.*", out)
    check("a reload takes it up", run("reload")[0] == 0 and run.files("catalogue", "diff")[0] == 0)
    os.remove(d.dir + "/conf.d/50-more.conf")
    code, out, err = run.files("catalogue", "diff")
    check("and what is taken away narrows", "removed  actions.ci\n" in out, out)
    run("reload")
    d.write("conf.d/50-more.conf", b'actions : { said : { name = "mcp.files.said"  effect = "read"  sensitivity = "internal"  taints = [ "mcp" ] } }\n')
    run("reload")
    os.remove(d.dir + "/conf.d/50-more.conf")
    code, out, err = run.files("catalogue", "diff")
    check("but what a server says by the way is decided no longer", "removed  actions.said  WIDENS: what this server says" in out, out)
    run("reload")

# A server that answers what it is told to: the first argument is a Python expression for the list of tools, the second how it misbehaves.
SERVER = r"""
import json, sys, time, itertools
tools, how = eval(sys.argv[1]), sys.argv[2]
def say(m): sys.stdout.write(json.dumps(m) + "\n"); sys.stdout.flush()
if how == "deaf": time.sleep(100)
if how == "chatty": print("listening...", flush=True)
if how == "gone": sys.exit(3)
for line in sys.stdin:
    m = json.loads(line)
    if "id" not in m or "method" not in m: continue
    if how == "flood": sys.stdout.write('"' + "x" * (5 << 20))
    if how == "notes":
        for i in itertools.count(): say(dict(jsonrpc="2.0", method="notifications/message", params={}))
    if how == "roots" and m["method"] == "tools/list":
        say(dict(jsonrpc="2.0", id="r", method="roots/list"))
        assert json.loads(sys.stdin.readline()) == dict(jsonrpc="2.0", id="r", result=dict(roots=[]))
    if how == "asks": say(dict(jsonrpc="2.0", id="s", method="ping")); json.loads(sys.stdin.readline())
    if m["method"] == "initialize":
        able = m["params"]["capabilities"]
        if how == "roots" and not all(n in able for n in ("roots", "sampling", "elicitation")) or "tasks" in able: tools = []
        if how == "no": say(dict(jsonrpc="2.0", id=m["id"], error=dict(code=-1, message="no")))
        else: say(dict(jsonrpc="2.0", id=m["id"], result=dict(protocolVersion="2025-06-18", capabilities={}, serverInfo=dict(name="bad\n}\x1b[2J", version="1"))))
    elif how == "endless": say(dict(jsonrpc="2.0", id=m["id"], result=dict(tools=[], nextCursor="again")))
    else:
        at = int(m["params"].get("cursor", 0))
        step = 2 if len(tools) < 10 else 20
        result = dict(tools=tools[at:at + step])
        if at + step < len(tools): result["nextCursor"] = str(at + step)
        say(dict(jsonrpc="2.0", id=m["id"], result=result))
"""

TOOLS = [
    dict(name="send_money", description="Pays.\n} tools : {", inputSchema=dict(type="object", required=["iban", "amount"], properties=dict(
        iban=dict(type="string", maxLength=34), amount=dict(type="number", minimum=0, maximum=2000), note=dict(type="string"), tags=dict(type="array", maxItems=5)))),
    dict(name="runScript", description="\x1b[2J\u202e*/ \"", annotations=dict(readOnlyHint=True), inputSchema=dict(type="object", properties=dict(
        code=dict(type=["string", "null"]), job=dict(type="object", properties=dict(callbackUrl=dict(type="string"), size=dict(type="integer")), additionalProperties=False),
        lines=dict(type="array", items=dict(type="object", properties=dict(to=dict(type="string"))))))),
    dict(name="notes.add", inputSchema=dict(type="object")),
    dict(name="now", inputSchema=dict(type="object")),
    dict(name="odd", inputSchema=dict(type="object", properties={'a" ] }': dict(type="string"), "good": dict(type="boolean"), "dots.in": {}})),
    dict(name="only-odd", inputSchema=dict(type="object", properties={"\u00e9": dict(type="string")})),
]


def learn(run, tools, how="well", *more):
    return run("catalogue", "learn", "--mcp", "bank", *more, "--", sys.executable, "-c", SERVER, tools if isinstance(tools, str) else repr(tools), how)


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def learn_mcp(d, run):
    code, out, err = learn(run, TOOLS)
    check("a server is learned from, over several pages", code == 0 and "6 tools. Nothing of it is in force" in out, [out, err])
    check("its words stay in comments", "\x1b" not in out and "\u202e" not in out and "# Pays. } tools : {\n" in out and out.isascii(), out)
    check("class by name, effect never read, sensitivity the highest", 'name = "mcp.bank.tools.send_money"\n    class = "payment"  effect = "write"  sensitivity = "restricted"' in out
          and 'class = "code"  effect = "execute"' in out and 'effect = "read"  s' not in out, out)
    check("arguments from the schema", '[ "iban:string(0..34)", "amount:number(0..2000)", "note?:string(0..65536)", "tags?:array(0..5)" ]' in out and '"code?:any"' in out, out)
    check("authority by name, within objects and lists too", 'authority = [ "iban", "tags" ]' in out and 'authority = [ "code", "job.callbackUrl", "lines" ]' in out, out)
    check("what a server claims is said, not believed", "# the server says that it only reads" in out, out)
    check("names that no action can have are left out", "# left out: notes.add cannot be called" in out and "# left out: only-odd" in out and "notes.add\"" not in out, out)
    check("so are arguments that no stanza can name", 'arguments = [ "good?:boolean" ]' in out and "2 of its arguments cannot be named here" in out, out)
    sent = dict(TOOLS[0])
    check("each tool is pinned by the digest of its definition", 'digest = "%s"' % hashlib.sha256(canonical(sent)).hexdigest() in out, out)
    os.makedirs(d.dir + "/conf.d", exist_ok=True)
    d.write("conf.d/60-bank.conf", out.encode())
    code, got, err = run("config", "check", d.dir + "/stepgate.conf")
    check("as it stands it is good configuration", code == 0, [got, err])
    code, got, err = run.files("catalogue", "diff")
    check("and nothing of it is in force", "added    tools.mcp_bank_send_money" in got and "added    actions.mcp_bank_now" in got, got)
    check("a reload takes it", run("reload")[0] == 0)
    code, got, err = learn(run, TOOLS, "well", "--json")
    check("as JSON", json.loads(got)["tools"][0]["authority"] == ["iban", "tags"] and json.loads(got)["tools"][2]["left_out"] != "", got)
    check("what every tool returns taints", out.count('taints = [ "mcp:bank" ]') == out.count('"  effect = ') and json.loads(got)["tools"][0]["taints"] == ["mcp:bank"], out)
    check("a server that asks back is answered", learn(run, TOOLS, "asks")[0] == 0)
    os.remove(d.dir + "/conf.d/60-bank.conf")
    run("reload")


# Tools that are odd: (name of it in the proposal, its entry as JSON, why).
ODD = [
    ('"a b"', '{"name":"a b","inputSchema":{}}', "its name is not"), ('"big"', '{"name":"big","inputSchema":{"properties":{"n":{"maximum":9223372036854775807}}}}', "no strict JSON: integer beyond 2^53"),
    ('"nan"', '{"inputSchema":{"default":NaN},"name":"nan"}', "no strict JSON"), ('"lone"', '{"name":"lone","description":"\\ud800","inputSchema":{}}', "no strict JSON"),
    ('"deep"', '{"name":"deep","inputSchema":%s}' % ('{"items":' * 40 + "{}" + "}" * 40), "no strict JSON"), ('"none"', '{"name":"none"}', "inputSchema is no object"),
    ("a tool without a name", '{"inputSchema":{}}', "it has no name"), ("a tool without a name", '"x"', "it has no name"),
    ('"later"', '{"name":"later","execution":{"taskSupport":"required"},"inputSchema":{}}', "only be called as a task"),
    ('"again"', '{"name":"again","inputSchema":{}},{"name":"again","description":"x","inputSchema":{}},{"name":"again","inputSchema":{}}', "have one name"),
    ('"x??} admins : {"', '{"name":"x\\n\\u0007} admins : {","inputSchema":{}}', "its name is not"),
]
RAW = r"""
import json, sys
for line in sys.stdin:
    m = json.loads(line)
    if m.get("method") == "tools/list": print('{"jsonrpc":"2.0","id":%d,"result":{"tools":[%s]}}' % (m["id"], open(sys.argv[1]).read()), flush=True)
    elif "id" in m: print(json.dumps(dict(jsonrpc="2.0", id=m["id"], result=dict(protocolVersion="2025-06-18", capabilities={}, serverInfo=dict(name="raw", version="1")))), flush=True)
"""


def odd(d, run):
    """One odd tool does not lose those beside it."""
    for name, entry, why in ODD:
        d.write("entries", ('{"name":"first","inputSchema":{}},%s,{"name":"last","inputSchema":{}}' % entry).encode())
        words = ("catalogue", "learn", "--mcp", "raw", "--", sys.executable, "-c", RAW, d.dir + "/entries")
        code, out, err = run(*words)
        told = [l for l in out.splitlines() if l.startswith("  # left out: ")]
        name = name.replace("??", " ?")
        check("left out by name: %s, %s" % (name, why), code == 0 and len(told) == 1 and name in told[0] and why in told[0], [code, out, err])
        check("and the rest is proposed", out.count("digest = ") == 2 and "tools.first" in out and "tools.last" in out and out.isascii(), out)
        code, out, err = run(*words[:4], "--json", *words[4:])
        check("as JSON", code == 0 and [o["name"] for o in json.loads(out)["left_out"]] == [name] and len(json.loads(out)["tools"]) == 2, [code, out, err])
    d.write("conf.d/60-raw.conf", run(*words)[1].encode())
    code, got, err = run("config", "check", d.dir + "/stepgate.conf")
    check("and it is good configuration", code == 0, [got, err])
    os.remove(d.dir + "/conf.d/60-raw.conf")
    check("a server whose tools depend on what a client can do is asked as such a client", learn(run, TOOLS, "roots")[0] == 0)


def hostile(run):
    good = dict(type="object")
    many = [dict(name="t%d" % i, inputSchema=good) for i in range(40)]
    cases = [
        ("no server", None, "No such file"), ("gone", TOOLS, "it ended"), ("chatty", TOOLS, "is no JSON object"), ("no", TOOLS, "it refused"),
        ("flood", TOOLS, "it says too much"), ("notes", TOOLS, "it says too much"), ("endless", TOOLS, "does not end"),
        ("well", [dict(name='x" } } admins : { me : { uid = 0', inputSchema=good)], "its name is not"),
        ("well", [dict(name="a\nb", inputSchema=good)], "its name is not"), ("well", [dict(name="a\x00b", inputSchema=good)], "its name is not"),
        ("well", [dict(name="x" * 129, inputSchema=good)], "its name is not"), ("well", [dict(name="", inputSchema=good)], "its name is not"),
        ("well", [dict(name="a"), ], "inputSchema is no object"), ("well", [dict(inputSchema=good)], "has no name"), ("well", ["a"], "has no name"),
        ("well", [dict(name="a", inputSchema=good), dict(name="a", inputSchema=good)], "have one name"),
        ("well", [dict(name="t%d" % i, inputSchema=good) for i in range(600)], "more than 512 tools"),
        ("well", "[dict(name='t%d' % i, inputSchema=dict(type='object', properties={'argument_%d' % k: dict(type='string') for k in range(64)})) for i in range(400)]", "too many tools for one file"),
    ]
    for how, tools, text in cases:
        if tools is None:
            code, out, err = run("catalogue", "learn", "--mcp", "bank", "--", "/nonexistent/server")
        else:
            code, out, err = learn(run, tools, how)
        check("refused (%s): %s" % (how, text), code == 1 and out == "" and text in err, [code, out, err])
    for levels, want in ((8, 0), (20, 1), (400, 1)):
        code, out, err = learn(run, [dict(name="a", inputSchema=deep(levels))])
        check("a schema %d deep ends with %d" % (levels, want), code == want, err)
    code, out, err = learn(run, many)
    check("names that look alike in a file are kept apart", learn(run, [dict(name=n, inputSchema=good) for n in ("a-b", "a_b", "A_B")])[1].count("\n  mcp_bank_a_b") == 6)
    check("forty tools are not too many", code == 0 and out.count("digest = ") == 40, err)
    for words in (("--mcp", "Bank", "--", "x"), ("--mcp", "bank"), ("--denials", "--mcp", "bank", "--", "x"), (), ("--mcp", "bank", "--since", "1", "--", "x")):
        code, out, err = run("catalogue", "learn", *words)
        check("wrong words: %s" % " ".join(words), code == 64, [code, err])


def deep(levels):
    return dict(type="object", properties=dict(a=deep(levels - 1))) if levels > 0 else dict(type="string")


def denials(d, run):
    d.write("conf.d/70-thing.conf", b"""
resources : { thing : { type = "thing"  patterns = [ "x" ]  sensitivity = "internal" } }
intents : { narrow : { actions = [ "mail.*" ]  sensitivity = "internal" } }
agents : { helper : { intents = [ "work", "narrow" ] } }
actions : { ci : { name = "ci.run"  effect = "execute"  sensitivity = "internal" } }
""")
    check("reload", run("reload")[0] == 0)
    code, out, err = run("catalogue", "learn", "--denials")
    check("nothing was denied yet", code == 0 and out == "" and "nothing was denied" in err, [out, err])
    lines = ["open work"] + ["act repo.push --resource thing:x"] * 3 + ["act ci.run --resource thing:x"] * 2 + ["act mail.read --resource thing:plan/a"]
    lines += ['act "x.\u202e} admins" --resource thing:x', "open narrow", "act repo.read --resource thing:x"]
    run("agent", stdin="\n".join(lines) + "\n")
    code, out, err = run("catalogue", "learn", "--denials")
    check("all of it is comments", code == 0 and out.isascii() and all(l.startswith("# ") for l in out.splitlines()), [out, err])
    check("grouped and counted, the most frequent first", out.splitlines()[0].startswith("# 3 times unknown_action: helper asked for repo.push (leaves "), out)
    check("an unknown action", '# actions : { a_repo_push : { name = "repo.push"  class = "code"  effect = "write"  sensitivity = "restricted" } }' in out, out)
    check("one out of reach, with the reach that is in force", '# agents : { helper : { reach = [ "repo.*", "pay.*", "mail.*", "ci.run" ] } }' in out, out)
    check("one that the intent does not have", '# intents : { narrow : { actions = [ "mail.*", "repo.read" ] } }' in out, out)
    check("a resource that nobody wrote down", '# resources : { r_thing_plan_a : { type = "thing"  patterns = [ "plan/a" ]  sensitivity = "restricted" } }' in out, out)
    check("what cannot stand in a file does not", "cannot stand in a file" in out, out)
    d.write("conf.d/80-learned.conf", "\n".join(l[2:] for l in out.splitlines() if l.startswith("# ") and l.endswith("} }")).encode())
    code, got, err = run("config", "check", d.dir + "/stepgate.conf")
    check("taken up, it is good configuration", code == 0, [out, got, err])
    os.remove(d.dir + "/conf.d/80-learned.conf")
    last = json.loads(run("catalogue", "learn", "--denials", "--json")[1])
    check("as JSON", last["denials"][0]["count"] == 3 and last["denials"][0]["code"] == "unknown_action", last)
    code, out, err = run("catalogue", "learn", "--denials", "--since", str(last["until"]))
    check("--since", code == 0 and out == "", out)



def main():
    d = Daemon()
    run = Words(d)
    try:
        show(d, run)
        diff(d, run)
        learn_mcp(d, run)
        odd(d, run)
        hostile(run)
        denials(d, run)
    finally:
        d.stop()
    print("%d passed, 0 failed" % passed)


main()
