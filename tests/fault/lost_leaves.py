#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A journal that lost leaves which were on disk: a kill is among them. The daemon does not start on it, audit verify says so, and an operator's word alone
goes on without them, recorded. What cannot be read proves nothing and is passed over aloud."""
import glob, json, os, shutil, subprocess, sys
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from checks import act, done, good, until
from daemon import BUILD, Daemon, journal


def ctl(*arguments):
    return subprocess.run([os.path.join(BUILD, "core", "stepgate")] + list(arguments), capture_output=True, text=True, timeout=60)


def refused(d):
    """It ends with 78, and says the way out."""
    d.start(wait=False)
    code = d.process.wait(20)
    return code, d.text()


def segments(d):
    return sorted(glob.glob(d.dir + "/state/journal/*.seg"))


def forget(d):
    """The head beside the keys, which knows whatever becomes of the journal's folder."""
    if os.path.exists(d.dir + "/state/keys/head"):
        os.unlink(d.dir + "/state/keys/head")


def back(d, kept):
    forget(d)
    shutil.rmtree(d.dir + "/state/journal")
    shutil.copytree(kept, d.dir + "/state/journal", symlinks=True)
    for root, folders, files in os.walk(d.dir + "/state/journal"):
        for f in [root] + [os.path.join(root, x) for x in files]:
            os.chown(f, OWNER.st_uid, OWNER.st_gid)


def cut(path, size):
    with open(path, "r+b") as f:
        f.truncate(size)


def keep_snapshots(d):
    os.unlink(d.dir + "/state/journal/head")


def keep_head(d):
    for f in glob.glob(d.dir + "/state/journal/snapshot-*"):
        os.unlink(f)


d = Daemon(limits='snapshot_leaves = 100  segment_bytes = "1MiB"')
try:
    OWNER = os.stat(d.dir + "/state/journal")
    c = d.agent()
    task = c.ask("POST", "/v1/tasks", dict(intent="work", key="t"))[1]["task"]["id"]
    for i in range(60):
        assert act(c, task, "a%d" % i, "pay.send", amount=1)["verdict"] == "allow"
    early = d.dir + "/early"
    d.process.terminate()
    d.process.wait(20)
    shutil.copytree(d.dir + "/state/journal", early)
    d.start()
    a = d.admin()
    assert a.ask("POST", "/v1/kill", dict(all=True, reason="stop"))[1]["durable"]
    for i in range(120):
        a.ask("POST", "/v1/kill", dict(all=True, reason="stop %d" % i))
    good("a snapshot stands behind the kill", bool(until(lambda: [l for l in journal(d.dir + "/state/journal") if l["kind"] == "snapshot"])))
    a.close()
    d.process.terminate()
    d.process.wait(20)
    kept = d.dir + "/kept"
    shutil.copytree(d.dir + "/state/journal", kept)
    good("a head stands beside it, as far as the journal", json.load(open(kept + "/head"))["leaf"] == journal(d.dir + "/state/journal")[-1]["n"], [open(kept + "/head").read(), journal(d.dir + "/state/journal")[-1]["n"]])
    r = ctl("audit", "verify", d.dir + "/state")
    good("whole, it is intact, and what cannot be known is said", r.returncode == 0 and "intact" in r.stdout and "not known" in r.stdout and "beside" in r.stdout, r.stdout + r.stderr)

    def last_gone(d):
        os.unlink(segments(d)[-1])

    def all_gone(d):
        for s in segments(d):
            os.unlink(s)

    def last_cut(d):
        cut(segments(d)[-1], 4096)

    def header_only(d):
        cut(segments(d)[-1], 160)

    def older_put_back(d):
        for s in segments(d):
            os.unlink(s)
        for s in glob.glob(early + "/*.seg"):
            shutil.copy(s, d.dir + "/state/journal/")
            os.chown(d.dir + "/state/journal/" + os.path.basename(s), OWNER.st_uid, OWNER.st_gid)

    for name, lose in (("last gone", last_gone), ("all gone", all_gone), ("cut", last_cut), ("header alone", header_only), ("an older one put back", older_put_back)):
        for how, leave in (("snapshots", keep_snapshots), ("head", keep_head), ("both", lambda d: None)):
            back(d, kept)
            lose(d)
            leave(d)
            r = ctl("audit", "verify", d.dir + "/state", "--json")
            good("%s, %s left: audit verify says so" % (name, how), r.returncode == 1 and json.loads(r.stdout)["code"] == "journal_lost" and json.loads(r.stdout)["result"] == "tampered", r.stdout + r.stderr)
            code, text = refused(d)
            good("%s, %s left: it does not start, and says the way out" % (name, how), code == 78 and "journal_lost" in text and "audit accept" in text, (code, text[-600:]))

    # The folder that was not mounted, or restored without its files: what stands beside the keys is left.
    mark = json.load(open(kept + "/head"))
    for name, lose in (("all of it gone", lambda d: [os.unlink(f) for f in glob.glob(d.dir + "/state/journal/*")]), ("cut, head and snapshots gone", lambda d: (last_cut(d), keep_head(d), keep_snapshots(d))),
                       ("an older one put back, head and snapshots gone", lambda d: (older_put_back(d), keep_head(d), keep_snapshots(d)))):
        back(d, kept)
        lose(d)
        shutil.copy(kept + "/head", d.dir + "/state/keys/head")
        os.chown(d.dir + "/state/keys/head", OWNER.st_uid, OWNER.st_gid)
        code, text = refused(d)
        good("%s: it does not start, and says the way out" % name, code == 78 and "journal_lost" in text and "leaf %d:" % mark["leaf"] in text and "audit accept" in text, (code, text[-600:]))
        r = ctl("audit", "accept", d.dir + "/state", "--reason", "the volume is gone")
        good("%s: the loss is taken" % name, r.returncode == 0 and not os.path.exists(d.dir + "/state/keys/head"), r.stdout + r.stderr)
        d.start()
        d.process.terminate()
        d.process.wait(20)
        good("%s: recorded" % name, [l["body"]["result"] for l in journal(d.dir + "/state/journal") if l["kind"] == "admin" and l["body"]["verb"] == "accept-loss"] == ["taken"])
        good("and a head stands beside the keys again", json.load(open(d.dir + "/state/keys/head"))["leaf"] == journal(d.dir + "/state/journal")[-1]["n"])

    # A refused start leaves every byte as it is: behind a torn place there may be leaves that can be put back by hand.
    def flipped(d):
        with open(segments(d)[-1], "r+b") as f:
            f.seek(-1, 2)
            byte = f.read(1)
            f.seek(-1, 2)
            f.write(bytes([byte[0] ^ 1]))

    def cut_a_little(d):
        cut(segments(d)[-1], os.path.getsize(segments(d)[-1]) - 3)

    def shape(d):
        return {os.path.basename(f): open(f, "rb").read() for f in segments(d)}

    for name, lose, leave in (("the last byte flipped, head", flipped, keep_head), ("three bytes cut, head", cut_a_little, keep_head), ("cut in the middle, head", last_cut, keep_head),
                              ("cut in the middle, snapshots", last_cut, keep_snapshots)):
        back(d, kept)
        lose(d)
        leave(d)
        was = shape(d)
        code, text = refused(d)
        good("%s left: the refused start changed nothing" % name, code == 78 and shape(d) == was, (code, {f: (len(was.get(f, "")), len(b)) for f, b in shape(d).items()}))

    # Put back older and grown again, as by a release that knew of no head: longer than what was lost, and another record all the same.
    back(d, kept)
    older_put_back(d)
    keep_head(d)
    os.unlink(d.dir + "/state/journal/head")
    d.start()
    a = d.admin()
    for i in range(200):
        a.ask("POST", "/v1/kill", dict(all=True, reason="again %d" % i))
    a.close()
    d.process.terminate()
    d.process.wait(20)
    keep_head(d)
    shutil.copy(kept + "/head", d.dir + "/state/journal/head")
    os.chown(d.dir + "/state/journal/head", OWNER.st_uid, OWNER.st_gid)
    was = shape(d)
    good("it is longer than its head says", journal(d.dir + "/state/journal")[-1]["n"] > json.load(open(kept + "/head"))["leaf"])
    code, text = refused(d)
    good("grown again over what was lost: it does not start, and changes nothing", code == 78 and "journal_lost" in text and shape(d) == was, (code, text[-400:]))
    r = ctl("audit", "verify", d.dir + "/state", "--json")
    good("grown again: audit verify says so", r.returncode == 1 and json.loads(r.stdout)["code"] == "journal_lost", r.stdout)

    back(d, kept)
    last_cut(d)
    r = ctl("audit", "accept", d.dir + "/state")
    good("a loss is taken with a reason alone", r.returncode == 64, r.stderr)
    r = ctl("audit", "accept", d.dir + "/nowhere", "--reason", "x")
    good("of a state folder", r.returncode == 66, r.stderr)
    open(d.dir + "/state/journal/loss", "w").write('{"ahead":9,"by":"uid:0","last":1,"reason":"half"}')
    os.chown(d.dir + "/state/journal/loss", OWNER.st_uid, OWNER.st_gid)
    code, text = refused(d)  # as if the command had been ended between its two steps
    good("a word alone opens nothing while the proof stands there", code == 78 and "journal_lost" in text, (code, text[-300:]))
    os.unlink(d.dir + "/state/journal/loss")
    r = ctl("audit", "accept", d.dir + "/state", "--reason", "the disk died, \"restored\" from monday", "--json")
    good("the loss is taken", r.returncode == 0 and json.loads(r.stdout)["result"] == "taken", r.stdout + r.stderr)
    last, ahead = json.loads(r.stdout)["last"], json.loads(r.stdout)["ahead"]
    good("and says how much", 0 < last < ahead, r.stdout)
    r = ctl("audit", "accept", d.dir + "/state", "--reason", "again")
    good("what is taken is nothing lost", r.returncode == 1 and "knows more" in r.stderr, r.stderr)
    d.start()
    until(lambda: not os.path.exists(d.dir + "/state/journal/loss"))
    leaves = [l["body"] for l in journal(d.dir + "/state/journal") if l["kind"] == "admin" and l["body"]["verb"] == "accept-loss"]
    good("the next start records who took it, and why", len(leaves) == 1 and leaves[0] == dict(ahead=ahead, by="uid:0", last=last, reason="the disk died, \"restored\" from monday", result="taken", verb="accept-loss", what="leaves that were on disk are gone"), leaves)
    good("once", not os.path.exists(d.dir + "/state/journal/loss"))
    r = ctl("audit", "accept", d.dir + "/state", "--reason", "it runs")
    good("not while the daemon runs", r.returncode == 1 and "held by a daemon" in r.stderr, r.stderr)
    a = d.admin()
    good("nothing is passed over", a.ask("GET", "/v1/status")[1]["passed_over"] == "")
    a.close()
    d.process.kill()
    d.process.wait(20)
    d.start()
    good("and after that it starts as ever", len([l for l in journal(d.dir + "/state/journal") if l["kind"] == "admin" and l["body"]["verb"] == "accept-loss"]) == 1)
    d.process.terminate()
    d.process.wait(20)

    back(d, kept)
    for f in glob.glob(d.dir + "/state/journal/snapshot-*"):
        with open(f, "r+b") as g:
            g.seek(40)
            g.write(b"!")
    for bad in ('', '{', 'null', '[]', '{"leaf":"9","chain":"00"}', '{"leaf":-1,"chain":"%s"}' % ("0" * 64), '{"leaf":999999}', '{"chain":7,"leaf":99999}', "x" * 600):
        open(d.dir + "/state/journal/head", "w").write(bad)
        os.chown(d.dir + "/state/journal/head", OWNER.st_uid, OWNER.st_gid)
        r = ctl("audit", "verify", d.dir + "/state")
        good("what cannot be read proves nothing: %r" % bad[:20], r.returncode == 0 and "passed over" in r.stdout, r.stdout + r.stderr)
    for s in segments(d):
        os.rename(s, s + ".away")
    r = ctl("audit", "verify", d.dir + "/state")
    good("nor is a journal without a segment intact for it", r.returncode == 66, r.stdout + r.stderr)
    for s in glob.glob(d.dir + "/state/journal/*.away"):
        os.rename(s, s[:-5])
    d.start()
    a = d.admin()
    status = a.ask("GET", "/v1/status")[1]
    good("what cannot be read is passed over, in log and status", "is passed over" in d.text() and "snapshot_digest" in status["passed_over"], status["passed_over"])
    good("and the kill holds", status["killed"] == ["all"], status["killed"])
    a.close()
finally:
    if d.process.poll() is None:
        d.stop()
done()
