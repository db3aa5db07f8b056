#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Story U8 (rows 1, 2, 4, 5, 7) on a running daemon: a brokered secret reaches the enforcer that asks on the agent's behalf and nobody else. Afterwards
the secret is looked for in everything the daemon wrote and in every one of its processes."""
import json, os, resource, shutil, signal, subprocess, sys, time
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from checks import waited as until
from daemon import BUILD, Daemon, journal

CONF = """
issue : { vault : { use = "secret"  grants = [ "store=folder:%(dir)s/state/secrets" ] } }
intents : { migrate : { actions = [ "secret.*" ]  resources = [ "prod/db", "prod/db/**" ]  sensitivity = "restricted" } }
agents : { db-migrate : { owner = "ines@acme.example"  escalate = "o@acme.example"  review_by = "2027-01-31"  environment = "prod"
  match = [ "peer:uid=%(uid)d" ]  reach = [ "secret.*" ]  intents = [ "migrate" ] } }
actions : {
  secret_list : { name = "secret.list"  class = "secret"  effect = "read"  sensitivity = "internal"    credential = "vault" }
  secret_read : { name = "secret.read"  class = "secret"  effect = "read"  sensitivity = "restricted"  credential = "vault" } }
audit : { copy : { use = "file"  grants = [ "folder=folder:%(dir)s/out" ] } }
"""
POLICY = """
rule { id = "names", on = "secret.list", when = function(r) return r.resource.type == "secrets" end, effect = allow {} }
rule { id = "secret-read", on = "secret.read", when = function(r) return r.resource.type == "secret" end,
       effect = step_up { approvers = "ops", ttl = "5m", say = "reads a production secret" } }
rule { id = "no-root", on = "secret.read", when = function(r) return r.resource.id:ends("/root") end,
       effect = deny { code = "static_root", say = "No static root password: ask for db.connect, a connection that is brokered for you" } }
"""
passed = 0
CANARY = "canary-" + os.urandom(16).hex()
STATIC = "canary-" + os.urandom(16).hex()


def good(what):
    global passed
    passed += 1
    print("ok: " + what)


def stepgate(d, *arguments, given=None):
    r = subprocess.run([os.path.join(BUILD, "core", "stepgate")] + list(arguments) + ["-c", d.dir + "/stepgate.conf"], input=given, capture_output=True, text=True, timeout=60)
    assert CANARY not in r.stdout + r.stderr and STATIC not in r.stdout + r.stderr
    assert r.returncode == 0, r.stderr
    return r.stdout


def act(e, task, key, action, kind, id, **more):
    body = dict(task_token=task["token"], peer_uid=os.getuid(), action=action, key=key, resource=dict(type=kind, id=id))
    body.update(more)
    return e.ask("POST", "/v1/act", body)[1]


def rows(d, a, e, task):
    got = until(lambda: (lambda g: g if g["code"] not in ("issue_unavailable", "policy_unavailable") else None)(act(e, task, "list%f" % time.time(), "secret.list", "secrets", "prod/db")))
    assert got["verdict"] == "allow" and got["credential"]["token"] == "prod/db/billing\nprod/db/root\n", got
    got = act(e, task, "list-out", "secret.list", "secrets", "prod")
    assert got["verdict"] == "deny" and got["code"] == "outside_resources", got
    good("row 1: names of the folder within reach, none of another")
    got = a.ask("POST", "/v1/act", dict(task=task["id"], action="secret.list", key="own", resource=dict(type="secrets", id="prod/db")))[1]
    assert got["verdict"] == "deny" and got["code"] == "enforcer_only", got
    good("the agent itself is answered enforcer_only")
    got = act(e, task, "read", "secret.read", "secret", "prod/db/billing")
    assert got["verdict"] == "step_up" and "credential" not in got, got
    good("row 2: a restricted secret steps up")
    approval = got["approval"]["id"]
    no = act(e, task, "root", "secret.read", "secret", "prod/db/root")
    assert no["verdict"] == "deny" and "db.connect" in no["say"], no
    good("row 4: the static root password is denied, with an offer")
    admin = d.admin()
    status, answer = admin.ask("POST", "/v1/approvals/%s/approve" % approval, {})
    assert status == 200, answer
    got = act(e, task, "redeem", "secret.read", "secret", "prod/db/billing", context=dict(approval=approval))
    assert got["verdict"] == "allow" and got["credential"]["token"] == CANARY, got["code"]
    decision = got["decision_id"]
    for key in ("redeem2", "redeem3"):
        again = act(e, task, key, "secret.read", "secret", "prod/db/billing", context=dict(approval=approval))
        assert again["verdict"] == "deny" and again["code"] == "approval_used" and "credential" not in again, again
    repeat = act(e, task, "redeem", "secret.read", "secret", "prod/db/billing", context=dict(approval=approval))
    assert repeat["verdict"] == "deny" and "credential" not in repeat, repeat
    good("row 5: the approval is good once; neither a second redemption nor a repeat of the first hands it out again")
    return decision


def outcome(d, e, decision):
    body = dict(result="ok", text="the password is " + CANARY, detail=dict(secret=CANARY))
    status, answer = e.ask("POST", "/v1/decisions/%s/outcome" % decision, body)
    assert CANARY not in json.dumps(answer), answer
    if status != 200:
        status, answer = e.ask("POST", "/v1/decisions/%s/outcome" % decision, dict(result="ok"))
    assert status == 200, answer
    status, answer = e.ask("POST", "/v1/decisions/%s/outcome" % decision, dict(result=CANARY))
    assert status != 200 and CANARY not in json.dumps(answer), answer
    good("row 7: an outcome holds no free text that a secret could stand in")


def labels(d, e, task):
    """The one text that is recorded of an outcome."""
    got = act(e, task, "again", "secret.read", "secret", "prod/db/billing")
    admin = d.admin()
    assert admin.ask("POST", "/v1/approvals/%s/approve" % got["approval"]["id"], {})[0] == 200
    got = act(e, task, "again2", "secret.read", "secret", "prod/db/billing")
    assert got["credential"]["token"] == CANARY, got["code"]
    said = ["db:migrated", CANARY, "x" + CANARY + "y", CANARY[:-1] + "-cut"]
    status, answer = e.ask("POST", "/v1/decisions/%s/outcome" % got["decision_id"], dict(result="ok", labels=said))
    assert status == 200, answer
    leaf = [l for l in journal(d.dir + "/state/journal") if l["kind"] == "outcome" and "db:migrated" in json.dumps(l)]
    assert len(leaf) == 1 and leaf[0]["body"]["taint"] == ["db:migrated", "outcome:secret_masked", "outcome:secret_masked", said[3]], leaf
    assert "ALERT" in d.text() and "held a secret; masked" in d.text()
    good("row 7: a secret among its labels is masked, with an alert")


def holds(pid):
    """Where this process shows a secret to others: its arguments and its environment."""
    for name in ("cmdline", "environ"):
        with open("/proc/%d/%s" % (pid, name), "rb") as f:
            text = f.read()
        if CANARY.encode() in text or STATIC.encode() in text:
            return name
    return None


def nowhere(d):
    found, seen = [], 0
    for folder, _, names in os.walk(d.dir):
        for n in names:
            path = os.path.join(folder, n)
            if not os.path.isfile(path) or os.path.islink(path):
                continue
            with open(path, "rb") as f:
                text = f.read()
            seen += 1
            if CANARY.encode() in text or STATIC.encode() in text:
                found.append(path)
    assert not found and seen > 10, found
    assert len(journal(d.dir + "/state/journal")) > 10
    with open(d.dir + "/out/journal.jsonl", "rb") as f:
        assert f.read().count(b"\n") > 10
    pids = [d.process.pid] + d.processes()
    assert len(pids) > 5 and not [p for p in pids if holds(p)]
    good("in none of %d files (journal, state, copies, log), in no arguments or environment of %d processes" % (seen, len(pids)))


def remembers(pid):
    """Whether a secret stands anywhere in what this process may write to, and how much of it the disk may never see."""
    found = []
    with open("/proc/%d/maps" % pid) as maps, open("/proc/%d/mem" % pid, "rb", 0) as memory:
        for line in maps:
            where, rights = line.split()[:2]
            first, last = (int(x, 16) for x in where.split("-"))
            if "w" not in rights or first >= 1 << 47:
                continue
            for at in range(first, last, 1 << 24):
                try:
                    text = os.pread(memory.fileno(), min(1 << 24, last - at) + (64 if last - at > 1 << 24 else 0), at)
                except OSError:
                    continue  # nothing is there
                found += ["%s: %r" % (line.split()[-1], text[max(0, text.find(c) - 80):text.find(c) + 80]) for c in (CANARY.encode(), STATIC.encode()) if c in text]
    with open("/proc/%d/status" % pid) as f:
        locked = int([l for l in f if l.startswith("VmLck")][0].split()[1])
    return found, locked


def lockable():
    """Whether whoever runs this may lock memory without a bound."""
    try:
        resource.setrlimit(resource.RLIMIT_MEMLOCK, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        return True
    except (ValueError, OSError):
        return False


def forgotten(d):
    """What was handed out is cleansed in every process it went through, and none of its memory may be swapped out."""
    names = {p: open("/proc/%d/comm" % p).read().strip() for p in d.processes()}
    seen = {(p, n): remembers(p) for p, n in names.items()}
    assert not any(found for found, _ in seen.values()), {k: v for k, v in seen.items() if v[0]}
    through = [(k, locked) for k, (_, locked) in seen.items() if k[1] in ("sg-gate", "sg-door") or k[0] in broker(d)]
    said = " ".join(d.admin().ask("GET", "/v1/status")[1]["confinement"])
    assert len(through) > 4
    if lockable():
        assert all(locked > 0 for _, locked in through) and "locked memory" not in said, (through, said)
    else:
        assert not any(locked for _, locked in through) and "gate runs without locked memory" in said and "issue.vault runs without locked memory" in said, (through, said)
    good("in the memory of none of %d processes; that of gate, doors and broker %s" % (len(seen), "is locked" if lockable() else "may not be locked here, and status says so"))


def broker(d):
    """The process that holds the store."""
    found = []
    for p in d.processes("sg-host"):
        try:
            found += [p] if any("/secrets" in os.readlink("/proc/%d/fd/%s" % (p, fd)) for fd in os.listdir("/proc/%d/fd" % p)) else []
        except OSError:
            pass
    return found


def core_limit(pid):
    with open("/proc/%d/limits" % pid) as f:
        return [l for l in f if l.startswith("Max core file size")][0].split()[4:6]


def no_core(d):
    """The broker aborted: nothing is left behind where cores would go, and the next one is not dumped either, from before it has the store."""
    first = broker(d)
    assert len(first) == 1 and core_limit(first[0]) == ["0", "0"], first
    cwd = os.readlink("/proc/%d/cwd" % first[0])
    before = set(os.listdir(cwd))
    os.kill(first[0], signal.SIGABRT)
    second = until(lambda: [p for p in broker(d) if p not in first])
    assert core_limit(second[0]) == ["0", "0"]
    assert not [n for n in set(os.listdir(cwd)) - before if "core" in n]
    good("the broker's process, aborted, leaves no core")


d = Daemon(start=False, agent=54321)
try:
    os.mkdir(d.dir + "/out", 0o700)
    os.mkdir(d.dir + "/conf.d", 0o755)
    d.write("conf.d/50-secret.conf", (CONF % dict(dir=d.dir, uid=os.getuid())).encode())
    d.write("policy.d/20-secret.lua", POLICY.encode())
    stepgate(d, "init")
    stepgate(d, "secret", "put", "prod/db/billing", given=CANARY + "\n")
    stepgate(d, "secret", "put", "prod/db/root", given=STATIC)
    d.start()
    a, e = d.agent(), d.enforcer()
    task = a.ask("POST", "/v1/tasks", dict(intent="migrate", key="t"))[1]["task"]
    decision = rows(d, a, e, task)
    outcome(d, e, decision)
    labels(d, e, task)
    nowhere(d)
    if os.geteuid() == 0:
        forgotten(d)
    else:
        print("not looked at: the memory of processes that may not be dumped is shown to root alone")
    no_core(d)
    nowhere(d)
finally:
    d.stop()
assert passed == 10 + (os.geteuid() == 0), passed
print("%d passed, 0 failed" % passed)
