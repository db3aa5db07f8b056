#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the status says as metrics: every line in the text format of Prometheus, no label that names an agent, a task or a resource, counts that are those of the record; a server on this
machine's own address that nothing odd keeps from answering the next; its user may read the status and do nothing else."""
import os, re, shutil, socket, subprocess, time

from stage import BUILD, perform, row, says, until

AGENT, WATCH, BOSS = 61621, 62621, 62622
CONF = """
admins : { boss : { uid = 62622 } watch : { uid = 62621  may = "watch" } }
groups : { ops : { members = [ "boss", "watch" ] } }
humans : { o : { id = "o@acme.example" } }
intents : { work : { actions = [ "**" ]  sensitivity = "confidential" } }
agents : { secret-agent : { owner = "o@acme.example"  escalate = "e@acme.example"  review_by = "2027-01-31"  environment = "prod"  match = [ "peer:uid=61621" ]  reach = [ "**" ]  intents = [ "work" ] } }
actions : { read : { name = "fs.read"  effect = "read"  sensitivity = "internal" }  ship : { name = "ship.it"  effect = "write"  sensitivity = "internal" } }
"""
POLICY = 'rule { id = "read", on = "fs.*", effect = allow {} }\nrule { id = "ship", on = "ship.*", effect = step_up { approvers = "ops", say = "ship" } }\n'
PROGRAM = os.path.join(os.path.abspath(BUILD), "core", "stepgate")
LINE = re.compile(r'^([a-z_]+)(\{[a-z_]+="(?:[^"\\\n]|\\["\\n])*"(?:,[a-z_]+="(?:[^"\\\n]|\\["\\n])*")*\})? (-?[0-9]+(?:\.[0-9]+)?)$')


def parse(text):
    """{(name, labels): value}; every line is checked against the format."""
    found, kinds, last = {}, {}, None
    for line in text.splitlines():
        if line.startswith("# HELP "):
            last = line.split(" ")[2]
        elif line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert name == last and kind in ("gauge", "counter") and name not in kinds, line
            kinds[name] = kind
        else:
            m = LINE.match(line)
            assert m and m.group(1) == last, line
            assert (m.group(1), m.group(2)) not in found, line
            found[(m.group(1), m.group(2))] = float(m.group(3))
    assert all(name.startswith("stepgate_") and (kind == "counter") == name.endswith("_total") for name, kind in kinds.items()), kinds
    return found


def run(d, uid, *words):
    got = subprocess.run([PROGRAM, "metrics", "--run", os.path.join(d.dir, "run"), *words], capture_output=True, text=True, user=uid, group=uid, extra_groups=[], timeout=20)
    return got.returncode, got.stdout, got.stderr


def counted(d):
    a = d.agent_of(AGENT)
    task = a.open("work")
    for i in range(7):
        assert says(a.act(task, "fs.read"), "allow")
    assert says(a.act(task, "ship.it"), "step_up")
    for i in range(3):
        assert says(a.act(task, "no.such"), "deny", "unknown_action")
    code, out, err = run(d, WATCH)
    row("metrics", "exit 0, nothing beside them", code == 0 and err == "", (code, err))
    m = parse(out)
    leaves = [l["body"] for l in d.leaves("decision")]
    for verdict in ("allow", "deny", "step_up", "defer"):
        row("metrics", "as many %s as in the record" % verdict, m[("stepgate_decisions_total", '{verdict="%s"}' % verdict)] == sum(l["verdict"] == verdict for l in leaves), m)
    row("metrics", "by reason", m[("stepgate_decisions_by_reason_total", '{reason="unknown_action"}')] == 3 and m[("stepgate_decisions_by_reason_total", '{reason="allowed"}')] == 7)
    row("metrics", "what is open", m[("stepgate_stepup_pending", None)] == 1 and m[("stepgate_tasks_open", None)] == 1 and m[("stepgate_up", None)] == 1 and m[("stepgate_ready", None)] == 1)
    row("metrics", "modules", m[("stepgate_module_up", '{module="attest.peer"}')] == 1)
    row("metrics", "nobody and nothing is named", not any(word in out for word in ("secret-agent", task["id"], "61621", "fs.read", "mira", "o@acme")), out)
    if shutil.which("promtool"):
        checked = subprocess.run(["promtool", "check", "metrics"], input=out, capture_output=True, text=True)
        row("metrics", "promtool takes them", checked.returncode == 0, checked.stdout + checked.stderr)


def watcher(d):
    w = d.admin_of(WATCH)
    row("watch", "reads the status", w.ask("GET", "/v1/status")[0] == 200)
    for method, path, body in (("POST", "/v1/kill", dict(all=True)), ("POST", "/v1/reload", {}), ("GET", "/v1/approvals", None), ("GET", "/v1/tasks", None), ("GET", "/v1/config", None), ("GET", "/v1/events", None),
                               ("POST", "/v1/agents/secret-agent", dict(event="suspend")), ("GET", "/v1/leases", None)):
        status, got = w.ask(method, path, body)
        row("watch", "and nothing else: %s %s" % (method, path), status == 403 and got["error"]["code"] == "not_permitted", (status, got))
    waiting = d.admin_of(BOSS).ask("GET", "/v1/approvals")[1]["approvals"][0]["id"]
    row("watch", "no yes, though one of its groups is asked", w.ask("POST", "/v1/approvals/%s/approve" % waiting, {})[0] == 403)
    code, out, err = run(d, AGENT)
    row("watch", "who is no admin gets none, and is told", code == 69 and parse(out) == {("stepgate_up", None): 0} and err != "", (code, out, err))


class Server:
    def __init__(self, d, uid=WATCH):
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port = s.getsockname()[1]
        self.p = subprocess.Popen([PROGRAM, "metrics", "--run", os.path.join(d.dir, "run"), "--listen", "127.0.0.1:%d" % self.port], stderr=subprocess.DEVNULL, user=uid, group=uid, extra_groups=[])
        until(lambda: self.raw(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")[:4] == b"HTTP", 10)

    def raw(self, data, close=False, wait=5):
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=wait) as s:
                s.sendall(data)
                if close:
                    return b""
                out = b""
                while True:
                    part = s.recv(65536)
                    if not part:
                        return out
                    out += part
        except OSError as e:
            return str(e).encode()

    def get(self, path):
        head, _, body = self.raw(b"GET " + path.encode() + b" HTTP/1.1\r\nHost: x\r\n\r\n").partition(b"\r\n\r\n")
        return int(head.split()[1]), body.decode()


def served(d):
    s = Server(d)
    try:
        status, body = s.get("/metrics")
        row("serve", "/metrics", status == 200 and parse(body)[("stepgate_up", None)] == 1)
        row("serve", "/healthz and /readyz", s.get("/healthz") == (200, "ok\n") and s.get("/readyz") == (200, "ok\n"))
        odd = [b"GET /metrics?x=1 HTTP/1.1\r\n\r\n", b"POST /metrics HTTP/1.1\r\n\r\n", b"GET /metricsx HTTP/1.1\r\n\r\n", b"GET /METRICS HTTP/1.1\r\n\r\n", b"GET /../metrics HTTP/1.1\r\n\r\n", b"GET http://x/metrics HTTP/1.1\r\n\r\n",
               b"GET /metrics HTTP/2\r\n\r\n", b"GET  /metrics HTTP/1.1\r\n\r\n", b"get /metrics HTTP/1.1\r\n\r\n", b"\r\n\r\n", b"\0\0\r\n\r\n", b"GET /healthz\0 HTTP/1.1\r\n\r\n", b"GET /metrics HTTP/1.1 \r\n\r\n"]
        for one in odd:
            got = s.raw(one)
            row("serve", "404 or nothing: %r" % one[:40], got == b"" or got.startswith(b"HTTP/1.1 404 "), got)
        for one in (b"A" * 4096, b"GET /metrics HTTP/1.1\r\n" + b"x: y\r\n" * 2000 + b"\r\n"):
            got = s.raw(one)
            row("serve", "too long a head is closed", not got.startswith(b"HTTP/1.1 200"), got[:80])
        for i in range(20):
            s.raw(b"GET /metrics HTTP/1.1\r\n\r\n", close=True)
        began, slow, took = time.time(), [], []
        while time.time() - began < 6:  # one that opens connections and says nothing, or a part of a word
            slow = (slow + [socket.create_connection(("127.0.0.1", s.port)) for _ in range(5)])[-200:]
            slow[-1].sendall(b"GET /met")
            at = time.time()
            assert s.raw(b"GET /healthz HTTP/1.1\r\n\r\n", wait=20).startswith(b"HTTP/1.1 200")
            took.append(time.time() - at)
            time.sleep(0.1)
        row("serve", "whoever says nothing keeps nobody from being answered", len(took) > 20 and max(took) < 1.5, max(took))
        [x.close() for x in slow]
        stuck = [socket.socket() for _ in range(80)]  # and who asks and reads nothing
        for x in stuck:
            x.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
            x.connect(("127.0.0.1", s.port))
            x.sendall(b"GET /metrics HTTP/1.1\r\n\r\n")
        at = time.time()
        row("serve", "nor who reads nothing", s.get("/healthz")[0] == 200 and time.time() - at < 1.5, time.time() - at)
        [x.close() for x in stuck]
        c = d.admin()
        c.ask("POST", "/v1/kill", dict(all=True, reason="x"))
        row("serve", "not ready while everything is killed, but there", until(lambda: s.get("/readyz") == (503, "everything is killed\n")) and s.get("/healthz")[0] == 200)
        c.ask("POST", "/v1/kill/lift", dict(all=True))
        c.close()
        row("serve", "and ready again", until(lambda: s.get("/readyz")[0] == 200))
        d.stop(keep=True)
        until(lambda: s.get("/healthz")[0] == 503)
        status, body = s.get("/metrics")
        row("serve", "without the daemon it says so", status == 200 and parse(body) == {("stepgate_up", None): 0} and s.get("/healthz")[0] == 503 and s.get("/readyz")[0] == 503, body)
        d.start()
        row("serve", "and comes back with it", until(lambda: s.get("/readyz")[0] == 200, 20))
        for address, want in (("0.0.0.0:%d" % (s.port + 1), 64), ("10.0.0.1:1", 64), ("127.0.0.1", 64), ("[::]:9464", 64), ("localhost:1", 64), ("127.0.0.1:99999", 64), ("127.0.0.1:%d" % s.port, 69)):
            row("serve", "--listen %s: %d" % (address, want), run(d, WATCH, "--listen", address)[0] == want)
        s.p.terminate()
        row("serve", "ends when it is told", s.p.wait(10) == 0)
    finally:
        s.p.kill()
        s.p.wait()


perform(CONF, POLICY, counted, watcher, served)
