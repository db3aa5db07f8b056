#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Configuration and policy swapped under load: every decision is one of the old pair or of the new, never of one of each; what is bad or half written
changes nothing and is told with its place; a reload that was asked for is never forgotten, nor answered by one that read older files."""
import json, os, signal, subprocess, sys, threading, time
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from daemon import BUILD, Closed, Daemon, journal

passed = 0
CTL = os.path.join(os.path.abspath(BUILD), "core", "stepgate")


def good(what):
    global passed
    passed += 1
    print("ok: " + what)


def put(d, name, text):
    """As config edit does it: whole, or not at all."""
    path = os.path.join(d.dir, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    beside = os.path.join(os.path.dirname(path), ".new")
    with open(beside, "w") as f:
        f.write(text)
    os.chmod(beside, 0o644)
    os.rename(beside, path)


def ctl(d, *words):
    p = subprocess.run([CTL, *words], capture_output=True, text=True, timeout=30, env=dict(os.environ, STEPGATE_RUN=os.path.join(d.dir, "run"), NO_COLOR="1"))
    return p.returncode, p.stdout, p.stderr


def reload(o):
    try:
        return o.ask("POST", "/v1/reload", {})
    except Closed:  # no answer: what the daemon was at must be told, or nobody can find it
        for pid in [p for p in os.listdir("/proc") if p.isdigit()]:
            try:
                comm, wait = (open("/proc/%s/%s" % (pid, n)).read().strip() for n in ("comm", "wchan"))
            except OSError:
                continue
            if comm.startswith("sg-") or comm == "stepgated":
                print("%s %s waits in %s" % (comm, pid, wait))
        raise


def running(o):
    status, answer = o.ask("GET", "/v1/config")
    assert status == 200, answer
    return answer["document"]


def digests(o):
    status = o.ask("GET", "/v1/status")[1]
    return status["policy"], status["config"]


# What changes together: two limits, whom the agent reaches and the policy that goes with it. Padding makes the file long, so that half of it is likely.
PAD = "# " + "x" * 200 + "\n"


def variant(d, n):
    reach = '"pay.*", "repo.*"' if n % 2 == 0 else '"pay.*", "mail.*"'
    put(d, "conf.d/50-pair.conf", pair_text(n, reach))
    put(d, "policy.d/20-pair.lua", 'rule { id = "pair-%d", on = "mail.list", effect = deny { code = "pair", say = "%d" } }\n' % (n, n))


def pair_text(n, reach):
    return ("limits : { tasks_per_agent = %d\n%s leases_per_agent = %d }\n" % (10000 + n, PAD * 100, 10000 + n)
            + "agents : { helper : { reach = [ %s ] } }\n" % reach)


class Load:
    """Agents that never stop asking. pay.send is allowed under every variant; of repo.read and mail.read each variant reaches exactly one."""

    loads = 0

    def __init__(self, d, clients):
        Load.loads += 1
        self.name = "w%d" % Load.loads  # keys of its own: what is asked again is not decided again
        self.d, self.stop, self.bad, self.asked, self.seen = d, threading.Event(), [], 0, set()
        self.threads = [threading.Thread(target=self.work, args=(i,)) for i in range(clients)]
        for t in self.threads:
            t.start()

    def work(self, i):
        try:
            c, task, n, left = None, None, 0, 0
            while not self.stop.is_set():
                left -= 1
                if left <= 0:  # a connection has a thousand requests, of which each round takes two at most
                    left = 400
                    c = self.d.agent()
                    status, answer = c.ask("POST", "/v1/tasks", dict(intent="work", key="%s-%d-%d" % (self.name, i, n)))
                    if status >= 300:
                        self.bad.append(answer)
                        return
                    task = answer["task"]["id"]
                n += 1
                got = c.ask("POST", "/v1/act", dict(task=task, action="pay.send", key="k%d" % n, arguments=dict(amount=1), resource=dict(type="x", id="y")))[1]
                if got.get("verdict") != "allow":
                    self.bad.append(got)
                if n % 4 == 0:
                    got = c.ask("POST", "/v1/ceiling", dict(task=task, actions=["pay.send", "repo.read", "mail.read"]))[1]
                    self.seen.add(json.dumps(got, sort_keys=True))
                    n += 1
                self.asked += 1
        except Exception as e:  # a connection that broke is a request that failed
            self.bad.append(repr(e))

    def more(self, count):
        """Waits for so many answers more; a load that stands still is a failure."""
        want, until = self.asked + count, time.time() + 60
        while self.asked < want and not self.bad and time.time() < until:
            time.sleep(0.001)
        assert not self.bad, self.bad[:3]
        assert self.asked >= want, (self.asked, want)

    def end(self):
        self.more(100)
        self.stop.set()
        for t in self.threads:
            t.join(30)
        assert not self.bad, self.bad[:3]
        return self.asked


def swapped_whole(d, o):
    pairs = set()
    variant(d, 0)
    assert reload(o)[0] == 200
    pairs.add(digests(o))
    first = len(journal(os.path.join(d.dir, "state/journal")))
    load = Load(d, 4)
    for n in range(1, 61):
        variant(d, n)
        status, answer = reload(o)
        assert status == 200, answer
        pairs.add((answer["policy"], answer["config"]))
        load.more(8)
        config = running(o)
        assert config["limits"]["tasks_per_agent"] == config["limits"]["leases_per_agent"] == 10000 + n
        assert config["agents"]["helper"]["reach"][1] == ("repo.*" if n % 2 == 0 else "mail.*")
    asked = load.end()
    decided = [leaf for leaf in journal(os.path.join(d.dir, "state/journal"))[first:] if leaf["kind"] == "decision"]
    mixed = [leaf for leaf in decided if (leaf["policy"], leaf["config"]) not in pairs]
    assert not mixed, (len(mixed), len(decided), mixed[0])
    assert len(decided) >= asked and len(pairs) == 61
    assert len({(leaf["policy"], leaf["config"]) for leaf in decided}) > 30
    assert len(load.seen) == 2, load.seen  # either reach, whole
    good("sixty swaps of configuration and policy under load: %d decisions, each of one pair" % len(decided))


BAD = [("conf.d/60-bad.conf", "limits : {\n  rat = 5\n}\n", 2, 3, "conf_unknown", 'unknown option "rat" in limits; did you mean "rate"?'),
       ("conf.d/60-bad.conf", "mode = \"dev\n", 1, 8, "conf_string_open", "the string that starts here is not closed"),
       ("conf.d/60-bad.conf", "attest : { peer : { after = \"peer\" } }\n", 1, 29, "conf_order", "attest.peer waits for itself"),
       ("conf.d/60-bad.conf", "agents : { helper : {\n", 1, 21, "conf_bracket", "the { that stands here is not closed"),
       ("conf.d/60-bad.conf", "limits = 5\n", 1, 1, "conf_type_change", "is a number here and a group at ")]


def kept_out(d, o):
    before, config = digests(o), running(o)
    load = Load(d, 3)
    for _ in range(4):
        for name, text, line, column, code, what in BAD:
            put(d, name, text)
            status, answer = reload(o)
            error = answer["reload"][0]
            assert status == 422 and answer["result"] == "kept_out", answer
            assert (error["line"], error["column"], error["code"]) == (line, column, code), error
            assert digests(o) == before and running(o) == config
    for name, text, line, column, code, what in BAD:
        put(d, name, text)
        status, out, err = ctl(d, "reload")
        assert status == 78, (status, out, err)
        assert "60-bad.conf:%d:%d: " % (line, column) in err and what in err and "kept out" in err, err
        assert text.split("\n")[line - 1] in err and "^" in err, err
    os.remove(os.path.join(d.dir, "conf.d/60-bad.conf"))
    load.end()
    assert ctl(d, "reload")[0] == 0
    assert digests(o) == before
    good("bad files are kept out, and why stands in the answer, with line and caret (exit 78)")


def half_written(d, o):
    path, before = os.path.join(d.dir, "conf.d/50-pair.conf"), digests(o)
    load = Load(d, 3)
    text = pair_text(777, '"pay.*", "repo.*"')
    half = text.index("agents")  # what is there looks whole
    for cut in (0, half, len(text) // 2, len(text) - 2):
        with open(path, "w") as f:
            f.write(text[:cut])
            f.flush()
            status, answer = reload(o)
            assert status == 422 and answer["reload"][0]["code"] == "conf_busy", answer
            assert digests(o) == before
            f.write(text[cut:])
        assert reload(o)[0] == 200
        assert digests(o) != before
        variant(d, 60)
        assert reload(o)[0] == 200 and digests(o) == before
    with open(path, "w") as f:  # torn: the writer died
        f.write(text[:len(text) - 20])
    status, answer = reload(o)
    assert status == 422 and answer["reload"][0]["code"] in ("conf_bracket", "conf_string_open"), answer
    assert digests(o) == before
    variant(d, 60)
    load.end()
    good("a file that is being written is not read, whatever is there so far; one that was torn is refused")


def replaced_while_read(d, o):
    """Two writers that never stop, one in place and one by rename: whatever gets in is one whole file."""
    stop, done = threading.Event(), [0, 0]
    path = os.path.join(d.dir, "conf.d/50-pair.conf")

    def writer(which):
        n = which
        while not stop.is_set():
            n += 2
            text = pair_text(n % 1000, '"pay.*", "repo.*"')
            if which == 0:
                put(d, "conf.d/50-pair.conf", text)
            else:
                with open(path, "r+") as f:  # same length: what stands behind the pen is of the file before
                    for at in range(0, len(text), 4096):
                        f.write(text[at:at + 4096])
                        f.flush()
            done[which] += 1
            time.sleep(0.001)
    threads = [threading.Thread(target=writer, args=(i,)) for i in range(2)]
    load = Load(d, 2)
    for t in threads:
        t.start()
    counts = {200: 0, 422: 0}
    until = time.time() + 60
    while counts[200] < 40 and time.time() < until:
        status, answer = reload(o)
        counts[status] += 1
        if status == 422:
            assert answer["reload"][0]["code"] == "conf_busy", answer
        config = running(o)
        assert config["limits"]["tasks_per_agent"] == config["limits"]["leases_per_agent"], config["limits"]
    stop.set()
    for t in threads:
        t.join(20)
    load.end()
    assert counts[200] >= 40 and done[0] > 10 and done[1] > 10, (counts, done)
    good("read while two others write it: %d times in force, %d times refused, never half" % (counts[200], counts[422]))


def by_signal(d, o):
    variant(d, 41)
    assert reload(o)[0] == 200
    last = digests(o)  # of both: a reload may begin between a variant's two files
    variant(d, 1)
    assert reload(o)[0] == 200
    load = Load(d, 3)
    for n in range(2, 42):  # faster than reloads are: the last one counts
        variant(d, n)
        d.process.send_signal(signal.SIGHUP)
    until = time.time() + 20
    while digests(o) != last and time.time() < until:
        time.sleep(0.02)
    assert digests(o) == last and running(o)["limits"]["tasks_per_agent"] == 10041
    before, said = digests(o), d.text().count("conf_unknown")
    put(d, *BAD[0][:2])
    d.process.send_signal(signal.SIGHUP)
    while d.text().count("conf_unknown") == said and time.time() < until:
        time.sleep(0.02)
    assert d.text().count("conf_unknown") > said and "60-bad.conf:2: " in d.text()
    assert digests(o) == before
    os.remove(os.path.join(d.dir, "conf.d/60-bad.conf"))
    load.end()
    good("SIGHUP: the last of many in a row is in force; a bad one is kept out and told in the log")


def asked_meanwhile(d, o):
    """An answer belongs to a reload that began after it was asked for, however many signals are in between."""
    for n in range(100, 140):
        d.process.send_signal(signal.SIGHUP)
        variant(d, n)
        status, answer = reload(o)
        assert status == 200, answer
        assert running(o)["limits"]["tasks_per_agent"] == 10000 + n, n
    good("a reload that is asked for while another is under way is done after it")


def state_of(pid):
    try:
        f = open("/proc/%d/stat" % pid)
    except FileNotFoundError:
        return "gone", 0  # between the listing and this look
    with f:
        fields = f.read().rsplit(")", 1)[1].split()
    return fields[0], int(fields[1]), fields[11:13]  # letter, parent, time used


def at_rest(pid):
    """Until it waits for something, with nothing left to do."""
    before, until = None, time.time() + 20
    while time.time() < until:
        now = state_of(pid)
        if now[0] == "S" and now == before:
            return
        before = now
        time.sleep(0.3)
    raise AssertionError("%d does not come to rest" % pid)


def zygotes(d):
    return {pid for pid in d.processes("sg-policy") if state_of(pid)[1] == d.process.pid}


def all_at_once(d, o):
    """The gate's word that modules are ready and the old zygote's word of a new worker come in one turn of the supervisor: the first moves another
    zygote to the old one's place, which has nothing to say."""
    supervisor, gate = d.process.pid, d.processes("sg-gate")[0]
    until = time.time() + 30
    while len(zygotes(d)) > 1 and time.time() < until:
        time.sleep(0.1)  # one of an earlier reload stays for ten seconds
    (zygote,) = zygotes(d)
    os.kill(zygote, signal.SIGSTOP)
    for worker in [p for p in d.processes("sg-policy") if p != zygote]:
        os.kill(worker, signal.SIGKILL)  # the gate asks for others, which the zygote does not make yet
    time.sleep(0.5)
    os.kill(gate, signal.SIGSTOP)
    variant(d, 300)
    os.kill(supervisor, signal.SIGHUP)
    until = time.time() + 20
    while len(zygotes(d)) < 2 and time.time() < until:
        time.sleep(0.01)
    candidate = (zygotes(d) - {zygote}).pop()
    at_rest(candidate)  # it has compiled, and the supervisor has asked the gate
    at_rest(supervisor)
    os.kill(supervisor, signal.SIGSTOP)
    os.kill(gate, signal.SIGCONT)
    os.kill(zygote, signal.SIGCONT)
    time.sleep(1)  # both speak
    os.kill(supervisor, signal.SIGCONT)
    variant(d, 301)
    status, answer = reload(o)
    assert status == 200 and running(o)["limits"]["tasks_per_agent"] == 10301, answer
    good("words of gate and zygote in one turn: the supervisor waits for nobody")


def old_worker(d, o):
    """A worker that was asked for by the old policy's zygote, and given a question, when the new one came into force: it is still made, and the
    question answered, not denied as late."""
    supervisor, gate = d.process.pid, d.processes("sg-gate")[0]
    until = time.time() + 30
    while len(zygotes(d)) > 1 and time.time() < until:
        time.sleep(0.1)
    (zygote,) = zygotes(d)
    c = d.agent()
    task = c.ask("POST", "/v1/tasks", dict(intent="work", key="old-worker"))[1]["task"]["id"]
    os.kill(gate, signal.SIGSTOP)
    variant(d, 302)
    os.kill(supervisor, signal.SIGHUP)
    while len(zygotes(d)) < 2 and time.time() < until:
        time.sleep(0.01)
    at_rest((zygotes(d) - {zygote}).pop())
    at_rest(supervisor)
    os.kill(supervisor, signal.SIGSTOP)
    for worker in [p for p in d.processes("sg-policy") if state_of(p)[1] == zygote]:
        os.kill(worker, signal.SIGKILL)
    os.kill(gate, signal.SIGCONT)
    time.sleep(1)  # it asks for workers, and says that what it prepared is ready
    body = json.dumps(dict(task=task, action="pay.send", key="old", arguments=dict(amount=1), resource=dict(type="x", id="y"))).encode()
    c.s.sendall(b"POST /v1/act HTTP/1.1\r\nHost: stepgate\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    time.sleep(1)  # the question waits for a worker
    os.kill(supervisor, signal.SIGCONT)
    status, answer = c.read()
    assert status == 200 and answer["verdict"] == "allow", answer
    good("a worker asked for before a swap and needed after it is made all the same")


def policy_survives(d, o):
    """A policy that was kept out is not what a new zygote compiles."""
    put(d, "policy.d/91-bad.lua", "rule {")
    assert reload(o)[0] == 422
    put(d, *BAD[0][:2])
    assert reload(o)[0] == 422
    before = digests(o)
    c = d.agent()
    task = c.ask("POST", "/v1/tasks", dict(intent="work", key="survives"))[1]["task"]["id"]
    for n in range(3):
        for pid in d.processes("sg-policy"):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass  # it went with its zygote
        until, got = time.time() + 20, {}
        while got.get("verdict") != "allow" and time.time() < until:
            got = c.ask("POST", "/v1/act", dict(task=task, action="pay.send", key="s%d-%f" % (n, time.time()), arguments=dict(amount=1),
                                                resource=dict(type="x", id="y")))[1]
        assert got.get("verdict") == "allow", got
        assert digests(o) == before
    os.remove(os.path.join(d.dir, "policy.d/91-bad.lua"))
    os.remove(os.path.join(d.dir, "conf.d/60-bad.conf"))
    assert reload(o)[0] == 200
    good("policy processes that die after a refused reload come back with the policy in force")


def elsewhere(d, o):
    before = digests(o)
    for name in ("state_dir", "run_dir"):
        put(d, "conf.d/70-move.conf", '%s = "/tmp/elsewhere"\n' % name)
        status, answer = reload(o)
        assert status == 422 and answer["reload"][0]["code"] == "conf_restart" and name in answer["reload"][0]["what"], answer
        assert digests(o) == before
    put(d, "conf.d/70-move.conf", 'listen : { enforcer : { address = "127.0.0.1:9"  certificate = "/a"  key = "/b" } }\n'
        'attest : { gw : { kind = "verify"  use = "x509"  control = "sufficient" } }\n')
    status, answer = reload(o)
    assert status == 422 and answer["reload"][0]["code"] == "conf_restart" and "listen.enforcer.address" in answer["reload"][0]["what"], answer
    put(d, "conf.d/70-move.conf", "attest : { peer : { control = \"requisite\" } }\nissue : { token : { ttl = \"30s\" } }\n")
    status, answer = reload(o)
    assert status == 200 and answer["config"] != before[1], answer  # what the gate itself goes by may change
    now = answer["config"]
    put(d, "other.d/10.lua", "rule {")
    put(d, "conf.d/70-move.conf", 'policy_dir = "%s/other.d"\n' % d.dir)
    status, answer = reload(o)
    assert status == 422 and answer["reload"][0]["file"] == "10.lua" and digests(o) == (before[0], now), answer
    with open(os.path.join(d.dir, "policy.d/10-test.lua")) as f:
        put(d, "other.d/10.lua", f.read())
    status, answer = reload(o)
    assert status == 200 and answer["policy"] != before[0], answer
    os.remove(os.path.join(d.dir, "conf.d/70-move.conf"))
    assert reload(o)[0] == 200 and digests(o) == before
    good("another state or socket folder needs a restart; another policy folder is read in the same reload")


def instances(o):
    return {m["name"]: m for m in o.ask("GET", "/v1/status")[1]["modules"]}


def modules_beside(d, o):
    """A stanza that changes gets a new instance, started beside the old one; one that will not start keeps everything out. Nothing asked fails."""
    before = digests(o)
    load = Load(d, 4)
    load.more(50)
    for text, what in (("attest : { peer : { depth = 3 } }\n", "attest.peer: option_unknown"), ('issue : { token : { use = "other" } }\n', "issue.token: path_missing"),
                       ('issue : { more : { use = "jwt"  audience = [ "x" ] } }\n', "issue.more: jwt_no_key"),
                       ('issue : { more : { use = "jwt"  audience = [ "x" ]  grants = [ "key=secret:/nowhere/key" ] } }\n', "issue.more: path_missing")):
        put(d, "conf.d/70-module.conf", text)
        status, answer = reload(o)
        assert status == 422 and answer["reload"][0]["code"] == "module_refused" and what in answer["reload"][0]["what"], answer
        assert digests(o) == before and all(m["state"] in ("ready", "retiring") and m["failures"] == 0 for m in instances(o).values()), instances(o)
        load.more(20)
    was = instances(o)
    with open(os.path.join(d.dir, "state/issue/token.pem"), "rb") as f:
        d.write("other.pem", f.read(), 0o600)
    for n in range(8):
        put(d, "conf.d/70-module.conf", 'issue : { token : { ttl = "30s"  lifetime_max = %d } more : { use = "jwt"  audience = [ "x%d" ]  grants = [ "key=secret:%s/other.pem" ] } }\n' % (30 + n, n, d.dir))
        status, answer = reload(o)
        assert status == 200, answer
        now = instances(o)
        assert all(now[m]["state"] == "ready" for m in ("issue.token", "issue.more", "attest.peer", "verify.jwt")), now
        load.more(60)
    put(d, "conf.d/70-module.conf", "# nothing\n")
    assert reload(o)[0] == 200 and digests(o) == before
    load.more(60)
    asked = load.end()
    until = time.time() + 10
    while set(instances(o)) != set(was) and time.time() < until:
        time.sleep(0.02)
    assert set(instances(o)) == set(was), instances(o)
    assert instances(o)["attest.peer"]["calls"] >= was["attest.peer"]["calls"], "the instance whose stanza stayed was exchanged"
    c = d.agent()
    task = c.ask("POST", "/v1/tasks", dict(intent="work", key="before"))[1]["task"]["id"]
    ask = lambda on, key: on.ask("POST", "/v1/act", dict(task=task, action="pay.send", key=key, arguments=dict(amount=1), resource=dict(type="x", id="y")))[1]
    assert ask(c, "1")["verdict"] == "allow"
    put(d, "conf.d/70-module.conf", 'attest : { second : { use = "peer"  control = "required" } }\n')
    assert reload(o)[0] == 200 and instances(o)["attest.second"]["state"] == "ready"
    end = time.time() + 1.5  # the last look is good for a moment: this one is by the new stack
    while time.time() < end:
        assert ask(c, "k%f" % time.time())["verdict"] == "allow"
        time.sleep(0.05)
    fresh = d.agent()
    assert ask(fresh, "3")["verdict"] == "allow"
    good("a stack that states more makes nobody another one")
    good("modules exchanged, added and taken away beside %d decisions; four that will not start kept out with their word" % asked)


def refreshed(d, o):
    """A module that is started anew so often: nobody notices but the record, and one that cannot be started again goes on as it is."""
    put(d, "conf.d/70-module.conf", "# nothing\n")
    assert reload(o)[0] == 200
    load = Load(d, 2)
    first = len(journal(os.path.join(d.dir, "state/journal")))
    put(d, "conf.d/70-module.conf", 'issue : { token : { refresh = "300ms" } }\nagents : { helper : { reach = [ "repo.*", "pay.*" ] } }\n')
    assert reload(o)[0] == 200
    c = d.agent()
    task = c.ask("POST", "/v1/tasks", dict(intent="work", key="refreshed"))[1]["task"]["id"]
    entered = lambda: [l for l in journal(os.path.join(d.dir, "state/journal"))[first:] if l["body"].get("module") == "issue.token"]
    until, n = time.time() + 30, 0
    while len(entered()) < 5 and time.time() < until:
        got = c.ask("POST", "/v1/act", dict(task=task, action="repo.read", key="r%d" % n, arguments={}, resource=dict(type="x", id="y")))[1]
        assert got["verdict"] == "allow" and got["credential"]["token"], got
        n += 1
        if n == 900:
            break
        time.sleep(0.01)
    assert len(entered()) >= 5, entered()
    os.rename(os.path.join(d.dir, "state/issue/token.pem"), os.path.join(d.dir, "state/issue/away.pem"))
    end = time.time() + 20
    while not any(m["why"].startswith("jwt_no_key") for m in o.ask("GET", "/v1/status")[1]["modules"]) and time.time() < end:
        time.sleep(0.05)
    assert any(m["why"].startswith("jwt_no_key") for m in o.ask("GET", "/v1/status")[1]["modules"])
    got = d.agent()
    assert got.ask("POST", "/v1/act", dict(task=task, action="repo.read", key="still", arguments={}, resource=dict(type="x", id="y")))[1]["verdict"] == "allow"
    os.rename(os.path.join(d.dir, "state/issue/away.pem"), os.path.join(d.dir, "state/issue/token.pem"))
    put(d, "conf.d/70-module.conf", "# nothing\n")
    assert reload(o)[0] == 200
    load.more(20)
    load.end()
    good("a module started anew five times beside itself: every credential was made; one that could not start again left the old one at work")


def main():
    d = Daemon(limits='policy_deadline = "2s"  gate_hang = "60s"')  # what is measured here is no speed, and the gate is stopped on purpose
    try:
        for test in (swapped_whole, kept_out, half_written, replaced_while_read, by_signal, asked_meanwhile, all_at_once, old_worker, policy_survives, elsewhere, modules_beside, refreshed):
            test(d, d.admin())
        print("%d passed, 0 failed" % passed)
    finally:
        d.stop()


main()
