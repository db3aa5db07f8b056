#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Audit sinks on a running daemon: every leaf arrives, in order and once, over restarts and kills; a required sink that lags denies, one that is
not does nothing; what is gone is told as a gap."""
import json, os, signal, sys, time
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from checks import waited as until
from daemon import Daemon, journal

passed = 0


def good(what):
    global passed
    passed += 1
    print("ok: " + what)


def new(conf, **more):
    d = Daemon(start=False, **more)
    os.mkdir(os.path.join(d.dir, "out"), 0o700)
    with open(os.path.join(d.dir, "stepgate.conf"), "ab") as f:
        f.write((conf % dict(dir=d.dir)).encode())
    d.start()
    return d


def module(d, name="audit.copy"):
    c = d.admin()
    rows = [m for m in c.ask("GET", "/v1/status")[1]["modules"] if m["name"] == name]
    c.close()
    return rows[0] if rows else None


def lines(d, name="journal.jsonl"):
    path = os.path.join(d.dir, "out", name)
    if not os.path.exists(path):
        return []
    with open(path, "rb") as f:
        return [json.loads(l) for l in f.read().split(b"\n") if l]


def session(d, key):
    c = d.agent()
    return c, c.ask("POST", "/v1/tasks", dict(intent="work", key=key))[1]["task"]["id"]


def act(c, task, key):
    return c.ask("POST", "/v1/act", dict(task=task, action="pay.send", key=key, arguments=dict(amount=1), resource=dict(type="x", id="y")))[1]


def in_step(d, copies):
    """The copy holds the journal's own bytes."""
    leaves = {l["n"]: l for l in journal(os.path.join(d.dir, "state", "journal"))}
    numbers = [c["n"] for c in copies if c["kind"] != "gap"]
    assert numbers == sorted(set(numbers)), "out of order or twice"
    for c in copies:
        if c["kind"] != "gap":
            assert leaves[c["n"]] == c
    return numbers, leaves


FILE = 'audit : { copy : { use = "file"  grants = [ "folder=folder:%%(dir)s/out" ]  rotate_bytes = 65536  keep = 50  %s } }\n'


def every_leaf_once():
    d = new(FILE % "")
    c, task = session(d, "t")
    for i in range(300):
        assert act(c, task, "a%d" % i)["verdict"] == "allow"
    kills = 0
    for round in range(6):
        for pid in d.processes("sg-host"):
            with open("/proc/%d/maps" % pid) as f:
                mine = "audit" in os.readlink("/proc/%d/exe" % pid) or any("out" in os.readlink("/proc/%d/fd/%s" % (pid, fd))
                                                                          for fd in os.listdir("/proc/%d/fd" % pid))
            if mine:
                os.kill(pid, signal.SIGKILL)
                kills += 1
        for i in range(50):
            act(c, task, "b%d-%d" % (round, i))
        until(lambda: (module(d) or {}).get("state") == "ready", 60)
    assert kills >= 4, kills
    durable = d.admin().ask("GET", "/v1/status")[1]["durable"]
    until(lambda: module(d)["durable"] >= durable)
    d.stop(keep=True)
    names = sorted((n for n in os.listdir(os.path.join(d.dir, "out"))), key=lambda n: -int(n.split(".")[-1]) if n[-1].isdigit() else 0)
    copies = [l for n in names for l in lines(d, n)]
    numbers, leaves = in_step(d, copies)
    assert numbers[:3] == [1, 2, 3] and numbers[-1] >= durable and len(names) > 3, (numbers[:3], numbers[-1], durable, names)
    assert set(range(1, durable + 1)) & set(leaves) <= set(numbers)
    good("%d leaves in %d files, each once and in order, over %d kills of the sink" % (len(numbers), len(names), kills))
    d.start()
    durable = d.admin().ask("GET", "/v1/status")[1]["durable"]
    until(lambda: module(d) and module(d)["durable"] >= durable)
    in_step(d, [l for n in sorted((n for n in os.listdir(os.path.join(d.dir, "out"))), key=lambda n: -int(n.split(".")[-1]) if n[-1].isdigit() else 0) for l in lines(d, n)])
    good("a restart of the daemon goes on behind the cursor, over the ends of segments")
    d.stop()


def must_not_lag():
    d = new(FILE % 'required = true  lag_leaves = 20  lag_time = "1h"')
    c, task = session(d, "t")
    until(lambda: module(d)["durable"] >= d.admin().ask("GET", "/v1/status")[1]["durable"])
    until(lambda: act(c, task, "k%f" % time.time())["verdict"] == "allow")
    os.chmod(os.path.join(d.dir, "out"), 0o777)  # now no new instance is granted it
    for pid in d.processes("sg-host"):
        if any("/out" in os.readlink("/proc/%d/fd/%s" % (pid, fd)) for fd in os.listdir("/proc/%d/fd" % pid)):
            os.kill(pid, signal.SIGKILL)
    got = until(lambda: (lambda a: a if a["verdict"] == "deny" else None)(act(c, task, "k%f" % time.time())))
    assert got["code"] == "audit_lags", got
    row = until(lambda: (lambda m: m if m and "path_writable" in m["why"] else None)(module(d)))
    assert row["state"] in ("backing_off", "breaker_open", "starting"), row
    good("a required sink that is away denies, and status says why: " + row["why"])
    os.chmod(os.path.join(d.dir, "out"), 0o700)
    until(lambda: act(c, task, "k%f" % time.time())["verdict"] == "allow", 90)
    good("once it has caught up, allows go on")
    d.stop()


def others_may_lag():
    d = new(FILE % "")
    until(lambda: (module(d) or {}).get("state") == "ready")  # a module that is refused while the daemon starts ends it
    os.chmod(os.path.join(d.dir, "out"), 0o777)
    for pid in d.processes("sg-host"):
        if any("/out" in os.readlink("/proc/%d/fd/%s" % (pid, fd)) for fd in os.listdir("/proc/%d/fd" % pid)):
            os.kill(pid, signal.SIGKILL)
    c, task = session(d, "t")
    for i in range(50):
        assert act(c, task, "a%d" % i)["verdict"] == "allow"
    good("a sink that is not required is never in the way")
    d.stop()


def what_is_gone():
    d = new(FILE % "", limits='segment_bytes = "1MiB"')
    c, task = session(d, "t")
    for i in range(2500):
        act(c, task, "a%d" % i)
    d.stop(keep=True)
    folder = os.path.join(d.dir, "state", "journal")
    segments = sorted(os.listdir(folder))
    assert len(segments) >= 2, segments
    os.remove(os.path.join(d.dir, "state", "audit", "copy", "cursor"))
    for n in os.listdir(os.path.join(d.dir, "out")):
        os.remove(os.path.join(d.dir, "out", n))
    return d, folder, segments


def behind_a_rotation():
    """A crash between the rotation and the cursor: the present file is empty, and what was written last stands in the one before."""
    d = new(FILE % "")
    c, task = session(d, "t")
    for i in range(20):
        act(c, task, "a%d" % i)
    durable = d.admin().ask("GET", "/v1/status")[1]["durable"]
    until(lambda: module(d)["durable"] >= durable)
    d.stop(keep=True)
    out = os.path.join(d.dir, "out")
    os.rename(os.path.join(out, "journal.jsonl"), os.path.join(out, "journal.jsonl.1"))
    open(os.path.join(out, "journal.jsonl"), "w").close()
    os.chmod(os.path.join(out, "journal.jsonl"), 0o600)
    os.remove(os.path.join(d.dir, "state", "audit", "copy", "cursor"))
    d.start()
    durable = d.admin().ask("GET", "/v1/status")[1]["durable"]
    until(lambda: module(d) and module(d)["durable"] >= durable)
    numbers, leaves = in_step(d, lines(d, "journal.jsonl.1") + lines(d))
    assert numbers[0] == 1 and numbers[-1] >= durable and lines(d)[0]["n"] > 20, (numbers, durable)
    good("a crash right behind a rotation: %d leaves, each once" % len(numbers))
    d.stop()


def another_journal():
    """The folder holds the copy of another journal: nothing is added to it, and nothing counts as carried."""
    first = new(FILE % "")
    until(lambda: lines(first) and module(first)["durable"] >= first.admin().ask("GET", "/v1/status")[1]["durable"])
    first.stop(keep=True)
    with open(os.path.join(first.dir, "out", "journal.jsonl"), "rb") as f:
        theirs = f.read()
    last = json.loads(theirs.split(b"\n")[-2])["n"]
    for name in ("journal.jsonl", "journal.jsonl.1"):
        d = Daemon(start=False)
        os.mkdir(os.path.join(d.dir, "out"), 0o700)
        d.write("out/" + name, theirs, 0o600)
        with open(os.path.join(d.dir, "stepgate.conf"), "ab") as f:
            f.write((FILE % "" % dict(dir=d.dir)).encode())
        d.start()
        c, task = session(d, "t")
        for i in range(last + 5):
            assert act(c, task, "a%d" % i)["verdict"] == "allow"
        row = until(lambda: (lambda m: m if m and "file_other_journal" in m["why"] else None)(module(d)))
        assert row["durable"] == 0, row
        d.stop(keep=True)
        with open(os.path.join(d.dir, "out", name), "rb") as f:
            assert f.read() == theirs
        assert name == "journal.jsonl" or os.path.getsize(os.path.join(d.dir, "out", "journal.jsonl")) == 0
        d.stop()
    first.stop()
    good("the copy of another journal, also before a rotation, is refused and left as it is")


def behind_its_back():
    """Somebody else moves, removes, empties or replaces the file while it is written."""
    d = new(FILE % "")
    c, task = session(d, "t")
    out = os.path.join(d.dir, "out", "journal.jsonl")
    more = lambda what: [act(c, task, "%s%d" % (what, i))["verdict"] for i in range(20)].count("allow")

    def carried(what):
        assert more(what) == 20
        durable = d.admin().ask("GET", "/v1/status")[1]["durable"]
        until(lambda: module(d)["durable"] >= durable)
        return lines(d)

    before = carried("a")
    os.rename(out, out + ".old")
    after = carried("b")
    assert [l["n"] for l in before + after] == list(range(1, len(before + after) + 1)) and lines(d, "journal.jsonl.old") == before, (before[-1], after[:1])
    good("moved away, as logrotate does, it goes on in a new file: no leaf is lost or there twice")
    os.rename(out, out + ".old2")
    open(out, "w").close()
    os.chmod(out, 0o600)
    again = carried("c")
    assert again[0]["n"] == after[-1]["n"] + 1, again[0]
    good("so it does in an empty one that somebody made in its place")
    for what, how in (("removed", lambda: os.remove(out)), ("emptied", lambda: os.truncate(out, 0))):
        gone = [l for l in lines(d) if l["kind"] != "gap"]
        how()
        now = carried(what)
        assert now[0] == dict(kind="gap", missing=len(gone), next=gone[-1]["n"] + 1) and now[1]["n"] == gone[-1]["n"] + 1, (now[:2], len(gone))
        good("%s, what stood there is said to be missing" % what)
    os.rename(out, out + ".old3")
    with open(out, "w") as f:
        f.write("of somebody else")
    more("d")
    until(lambda: "file_replaced" in module(d)["why"])
    assert open(out).read() == "of somebody else"
    os.remove(out)
    durable = d.admin().ask("GET", "/v1/status")[1]["durable"]
    until(lambda: module(d)["durable"] >= durable, 60)
    numbers = [l["n"] for l in lines(d, "journal.jsonl.old3") + lines(d) if l["kind"] != "gap"]
    assert numbers == list(range(numbers[0], numbers[-1] + 1)), numbers
    good("what has something of another's in it is left alone, and it waits")
    d.stop()


every_leaf_once()
behind_its_back()
must_not_lag()
others_may_lag()
behind_a_rotation()
another_journal()
assert passed == 12, passed
print("%d passed, 0 failed" % passed)
