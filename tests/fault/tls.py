#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The TLS face before foreign judges: openssl's s_client and Python's ssl as clients, certificates made by openssl. Who has a good certificate is
that enforcer; everybody else is nobody, and nobody's trouble is another's."""
import json, os, socket, ssl, subprocess, sys, threading, time
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from daemon import Client, Closed, Daemon, journal

STACK = """
attest : { peer2 : { use = "peer"  control = "optional" }   peer-3 : { use = "peer"  control = "requisite" }
  gw : { kind = "verify"  use = "x509"  control = "sufficient"  trust_domain = "acme.example"  grants = [ "ca=file:%(dir)s/tls/ca.pem" ] } }
listen : { enforcer : { address = "127.0.0.1:%(port)d"  certificate = "%(dir)s/tls/server.pem"  key = "%(dir)s/tls/server.key"  handshake_timeout = "2s" } }
enforcers : { gateway : { match = [ "gw:spiffe_id=spiffe://acme.example/gw" ]  for_agents = [ "*" ] }
  other : { match = [ "gw:spiffe_id~spiffe://acme.example/others/*" ]  for_agents = [ "*" ]  actions = [ "mail.*" ] } }
agents : { soft : { owner = "mira@acme.example"  escalate = "o@acme.example"  review_by = "2027-01-31"  environment = "dev"  identity = "hint"
  match = [ "peer:exe=/usr/lib/agents/soft" ]  reach = [ ]  intents = [ "work" ] } }
"""
passed = 0


def good(what):
    global passed
    passed += 1
    print("ok: " + what, flush=True)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Certificates:
    """What an administrator does with openssl."""

    def __init__(self, folder):
        self.dir = folder
        os.makedirs(folder, 0o755, exist_ok=True)

    def run(self, *args):
        r = subprocess.run(["openssl"] + list(args), capture_output=True, text=True)
        assert r.returncode == 0, r.stderr

    def path(self, name):
        return os.path.join(self.dir, name)

    def key(self, name):
        self.run("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", self.path(name + ".key"))
        os.chmod(self.path(name + ".key"), 0o600)

    def ca(self, name):
        self.key(name)
        self.run("req", "-x509", "-new", "-key", self.path(name + ".key"), "-subj", "/CN=" + name, "-days", "2", "-out", self.path(name + ".pem"),
                 "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign")

    def leaf(self, name, san="", ca="ca", days="1", usage="critical,digitalSignature", extended="clientAuth", basic="CA:FALSE"):
        self.key(name)
        lines = ["basicConstraints=" + basic, "keyUsage=" + usage, "extendedKeyUsage=" + extended]
        if san:
            lines.append("subjectAltName=" + san)
        with open(self.path(name + ".ext"), "w") as f:
            f.write("\n".join(lines) + "\n")
        self.run("req", "-new", "-key", self.path(name + ".key"), "-subj", "/CN=" + name, "-out", self.path(name + ".csr"))
        self.run("x509", "-req", "-in", self.path(name + ".csr"), "-CA", self.path(ca + ".pem"), "-CAkey", self.path(ca + ".key"), "-days", days,
                 "-extfile", self.path(name + ".ext"), "-out", self.path(name + ".pem"))


    def brief(self, name, san, seconds):
        """A leaf that ends in so many seconds, to the second."""
        self.key(name)
        with open(self.path("ca.conf"), "w") as f:
            f.write("[ca]\ndefault_ca=a\n[a]\ndatabase=%s\nnew_certs_dir=%s\nserial=%s\ndefault_md=sha256\npolicy=p\nx509_extensions=e\n[p]\ncommonName=supplied\n"
                    "[e]\nbasicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature\nsubjectAltName=%s\n"
                    % (self.path("index"), self.dir, self.path("serial"), san))
        open(self.path("index"), "w").close()
        with open(self.path("serial"), "w") as f:
            f.write("77\n")
        until = time.gmtime(time.time() + seconds)
        self.run("req", "-new", "-key", self.path(name + ".key"), "-subj", "/CN=" + name, "-out", self.path(name + ".csr"))
        self.run("ca", "-batch", "-notext", "-config", self.path("ca.conf"), "-cert", self.path("ca.pem"), "-keyfile", self.path("ca.key"), "-in", self.path(name + ".csr"),
                 "-out", self.path(name + ".pem"), "-startdate", "20200101000000Z", "-enddate", time.strftime("%Y%m%d%H%M%SZ", until))
        return time.mktime(until) - time.timezone


class TLS(Client):
    """A client with a certificate; the parent's reader of answers."""

    def __init__(self, port, certs, name, timeout=20):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(certs.path("server-ca.pem"))
        context.check_hostname = False
        if name:
            context.load_cert_chain(certs.path(name + ".pem"), certs.path(name + ".key"))
        raw = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        self.s = context.wrap_socket(raw)


EVALUATION = dict(subject=dict(type="agent", id="helper"), action=dict(name="mail.read"), resource=dict(type="mail", id="inbox"))


def evaluate(c, key, d):
    task = c.ask("POST", "/v1/tasks", dict(agent="helper", intent="work", key="t" + key))
    if "task" not in task[1]:
        return task
    context = dict(task=task[1]["task"]["id"], key=key)
    return c.ask("POST", "/access/v1/evaluation", dict(EVALUATION, context=context))


def s_client(port, certs, name, *more, send=b""):
    args = ["openssl", "s_client", "-connect", "127.0.0.1:%d" % port, "-CAfile", certs.path("server-ca.pem"), "-ign_eof"]
    if name:
        args += ["-cert", certs.path(name + ".pem"), "-key", certs.path(name + ".key")]
    return subprocess.run(args + list(more), input=send, capture_output=True, timeout=30)


def http(path, body):
    data = json.dumps(body).encode()
    return b"POST %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % (path.encode(), len(data)) + data


def good_certificate(d, port, certs):
    status, answer = evaluate(TLS(port, certs, "gw"), "good", d)
    assert status == 200 and answer["decision"] is True, answer
    asked = [l["body"] for l in journal(d.dir + "/state/journal") if l["kind"] == "decision" and l["body"].get("asker") == "enforcer:gateway"]
    assert asked, "the record does not name the enforcer"
    good("a good certificate is its enforcer; the evaluation is answered and recorded")
    c = TLS(port, certs, "other")
    assert evaluate(c, "other", d)[1]["decision"] is True
    task = c.ask("POST", "/v1/tasks", dict(agent="helper", intent="work", key="t-other2"))[1]["task"]["id"]
    status, answer = c.ask("POST", "/access/v1/evaluation", dict(EVALUATION, action=dict(name="pay.send"), context=dict(task=task, key="o2")))
    assert answer["decision"] is False and "enforcer_action" in json.dumps(answer), answer
    good("another certificate is another enforcer, with its own bounds")
    status, answer = evaluate(TLS(port, certs, "chained"), "chained", d)
    assert status == 200 and answer["decision"] is True, answer
    try:
        answer = evaluate(TLS(port, certs, "unchained"), "unchained", d)[1]
    except (Closed, OSError) as e:
        raise AssertionError(repr(e))
    assert answer.get("code") == "facts_unavailable", answer
    good("a certificate below an intermediate, which the client must bring")
    r = s_client(port, certs, "gw", "-tls1_3", send=http("/v1/tasks", dict(agent="helper", intent="work", key="s_client")))
    assert b"201 Created" in r.stdout and b'"id":"t-' in r.stdout and b"Verify return code: 0" in r.stdout, r.stdout
    good("openssl s_client, which also verifies our certificate")


def refused_certificates(d, port, certs):
    for name in ("wrong-ca", "expired", "ca-leaf", "two-uris", "other-domain", "dns-only", "server-use", "no-usage"):
        try:
            status, answer = evaluate(TLS(port, certs, name), "bad-" + name, d)
        except (Closed, OSError) as e:
            raise AssertionError("%s: %r" % (name, e))
        assert answer.get("verdict") == "deny" and answer["code"] == "facts_unavailable", (name, status, answer)
        good("refused at its first request: " + name)
    status, answer = evaluate(TLS(port, certs, "unknown"), "unknown", d)
    assert answer.get("verdict") == "deny" and answer["code"] == "not_enforcer", (status, answer)
    good("a good certificate of nobody's is no enforcer")


def ends_meanwhile(d, port, certs):
    """A certificate that ends while its connection lives: the next look sees it."""
    ends = certs.brief("brief", "URI:spiffe://acme.example/gw", 4)
    c = TLS(port, certs, "brief")
    assert evaluate(c, "brief", d)[1]["decision"] is True
    while time.time() < ends + 2:
        time.sleep(0.2)
    answer = c.ask("POST", "/v1/tasks", dict(agent="helper", intent="work", key="t-brief2"))[1]
    assert answer.get("code") == "facts_unavailable", answer
    good("a certificate that ends while its connection lives")


def refused_connections(d, port, certs):
    r = s_client(port, certs, None, "-tls1_3", send=http("/v1/tasks", {}))
    assert b"HTTP/1.1" not in r.stdout, r.stdout
    good("no certificate")
    r = s_client(port, certs, "gw", "-tls1_2", send=http("/v1/tasks", {}))
    assert b"HTTP/1.1" not in r.stdout and r.returncode != 0, r.stdout
    good("TLS 1.2")
    stolen = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        stolen.load_cert_chain(certs.path("gw.pem"), certs.path("unknown.key"))
        raise AssertionError("another's certificate with one's own key")
    except ssl.SSLError:
        good("a certificate without its key cannot even be offered")
    for what, data in (("plain HTTP", http("/v1/tasks", {})), ("garbage", os.urandom(4096)), ("a lone record header", b"\x16\x03\x01\xff\xff"),
                       ("too much of a handshake", b"\x16\x03\x01\x40\x00" + b"\x01\x00\xff\xff" + bytes(0x4000 - 4) + bytes(200000))):
        s = socket.create_connection(("127.0.0.1", port), timeout=20)
        try:
            s.sendall(data)
            while s.recv(65536):
                pass
        except OSError:
            pass
        s.close()
        good("ended: " + what)
    status, _ = evaluate(TLS(port, certs, "gw"), "after-bad", d)
    assert status == 200
    good("others are served all the same")


def no_resumption(d, port, certs):
    session = certs.path("session.pem")
    r = s_client(port, certs, "gw", "-tls1_3", "-sess_out", session, send=http("/v1/tasks", dict(agent="helper", intent="work", key="sess1")))
    assert b"201 Created" in r.stdout and b"New, TLSv1.3" in r.stdout and b"Post-Handshake New Session Ticket" not in r.stdout, r.stdout
    if os.path.exists(session):
        r = s_client(port, certs, "gw", "-tls1_3", "-sess_in", session, send=http("/v1/tasks", dict(agent="helper", intent="work", key="sess2")))
        assert b"Reused" not in r.stdout, r.stdout
    r = s_client(port, certs, "gw", "-tls1_3", "-reconnect", send=http("/v1/tasks", dict(agent="helper", intent="work", key="sess3")))
    assert b"Reused, TLSv1.3" not in r.stdout, r.stdout
    good("nothing is resumed and no ticket is given")


def slow_handshakes(d, port, certs):
    """Half-open handshakes end by their deadline, however slowly they trickle, while others work."""
    socks = [socket.create_connection(("127.0.0.1", port), timeout=20) for _ in range(20)]
    ended = [False] * len(socks)

    def trickle(i):
        try:
            for byte in b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(100):
                socks[i].sendall(bytes([byte]))
                socks[i].settimeout(0.2)
                try:
                    if socks[i].recv(1) == b"":
                        break
                except socket.timeout:
                    continue
            else:
                return
            ended[i] = True
        except OSError:
            ended[i] = True
    threads = [threading.Thread(target=trickle, args=(i,)) for i in range(len(socks))]
    for t in threads:
        t.start()
    status, answer = evaluate(TLS(port, certs, "gw"), "while-slow", d)
    assert status == 200, answer
    for t in threads:
        t.join()
    assert all(ended), ended
    good("slow handshakes end by themselves and hold up nobody")


def many_at_once(d, port, certs):
    results, lock = [], threading.Lock()

    def one(i):
        try:
            value = TLS(port, certs, "gw", 60).ask("GET", "/oauth2/jwks")[0]
        except (Closed, OSError) as e:
            value = repr(e)
        with lock:
            results.append(value)
    threads = [threading.Thread(target=one, args=(i,)) for i in range(200)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    bad = [r for r in results if r != 200]
    assert len(results) == 200 and not bad, bad[:5]
    good("200 connections at once")


def dies_and_returns(d, port, certs):
    """The door dies with its connections; the next one comes to a new door. The gate stays."""
    gate = d.processes("sg-gate")
    c = TLS(port, certs, "gw")
    assert c.ask("GET", "/oauth2/jwks")[0] == 200
    for pid in d.processes("sg-door"):
        os.kill(pid, 9)
    until = time.time() + 20
    while True:
        try:
            assert evaluate(TLS(port, certs, "gw"), "reborn%d" % int(time.time() * 1000), d)[0] == 200
            break
        except (Closed, OSError):
            assert time.time() < until
            time.sleep(0.1)
    assert d.processes("sg-gate") == gate
    good("a door that dies is replaced")


def local_sockets(d, certs):
    """Nothing changes for processes: the step that reads certificates does not apply to them, and three steps that say the same do not clash."""
    assert d.enforcer().ask("GET", "/oauth2/jwks")[0] == 200
    assert evaluate(d.enforcer(), "local", d)[0] == 200
    assert d.agent().ask("POST", "/v1/tasks", dict(intent="work", key="local-agent"))[0] == 201
    good("local peers are who they were")


def said_in_status(d):
    """An agent that hints alone identify is told in words, to people and to programs."""
    words = 'agent soft: its identity rests on what its process says of itself (identity = "hint")'
    program = os.path.join(os.path.dirname(d.binary), "stepgate")
    text = subprocess.run([program, "status", "--run", d.dir + "/run"], capture_output=True, text=True).stdout
    assert words in " ".join(text.split()), text
    assert d.admin().ask("GET", "/v1/status")[1]["identity"] == [words]
    good("status repeats what an identity rests on")


def prepare(d, port):
    certs = Certificates(os.path.join(d.dir, "tls"))
    certs.ca("ca")
    certs.ca("evil-ca")
    certs.ca("server-ca")
    certs.leaf("server", "IP:127.0.0.1", ca="server-ca", extended="serverAuth")
    certs.leaf("gw", "URI:spiffe://acme.example/gw")
    certs.leaf("other", "URI:spiffe://acme.example/others/one")
    certs.leaf("unknown", "URI:spiffe://acme.example/unknown")
    certs.leaf("mid", ca="ca", basic="critical,CA:TRUE,pathlen:0", usage="critical,keyCertSign", extended="clientAuth")
    certs.leaf("chained", "URI:spiffe://acme.example/gw", ca="mid")
    certs.leaf("unchained", "URI:spiffe://acme.example/gw", ca="mid")
    with open(certs.path("chained.pem"), "ab") as f, open(certs.path("mid.pem"), "rb") as mid:
        f.write(mid.read())
    certs.leaf("wrong-ca", "URI:spiffe://acme.example/gw", ca="evil-ca")
    certs.leaf("expired", "URI:spiffe://acme.example/gw", days="-1")
    certs.leaf("ca-leaf", "URI:spiffe://acme.example/gw", basic="critical,CA:TRUE", usage="critical,digitalSignature,keyCertSign")
    certs.leaf("two-uris", "URI:spiffe://acme.example/gw,URI:spiffe://acme.example/gw2")
    certs.leaf("other-domain", "URI:spiffe://evil.example/gw")
    certs.leaf("dns-only", "DNS:gw.acme.example")
    certs.leaf("server-use", "URI:spiffe://acme.example/gw", extended="serverAuth")
    certs.leaf("no-usage", "URI:spiffe://acme.example/gw", usage="keyEncipherment")
    os.makedirs(os.path.join(d.dir, "conf.d"), exist_ok=True)
    d.write("conf.d/50-tls.conf", (STACK % dict(dir=d.dir, port=port)).encode())
    return certs


def refuses_to_start(d, certs):
    os.chmod(certs.path("server.key"), 0o644)
    d.start(wait=False)
    assert d.process.wait(20) == 78 and "key_readable" in d.text(), d.text()
    os.chmod(certs.path("server.key"), 0o600)
    good("a key that others may read: the daemon does not start")
    for what, name, swap, code in (("a key of another certificate", "server.key", "gw.key", "tls_key"), ("a certificate of another key", "server.pem", "gw.pem", "tls_key"),
                                   ("a certificate that is none", "server.pem", None, "tls_certificate"), ("a key that is none", "server.key", None, "tls_key"),
                                   ("a certificate in the key's place", "server.key", "server.pem", "tls_key")):
        with open(certs.path(name), "rb") as f:
            was = f.read()
        with open(certs.path(swap), "rb") if swap else open("/dev/null", "rb") as f:
            other = f.read() or b"x"
        with open(certs.path(name), "wb") as f:
            f.write(other)
        open(os.path.join(d.dir, "log"), "wb").close()
        d.start(wait=False)
        assert d.process.wait(20) == 78 and code in d.text() and "hint:" in d.text(), (what, d.text())
        with open(certs.path(name), "wb") as f:
            f.write(was)
        good(what + ": the daemon does not start")


def reloads(d, port, certs):
    """What the door reads once cannot become another while it runs: a reload says so, and nothing of it is in force."""
    whole = STACK % dict(dir=d.dir, port=port)
    o = d.admin()
    for what, old, new in (("certificate", "server.pem", "gw.pem"), ("certificate", "server.pem", "nowhere.pem"), ("key", "server.key", "gw.key"), ("handshake_timeout", '"2s"', '"3s"'),
                           ("address", ":%d" % port, ":%d" % (port + 1))):
        d.write("conf.d/50-tls.conf", whole.replace(old, new, 1).encode())
        status, answer = o.ask("POST", "/v1/reload", {})
        assert status == 422 and answer["result"] == "kept_out" and answer["reload"][0]["code"] == "conf_restart" and "listen.enforcer." + what in json.dumps(answer), (what, answer)
    d.write("conf.d/50-tls.conf", whole.encode())
    assert o.ask("POST", "/v1/reload", {})[0] == 200
    o.close()
    good("another certificate or key is refused while it runs, not passed over")


def somebody_has_it(d, port):
    """An address that somebody else has keeps no other face closed, and this one is open once it is free."""
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(("127.0.0.1", port))
    s.listen(1)
    d.start()
    assert d.admin().ask("GET", "/v1/status")[1]["tls"] == "closed"
    assert "tried again each second" in d.text(), d.text()[-500:]
    s.close()
    until = time.time() + 10
    while "listen.enforcer: 127.0.0.1:%d is open" % port not in d.text() and time.time() < until:
        time.sleep(0.05)
    assert "is open" in d.text(), d.text()[-500:]
    until = time.time() + 5
    while d.admin().ask("GET", "/v1/status")[1]["tls"] != "open" and time.time() < until:
        time.sleep(0.05)
    assert d.admin().ask("GET", "/v1/status")[1]["tls"] == "open"
    good("an address that somebody has is taken once it is free; the other faces are open meanwhile")


def main():
    d = Daemon(start=False)
    port = free_port()
    certs = prepare(d, port)
    try:
        refuses_to_start(d, certs)
        somebody_has_it(d, port)
        good_certificate(d, port, certs)
        refused_certificates(d, port, certs)
        ends_meanwhile(d, port, certs)
        refused_connections(d, port, certs)
        no_resumption(d, port, certs)
        slow_handshakes(d, port, certs)
        many_at_once(d, port, certs)
        dies_and_returns(d, port, certs)
        local_sockets(d, certs)
        said_in_status(d)
        reloads(d, port, certs)
        print("%d passed, 0 failed" % passed)
    except BaseException:
        print(d.text()[-3000:])
        raise
    finally:
        d.stop()


main()
