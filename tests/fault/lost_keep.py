#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A loss that takes along the leaf which says what retention had deleted. It can be taken like any other, as long as something that is left says how far the record
went; what is no such loss is refused, and nothing is changed then; whatever the command was doing when it was ended, it can be given again."""
import glob, itertools, json, os, shutil, subprocess, sys
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from checks import act, done, good, until
from daemon import BUILD, Daemon, journal

LIMITS = 'snapshot_leaves = 100  segment_bytes = "1MiB"  outcome_deadline = "1s"  keep_bytes = "6MiB"  '


def ctl(*words):
    return subprocess.run([os.path.join(BUILD, "core", "stepgate")] + list(words), capture_output=True, text=True, timeout=60)


class Record:
    """The journal and the keys of one daemon, as they were, and what is done to them."""
    def __init__(self, d):
        self.d, self.state, self.kept = d, d.dir + "/state", d.dir + "/kept"
        self.owner = os.stat(self.state)
        for part in ("journal", "keys"):
            shutil.copytree("%s/%s" % (self.state, part), "%s/%s" % (self.kept, part))

    def own(self):
        for root, folders, files in os.walk(self.state):
            for f in [root] + [os.path.join(root, x) for x in files]:
                os.chown(f, self.owner.st_uid, self.owner.st_gid)

    def back(self):
        for part in ("journal", "keys"):
            shutil.rmtree("%s/%s" % (self.state, part))
            shutil.copytree("%s/%s" % (self.kept, part), "%s/%s" % (self.state, part))
        self.own()

    def path(self, name):
        return "%s/%s" % (self.state, name)

    def files(self):
        return {os.path.relpath(f, self.state): open(f, "rb").read() for part in ("journal", "keys") for f in glob.glob("%s/%s/*" % (self.state, part)) if os.path.isfile(f)}

    def segments(self):
        return sorted(glob.glob(self.state + "/journal/*.seg"))

    def leaves(self, kind):
        return [l for l in journal(self.state + "/journal") if l["kind"] == kind]

    def anchor(self):
        return json.load(open(self.path("journal/anchor")))

    def last(self):
        return journal(self.state + "/journal")[-1]["n"]

    def lose(self):
        """The segments from that on which says what was deleted last."""
        said = self.said = self.leaves("keep")[-1]["n"]
        while self.last() >= said:
            os.unlink(self.segments()[-1])
        return said

    def ahead(self):
        """Snapshots that stand behind what is lost."""
        return [f for f in sorted(glob.glob(self.state + "/journal/snapshot-*")) if int(os.path.basename(f)[9:29]) > self.last()]

    def heads_gone(self):
        os.unlink(self.path("journal/head"))
        os.unlink(self.path("keys/head"))

    def snapshots_gone(self):
        for f in self.ahead():
            os.unlink(f)

    def forge(self):
        """An anchor as if the oldest segment that is left had been deleted too."""
        oldest, after = self.segments()[0], open(self.segments()[1], "rb").read(160)
        mark = dict(self.anchor(), segment=int(os.path.basename(oldest)[:8]), last=int.from_bytes(after[24:32], "little"), chain=after[40:72].hex())
        os.unlink(oldest)
        open(self.path("journal/anchor"), "w").write(json.dumps(mark, separators=(",", ":"), sort_keys=True) + "\n")

    def flip(self):
        with open(self.segments()[1], "r+b") as f:
            f.seek(5000)
            byte = f.read(1)
            f.seek(5000)
            f.write(bytes([byte[0] ^ 1]))

    def start(self):
        self.d.start(wait=False)
        try:
            return self.d.process.wait(1.5)
        except subprocess.TimeoutExpired:
            return None

    def stop(self):
        if self.d.process.poll() is None:
            self.d.process.terminate()
            self.d.process.wait(20)

    def accept(self):
        return ctl("audit", "accept", self.state, "--reason", "the disk lost it", "--json")

    def verify(self):
        r = ctl("audit", "verify", self.state, "--json")
        return r.returncode, json.loads(r.stdout) if r.stdout else r.stderr

    def goes_on(self, what, mark, ahead=None):
        """It starts, says again what was deleted, says who took the loss, and is intact then and at the next start."""
        last = self.last()
        code, seen = self.verify()
        good("%s: what is left is intact" % what, code == 0 and seen["result"] == "intact", seen)
        good("%s: it starts" % what, self.start() is None, self.d.text()[-600:])
        good("%s: the word is taken up" % what, until(lambda: not os.path.exists(self.path("journal/loss"))))
        good("%s: the anchor names the leaf that says so now" % what, until(lambda: self.anchor()["leaf"] in [l["n"] for l in self.leaves("keep")]), self.anchor())
        self.stop()
        said, told = [l for l in self.leaves("keep") if l["n"] > last], [l["body"] for l in self.leaves("admin") if l["body"]["verb"] == "accept-loss"]
        good("%s: what was deleted is said again" % what, said and said[0]["body"] == dict(event="deleted", why="loss", **{k: mark[k] for k in ("chain", "last", "segment")}), said)
        good("%s: and that a loss was taken, once" % what, len(told) == 1 and told[0]["last"] == last and (ahead is None or told[0]["ahead"] == ahead), told)
        code, seen = self.verify()
        good("%s: it is intact" % what, code == 0 and seen["result"] == "intact", seen)
        good("%s: it starts again" % what, self.start() is None, self.d.text()[-600:])
        self.stop()
        good("%s: and says no more" % what, [l["body"] for l in self.leaves("admin") if l["body"]["verb"] == "accept-loss"] == told and "not the fold" not in self.d.text())


def can_be_taken(d):
    """A snapshot that a leaf names stands before the segment with the leaf that says what was deleted last."""
    folder = d.dir + "/state/journal/"
    leaves, ends = journal(folder), [int.from_bytes(open(f, "rb").read(32)[24:32], "little") for f in sorted(glob.glob(folder + "*.seg"))]
    left = max(e for e in ends if e < [l["n"] for l in leaves if l["kind"] == "keep"][-1])
    return any(l["n"] <= left and glob.glob(folder + "snapshot-%020d-*" % l["body"]["leaf"]) for l in leaves if l["kind"] == "snapshot")


def fill(d, rounds):
    c = d.agent()
    for k in rounds:
        task = c.ask("POST", "/v1/tasks", dict(intent="work", key="t%d" % k))[1]["task"]["id"]
        for i in range(130):
            assert act(c, task, "t%d-%d" % (k, i), "mail.read", amount=1, note="x" * 9000)["verdict"] == "allow"
        assert c.ask("DELETE", "/v1/tasks/%s" % task)[0] == 200
    c.close()
    said = lambda: [l for l in journal(d.dir + "/state/journal") if l["kind"] == "keep"]
    good("retention has deleted", until(lambda: os.path.exists(d.dir + "/state/journal/anchor") and said() and json.load(open(d.dir + "/state/journal/anchor"))["leaf"] == said()[-1]["n"], 40))


d = Daemon(limits=LIMITS)
try:
    for first in (0, 3, 6, 9):
        fill(d, range(first, first + 3))
        d.process.terminate()
        d.process.wait(20)
        if can_be_taken(d):
            break
        d.start()
    text = open(d.dir + "/stepgate.conf").read()
    d.write("stepgate.conf", text.replace('keep_bytes = "6MiB"', 'keep_bytes = "6MiB"  keep_hold = true').encode())  # no more of it: what is deleted stays the same from here on
    r = Record(d)
    good("the newest leaf of that kind stands in a segment that is not the first", r.leaves("keep")[-1]["n"] > r.anchor()["last"] + 1)

    moved = []
    for what, leave in (("all beside it is left", lambda: None), ("heads are left", r.snapshots_gone), ("snapshots are left", r.heads_gone), ("the head by the keys is left", lambda: (r.snapshots_gone(), os.unlink(r.path("journal/head"))))):
        r.back()
        mark, said = r.anchor(), r.lose()
        leave()
        if what.startswith("snapshots") and not [f for f in r.ahead() if int(os.path.basename(f)[9:29]) >= said]:
            continue  # none was written since
        before = r.files()
        good("%s: it does not start, and says the way out" % what, r.start() == 78 and "audit accept" in d.text()[-800:], d.text()[-800:])
        good("%s: and changed nothing" % what, r.files() == before)
        got = r.accept()
        good("%s: the loss is taken" % what, got.returncode == 0, got.stdout + got.stderr)
        moved = moved or sorted(f for f in before if f not in r.files())
        r.goes_on(what, mark, json.loads(got.stdout)["ahead"])

    # Again, now of the leaf that says it again.
    r.back()
    mark = r.anchor()
    r.lose()
    assert r.accept().returncode == 0
    r.goes_on("once", mark)
    for f in glob.glob(r.path("*/lost-*")):
        os.unlink(f)
    left = can_be_taken(d)  # else the snapshots of before made room for younger ones, which are lost too
    r.lose()
    good("a second time: it does not start", r.start() == 78)
    before = r.files()
    got = r.accept()
    if left:
        good("a second time: the loss is taken", got.returncode == 0, got.stdout + got.stderr)
        r.goes_on("a second time", mark)
    else:
        good("a second time: without a snapshot to start from it is not taken, and nothing is changed", got.returncode == 1 and "journal_base" in got.stdout and r.files() == before, got.stdout + got.stderr)

    # Ended between its steps: the word is written, and some of what it moves is moved.
    good("it moves several things", len(moved) >= 2, moved)
    for count in range(len(moved)):
        for some in itertools.combinations(moved, count):
            r.back()
            mark = r.anchor()
            r.lose()
            whole = r.files()
            assert r.accept().returncode == 0
            for f in moved:
                if f not in some:
                    os.rename(r.path(os.path.dirname(f) + "/lost-" + os.path.basename(f)), r.path(f))
            what = "ended with %s moved" % (", ".join(os.path.basename(f)[:12] for f in some) or "nothing")
            good("%s: it does not start" % what, r.start() == 78 and "audit accept" in d.text()[-800:], d.text()[-800:])
            got = r.accept()
            good("%s: it is given again" % what, got.returncode == 0, got.stdout + got.stderr)
            if count in (0, len(moved) - 1):
                r.goes_on(what, mark)

    # No loss of this kind: refused, and nothing is changed.
    def no_snapshot():
        r.lose()
        for f in glob.glob(r.path("journal/snapshot-*")):
            os.unlink(f)

    def none_says_so():
        r.lose()
        r.heads_gone()
        r.snapshots_gone()

    def other_anchor(**members):
        def change():
            r.lose()
            text = json.dumps(dict(r.anchor(), **members), separators=(",", ":"), sort_keys=True)
            open(r.path("journal/anchor"), "w").write(text + "\n")
        return change

    for what, way in (("an anchor that says more", lambda: (r.lose(), r.forge())), ("an anchor of another chain", other_anchor(chain="0" * 64)), ("an anchor of another segment", other_anchor(segment=99999)),
                      ("an anchor that names a leaf which is there", other_anchor(leaf=r.anchor()["last"] + 1)), ("no anchor", lambda: (r.lose(), os.unlink(r.path("journal/anchor")))),
                      ("a byte changed in the middle", lambda: (r.lose(), r.flip())), ("the oldest segment gone", lambda: (r.lose(), os.unlink(r.segments()[0]))),
                      ("a segment of the middle gone", lambda: (r.lose(), os.unlink(r.segments()[1]))), ("no snapshot left", no_snapshot), ("nothing that says how far it went", none_says_so),
                      ("nothing lost", lambda: None)):
        r.back()
        way()
        if what.endswith("says more") and not any(int(os.path.basename(f)[9:29]) >= r.said for f in r.ahead()):
            continue  # a head, or a snapshot from before what was said, knows no better
        before = r.files()
        got = r.accept()
        good("%s: refused" % what, got.returncode == 1, got.stdout + got.stderr)
        good("%s: and nothing was changed" % what, r.files() == before, sorted(set(r.files()) ^ set(before)))

    # What was refused leaves no word behind that comes true later.
    r.back()
    no_snapshot()
    assert r.accept().returncode == 1
    r.back()
    good("put back, it starts", r.start() is None)
    r.stop()
    good("and says nothing of a loss", not [l for l in r.leaves("admin") if l["body"]["verb"] == "accept-loss"])
finally:
    if d.process.poll() is None:
        d.stop()
done()
