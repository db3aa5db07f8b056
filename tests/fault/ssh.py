#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""SSH certificates from a running daemon, judged by OpenSSH: ssh-keygen reads them, a real sshd lets them in within their bounds and nowhere else
(story U9 rows 2, 3, 9, 10). sshd is ours: a loopback port, its own configuration and host key."""
import hashlib, json, os, shutil, signal, socket, subprocess, sys, time
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from daemon import BUILD, Closed, Daemon, journal

CONF = """
issue : { ssh : { use = "ssh"  ttl = "5m"  grants = [ "krl=folder:%(dir)s/krl" ] } }
intents : { incident : { actions = [ "ssh.cert" ]  sensitivity = "confidential" } }
agents : { sre-agent : { owner = "oncall@acme.example"  escalate = "o@acme.example"  review_by = "2027-01-31"  environment = "%(environment)s"
  match = [ "peer:uid=0" ]  reach = [ "ssh.*" ]  intents = [ "incident" ] } }
actions : { ssh_cert : { name = "ssh.cert"  class = "infrastructure"  effect = "execute"  sensitivity = "internal"  credential = "ssh"
  %(action)s } }
"""
POLICY = """
rule { id = "diagnose", on = "ssh.cert", when = function(r) return r.args.principal:starts("ro-diag@") and not r.args.command:find("sleep") end,
       effect = allow {} }
rule { id = "brief", on = "ssh.cert", when = function(r) return r.args.principal:starts("ro-diag@") and r.args.command:find("sleep") ~= nil end,
       effect = allow { ttl = "2s" } }
rule { id = "one-host-no-root", on = "ssh.cert",
       when = function(r) return r.resource.id:find("*") ~= nil or r.args.principal:starts("root") end,
       effect = deny { code = "ssh_limits", say = "A certificate names one host, never a pattern; principal root is never given" } }
"""
HOST = "ro-diag@web-17.prod"
passed = 0


def good(what):
    global passed
    passed += 1
    print("ok: " + what)


def key_of(folder, name, kind="ed25519"):
    path = os.path.join(folder, name)
    subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", "", "-C", "x", "-f", path] + (["-b", "256"] if kind == "ecdsa" else []), check=True)
    with open(path + ".pub") as f:
        return path, " ".join(f.read().split()[:2])


def new(environment="prod", ca=None, action=""):
    d = Daemon(start=False, agent=54321, enforcer=54323, limits='credential_ttl_max = "5m"')
    for sub in ("conf.d", "krl"):
        os.mkdir(os.path.join(d.dir, sub), 0o755)
    d.write("conf.d/50-ssh.conf", (CONF % dict(dir=d.dir, environment=environment, action=action)).encode())
    d.write("policy.d/20-ssh.lua", POLICY.encode())
    pem = ca or subprocess.run(["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"], capture_output=True, check=True).stdout
    d.write("state/issue/ssh.pem", pem, 0o600)
    d.process = None
    d.start(wait=False)
    until(lambda: os.path.exists(os.path.join(d.dir, "krl", "revoked.krl")), d)
    until(lambda: ready(d), d)
    return d, pem


def ready(d):
    try:
        c = d.agent(5)
        status, answer = c.ask("POST", "/v1/tasks", dict(intent="incident", key="probe"))
        got = act(c, answer["task"]["id"], "ready%f" % time.time(), dict(principal="ro-diag@x." + "none"))
        c.close()
        return got["code"] not in ("issue_unavailable", "policy_unavailable") and got
    except (OSError, Closed, KeyError):
        return None


def until(what, d=None, seconds=30):
    end = time.time() + seconds
    while time.time() < end:
        got = what()
        if got:
            return got
        time.sleep(0.05)
    raise AssertionError("waited in vain" + ("\n" + d.text() if d else ""))


def act(c, task, key, arguments, resource="web-17"):
    whole = dict(command="echo forced", source_address="127.0.0.1/32", public_key=PUBLIC, principal=HOST)
    whole.update(arguments)
    return c.ask("POST", "/v1/act", dict(task=task, action="ssh.cert", key=key, arguments={k: v for k, v in whole.items() if v is not None},
                                         resource=dict(type="host", id=resource)))[1]


class Sshd:
    def __init__(self, d, trusted):
        self.dir = os.path.join(d.dir, "sshd")
        os.makedirs(self.dir, 0o755, exist_ok=True)
        os.makedirs("/run/sshd", 0o755, exist_ok=True)  # where sshd keeps its unprivileged half
        host, _ = key_of(self.dir, "host")
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port = s.getsockname()[1]
        self.write("ca.pub", trusted + "\n")
        self.write("principals", HOST + "\n")
        self.write("config", """
Port %d
ListenAddress 127.0.0.1
HostKey %s
PidFile none
TrustedUserCAKeys %s/ca.pub
AuthorizedPrincipalsFile %s/principals
AuthorizedKeysFile none
RevokedKeys %s/krl/revoked.krl
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
StrictModes no
LogLevel VERBOSE
""" % (self.port, host, self.dir, self.dir, d.dir))
        self.log = os.path.join(self.dir, "log")
        self.process = subprocess.Popen(["/usr/sbin/sshd", "-D", "-f", self.dir + "/config", "-E", self.log], start_new_session=True)
        until(lambda: "listening" in self.said())

    def write(self, name, text):
        with open(os.path.join(self.dir, name), "w") as f:
            f.write(text)

    def said(self):
        try:
            with open(self.log) as f:
                return f.read()
        except OSError:
            return ""

    def login(self, key, certificate, source="127.0.0.1", ask="cat /etc/shadow"):
        """What came back, or None if it was not let in."""
        with open(key + "-cert.pub", "w") as f:
            f.write(certificate + "\n")
        r = subprocess.run(["ssh", "-F", "none", "-i", key, "-o", "CertificateFile=" + key + "-cert.pub", "-o", "IdentitiesOnly=yes",
                            "-o", "IdentityAgent=none", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "BatchMode=yes",
                            "-o", "LogLevel=ERROR", "-b", source, "-p", str(self.port), "root@127.0.0.1", ask], stdin=subprocess.DEVNULL,
                           capture_output=True, text=True, timeout=30)
        return r.stdout if r.returncode == 0 else None

    def refused_because(self, key, certificate, why, **more):
        before = len(self.said())
        assert self.login(key, certificate, **more) is None, "let in"
        until(lambda: why in self.said()[before:])

    def stop(self):
        self.process.terminate()
        self.process.wait(10)


def authority(d):
    """The CA's public key as ssh-keygen writes it, from the issuer's PEM."""
    path = os.path.join(d.dir, "ca.pem")
    shutil.copy(os.path.join(d.dir, "state", "issue", "ssh.pem"), path)
    os.chmod(path, 0o600)
    return subprocess.run(["ssh-keygen", "-y", "-f", path], capture_output=True, text=True, check=True).stdout.strip()


def shown(certificate):
    r = subprocess.run(["ssh-keygen", "-L", "-f", "-"], input=certificate + "\n", capture_output=True, text=True, check=True, env={"TZ": "UTC"})
    return [l.strip() for l in r.stdout.splitlines()]


def serial_of(lease):
    return int.from_bytes(hashlib.sha256(lease.encode()).digest()[:8], "big")


def exactly_the_bounds(d, c, task):
    """Row 2."""
    for kind in ("ed25519", "ecdsa"):
        path, public = key_of(d.dir, "agent-" + kind, kind)
        got = act(c, task, "k-" + kind, dict(public_key=public, command="journalctl -u 'nginx' | grep \"x\"", source_address="10.0.0.0/8,127.0.0.1"))
        assert got["verdict"] == "allow", got
        certificate = got["credential"]["token"]
        assert len(certificate) <= 4096 and "\n" not in certificate
        lines = shown(certificate)
        at = lines.index("Principals:")
        assert lines[at:] == ["Principals:", HOST, "Critical Options:", "force-command journalctl -u 'nginx' | grep \"x\"",
                              "source-address 10.0.0.0/8,127.0.0.1", "Extensions: (none)"], lines
        assert "Serial: %d" % serial_of(got["credential"]["lease"]) in lines and 'Key ID: "%s"' % got["decision_id"] in lines, lines
        assert any(l.startswith("Type: ") and "user certificate" in l for l in lines)
        valid = [l for l in lines if l.startswith("Valid:")][0].split()
        begins, ends = (time.strptime(valid[i], "%Y-%m-%dT%H:%M:%S") for i in (2, 4))
        assert time.mktime(ends) - time.mktime(begins) == 300, valid
    good("ssh-keygen -L shows exactly principal, command, source, five minutes, serial and decision, no extension")


def within_and_outside(d, c, task, sshd, key):
    got = act(c, task, "in", {})
    certificate = got["credential"]["token"]
    assert sshd.login(key, certificate) == "forced\n", sshd.said()
    good("sshd lets it in and runs its command, not what was asked")
    assert sshd.login(key, certificate, ask="") == "forced\n"
    good("nor a shell")
    sshd.refused_because(key, certificate, "not from a permitted source address", source="127.0.0.2")
    good("refused from another address")
    sshd.write("principals", "ro-diag@web-18.prod\nro-diag\nro-diag@prod\nroot\n")
    sshd.refused_because(key, certificate, "Certificate does not contain an authorized principal")
    good("refused by another host of the same environment: its principal is another")
    sshd.write("principals", HOST + "\n")
    assert sshd.login(key, certificate) == "forced\n"
    other, _ = key_of(d.dir, "thief")
    assert sshd.login(other, certificate) is None
    good("worth nothing without the agent's key")


def after_its_time(c, task, sshd, key):
    got = act(c, task, "brief", dict(command="echo brief; : sleep"))
    certificate = got["credential"]["token"]
    assert sshd.login(key, certificate) == "brief\n", sshd.said()
    until(lambda: time.time() > got["credential"]["expires_at"] + 1)
    sshd.refused_because(key, certificate, "Certificate invalid: expired")
    good("refused after its end")


def before_its_time(d, sshd, key):
    now = int(time.time())
    claims = dict(aud="ssh", exp=now + 200, iat=now + 100, iss="spiffe://acme.example", jti="l-early", sg=dict(environment="prod"), sub="spiffe://acme.example/agent/a")
    call = dict(asker="agent", claims=claims, lease="l-early", request=dict(action="ssh.cert", arguments=dict(
        command="echo early", principal=HOST, public_key=PUBLIC, source_address="127.0.0.1"), decision="d1", resource=dict(id="web-17", type="host")), verb="make")
    os.mkdir(os.path.join(d.dir, "krl2"), 0o755)
    stanza = dict(grants=["krl=folder:%s/krl2" % d.dir], options={}, use="ssh")
    text = lambda j: json.dumps(j, sort_keys=True, separators=(",", ":"))
    r = subprocess.run([os.path.join(BUILD, "tests", "module", "module_mint"), "issue", os.path.abspath(os.path.join(BUILD, "modules")), "ssh", text(stanza),
                        os.path.join(d.dir, "state", "issue", "ssh.pem"), text(call)], capture_output=True, text=True, timeout=60)
    certificate = json.loads(r.stdout.splitlines()[1])["token"]
    sshd.refused_because(key, certificate, "Certificate invalid: not yet valid")
    good("refused before its beginning")


def krl(d):
    path = os.path.join(d.dir, "krl", "revoked.krl")
    with open(path, "rb") as f:
        return f.read()


def revoked(d, c, sshd, key):
    """Row 9: the list is there when the revocation is acknowledged; restarts keep it."""
    task = c.ask("POST", "/v1/tasks", dict(intent="incident", key="second"))[1]["task"]["id"]
    got = act(c, task, "a", {})
    kept = act(c, task, "c", {})
    certificate = got["credential"]["token"]
    with open(key + "-cert.pub", "w") as f:
        f.write(certificate + "\n")
    test = lambda: subprocess.run(["ssh-keygen", "-Q", "-f", os.path.join(d.dir, "krl", "revoked.krl"), key + "-cert.pub"], capture_output=True).returncode
    assert test() == 0 and sshd.login(key, certificate) == "forced\n"
    holder = holds(os.path.join(d.dir, "krl"))
    assert revoke(d, got["credential"]["lease"])
    until(lambda: test() == 1, d)
    if holder is not None:
        holder.stdin.close()
        holder.wait()
        good("whoever may read the folder and holds locks on all of it keeps no serial out of the list")
    sshd.refused_because(key, certificate, "revoked")
    assert sshd.login(key, kept["credential"]["token"]) == "forced\n"
    good("refused once its lease was revoked, by the list; others go on")
    before = krl(d)
    revoke(d, got["credential"]["lease"])
    time.sleep(0.3)
    assert krl(d) == before
    good("revoking twice writes once")
    c.close()  # the instance is gone with its process only; the task is ended by the restart below
    d.process.send_signal(signal.SIGTERM)
    d.process.wait(20)
    d.start(wait=False)
    until(lambda: ready(d), d)
    sshd.refused_because(key, certificate, "revoked")
    good("the list outlives a restart of the daemon")
    c = d.agent()
    c.ask("DELETE", "/v1/tasks/" + task)
    with open(key + "-cert.pub", "w") as f:
        f.write(kept["credential"]["token"] + "\n")
    until(lambda: test() == 1, d)
    sshd.refused_because(key, kept["credential"]["token"], "revoked")
    good("the end of a task revokes what it holds")
    mode = os.stat(os.path.join(d.dir, "krl", "revoked.krl")).st_mode & 0o777
    assert mode == 0o644, oct(mode)
    listed = subprocess.run(["ssh-keygen", "-Q", "-l", "-f", os.path.join(d.dir, "krl", "revoked.krl")], capture_output=True, text=True, check=True).stdout
    assert "serial: %d" % serial_of(got["credential"]["lease"]) in listed and "# Certificates" not in listed.split("serial")[0].split("CA key")[0], listed
    good("ssh-keygen -Q -l lists the serials under the authority's key")


def holds(folder):
    """Another user's locks on the folder and on whatever it may open there; None where there are no other users."""
    if os.getuid() != 0:
        return None
    code = "import fcntl, os, sys\nfor name in ['.'] + os.listdir(sys.argv[1]):\n    try: fcntl.flock(os.open(os.path.join(sys.argv[1], name), os.O_RDONLY), fcntl.LOCK_SH)\n    except OSError: pass\n" \
           "print('on', flush=True)\nsys.stdin.read()"
    p = subprocess.Popen(["/usr/bin/python3", "-c", code, folder], user=61998, group=61998, extra_groups=[], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert p.stdout.readline() == "on\n"
    return p


def revoke(d, lease):
    a = d.admin()
    status = a.ask("POST", "/v1/leases/%s/revoke" % lease, {})[0]
    a.close()
    return status == 200


def issuer(d):
    a = d.admin()
    got = [m for m in a.ask("GET", "/v1/status")[1]["modules"] if m["name"] == "issue.ssh"]
    a.close()
    return got[0]


def listed(d, id):
    a = d.admin()
    got = [l for l in a.ask("GET", "/v1/leases?all=yes")[1]["leases"] if l["id"] == id]
    a.close()
    return got[0]


def cannot_be_written(d):
    """A revocation that its issuer cannot do is seen: in the list, in status, in the answer of kill, in the log; and it is done once it can be."""
    c = d.agent()
    task = c.ask("POST", "/v1/tasks", dict(intent="incident", key="third"))[1]["task"]["id"]
    lease = act(c, task, "w", {})["credential"]["lease"]
    assert issuer(d)["state"] == "ready" and issuer(d)["why"] == "", issuer(d)
    got = act(c, task, "x", dict(command=""))
    assert got["code"] == "issue_failed" and issuer(d)["state"] == "ready", (got, issuer(d))
    assert got["hint"].startswith("ssh_command: "), got
    good("what was wrong with one request says nothing of the issuer")
    beside = os.path.join(d.dir, "krl", ".revoked.krl.new")
    os.mkdir(beside)
    assert revoke(d, lease)
    until(lambda: issuer(d)["state"] == "failing", d)
    assert issuer(d)["why"].startswith("ssh_krl_write: "), issuer(d)
    until(lambda: listed(d, lease)["tries"] > 1, d)
    got = listed(d, lease)
    assert got["state"] == "revoking" and got["failed"].startswith("ssh_krl_write: "), got
    a = d.admin()
    status = a.ask("GET", "/v1/status")[1]
    killed = a.ask("POST", "/v1/kill", dict(agent=got["agent"], reason="test"))[1]
    a.ask("POST", "/v1/kill/lift", dict(agent=got["agent"]))
    a.close()
    assert status["revoking"]["failing"] >= 1 and status["revoking"]["issuers"] == ["ssh"], status["revoking"]
    assert killed["failing"] >= 1 and killed["failing_issuers"] == ["ssh"] and killed["revoking"] >= 1, killed
    assert "issue.ssh does not take back what it gave: ssh_krl_write" in d.text() and "issue.ssh: ssh_krl_write" in d.text(), d.text()
    good("a revocation that cannot be done stands in the list, in status, in kill's answer and in the log")
    calls = issuer(d)["calls"]
    until(lambda: issuer(d)["calls"] < calls, d, 60)
    good("an issuer that goes on failing is replaced by another instance of it")
    os.rmdir(beside)
    until(lambda: listed(d, lease)["state"] == "dead", d, 70)
    until(lambda: issuer(d)["state"] == "ready" and issuer(d)["why"] == "", d)
    good("and is done once it can be")
    c.close()


def policy_denies(c, task):
    """Row 3."""
    got = act(c, task, "root", dict(principal="root@web-17.prod"), resource="web-*")
    assert got["verdict"] == "deny" and "never a pattern" in json.dumps(got) and "root is never given" in json.dumps(got), got
    good("web-* as root is denied, and the reason names both limits: " + got["code"])


def malformed(d, c, task):
    """Allowed by policy, and still no certificate says so: the module refuses, the gate withholds and answers deny."""
    blob = PUBLIC.split()[1]
    table = [("principal", "ro-diag@web-17.staging"), ("principal", "ro-diag@web-18.prod"), ("principal", "ro-diag@x@web-17.prod"),
             ("principal", "ro-diag@web-17.prod,root"), ("principal", "ro-diag@web-17.prod "), ("principal", "ro-diag@" + "a" * 300 + "@web-17.prod"),
             ("command", "echo a\necho b"), ("command", "echo \0"), ("command", ""), ("command", "x" * 1025), ("command", "\x1b[2J"),
             ("source_address", None), ("source_address", ""), ("source_address", "0.0.0.0/0"), ("source_address", "10.0.0.1/8"), ("source_address", "10.0.0.0/33"),
             ("source_address", "10.0.0.0/08"), ("source_address", "*"), ("source_address", "localhost"), ("source_address", "127.0.0.1,"), ("source_address", "!10.0.0.1"),
             ("source_address", "127.0.0.1 ,10.0.0.1"), ("source_address", ["127.0.0.1"]), ("source_address", "::ffff/10x"), ("source_address", "fe80::1/64"),
             ("source_address", ",".join(["10.0.0.1"] * 17)), ("source_address", 7),
             ("public_key", None), ("public_key", ""), ("public_key", PUBLIC + " comment"), ("public_key", PUBLIC + "\n"), ("public_key", " " + PUBLIC),
             ("public_key", "ssh-rsa " + blob), ("public_key", "ecdsa-sha2-nistp256 " + blob), ("public_key", "ssh-ed25519  " + blob), ("public_key", "ssh-ed25519 " + blob[:-4]),
             ("public_key", "ssh-ed25519 " + blob + "AAAA"), ("public_key", "ssh-ed25519 " + blob[:-1] + "="), ("public_key", "ssh-ed25519-cert-v01@openssh.com " + blob)]
    for i, (name, value) in enumerate(table):
        got = act(c, task, "bad%d" % i, {name: value})
        assert got["verdict"] == "deny" and "credential" not in got and got["code"] in ("issue_failed", "policy_error"), (name, value, got)
    good("%d malformed arguments get no certificate" % len(table))


def all_at_once():
    """More revocations in line than one call's deadline has room for: the module goes on, is not taken for hanging, and each is on the list."""
    d, _ = new()
    leases = 0
    for t in range(3):
        c = d.agent()
        task = c.ask("POST", "/v1/tasks", dict(intent="incident", key="t%d" % t))[1]["task"]["id"]
        leases += sum(act(c, task, "k%d" % i, {})["verdict"] == "allow" for i in range(900))
    a = d.admin()
    assert leases == 2700 and a.ask("POST", "/v1/kill", dict(all=True, reason="drill"))[0] == 200
    path = os.path.join(d.dir, "krl", "revoked.krl")
    on_list = lambda: subprocess.run(["ssh-keygen", "-Q", "-l", "-f", path], capture_output=True, text=True).stdout.count("serial:")
    until(lambda: on_list() >= leases, d, 120)
    row = [m for m in a.ask("GET", "/v1/status")[1]["modules"] if m["name"] == "issue.ssh"][0]
    assert row["restarts"] == 0 and row["why"] == "", row
    good("a kill with %d certificates out: all on the list, by one process without a restart" % leases)
    d.stop()


def environments(pem):
    """Row 10: an agent of staging, the same authority, the host web-17 of prod."""
    d, _ = new("staging", ca=pem)
    sshd = Sshd(d, authority(d))
    key = os.path.join(d.dir, "k")
    shutil.copy(KEY, key)
    c = d.agent()
    task = c.ask("POST", "/v1/tasks", dict(intent="incident", key="t"))[1]["task"]["id"]
    got = act(c, task, "a", {})
    assert got["verdict"] == "deny" and got["code"] == "issue_failed", got
    got = act(c, task, "b", dict(principal="ro-diag@web-17.staging"))
    assert got["verdict"] == "allow", got
    sshd.refused_because(key, got["credential"]["token"], "Certificate does not contain an authorized principal")
    good("a staging agent gets no certificate that names prod, and sshd of prod refuses one of staging")
    sshd.stop()
    d.stop()
    d, _ = new("staging", ca=pem, action='environment = "prod"')
    c = d.agent()
    task = c.ask("POST", "/v1/tasks", dict(intent="incident", key="t"))[1]["task"]["id"]
    got = act(c, task, "a", {})
    assert got["verdict"] == "deny" and got["code"] == "wrong_environment", got
    good("an action of prod is denied to it before anything is made")
    d.stop()


if os.geteuid() != 0 or not os.path.exists("/usr/sbin/sshd"):
    print("NOT RUN (needs root and sshd)")
    sys.exit(0)
os.environ["TZ"] = "UTC"
time.tzset()
scratch = os.path.join("/tmp", "sg-ssh-%d" % os.getpid())
os.mkdir(scratch, 0o700)
d = sshd = None
try:
    KEY, PUBLIC = key_of(scratch, "agent")
    d, pem = new()
    sshd = Sshd(d, authority(d))
    c = d.agent()
    task = c.ask("POST", "/v1/tasks", dict(intent="incident", key="t"))[1]["task"]["id"]
    exactly_the_bounds(d, c, task)
    within_and_outside(d, c, task, sshd, KEY)
    after_its_time(c, task, sshd, KEY)
    before_its_time(d, sshd, KEY)
    policy_denies(c, task)
    malformed(d, c, task)
    revoked(d, c, sshd, KEY)
    cannot_be_written(d)
    environments(pem)
    all_at_once()
finally:
    if sshd:
        sshd.stop()
    if d:
        d.stop()
    shutil.rmtree(scratch, ignore_errors=True)
assert passed == 23, passed
print("%d passed, 0 failed" % passed)
