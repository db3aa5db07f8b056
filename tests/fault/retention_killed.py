#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""kill -9 between the durable steps of retention: the gate is killed as it enters each system call that makes one of them last (what the head says, the anchor in its place, each segment and day key
that goes, the syncs in between), by strace. Whoever starts then finds a record that is intact, ends what was begun and loses nothing that was kept; a hold by an operator's word outlives it."""
import glob, json, os, shutil, signal, subprocess, sys, time
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from checks import act, done, good, until
from daemon import BUILD, Daemon, journal

LIMITS = 'snapshot_leaves = 100  segment_bytes = "1MiB"  outcome_deadline = "1s"  keep_bytes = "%s"'
BOUND = 1 << 20
WAIT = 150  # seconds; a snapshot that could not be written is tried again after one minute
STRIDE = int(sys.argv[1]) if len(sys.argv) > 1 else 5  # each so many-th step; --long: each
CALLS = "renameat,renameat2,rename,unlinkat,fsync"  # of the disk's thread: the anchor put in place, segments and keys that go, the folders synced


def ctl(*words):
    return subprocess.run([os.path.join(BUILD, "core", "stepgate")] + list(words), capture_output=True, text=True, timeout=60)


def verify(d):
    r = ctl("audit", "verify", d.dir + "/state", "--json")
    return r.returncode, json.loads(r.stdout) if r.stdout else r.stderr


def segments(d):
    return sorted(int(os.path.basename(f).split(".")[0]) for f in glob.glob(d.dir + "/state/journal/*.seg"))


def size(d):
    return sum(os.path.getsize(f) for f in glob.glob(d.dir + "/state/journal/*.seg"))


def anchor(d):
    path = d.dir + "/state/journal/anchor"
    return json.load(open(path)) if os.path.exists(path) else dict(segment=0, last=0)


def fill(d, key, count=200):
    c = d.agent()
    task = c.ask("POST", "/v1/tasks", dict(intent="work", key=key))[1]["task"]["id"]
    for i in range(count):
        assert act(c, task, "a%d" % i, "mail.read", amount=1, note="x" * 9000)["verdict"] == "allow"
    assert c.ask("DELETE", "/v1/tasks/%s" % task)[0] == 200
    c.close()


def reload(d):
    a = d.admin()
    assert a.ask("POST", "/v1/reload", {})[0] == 200
    a.close()


def bound(d, text):
    path = d.dir + "/stepgate.conf"
    conf = open(path).read()
    old = conf.split('keep_bytes = "')[1].split('"')[0]
    with open(path, "w") as f:
        f.write(conf.replace('keep_bytes = "%s"' % old, 'keep_bytes = "%s"' % text))
    reload(d)


def disk_thread(gate):
    others = [t for t in os.listdir("/proc/%d/task" % gate) if int(t) != gate]
    assert len(others) == 1, others
    return others[0]


class Trap:
    """The gate ends as its disk's thread enters the call with that number, of CALLS."""
    def __init__(self, d, number):
        self.gate, self.out = d.processes("sg-gate")[0], d.dir + "/trace"
        self.p = subprocess.Popen(["strace", "-o", self.out, "-e", "trace=" + CALLS, "-e", "inject=%s:signal=KILL:when=%d" % (CALLS, number), "-p", disk_thread(self.gate)], stderr=subprocess.PIPE)
        if b"attached" not in self.p.stderr.readline():
            print("NOT RUN: strace may not look at the gate: this machine forbids ptrace(2)")
            sys.exit(77)

    def sprung(self):
        return not os.path.exists("/proc/%d" % self.gate)

    def end(self):
        self.p.send_signal(signal.SIGINT)
        self.p.wait(20)
        calls = [l for l in open(self.out).read().split("\n") if "(" in l and not l.startswith(("+++", "---"))]
        return calls[-1] if calls else "nothing"


def key_of_before(d):
    """Of a day that no segment is of: it goes with the segments."""
    path, owner = d.dir + "/state/keys/100.key", os.stat(d.dir + "/state")
    d.write("state/keys/100.key", os.urandom(32), 0o600)
    os.chown(path, owner.st_uid, owner.st_gid)
    return path


def kept_within(d, before):
    """All that had to go is gone, and what had to be kept is there."""
    return lambda: anchor(d)["segment"] > before and segments(d)[0] == anchor(d)["segment"] + 1 and size(d) <= BOUND * 2


def stop_all(d):
    os.killpg(d.process.pid, signal.SIGKILL)
    d.process.wait(20)


def one_round(d, number):
    """False: everything was done before that many calls."""
    bound(d, "0B")
    fill(d, "k%d" % number)
    key, before = key_of_before(d), anchor(d)["segment"]
    last = journal(d.dir + "/state/journal")[-1]["n"]
    trap = Trap(d, number)
    try:
        bound(d, "%dB" % BOUND)
        over = until(lambda: trap.sprung() or (kept_within(d, before)() and not os.path.exists(key)), WAIT)
    finally:
        sprung, at = trap.sprung(), trap.end()
    assert over, (number, at, segments(d), anchor(d), size(d), ctl("status", "--json", "--run", d.dir + "/run").stdout, os.path.exists(key), os.listdir(d.dir + "/state/journal"))
    if sprung and number % 2:  # the whole of it, and what is on the disk is looked at as it is
        stop_all(d)
        code, seen = verify(d)
        good("%d, %s: the record is intact" % (number, at), seen["result"] in ("intact", "torn"), seen)
        d.start()
    elif sprung:  # the gate alone
        d.wait_open()
    done_with = until(lambda: kept_within(d, before)() and not os.path.exists(key), WAIT)
    good("%d, %s: what was begun is ended" % (number, at) if sprung else "%d: all is done before" % number, done_with, (segments(d), anchor(d), size(d), os.path.exists(key)))
    leaves = journal(d.dir + "/state/journal")
    good("%d: nothing that is kept is lost" % number, leaves[-1]["n"] >= last and leaves[0]["n"] == anchor(d)["last"] + 1, (last, leaves[0]["n"], leaves[-1]["n"], anchor(d)))
    return sprung


def at_each_step():
    d = Daemon(limits=LIMITS % "0B")
    try:
        number = 1
        while one_round(d, number):
            number += STRIDE
        good("there were several steps to be killed at", number > 5, number)
        held_by_word(d)
        d.process.terminate()
        d.process.wait(30)
        code, seen = verify(d)
        good("intact at the end", code == 0 and "not the fold" not in d.text(), (seen, d.text()[-500:]))
    finally:
        d.stop()


def held_by_word(d):
    """A hold with its reason outlives whoever has it, says itself, and is taken back by the same way."""
    run = ("--run", d.dir + "/run")
    r = ctl(*run, "audit", "hold")
    good("a hold without a reason is none", r.returncode == 64 and "--reason" in r.stderr, r.stderr)
    bound(d, "0B")
    r = ctl(*run, "audit", "hold", "--reason", "case 7")
    good("held", r.returncode == 0 and "held" in r.stdout, r.stdout + r.stderr)
    stop_all(d)
    d.start()
    fill(d, "held")
    before = anchor(d)["segment"]
    bound(d, "%dB" % BOUND)
    time.sleep(8)
    good("nothing goes, also behind a kill", anchor(d)["segment"] == before and segments(d)[0] == before + 1, (anchor(d), segments(d)))
    good("status says why", "case 7" in ctl(*run, "status").stdout, ctl(*run, "status").stdout)
    good("doctor does", "the record is held: case 7" in ctl(*run, "doctor", "-c", d.dir + "/stepgate.conf").stdout, ctl(*run, "doctor", "-c", d.dir + "/stepgate.conf").stdout)
    r = ctl(*run, "audit", "release", "--reason", "case 7 is over")
    good("released", r.returncode == 0 and "released" in r.stdout, r.stdout + r.stderr)
    good("and it goes", until(kept_within(d, before), 60), (anchor(d), segments(d), size(d)))
    words = [(l["body"]["verb"], l["body"]["reason"]) for l in journal(d.dir + "/state/journal") if l["kind"] == "admin" and l["body"]["verb"] in ("hold", "release")]
    good("both are leaves", ("release", "case 7 is over") in words, words)
    good("a second release has nothing to do", ctl(*run, "audit", "release", "--reason", "x").returncode != 0)


if shutil.which("strace") is None:
    print("NOT RUN: strace is not installed")
    sys.exit(77)
at_each_step()
done()
