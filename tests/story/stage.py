# SPDX-License-Identifier: Apache-2.0
"""A stage for stories: a private daemon, and people, agents and enforcers that are processes with users of their own. Every line of a story is one
row of requirements.md; `row` says which."""
import json, os, subprocess, sys, time, traceback
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fault"))
import daemon
from daemon import BUILD, Closed, journal

HEAD = """
trust_domain = "acme.example"
mode = "enforce"
state_dir = "%(dir)s/state"
run_dir = "%(dir)s/run"
module_dir = "%(build)s/modules"
policy_dir = "%(dir)s/policy.d"
attest : { peer : { use = "peer"  control = "required" } }
issue : { token : { use = "jwt"  ttl = "60s"  audience = [ "repo-api" ] } }
"""
LIMITS = 'limits : { rate = 100000  burst = 100000  uid_connections = 1000  %(limits)s }\n'
SKIP = 77
passed = 0

# One process of some user: reads {"method","path","body"} lines, answers [status, body] lines. It lives until its input ends.
PUPPET = r"""
import json, os, socket, sys
sys.path.insert(0, sys.argv[3])
from daemon import Client, Closed
if len(sys.argv) > 4:
    import fcntl, pty, termios
    keep, slave = pty.openpty()
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
json.loads("{}"); "x".encode("idna")  # what a module imports late could not be read by that user
os.setgroups([]); os.setgid(int(sys.argv[1])); os.setuid(int(sys.argv[1]))
c = None
for line in sys.stdin:
    m = json.loads(line)
    for again in (True, False):  # a connection ends after so many requests; what is asked twice has the same key
        try:
            c = c or Client(sys.argv[2])
            answer = c.ask(m["method"], m["path"], m.get("body"), "application/x-www-form-urlencoded" if isinstance(m.get("body"), str) else "application/json")
            break
        except (Closed, OSError) as e:
            c, answer = None, [0, {"closed": str(e)[:200]}]
    print(json.dumps(answer), flush=True)
"""


class Puppet:
    """A process with a user of its own on one face."""
    def __init__(self, stage, face, uid, terminal=False):
        self.uid, self.stage = uid, stage
        here = os.path.dirname(os.path.abspath(daemon.__file__))
        self.p = subprocess.Popen([sys.executable, "-c", PUPPET, str(uid), stage.path(face), here] + (["tty"] if terminal else []), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def begin(self, method, path, body=None):
        self.p.stdin.write(json.dumps(dict(method=method, path=path, body=body)) + "\n")
        self.p.stdin.flush()

    def end(self):
        status, answer = json.loads(self.p.stdout.readline())
        return status, answer

    def ask(self, method, path, body=None):
        self.begin(method, path, body)
        return self.end()

    def die(self):
        self.p.kill()
        self.p.wait()

    keys = 0

    def key(self):
        Puppet.keys += 1
        return "k%d" % Puppet.keys

    # ---- an agent's words ----
    def open(self, intent, **more):
        status, answer = self.ask("POST", "/v1/tasks", dict(dict(intent=intent, key=self.key()), **more))
        return answer["task"] if "task" in answer else answer

    def claim(self, task):
        status, answer = self.ask("POST", "/v1/tasks", dict(task_token=task["token"], key=self.key()))
        return answer["task"] if "task" in answer else answer

    def act(self, task, action, resource="thing:x", args=None, **more):
        kind, name = resource.split(":", 1)
        body = dict(action=action, key=more.pop("key", None) or self.key(), resource=dict(type=kind, id=name), arguments=args or {}, context={})
        for name in ("approval", "tool"):
            if name in more:
                body["context"][name] = more.pop(name)
        if isinstance(task, dict) and more.pop("as_enforcer", False):
            body.update(task_token=task["token"])
        else:
            body.update(task=task["id"] if isinstance(task, dict) else task)
        body.update(more)
        return self.ask("POST", "/v1/act", body)[1]

    def delegate(self, task, **more):
        return self.ask("POST", "/v1/tasks/%s/delegate" % task["id"], dict(dict(key=self.key()), **more))[1]

    def outcome(self, decision, result, **more):
        return self.ask("POST", "/v1/decisions/%s/outcome" % (decision["decision_id"] if isinstance(decision, dict) else decision), dict(result=result, **more))

    def close(self, task):
        return self.ask("DELETE", "/v1/tasks/%s" % task["id"])[1]

    # ---- a person's words ----
    def approve(self, decision):
        return self.ask("POST", "/v1/approvals/%s/approve" % decision["approval"]["id"], {})


# One process of some user with many connections: reads a list of requests a line, asks them all at once, answers with the list of answers.
SWARM = r"""
import json, os, sys, threading
sys.path.insert(0, sys.argv[3])
from daemon import Client
json.loads("{}"); "x".encode("idna")
os.setgroups([]); os.setgid(int(sys.argv[1])); os.setuid(int(sys.argv[1]))
for line in sys.stdin:
    asked = json.loads(line)
    clients, answers, start = [Client(sys.argv[2], 60) for _ in asked], [None] * len(asked), threading.Barrier(len(asked))
    def go(i):
        start.wait()
        try:
            answers[i] = clients[i].ask(asked[i]["method"], asked[i]["path"], asked[i].get("body"))
        except Exception as e:
            answers[i] = [0, {"closed": str(e)[:100]}]
    threads = [threading.Thread(target=go, args=(i,)) for i in range(len(asked))]
    [t.start() for t in threads]; [t.join() for t in threads]; [c.close() for c in clients]
    print(json.dumps(answers), flush=True)
"""


class Swarm(Puppet):
    """A process with a user of its own and many connections."""
    def __init__(self, stage, face, uid):
        self.uid, self.stage = uid, stage
        here = os.path.dirname(os.path.abspath(daemon.__file__))
        self.p = subprocess.Popen([sys.executable, "-c", SWARM, str(uid), stage.path(face), here], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def many(self, asked):
        self.p.stdin.write(json.dumps(asked) + "\n")
        self.p.stdin.flush()
        return [answer for _, answer in json.loads(self.p.stdout.readline())]

    def ask(self, method, path, body=None):
        self.p.stdin.write(json.dumps([dict(method=method, path=path, body=body)]) + "\n")
        self.p.stdin.flush()
        return json.loads(self.p.stdout.readline())[0]

    def acts(self, task, asked):
        """(action, arguments) each, all at once, each under a key of its own"""
        return self.many([dict(method="POST", path="/v1/act", body=dict(action=action, arguments=args, key=self.key(), task=task["id"],
                                                                        resource=dict(type="thing", id="x"))) for action, args in asked])


class Stage(daemon.Daemon):
    def __init__(self, conf, policy, limits="", env=None):
        if os.getuid() != 0:
            print("NOT RUN: agents with users of their own need root")
            sys.exit(SKIP)
        daemon.CONF = HEAD + LIMITS + conf
        super().__init__(mode="enforce", limits=limits, policy=policy, start=False, env=env)
        os.makedirs(os.path.join(self.dir, "conf.d"), 0o755)
        self.write("conf.d/99-stage.conf", b"admins : { stage : { uid = 0 } }\n")
        self.puppets = []
        self.start()

    def start(self, wait=True):
        super().start(wait)
        if wait:
            self.let_in()

    def let_in(self):
        os.chmod(self.path("admin"), 0o666)  # several people; who may is decided by uid

    def puppet(self, face, uid, terminal=False):
        p = Puppet(self, face, uid, terminal)
        self.puppets.append(p)
        return p

    def swarm_of(self, uid):
        p = Swarm(self, "agent", uid)
        self.puppets.append(p)
        return p

    def agent_of(self, uid, terminal=False):
        return self.puppet("agent", uid, terminal)

    def enforcer_of(self, uid):
        return self.puppet("enforcer", uid)

    def admin_of(self, uid):
        return self.puppet("admin", uid)

    def alerts(self):
        return [l["body"]["what"] for l in self.leaves("alert")]

    def task(self, task):
        """as an operator sees it"""
        c = self.admin()
        answer = c.ask("GET", "/v1/tasks/" + task["id"])[1]
        c.close()
        return answer.get("task", answer)

    def configure(self, name, text):
        """Writes conf.d/NAME and reloads; returns the answer."""
        self.write("conf.d/" + name, text.encode())
        c = self.admin()
        answer = c.ask("POST", "/v1/reload", {})[1]
        c.close()
        return answer

    def leaves(self, kind=None):
        return [l for l in journal(os.path.join(self.dir, "state", "journal")) if kind is None or l["kind"] == kind]

    def end(self):
        for p in self.puppets:
            p.p.stdin.close()
            p.p.wait()
        said = self.text()
        code = self.stop()
        if code != 0:
            traceback.print_exc()  # what went wrong before that
            print(said[-2000:])
            fail("the daemon ended with %s" % code)


def agent(name, uid, environment="dev"):
    """The stanza of one that may do whatever its intent, work, takes."""
    return """
  %s : { owner = "%s@acme.example"  escalate = "o@acme.example"  review_by = "2027-01-31"  environment = "%s"  match = [ "peer:uid=%d" ]  reach = [ "**" ]  intents = [ "work" ] }""" % (name, name, environment, uid)


# Preloaded into a daemon: its gate fails where it is told to, see tests/fault/hang.c.
FAULTS = dict(LD_PRELOAD=os.path.join(os.path.abspath(BUILD), "tests", "fault", "libfault_hang.so"))


def perform(conf, policy, *acts, limits="", env=None, stage=Stage):
    """These acts, one after the other, on a stage of their own. What the daemon said is shown where one fails."""
    d = stage(conf, policy, limits, env)
    try:
        for act in acts:
            act(d)
    except BaseException:
        print(d.text()[-4000:])
        raise
    finally:
        d.end()
    done()


def until(what, seconds=10):
    end = time.time() + seconds
    while time.time() < end:
        got = what()
        if got:
            return got
        time.sleep(0.05)
    return what()


def fail(text):
    print("FAILED: " + text)
    raise SystemExit(1)


def row(number, what, good, seen=None):
    global passed
    if not good:
        fail("row %s: %s%s" % (number, what, "" if seen is None else "\n  seen: " + json.dumps(seen)[:1500]))
    passed += 1
    print("ok row %s: %s" % (number, what))


def says(answer, verdict, code=None):
    return answer.get("verdict") == verdict and (code is None or answer.get("code") == code)


def done():
    print("%d passed, 0 failed" % passed)
