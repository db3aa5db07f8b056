#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""limits.max_body is true at its greatest: what is that long is decided, issued for, approved, recorded, read again after a restart, and passed by
stepgate mcp; what is longer is refused with the code that says so, at the default too."""
import json, os, socket, subprocess, sys
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from daemon import BUILD, Daemon

CORE = os.path.join(os.path.abspath(BUILD), "core")
POLICY = """
rule { id = "all", on = "**", when = function(r) return r.args:get("ask", 0) == 0 end, effect = allow {} }
rule { id = "ask", on = "pay.send", when = function(r) return r.args:get("ask", 0) ~= 0 end, effect = step_up { approvers = "ops", ttl = "5m", say = "much" } }
"""
MCP = """
intents : { documents : { actions = [ "mcp.files.**" ]  sensitivity = "internal" } }
agents : { helper : { reach = [ "repo.*", "pay.*", "mail.*", "mcp.files.**" ]  intents = [ "work", "documents" ] } }
actions : { a_write : { name = "mcp.files.tools.write"  effect = "write"  sensitivity = "internal" } }
"""
SERVER = "import sys, json\nfor line in sys.stdin:\n  m = json.loads(line)\n  if 'id' in m: print(json.dumps(dict(jsonrpc='2.0', id=m['id'], result=dict(content=[dict(type='text', text=str(len(line)))]))), flush=True)"
passed = 0


def check(what, good, seen=None):
    global passed
    assert good, "%s: %s" % (what, str(seen)[:600])
    passed += 1
    print("ok " + what)


def task_of(d):
    return d.agent().ask("POST", "/v1/tasks", dict(intent="work", key="t"))[1]["task"]["id"]


def body(task, action, size, key, fill="a", where="arguments", **more):
    """A request of exactly `size` bytes, as it is sent."""
    def made(text):
        arguments, resource = dict(more), dict(type="x", id="y", properties={})
        (arguments if where == "arguments" else resource["properties"])["text"] = text
        return json.dumps(dict(action=action, task=task, key=key, resource=resource, arguments=arguments), ensure_ascii=True)
    one = len(json.dumps(fill)) - 2
    left = size - len(made(""))
    return made(fill * (left // one) + "a" * (left % one))


def act(d, text):
    client = d.agent(60)
    try:
        client.s.sendall(b"POST /v1/act HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(text) + text.encode())
    except BrokenPipeError:
        pass  # refused by its head: the answer is there all the same
    status, answer = client.read()
    return answer.get("verdict") or answer["error"]["code"], answer


def greatest(d, most):
    task, n = task_of(d), 0
    for size in (65530, 70000, most // 2, most):
        for what, action, more in (("a call", "pay.send", {}), ("one with a credential", "repo.read", {}), ("one of escapes", "pay.send", dict(fill="\x01")), ("one that is not ASCII", "pay.send", dict(fill="\u00e4")),
                                   ("one that says it of the resource", "repo.read", dict(where="resource"))):
            n += 1
            text = body(task, action, size, "k%d" % n, **more)
            said, answer = act(d, text)
            check("%s of %d bytes is allowed" % (what, size), len(text) == size and said == "allow", answer)
        text = body(task, "pay.send", size, "k%d-again" % n)
        answer, again = act(d, text)[1], act(d, text)[1]
        said = again.get("verdict")
        check("and asked again it is the same", said == "allow" and again["decision_id"] == answer["decision_id"], again)
        why = d.admin(60).ask("GET", "/v1/decisions/%s" % answer["decision_id"])
        check("why can be told", why[0] == 200 and "a" * 1000 in json.dumps(why[1]), str(why)[:500])
    return task, answer["decision_id"]


def approved(d, task, most):
    asked = body(task, "pay.send", most, "s1", ask=1)
    said, answer = act(d, asked)
    check("what asks a person may be as long", said == "step_up", answer)
    approval = answer["approval"]["id"]
    status, seen = d.admin(60).ask("GET", "/v1/approvals/" + approval)
    check("the person sees it whole", status == 200 and "a" * 60000 in json.dumps(seen), str(seen)[:300])
    status, seen = d.admin(60).ask("GET", "/v1/approvals")
    check("and its length in the list", status == 200 and seen["total"] == 1 and seen["approvals"][0]["action"]["bytes"] > 1000000, str(seen)[:300])
    check("and says yes", d.admin(60).ask("POST", "/v1/approvals/%s/approve" % approval, {})[0] == 200)
    said, answer = act(d, body(task, "pay.send", most, "s2", ask=1))
    check("which is used", said == "allow", answer)


def in_pieces(d):
    """Each on a connection of its own, in many pieces: no byte comes before the kernel names its sender."""
    task, lost = task_of(d), 0
    for i in range(50):
        text = body(task, "pay.send", 60000, "p%d" % i).encode()
        with socket.socket(socket.AF_UNIX) as s:
            s.connect(d.path("agent"))
            s.settimeout(20)
            try:
                for piece in [b"POST /v1/act HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(text)] + [text[at:at + 4096] for at in range(0, len(text), 4096)]:
                    s.sendall(piece)
                lost += not s.recv(100).startswith(b"HTTP/1.1 200")
            except OSError:
                lost += 1
    check("requests in pieces on new connections are all answered", lost == 0, lost)


def beyond(d, most):
    task = task_of(d)
    for size in (most + 1, most + 4096, 4 * most):
        said, answer = act(d, body(task, "pay.send", size, "k%d" % size))
        check("%d bytes are refused with a code that says why" % size, said == "http_body_size" and "max_body" in json.dumps(answer), answer)


def through_mcp(d, size, good):
    p = subprocess.Popen([CORE + "/stepgate-mcp", "--run", d.dir + "/run", "--name", "files", "--intent", "documents", "--", sys.executable, "-c", SERVER], stdin=subprocess.PIPE,
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    p.stdin.write(json.dumps(dict(jsonrpc="2.0", id=7, method="tools/call", params=dict(name="write", arguments=dict(text="a" * size)))).encode() + b"\n")
    p.stdin.flush()
    while True:
        answer = json.loads(p.stdout.readline())
        if answer.get("id") == 7:
            break
    text = answer["result"]["content"][0]["text"] if "result" in answer else answer["error"]["data"]["stepgate"]
    check("stepgate mcp: arguments of %d bytes %s" % (size, "pass" if good else "are refused with the code"), int(text) > size if good else text == "mcp_line" or ("http_body_size" in text and "max_body" in text), text)
    p.stdin.close()
    p.wait(20)


def main():
    for limits, most in (('max_body = "1MiB"  approvals_per_agent = 100  policy_deadline = "2s"  host_deadline = "10s"', 1 << 20), ("", 64 << 10)):
        d = Daemon(policy=POLICY, limits=limits, start=False)
        os.mkdir(os.path.join(d.dir, "conf.d"), 0o755)
        d.write("conf.d/50-mcp.conf", MCP.encode())
        d.start()
        try:
            if limits:
                task, decision = greatest(d, most)
                approved(d, task, most)
                for size in (70000, 500000, most - 2000):
                    through_mcp(d, size, True)
                d.stop(keep=True)
                d.start()
                check("after a restart the record is read", act(d, body(task, "pay.send", most, "after"))[0] == "allow")
                check("and why is still told", d.admin(60).ask("GET", "/v1/decisions/%s" % decision)[0] == 200)
            in_pieces(d)
            through_mcp(d, most, False)
            beyond(d, most)
        finally:
            d.stop()
    print("%d passed, 0 failed" % passed)


main()
