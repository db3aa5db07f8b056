#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Retention: the oldest segments are deleted beyond a size, recorded first, and all goes on from the anchor: start, verify, tail, backup, restore, why. What is
deleted by hand is still found; what is open, held, or not yet in a sink is kept; ends in the middle are made good."""
import glob, json, os, shutil, signal, subprocess, sys, threading, time
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from checks import act, done, good, until
from daemon import BUILD, Daemon, journal

LIMITS = 'snapshot_leaves = 100  segment_bytes = "1MiB"  outcome_deadline = "1s"  '
SINK = 'audit : { copy : { use = "file"  grants = [ "folder=folder:%s/out" ]  rotate_bytes = 1073741824  keep = 50 } }\n'


def ctl(*words):
    return subprocess.run([os.path.join(BUILD, "core", "stepgate")] + list(words), capture_output=True, text=True, timeout=60)


def verify(d, *more):
    r = ctl("audit", "verify", d.dir + "/state", "--json", *more)
    return r.returncode, json.loads(r.stdout) if r.stdout else r.stderr


def segments(d):
    return sorted(int(os.path.basename(f).split(".")[0]) for f in glob.glob(d.dir + "/state/journal/*.seg"))


def size(d):
    return sum(os.path.getsize(f) for f in glob.glob(d.dir + "/state/journal/*.seg"))


def anchor(d):
    path = d.dir + "/state/journal/anchor"
    return json.load(open(path)) if os.path.exists(path) else None


def status(d):
    a = d.admin()
    try:
        return a.ask("GET", "/v1/status")[1]
    finally:
        a.close()


def fill(d, key, count=150, close=True):
    """About as many times 20 KiB; the first decision, and the task."""
    c = d.agent()
    task = c.ask("POST", "/v1/tasks", dict(intent="work", key=key))[1]["task"]["id"]
    got = [act(c, task, "a%d" % i, "mail.read", amount=1, note="x" * 9000) for i in range(count)]
    assert all(g["verdict"] == "allow" for g in got), [g for g in got if g["verdict"] != "allow"][0]
    if close:
        assert c.ask("DELETE", "/v1/tasks/%s" % task)[0] == 200
    c.close()
    return got[0]["decision_id"], task


def kept_within(d, most):
    return lambda: size(d) <= most and anchor(d) and segments(d)[0] > anchor(d)["segment"]


def stop(d):
    d.process.terminate()
    d.process.wait(20)


def refused(d):
    d.start(wait=False)
    code = d.process.wait(20)
    return code, d.text()[-800:]


def configure(d, old, new):
    path = d.dir + "/stepgate.conf"
    text = open(path).read()
    assert old in text
    open(path, "w").write(text.replace(old, new))


def by_size():
    d = Daemon(limits=LIMITS + 'keep_bytes = "0B"')
    try:
        first, _ = fill(d, "a", 300)
        time.sleep(1)
        good("without a bound nothing is deleted", segments(d)[0] == 1 and anchor(d) is None)
        before = size(d)
        stop(d)
        code, seen = verify(d)
        noted = "%d:%s" % (seen["last"], seen["head"])
        good("verify of all: from leaf 1", code == 0 and seen["from"] == 1 and seen["deleted_at"] == 0, seen)
        configure(d, 'keep_bytes = "0B"', 'keep_bytes = "2MiB"')
        d.write("state/keys/100.key", os.urandom(32), 0o600)  # of a day that no segment is of
        os.chown(d.dir + "/state/keys/100.key", os.stat(d.dir + "/state").st_uid, os.stat(d.dir + "/state").st_gid)
        d.start()
        good("what is beyond the bound is deleted", until(kept_within(d, 2 << 20), 60), (before, size(d), segments(d)))
        good("the key of a day that is gone is destroyed, the others stay", until(lambda: not os.path.exists(d.dir + "/state/keys/100.key"), 5) and glob.glob(d.dir + "/state/keys/[0-9]*.key"), os.listdir(d.dir + "/state/keys"))
        a = d.admin()
        got = a.ask("GET", "/v1/decisions/" + first)
        good("why of a deleted one says so", got[0] == 404 and "deleted by retention" in str(got[1]), got)
        got = a.ask("GET", "/v1/events?after=0")[1]
        good("events go on behind it", got["events"][0]["n"] > anchor(d)["last"], got["events"][:1])
        a.close()
        code, seen = verify(d)
        good("verify while it runs: intact from there on", code == 0 and seen["result"] == "intact" and seen["from"] == anchor(d)["last"] + 1 and seen["deleted_at"] > 0, seen)
        stop(d)
        good("the state is the fold of what is left", "not the fold" not in d.text(), d.text()[-1000:])
        leaves = journal(d.dir + "/state/journal")
        says = [l for l in leaves if l["kind"] == "keep"][-1]
        good("a leaf says what the anchor says", {k: says["body"][k] for k in ("chain", "last", "segment")} == {k: anchor(d)[k] for k in ("chain", "last", "segment")} and says["body"]["why"] == "size", says)
        r = ctl("audit", "verify", d.dir + "/state")
        good("verify, in words", r.returncode == 0 and "was deleted by retention at" in r.stdout and "no start" not in r.stdout, r.stdout)
        good("verify by a leaf that is there still", verify(d, "--anchor", noted)[0] == 0)
        r = ctl("audit", "tail", "--file", d.dir + "/state", "--after", "0")
        good("tail of the files", r.returncode == 0 and str(leaves[0]["n"]) in r.stdout.split("\n")[0], r.stdout[:300] + r.stderr)
        d.start()
        good("it starts behind what is deleted", status(d)["journal"] == "open" and not status(d)["passed_over"], status(d)["passed_over"])
        fill(d, "b", 60)
        stop(d)
        good("and is intact", verify(d)[0] == 0)
        by_hand(d)
        in_the_middle(d)
        copied(d)
    finally:
        if d.process.poll() is None:
            d.stop()


def put(d, kept):
    owner = os.stat(d.dir + "/state")
    shutil.rmtree(d.dir + "/state/journal")
    shutil.copytree(kept, d.dir + "/state/journal")
    for name in [""] + os.listdir(d.dir + "/state/journal"):
        os.chown(os.path.join(d.dir, "state/journal", name), owner.st_uid, owner.st_gid)


def by_hand(d):
    kept = d.dir + "/kept"
    shutil.copytree(d.dir + "/state/journal", kept)
    folder = d.dir + "/state/journal/"

    def next_anchor():
        """What the header behind the oldest segment says, as if that had been deleted."""
        n = segments(d)
        h = open(folder + "%08d.seg" % n[1], "rb").read(160)
        mark = dict(anchor(d), segment=n[0], last=int.from_bytes(h[24:32], "little"), chain=h[40:72].hex())
        os.unlink(folder + "%08d.seg" % n[0])
        open(folder + "anchor", "w").write(json.dumps(mark, separators=(",", ":"), sort_keys=True) + "\n")

    ways = (("the oldest segment", lambda: os.unlink(folder + "%08d.seg" % segments(d)[0])), ("the anchor", lambda: os.unlink(folder + "anchor")),
            ("half an anchor", lambda: open(folder + "anchor", "w").write("{")), ("an anchor that no leaf bears out", next_anchor))
    for what, way in ways:
        put(d, kept)
        way()
        code, seen = verify(d)
        good("%s, by hand: verify finds it" % what, code == 1 and seen["result"] == "tampered", seen)
        code, text = refused(d)
        good("%s, by hand: it does not start" % what, code == 78, (code, text))
    put(d, kept)
    for f in glob.glob(folder + "snapshot-*"):
        os.unlink(f)
    r = ctl("audit", "verify", d.dir + "/state")
    good("without snapshots: intact, and no start", r.returncode == 0 and "no start" in r.stdout, r.stdout)
    code, text = refused(d)
    good("and it does not start on half of what was", code == 78 and "journal_base" in text, (code, text))
    put(d, kept)


def in_the_middle(d):
    """Whatever of leaf, anchor and deleting was done when it ended, the next start goes on with it."""
    d.start()
    fill(d, "m", 120)
    before = d.dir + "/before"
    stop(d)
    shutil.copytree(d.dir + "/state/journal", before)
    mark, first = anchor(d), segments(d)[0]
    d.start()
    good("more is deleted", until(lambda: anchor(d)["segment"] > mark["segment"] and kept_within(d, 2 << 20)(), 60), (size(d), segments(d)))
    stop(d)
    after = anchor(d)
    for what, with_anchor in (("leaf alone", False), ("leaf and anchor", True)):
        again = d.dir + "/again"
        shutil.copytree(d.dir + "/state/journal", again)
        for f in glob.glob(before + "/*.seg"):  # as before it was deleted
            if not os.path.exists(again + "/" + os.path.basename(f)):
                shutil.copy(f, again)
        if not with_anchor:
            shutil.copy(before + "/anchor", again)
        now = d.dir + "/now"
        shutil.copytree(d.dir + "/state/journal", now)
        put(d, again)
        good("%s: they are there again" % what, segments(d)[0] == first)
        code, seen = verify(d)
        good("%s: verify" % what, code == 0, seen)
        d.start()
        good("%s: the start deletes them" % what, until(lambda: anchor(d)["segment"] >= after["segment"] and segments(d)[0] > after["segment"], 60), (segments(d), anchor(d)))
        stop(d)
        code, seen = verify(d)
        good("%s: and all is intact" % what, code == 0, seen)
        put(d, now)
        shutil.copy(now + "/head", d.dir + "/state/keys/head")
        shutil.rmtree(again)
        shutil.rmtree(now)
    for i in range(6):
        d.start()
        fill(d, "k%d" % i, 60)
        until(lambda: False, 0.7 * i)
        os.killpg(d.process.pid, signal.SIGKILL)
        d.process.wait(20)
        code, seen = verify(d)
        good("killed at any moment: nothing is tampered with", seen["result"] in ("intact", "torn"), seen)


def copied(d):
    d.start()
    fill(d, "c", 30)
    r = ctl("backup", d.dir + "/copy", "-c", d.dir + "/stepgate.conf")
    good("a backup of what is left", r.returncode == 0, r.stdout + r.stderr)
    stop(d)
    shutil.rmtree(d.dir + "/state/journal")
    r = ctl("restore", d.dir + "/copy", "--older", "--reason", "test", "-c", d.dir + "/stepgate.conf")
    good("is put back", r.returncode == 0, r.stdout + r.stderr)
    code, seen = verify(d)
    good("intact, from where it began", code == 0 and seen["from"] > 1, seen)
    d.start()
    good("and starts, with everything killed", status(d)["killed"] == ["all"], status(d))


def carrier(d):
    """The process of the sink: it has its folder open."""
    found = []
    for pid in d.processes("sg-host"):
        try:
            found += [pid] if any(os.readlink("/proc/%d/fd/%s" % (pid, fd)) == d.dir + "/out" for fd in os.listdir("/proc/%d/fd" % pid)) else []
        except OSError:
            pass
    return found


def carried(d):
    """The last leaf that the sink wrote."""
    with open(d.dir + "/out/journal.jsonl") as f:
        return json.loads([l for l in f.read().split("\n")[:-1] if l][-1])["n"]


class Stopped:
    """The sink stands still, also once the gate has replaced it."""
    def __init__(self, d):
        self.d, self.over = d, False
        self.thread = threading.Thread(target=self.go)

    def go(self):
        while not self.over:
            for pid in carrier(self.d):
                os.kill(pid, signal.SIGSTOP)
            time.sleep(0.05)

    def __enter__(self):
        self.thread.start()

    def __exit__(self, *_):
        self.over = True
        self.thread.join()
        for pid in carrier(self.d):
            os.kill(pid, signal.SIGCONT)


def held_back():
    d = Daemon(start=False, limits=LIMITS + 'keep_bytes = "1B"  keep_hold = true')
    os.mkdir(d.dir + "/out", 0o700)
    with open(d.dir + "/stepgate.conf", "a") as f:
        f.write(SINK % d.dir)
    d.start()
    try:
        first, task = fill(d, "a", 150, close=False)
        time.sleep(8)
        good("what is held is kept", segments(d)[0] == 1 and len(segments(d)) > 1 and status(d)["keep"] == dict(hold=True, needed="", **{"from": 1}), status(d).get("keep"))
        configure(d, 'keep_bytes = "1B"  keep_hold = true', 'keep_bytes = "%dB"' % (size(d) * 3 // 4))
        a = d.admin()
        assert a.ask("POST", "/v1/reload", {})[0] == 200
        a.close()
        time.sleep(8)
        good("what an open task needs is kept", segments(d)[0] == 1 and not status(d)["keep"]["hold"], segments(d))
        good("and said", status(d)["keep"]["needed"] == "task " + task and "task " + task in ctl("--run", d.dir + "/run", "status").stdout, status(d)["keep"])
        bound = open(d.dir + "/stepgate.conf").read().split('keep_bytes = "')[1].split('"')[0]
        configure(d, 'keep_bytes = "%s"' % bound, 'keep_bytes = "%dB"' % (size(d) // 3))
        a = d.admin()
        assert a.ask("POST", "/v1/reload", {})[0] == 200
        a.close()
        good("where it is more than twice as much, in the log, once", until(lambda: "twice as much as it is to be: task " + task in d.text(), 20) and not time.sleep(6) and d.text().count("twice as much") == 1)
        low = open(d.dir + "/stepgate.conf").read().split('keep_bytes = "')[1].split('"')[0]
        configure(d, 'keep_bytes = "%s"' % low, 'keep_bytes = "%s"' % bound)
        a = d.admin()
        assert a.ask("POST", "/v1/reload", {})[0] == 200
        a.close()
        pids = carrier(d)
        good("the sink runs", len(pids) == 1, pids)
        c = d.agent()
        assert c.ask("DELETE", "/v1/tasks/%s" % task)[0] == 200
        c.close()
        good("what is open no more, and is in the sink, goes", until(lambda: segments(d)[0] > 1, 40), segments(d))
        with Stopped(d):
            fill(d, "b", 110)
            seen = [(anchor(d)["last"], carried(d)) for i in range(60) if not time.sleep(0.2)]
        good("what the sink has not carried is kept", all(last <= there for last, there in seen), seen)
        most = int(open(d.dir + "/stepgate.conf").read().split('keep_bytes = "')[1].split("B")[0])
        good("and goes once it has", until(lambda: size(d) <= most, 90), (size(d), segments(d)))
        copies = [json.loads(l)["n"] for l in open(d.dir + "/out/journal.jsonl")]
        good("and nothing stands in the way", until(lambda: status(d)["keep"]["needed"] == "", 20), status(d)["keep"])
        good("nothing is missing in the sink", copies == list(range(1, len(copies) + 1)), copies[:5])
    finally:
        d.stop()


if sys.argv[1:] != ["held"]:
    by_size()
held_back()
done()
