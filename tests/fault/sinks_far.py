#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Sinks that hand leaves to others: syslog over a UNIX socket, TCP and TLS to receivers of our own making, a real journald read by journalctl, a program.
Each leaf arrives in the form its standard says; a receiver that goes away and comes back misses nothing; one that is not who it should be gets nothing."""
import json, os, re, shutil, signal, socket, ssl, subprocess, sys, threading, time
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from checks import waited as until
from daemon import Daemon, journal

passed = 0


def good(what):
    global passed
    passed += 1
    print("ok: " + what)


def new(text):
    d = Daemon(start=False)
    with open(os.path.join(d.dir, "stepgate.conf"), "ab") as f:
        f.write((text % dict(dir=d.dir)).encode())
    return d


def work(d, count=20):
    c = d.agent()
    task = c.ask("POST", "/v1/tasks", dict(intent="work", key="t%f" % time.time()))[1]["task"]["id"]
    for i in range(count):
        c.ask("POST", "/v1/act", dict(task=task, action="pay.send", key="a%d" % i, arguments=dict(amount=1, to='quo"te ] back\\slash'), resource=dict(type="x", id="y")))
    c.ask("POST", "/v1/act", dict(task=task, action="repo.push", key="no", arguments={}, resource=dict(type="x", id="y")))
    c.close()


def row(d):
    rows = [m for m in d.admin().ask("GET", "/v1/status")[1]["modules"] if m["name"] == "audit.far"]
    return rows[0] if rows else {}


def durable(d):
    return d.admin().ask("GET", "/v1/status")[1]["durable"]


HEAD = re.compile(rb'<(\d+)>1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) (\S+) stepgate - ([a-z]+) (\[stepgate@32473 n="(\d+)"(?: [a-z]+="(?:[^"\\\]]|\\.)*")*\]) (\{.*\})', re.S)


def check(messages, d):
    leaves = {l["n"]: l for l in journal(os.path.join(d.dir, "state/journal"))}
    seen = set()
    for m in messages:
        got = HEAD.fullmatch(m)
        assert got, m
        n = int(got.group(6))
        assert json.loads(got.group(7)) == leaves[n] and got.group(4).decode() == leaves[n]["kind"], m
        calm = leaves[n]["body"].get("verdict", "allow") == "allow"
        assert int(got.group(1)) == 13 * 8 + (6 if calm else 5), m
        seen.add(n)
    return seen, leaves


def syslog_unix():
    d = new('audit : { far : { use = "syslog"  grants = [ "log=unix:%(dir)s/log.sock" ] } }\n')
    path = os.path.join(d.dir, "log.sock")
    s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
    s.bind(path)
    messages = []

    def read():
        while True:
            messages.append(s.recv(1 << 17))
    threading.Thread(target=read, daemon=True).start()
    d.start()
    work(d)
    denied = lambda: any(m.startswith(b"<109>") and b'verdict="deny"' in m for m in list(messages))
    until(lambda: len(messages) >= 24 and row(d).get("durable", -1) >= 24 and denied())
    messages = list(messages)
    seen, leaves = check(messages, d)
    assert seen == set(range(1, len(messages) + 1)), seen
    assert any(m.startswith(b"<109>") and b'verdict="deny"' in m for m in messages)
    good("syslog to a UNIX socket: %d messages of RFC 5424" % len(messages))
    d.stop()


class Receiver:
    """Octet counting (RFC 6587, RFC 5425), clear or under TLS."""

    def __init__(self, context=None, port=0):
        self.messages, self.context, self.errors, self.stop = [], context, [], False
        self.s = socket.socket()
        self.s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.s.bind(("127.0.0.1", port))
        self.s.listen(16)
        self.port = self.s.getsockname()[1]
        self.open = []
        self.thread = threading.Thread(target=self.accept, daemon=True)
        self.thread.start()

    def accept(self):
        while True:
            try:
                c, _ = self.s.accept()
            except OSError:
                return
            self.open.append(c)
            threading.Thread(target=self.read, args=(c,), daemon=True).start()

    def read(self, c):
        try:
            if self.context:
                c = self.context.wrap_socket(c, server_side=True)
                self.open.append(c)
            data = b""
            while True:
                part = c.recv(65536)
                if not part:
                    return
                data += part
                while b" " in data and len(data) >= data.index(b" ") + 1 + int(data[:data.index(b" ")]):
                    at = data.index(b" ")
                    size = int(data[:at])
                    self.messages.append(data[at + 1:at + 1 + size])
                    data = data[at + 1 + size:]
        except (OSError, ValueError) as e:
            self.errors.append(e)

    def close(self):
        self.s.shutdown(socket.SHUT_RDWR)  # wakes the thread that accepts
        self.thread.join(10)
        self.s.close()
        for c in self.open:
            try:
                c.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            c.close()


def numbers(messages):
    return {int(re.search(rb' n="(\d+)"', m).group(1)) for m in messages}


def syslog_stream(what, conf, context, prepare=None):
    first = Receiver(context)
    d = new(conf.replace("PORT", str(first.port)))
    if prepare:
        prepare(d)
    d.start()
    work(d)
    until(lambda: row(d).get("durable", -1) >= 20)
    before = list(first.messages)
    check(before, d)
    first.close()
    work(d)
    second = Receiver(context, first.port)
    work(d)
    until(lambda: row(d).get("durable", -1) >= durable(d) - 1, 60)
    seen, leaves = check(before + second.messages, d)
    assert set(range(1, 60)) <= seen, sorted(set(range(1, 60)) - seen)
    good("syslog over %s: %d messages; a receiver that was away missed nothing" % (what, len(seen)))
    second.close()
    d.stop()


def make_certificates(folder):
    def openssl(*words):
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)
    for name in ("ca", "other"):
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", name + ".key", "-out", name + ".pem", "-days", "2", "-subj", "/CN=" + name)
    for name, san in (("server", "DNS:siem.test"), ("wrong", "DNS:else.test"), ("client", "DNS:stepgate.test")):
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", name + ".key", "-out", name + ".csr", "-subj", "/CN=" + name)
        with open(os.path.join(folder, "ext"), "w") as f:
            f.write("subjectAltName=" + san)
        openssl("x509", "-req", "-in", name + ".csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-out", name + ".pem", "-extfile", "ext")
    for n in os.listdir(folder):
        os.chmod(os.path.join(folder, n), 0o600)


TLS = ('audit : { far : { use = "syslog"  grants = [ "log=tcp:127.0.0.1:PORT", "ca=file:%%(dir)s/tls/%s.pem", "identity=secret:%%(dir)s/tls/both.pem" ]'
       '  tls = true  tls_name = "siem.test" } }\n')


def context(folder, name):
    c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    c.load_cert_chain(os.path.join(folder, name + ".pem"), os.path.join(folder, name + ".key"))
    c.load_verify_locations(os.path.join(folder, "ca.pem"))
    c.verify_mode = ssl.CERT_REQUIRED
    return c


def syslog_tls():
    made = Daemon(start=False)
    folder = os.path.join(made.dir, "tls")
    os.mkdir(folder, 0o700)
    make_certificates(folder)
    with open(os.path.join(folder, "both.pem"), "wb") as f:
        for name in ("client.pem", "client.key"):
            f.write(open(os.path.join(folder, name), "rb").read())
    os.chmod(os.path.join(folder, "both.pem"), 0o600)

    def copy(d):
        shutil.copytree(folder, os.path.join(d.dir, "tls"))
    syslog_stream("TLS, with a client certificate", TLS % "ca", context(folder, "server"), copy)
    for name, ca, why in (("wrong", "ca", "hostname mismatch"), ("server", "other", "self-signed certificate in certificate chain")):
        r = Receiver(context(folder, name))
        d = new((TLS % ca).replace("PORT", str(r.port)))
        copy(d)
        d.start()
        work(d, 3)
        got = until(lambda: (lambda m: m if "syslog_tls" in m.get("why", "") else None)(row(d)))
        assert why in got["why"] and not r.messages, (got, r.messages)
        good("a receiver that is not who it should be gets nothing: " + got["why"])
        r.close()
        d.stop()
    made.stop()


def program():
    d = new('audit : { far : { use = "exec"  grants = [ "program=run:%(dir)s/ship" ] } }\n')
    out = os.path.join(d.dir, "out")
    os.mkdir(out)
    os.chmod(out, 0o777)
    d.write("ship", b'#!/bin/sh\nid -u > %s/who\nenv > %s/env\nexec cat >> %s/lines\n' % ((out.encode(),) * 3), 0o755)
    d.start()
    work(d)
    until(lambda: row(d).get("durable", -1) >= 20)
    lines = lambda: [json.loads(l) for l in open(os.path.join(out, "lines"))] if os.path.exists(os.path.join(out, "lines")) else []
    for pid in [p for p in os.listdir("/proc") if p.isdigit()]:
        try:
            if os.readlink("/proc/%s/fd/1" % pid) == os.path.join(out, "lines"):
                os.kill(int(pid), signal.SIGKILL)
        except OSError:
            pass
    work(d)
    until(lambda: row(d).get("durable", -1) >= durable(d) - 1, 60)
    leaves = {l["n"]: l for l in journal(os.path.join(d.dir, "state/journal"))}
    got = lines()
    assert all(leaves[l["n"]] == l for l in got) and set(range(1, 40)) <= {l["n"] for l in got}
    who, env = open(os.path.join(out, "who")).read().strip(), open(os.path.join(out, "env")).read()
    assert (int(who) >= 0xE0000000 if os.getuid() == 0 else int(who) == os.getuid()) and "STEPGATE" not in env, (who, env)
    good("a program that was killed is started again and misses nothing; it runs as user " + who)
    d.stop()


def journald():
    binary = next((p for p in ("/lib/systemd/systemd-journald", "/usr/lib/systemd/systemd-journald") if os.path.exists(p)), None)
    if os.getuid() != 0 or binary is None or shutil.which("journalctl") is None or subprocess.run(["unshare", "-m", "true"]).returncode != 0:
        print("NOT RUN (needs root, journald, journalctl and a mount namespace): a real journald")
        return 0
    d = new('audit : { far : { use = "journald"  grants = [ "journal=unix:%(dir)s/j/socket" ] } }\n')
    for sub in ("j", "logs"):
        os.mkdir(os.path.join(d.dir, sub))
    script = ("mount -t tmpfs none /run && mkdir -p /run/systemd/journal /run/log && mount --bind %s/j /run/systemd/journal && mount --bind %s/logs /run/log && exec %s"
              % (d.dir, d.dir, binary))
    j = subprocess.Popen(["unshare", "-m", "sh", "-c", script], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        until(lambda: os.path.exists(os.path.join(d.dir, "j/socket")))
        d.start()
        work(d)
        until(lambda: row(d).get("durable", -1) >= 20)

        def read():
            r = subprocess.run(["journalctl", "-D", os.path.join(d.dir, "logs/journal"), "-o", "json", "-t", "stepgate", "--no-pager"], capture_output=True, text=True)
            return [json.loads(l) for l in r.stdout.splitlines() if l.startswith("{")]
        entries = until(lambda: (lambda e: e if len(e) >= 24 else None)(read()))
        leaves = {l["n"]: l for l in journal(os.path.join(d.dir, "state/journal"))}
        for e in entries:
            leaf = leaves[int(e["STEPGATE_LEAF"])]
            assert json.loads(e["STEPGATE_JSON"]) == leaf and e["STEPGATE_KIND"] == leaf["kind"] and len(e["MESSAGE_ID"]) == 32, e
            assert e.get("STEPGATE_VERDICT", "") == leaf["body"].get("verdict", ""), e
        assert {int(e["STEPGATE_LEAF"]) for e in entries} == set(range(1, len(entries) + 1))
        denied = [e for e in entries if e.get("STEPGATE_VERDICT") == "deny"]
        assert denied and denied[0]["PRIORITY"] == "5" and denied[0]["MESSAGE"] == "decision deny helper repo.push: " + denied[0]["STEPGATE_CODE"], denied
        shown = subprocess.run([os.path.join(os.environ.get("STEPGATE_BUILD", "build"), "core/stepgate"), "why", denied[0]["STEPGATE_DECISION"], "--run", os.path.join(d.dir, "run")],
                               capture_output=True, text=True)
        assert shown.returncode in (0, 1) and "repo.push" in shown.stdout, shown
        good("a real journald: %d entries, read by journalctl -o json; `stepgate why` takes the decision's id from there" % len(entries))
        return 1
    finally:
        os.killpg(j.pid, signal.SIGKILL)
        d.stop()


syslog_unix()
syslog_stream("TCP", 'audit : { far : { use = "syslog"  grants = [ "log=tcp:127.0.0.1:PORT" ] } }\n', None)
syslog_tls()
program()
ran = journald()
assert passed == 6 + ran, passed
print("%d passed, 0 failed" % passed)
