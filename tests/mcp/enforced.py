#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Enforced MCP under three uids: agent, gateway, server. The agent gets through the gateway what policy allows, and nothing by any other way: it can
neither start the server, nor reach its socket, nor its files, nor the gateway's face. Needs root."""
import json, os, signal, socket, subprocess, sys, tempfile, time
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "fault"))
from daemon import BUILD, Daemon, journal

AGENT, GATEWAY, SERVER = 65001, 65002, 65003
PROGRAM = os.path.join(os.path.abspath(BUILD), "core", "stepgate-mcp")

POLICY = """
policy { name = "files", description = "d", owner = "o" }
rule { id = "read", on = "mcp.files.tools.read", effect = allow {} }
"""
CATALOGUE = """
intents : { documents : { actions = [ "mcp.files.**" ]  sensitivity = "internal" } }
actions : { a_read : { name = "mcp.files.tools.read"  effect = "read"  sensitivity = "internal" }
            a_write : { name = "mcp.files.tools.write"  effect = "write"  sensitivity = "internal" } }
agents : { helper : { reach = [ "mcp.files.**" ]  intents = [ "documents" ] } }
"""
SCRIPT = r"""#!%s
import sys, json, os, io
for line in io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8"):  # as the official SDK reads
    try: m = json.loads(line)
    except ValueError: continue
    open(os.path.join(os.path.dirname(__file__), "calls"), "a").write(m["method"] + "\n")
    if "id" in m:
        print(json.dumps({"jsonrpc": "2.0", "id": m["id"], "result": {"content": [{"type": "text", "text": open(os.path.join(os.path.dirname(__file__), "doc")).read()}], "uid": os.getuid()}}), flush=True)
"""


def as_user(uid):
    return dict(user=uid, group=uid, extra_groups=[])


def refused(s):
    """True if the other side ends the connection without a word."""
    try:
        return s.recv(100) == b""
    except ConnectionResetError:
        return True


def call(name, n=1):
    return json.dumps(dict(jsonrpc="2.0", id=n, method="tools/call", params=dict(name=name, arguments={}))).encode() + b"\n"


def too_long(number, frame):
    raise AssertionError("silence")


def main():
    signal.signal(signal.SIGALRM, too_long)
    signal.alarm(90)
    if os.geteuid() != 0:
        print("NOT RUN (needs root: three uids)\n0 passed, 0 failed, 1 skipped")
        return
    d = Daemon(mode="enforce", agent=AGENT, admin=0, enforcer=GATEWAY, start=False)
    d.write("policy.d/10-test.lua", POLICY.encode())
    os.mkdir(os.path.join(d.dir, "conf.d"), 0o755)
    d.write("conf.d/50-mcp.conf", CATALOGUE.encode())
    home = os.path.join(d.dir, "server")
    os.mkdir(home, 0o711)
    script = os.path.join(home, "server.py")
    d.write("server/server.py", (SCRIPT % "/usr/bin/python3").encode(), 0o700)
    d.write("server/doc", b"the document", 0o600)
    for f in ("", "server.py", "doc"):
        os.chown(os.path.join(home, f), SERVER, SERVER)
    gate_dir = os.path.join(d.dir, "gateway")
    os.mkdir(gate_dir, 0o755)
    os.chown(gate_dir, GATEWAY, GATEWAY)
    python = "/usr/bin/python3"  # one that other users can run
    program = os.path.join(d.dir, "stepgate-mcp")
    with open(PROGRAM, "rb") as f:
        d.write("stepgate-mcp", f.read(), 0o755)
    d.start()
    server_sock, gateway_sock = os.path.join(home, "mcp.sock"), os.path.join(gate_dir, "mcp.sock")
    parts = [subprocess.Popen([program, "serve", "--socket", server_sock, "--admit", str(GATEWAY), "--", script], **as_user(SERVER)),
             subprocess.Popen([program, "gateway", "--run", d.dir + "/run", "--name", "files", "--listen", gateway_sock, "--server", server_sock], **as_user(GATEWAY))]
    try:
        until = time.time() + 10
        while not (os.path.exists(server_sock) and os.path.exists(gateway_sock)) and time.time() < until:
            time.sleep(0.05)
        # the way through the gateway
        p = subprocess.Popen([program, "connect", "--run", d.dir + "/run", "--intent", "documents", "--gateway", gateway_sock],
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE, **as_user(AGENT))
        p.stdin.write(call("read"))
        p.stdin.flush()
        answer = json.loads(p.stdout.readline())
        assert answer["result"]["content"][0]["text"] == "the document" and answer["result"]["uid"] == SERVER, answer
        p.stdin.write(call("write", 2))
        p.stdin.flush()
        answer = json.loads(p.stdout.readline())
        assert answer["result"]["isError"] and "policy_none" in answer["result"]["content"][0]["text"], answer
        # the same call hidden behind white space at which the server's reader cuts lines: one message there, too
        p.stdin.write(b'{"jsonrpc":"2.0","id":3,"method":"ping","params":{"a":\r%s\r}}\n{"jsonrpc":"2.0","id":4,"method":"ping"}\n' % call("write", 77).strip())
        p.stdin.flush()
        answers = [json.loads(p.stdout.readline()) for _ in range(2)]
        assert [a["id"] for a in answers] == [3, 4], answers
        with open(os.path.join(home, "calls")) as f:
            methods = f.read().split()
        assert methods.count("tools/call") == 1 and methods.count("ping") == 2, methods
        p.stdin.close()
        assert p.wait(20) == 0

        # every other way, as the agent's uid
        def agent(code):
            return subprocess.run([python, "-c", code], capture_output=True, text=True, timeout=20, **as_user(AGENT))
        r = agent("import subprocess; subprocess.run([%r])" % script)
        assert "PermissionError" in r.stderr, "the agent can start the server: " + r.stderr
        r = agent("open(%r).read()" % os.path.join(home, "doc"))
        assert "PermissionError" in r.stderr, "the agent can read the server's files"
        r = agent("import socket; s=socket.socket(socket.AF_UNIX); s.connect(%r); s.sendall(%r); print(repr(s.recv(100)))" % (server_sock, call("read")))
        assert "document" not in r.stdout and ("b''" in r.stdout or r.returncode != 0), "the agent can reach the server's socket: " + r.stdout
        # a token that was stolen is worth nothing under another uid
        stolen = agent("import sys; sys.path.insert(0, %r)\nfrom daemon import Client\nprint(Client(%r).ask('POST','/v1/tasks',dict(intent='documents',key='x'))[1]['task']['token'])"
                       % (os.path.join(HERE, "..", "fault"), d.path("agent"))) if os.access(os.path.join(HERE, "..", "fault", "daemon.py"), os.R_OK) else None
        if stolen is not None and stolen.returncode == 0:
            hello = json.dumps(dict(stepgate=dict(task_token=stolen.stdout.strip()))).encode() + b"\n"
            s = socket.socket(socket.AF_UNIX)
            s.connect(gateway_sock)
            s.sendall(hello + call("read"))
            s.settimeout(20)
            assert refused(s), "a stolen token opens the server"
            s.close()
        else:
            print("NOT RUN (the agent's uid cannot read this checkout): stolen token")
        # without a token nothing is even asked
        s = socket.socket(socket.AF_UNIX)
        s.connect(gateway_sock)
        s.sendall(b'{"stepgate":{}}\n' + call("read"))
        s.settimeout(20)
        assert refused(s), "a client without a token got an answer"
        # with one that is none, not even a list
        s = socket.socket(socket.AF_UNIX)
        s.connect(gateway_sock)
        s.sendall(b'{"stepgate":{"task_token":"bogus"}}\n{"jsonrpc":"2.0","id":1,"method":"ping"}\n')
        s.settimeout(20)
        assert refused(s), "a bogus token opens the server"
        # and one who says nothing is not waited for
        s = socket.socket(socket.AF_UNIX)
        s.connect(gateway_sock)
        s.settimeout(20)
        began = time.time()
        assert refused(s) and time.time() - began < 10
        # the agent is no enforcer
        r = agent("import socket; s=socket.socket(socket.AF_UNIX); s.connect(%r); s.sendall(b'GET /oauth2/jwks HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n'); s.settimeout(5); print(s.recv(4000))" % d.path("admin"))
        assert "200" not in r.stdout, "the agent's uid reaches the admin face: " + r.stdout
        leaves = journal(d.dir + "/state/journal")
        seen = [(l["body"]["asker"], l["body"]["verdict"]) for l in leaves if l["kind"] == "decision"]
        assert ("enforcer:repo-api", "allow") in seen, seen
        print("enforced: good\n12 passed, 0 failed")
    finally:
        for part in parts:
            part.kill()
            part.wait()
        d.stop()


main()
