#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A start from a snapshot does not wait for the segments before it, and yet they are read: what is wrong with one is said in status, in the log and in the
journal. What is as it was is said nothing about."""
import glob, os, shutil, sys, time
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from checks import act, done, good, until
from daemon import Daemon, journal


def status(d):
    c = d.admin()
    try:
        return c.ask("GET", "/v1/status")[1]
    finally:
        c.close()


def alive(d):
    """Processes of this daemon, its copies included: one that writes a snapshot outlives it."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/cmdline" % pid, "rb") as f:
                found += [pid] if d.dir.encode() in f.read() else []
        except OSError:
            pass
    return found


def stopped(d):
    d.process.terminate()
    d.process.wait(20)
    good("all of it has ended", until(lambda: not alive(d)), alive(d))


def changed(path, change):
    with open(path, "rb") as f:
        bytes = change(bytearray(f.read()))
    with open(path, "wb") as f:
        f.write(bytes)


def flipped(at):
    def change(bytes):
        bytes[at] ^= 1
        return bytes
    return change


def alerts(d):
    """In bytes: a reader stops at the damage."""
    return sum(open(f, "rb").read().count(b'"what":"journal_damaged"') for f in glob.glob(d.dir + "/state/journal/*.seg"))


def named(d):
    """The newest snapshot is one that a leaf names, and none is due: of one whose writer was still at it when all ended, a start says that nobody names it."""
    files = [int(os.path.basename(f).split("-")[1]) for f in glob.glob(d.dir + "/state/journal/snapshot-*.jsonl")]
    leaves = journal(d.dir + "/state/journal")
    return bool(files) and len(leaves) - max(files) < 100 and max(files) in [l["body"]["leaf"] for l in leaves if l["kind"] == "snapshot"]


def beside_keys(d, kept):
    """As it was when the journal was kept."""
    for name in os.listdir(kept + "/journal"):
        shutil.copy(kept + "/journal/" + name, d.dir + "/state/journal/" + name)
    for name in os.listdir(d.dir + "/state/journal"):
        if not os.path.exists(kept + "/journal/" + name):
            os.unlink(d.dir + "/state/journal/" + name)
    shutil.copy(kept + "/head", d.dir + "/state/keys/head")


DAMAGE = [("one bit of a leaf", flipped(260)), ("one bit of a size", flipped(161)), ("a bit in the middle", flipped(500000)), ("cut in half", lambda b: b[:len(b) // 2]),
          ("its header alone", lambda b: b[:160]), ("an action renamed", lambda b: b.replace(b'"pay.send"', b'"pay.sent"'))]
d = Daemon(limits='snapshot_leaves = 100  segment_bytes = "1MiB"')
try:
    c = d.agent()
    task = c.ask("POST", "/v1/tasks", dict(intent="work", key="t"))[1]["task"]["id"]
    for i in range(300):
        assert act(c, task, "a%d" % i, "pay.send", amount=1, note="x" * 9000)["verdict"] == "allow"
    good("a snapshot stands behind most", until(lambda: named(d)), os.listdir(d.dir + "/state/journal"))
    c.close()
    stopped(d)
    kept = d.dir + "/kept"
    shutil.copytree(d.dir + "/state/journal", kept + "/journal")
    shutil.copy(d.dir + "/state/keys/head", kept + "/head")
    old = sorted(glob.glob(d.dir + "/state/journal/*.seg"))[1]
    for what, change in DAMAGE:
        beside_keys(d, kept)
        changed(old, change)
        d.start()
        good("%s: it opens" % what, status(d)["journal"] == "open")
        good("%s: status says so" % what, until(lambda: "segment 2" in str(status(d).get("passed_over")), 20), status(d))
        good("%s: the log, too" % what, "not what it was" in d.text(), d.text()[-400:])
        stopped(d)
        good("%s: and a leaf" % what, alerts(d) == 1, alerts(d))
    beside_keys(d, kept)
    d.start()
    time.sleep(7)  # longer than the reading of a few MiB and the look at its finding
    good("what is as it was is said nothing about", not status(d).get("passed_over") and not os.path.exists(d.dir + "/state/journal/inspected"), status(d))
    stopped(d)
    good("nor in a leaf", alerts(d) == 0)
finally:
    d.stop()
done()
