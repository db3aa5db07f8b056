#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a server says by the way is decided of the task as it is: behind a domain that was cleansed its words taint again, while the task stands still they do not go
on, and once it goes on they do. Needs root."""
import json, os, select, subprocess, sys, time
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "fault"))
from checks import done, good
from daemon import BUILD, Daemon

GATEWAY, SERVER, AGENT = 65002, 65003, 65004
PROGRAM = os.path.join(os.path.abspath(BUILD), "core", "stepgate-mcp")
POLICY = 'rule { id = "read", on = { "mcp.files.tools.read", "mcp.files.said" }, effect = allow {} }'
CATALOGUE = """
intents : { documents : { actions = [ "mcp.files.**" ]  sensitivity = "internal" } }
actions : { a_said : { name = "mcp.files.said"  effect = "read"  sensitivity = "internal"  taints = [ "mcp:files" ] }
            a_read : { name = "mcp.files.tools.read"  effect = "read"  sensitivity = "internal" } }
agents : { helper : { reach = [ "mcp.files.**" ]  intents = [ "documents" ] }
           other : { owner = "o@acme.example"  escalate = "o@acme.example"  review_by = "2027-01-31"  environment = "dev"
                     match = [ "peer:uid=%d" ]  reach = [ "mcp.files.**" ]  intents = [ "documents" ] } }
limits : { denials = 5  denials_within = "1h" }
""" % AGENT
SCRIPT = """#!/usr/bin/python3
import sys, json
for line in sys.stdin:
    m = json.loads(line)
    if "id" in m: print(json.dumps(dict(jsonrpc="2.0", id=m["id"], result=dict(resources=[dict(uri="file:///a", name="words")]) if m["method"] == "resources/list" else dict(content=[]))), flush=True)
"""


class Stand:
    def __init__(self):
        d = self.d = Daemon(mode="enforce", agent=65001, admin=0, enforcer=GATEWAY, start=False)
        d.write("policy.d/10-test.lua", POLICY.encode())
        os.mkdir(d.dir + "/conf.d", 0o755)
        d.write("conf.d/50-mcp.conf", CATALOGUE.encode())
        for name, owner in (("server", SERVER), ("gateway", GATEWAY)):
            os.mkdir(d.dir + "/" + name, 0o755)
            os.chown(d.dir + "/" + name, owner, owner)
        d.write("server/server.py", SCRIPT.encode(), 0o755)
        d.write("stepgate-mcp", open(PROGRAM, "rb").read(), 0o755)
        d.start()
        sockets = [d.dir + "/server/s", d.dir + "/gateway/s"]
        program = d.dir + "/stepgate-mcp"
        self.parts = [self.run(SERVER, program, "serve", "--socket", sockets[0], "--admit", str(GATEWAY), "--", d.dir + "/server/server.py"),
                      self.run(GATEWAY, program, "gateway", "--run", d.dir + "/run", "--name", "files", "--listen", sockets[1], "--server", sockets[0])]
        while not all(os.path.exists(s) for s in sockets): time.sleep(0.05)
        self.client = self.run(AGENT, program, "connect", "--run", d.dir + "/run", "--intent", "documents", "--gateway", sockets[1])
        self.parts.append(self.client)
        self.admin, self.n = d.admin(), 0

    def run(self, uid, *argv):
        return subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, user=uid, group=uid, extra_groups=[])

    def ask(self, method, **params):
        self.n += 1
        self.client.stdin.write(json.dumps(dict(jsonrpc="2.0", id=self.n, method=method, params=params)).encode() + b"\n")
        self.client.stdin.flush()
        ready, _, _ = select.select([self.client.stdout], [], [], 20)
        return json.loads(self.client.stdout.readline()) if ready else None

    def words(self):
        return "words" in json.dumps(self.ask("resources/list"))

    def labels(self):
        return [l for x in self.admin.ask("GET", "/v1/domains")[1]["domains"] for l in x["labels"]]

    def task(self):
        return self.admin.ask("GET", "/v1/tasks?agent=other")[1]["tasks"][0]

    def end(self):
        for p in self.parts: p.kill(); p.wait()
        self.d.stop()


def main():
    s = Stand()
    try:
        good("the server's words go on, and are the domain's", s.words() and s.labels() == ["mcp:files"], s.labels())
        for x in s.admin.ask("GET", "/v1/domains")[1]["domains"]:
            s.admin.ask("POST", "/v1/domains/" + x["id"], dict(event="cleanse", reason="looked at it"))
        good("an operator cleanses it", s.labels() == [], s.labels())
        time.sleep(1.1)
        good("a second later its words are the domain's again", s.words() and s.labels() == ["mcp:files"], s.labels())
        for _ in range(6): s.ask("tools/call", name="delete", arguments={})
        good("refused too often the task stands still", s.task()["state"] == "frozen", s.task())
        time.sleep(1.1)
        good("a second later no words go on", not s.words())
        thawed = s.admin.ask("POST", "/v1/tasks/%s/thaw" % s.task()["id"], {})
        good("the task goes on", s.task()["state"] == "open", thawed)
        time.sleep(1.1)
        good("and so do they, a second later", s.words())
    finally:
        s.end()
    done()


if os.getuid() != 0:
    print("NOT RUN (needs root: three uids)\n0 passed, 0 failed, 1 skipped")
    sys.exit(0)
main()
