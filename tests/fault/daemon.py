# SPDX-License-Identifier: Apache-2.0
"""A private daemon for tests: its configuration, its clients, its processes, its journal read by code that shares nothing with it."""
import hashlib, json, os, shutil, signal, socket, struct, subprocess, sys, tempfile, time

BUILD = os.environ.get("STEPGATE_BUILD", "build")

CONF = """
trust_domain = "acme.example"
mode = "%(mode)s"
state_dir = "%(dir)s/state"
run_dir = "%(dir)s/run"
module_dir = "%(build)s/modules"
policy_dir = "%(dir)s/policy.d"
limits : { rate = 100000  burst = 100000  tasks_per_agent = 10000  leases_per_agent = 100000  uid_connections = 1000  %(limits)s }
attest : { peer : { use = "peer"  control = "required" } }
issue : { token : { use = "jwt"  ttl = "60s"  audience = [ "repo-api" ] } }
groups : { ops : { members = [ "boss" ] } }
admins : { boss : { uid = %(admin)d } }
intents : { work : { actions = [ "**" ]  sensitivity = "confidential" } }
agents : { helper : { owner = "mira@acme.example"  escalate = "o@acme.example"  review_by = "2027-01-31"  environment = "dev"
  match = [ "peer:uid=%(agent)d" ]  reach = [ "repo.*", "pay.*", "mail.*" ]  intents = [ "work" ] } }
enforcers : { repo-api : { match = [ "peer:uid=%(enforcer)d" ]  for_agents = [ "*" ] } }
actions : {
  repo_read : { name = "repo.read"  effect = "read"  sensitivity = "internal"  credential = "token" }
  mail_read : { name = "mail.read"  effect = "read"  sensitivity = "internal"  taints = [ "mail" ] }
  pay : { name = "pay.send"  effect = "write"  sensitivity = "internal"  narrow = [ "amount" ] } }
"""

POLICY = """
policy { name = "test", description = "what the tests live by", owner = "ops" }
rule { id = "read", on = "repo.read", effect = allow {} }
rule { id = "mail", on = "mail.read", effect = allow {} }
rule { id = "pay", on = "pay.send", when = function(r) return r.args:get("amount", 0) <= 100 end, effect = allow {} }
rule { id = "pay-much", on = "pay.send", when = function(r) return r.args:get("amount", 0) > 100 end,
       effect = step_up { approvers = "ops", ttl = "5m", say = "much" } }
"""


class Closed(Exception):
    pass


class Client:
    def __init__(self, path, timeout=20):
        self.s = socket.socket(socket.AF_UNIX)
        self.s.settimeout(timeout)
        self.s.connect(path)

    def raw(self, data):
        try:
            self.s.sendall(data)
        except OSError as e:
            raise Closed(str(e))
        return self.read()

    def read(self):
        data = b""
        try:
            while b"\r\n\r\n" not in data:
                part = self.s.recv(65536)
                if not part:
                    raise Closed(data)
                data += part
            head, body = data.split(b"\r\n\r\n", 1)
            lines = head.split(b"\r\n")
            size = int([l for l in lines if l.lower().startswith(b"content-length:")][0].split(b":")[1])
            while len(body) < size:
                part = self.s.recv(65536)
                if not part:
                    raise Closed(data)
                body += part
        except OSError as e:
            raise Closed(str(e))
        return int(lines[0].split()[1]), json.loads(body)

    def ask(self, method, path, body=None, kind="application/json"):
        data = b"" if body is None else body.encode() if isinstance(body, str) else json.dumps(body).encode()
        head = "%s %s HTTP/1.1\r\nHost: stepgate\r\n" % (method, path)
        if body is not None:
            head += "Content-Type: %s\r\nContent-Length: %d\r\n" % (kind, len(data))
        return self.raw(head.encode() + b"\r\n" + data)

    def close(self):
        self.s.close()


class Daemon:
    def __init__(self, mode="dev", agent=None, admin=None, enforcer=None, limits="", policy=POLICY, start=True, env=None):
        self.dir = tempfile.mkdtemp(prefix="sg-test-", dir="/tmp")
        os.chmod(self.dir, 0o755)
        me = os.getuid()
        pick = lambda uid: me if uid is None else uid
        for sub in ("state/journal", "state/keys", "state/issue", "state/policy", "run", "policy.d"):
            os.makedirs(os.path.join(self.dir, sub), 0o755)
        os.chmod(os.path.join(self.dir, "state"), 0o700)
        self.write("state/keys/state.key", os.urandom(32), 0o600)
        self.write("state/lock", b"", 0o600)
        pem = subprocess.run(["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"], capture_output=True, check=True)
        self.write("state/issue/token.pem", pem.stdout, 0o600)
        build = os.path.abspath(BUILD)
        text = CONF % dict(mode=mode, dir=self.dir, build=build, admin=pick(admin), agent=pick(agent), enforcer=pick(enforcer), limits=limits)
        self.write("stepgate.conf", text.encode())
        self.write("policy.d/10-test.lua", policy.encode())
        self.binary = os.path.join(build, "core", "stepgated")
        self.process = None
        self.env = env or {}  # beside what the test itself has
        if start:
            self.start()

    def write(self, name, data, mode=0o644):
        path = os.path.join(self.dir, name)
        with open(path, "wb") as f:
            f.write(data)
        os.chmod(path, mode)

    def start(self, wait=True):
        self.log = open(os.path.join(self.dir, "log"), "ab")
        self.process = subprocess.Popen([self.binary, "-c", os.path.join(self.dir, "stepgate.conf")], stdout=self.log, stderr=self.log,
                                        start_new_session=True, env=dict(os.environ, STEPGATE_CHECK_FOLD="1", **self.env))
        if wait:
            self.wait_open()

    def text(self):
        with open(os.path.join(self.dir, "log"), "rb") as f:
            return f.read().decode(errors="replace")

    def wait_open(self, seconds=30):
        until = time.time() + seconds
        while time.time() < until:
            if self.process.poll() is not None:
                raise SystemExit("the daemon ended with %s:\n%s" % (self.process.returncode, self.text()))
            try:
                c = self.admin(2)
                status, answer = c.ask("GET", "/v1/status")
                c.close()
                if status == 200 and answer["journal"] == "open":
                    return answer
            except (OSError, Closed):
                pass
            time.sleep(0.05)
        raise SystemExit("the daemon does not open:\n" + self.text())

    def path(self, face):
        return os.path.join(self.dir, "run", face + ".sock")

    def agent(self, timeout=20):
        return Client(self.path("agent"), timeout)

    def admin(self, timeout=20):
        return Client(self.path("admin"), timeout)

    def enforcer(self, timeout=20):
        return Client(self.path("enforcer"), timeout)

    def processes(self, name=None):
        """pids of this daemon's own processes, by name"""
        children, found = {}, []
        for entry in os.listdir("/proc"):
            if not entry.isdigit():
                continue
            try:
                with open("/proc/%s/stat" % entry) as f:
                    stat = f.read()
            except OSError:
                continue
            comm = stat[stat.index("(") + 1:stat.rindex(")")]
            parent = int(stat[stat.rindex(")") + 2:].split()[1])
            state = stat[stat.rindex(")") + 2:].split()[0]
            if state != "Z":
                children.setdefault(parent, []).append((int(entry), comm))
        todo = [self.process.pid]
        while todo:
            for pid, comm in children.get(todo.pop(), []):
                found.append((pid, comm))
                todo.append(pid)
        return [pid for pid, comm in found if name is None or comm == name]

    def stop(self, keep=False):
        code = None
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                code = self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                code = self.process.wait()
        said = self.text() if os.path.exists(os.path.join(self.dir, "log")) else ""
        if not keep:
            shutil.rmtree(self.dir, ignore_errors=True)
        drift = said.find("the state is not the fold of its journal")
        if drift >= 0 and " alone: " in said[drift:]:  # each orderly stop compares them (I1); a journal that a test damaged does not fold at all
            raise AssertionError(said[drift:][:3000])
        return code


def sha(data):
    return hashlib.sha256(data).digest()


def journal(folder):
    """Leaves of a journal, verified: header, chain, numbers. Raises ValueError where it does not hold."""
    files = sorted(f for f in os.listdir(folder) if f.endswith(".seg"))
    segments = []
    for f in files:
        with open(os.path.join(folder, f), "rb") as fh:
            data = fh.read()
        if len(data) < 160 or data[:8] not in (b"SGJOURN1", b"SGJOURN2") or sha(data[:128]) != data[128:160]:
            if len(data) <= 160:  # its creation was torn: it counts only if a later segment follows it
                continue
            raise ValueError("bad header in " + f)
        number, previous, last, first = struct.unpack("<4Q", data[8:40])
        segments.append(dict(number=number, previous=previous, last=last, first=first, chain=data[40:72], data=data))
    path, want, base = [], None, None
    if os.path.exists(folder + "/anchor"):
        with open(folder + "/anchor") as fh:
            base = json.load(fh)
    chain, last = bytes(32), 0
    for s in reversed(segments):
        if want is None or s["number"] == want:
            path.append(s)
            want = s["previous"]
            if base and (want, s["last"], s["chain"].hex()) == (base["segment"], base["last"], base["chain"]):
                want, chain, last = 0, s["chain"], s["last"]
            if want == 0:
                break
    if path and want != 0:
        raise ValueError("a segment is missing")
    path.reverse()
    leaves = []
    for i, s in enumerate(path):
        if s["chain"] != chain or s["last"] != last:
            raise ValueError("segment %d does not follow" % s["number"])
        end = path[i + 1]["last"] if i + 1 < len(path) else None
        data, at, expect = s["data"], 160, s["first"]
        while at + 8 <= len(data) and (end is None or last < end):
            size, kind = struct.unpack("<IB", data[at:at + 5])
            body = data[at + 8:at + 8 + size]
            stop = at + 8 + size + (32 if kind == 1 else 0)
            if size == 0 or stop > len(data):
                break
            if kind == 1:
                after = sha(chain + sha(body))
                if after != data[at + 8 + size:stop]:
                    raise ValueError("the chain breaks at leaf %d" % expect)
                leaf = json.loads(body)
                if leaf["n"] != expect:
                    raise ValueError("leaf %s where %d should be" % (leaf["n"], expect))
                leaves.append(leaf)
                chain, last, expect = after, expect, expect + 1
            at = stop
        if end is not None and last != end:
            raise ValueError("segment %d ends too early" % s["number"])
    return leaves
