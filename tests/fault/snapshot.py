#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Snapshots of the state: one is made while the daemon works, a start after kill -9 rests on it and comes to the same, one that was tampered with or that
the journal does not name is passed over, and the whole journal is folded instead."""
import glob, json, os, sys, time
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from checks import act, done, good, until
from daemon import Daemon, journal


def work(d, c, task, name, count):
    for i in range(count):
        got = act(c, task, "%s%d" % (name, i), "pay.send", amount=1)
        assert got["verdict"] == "allow", got


def shown(d, task):
    a = d.admin()
    t = a.ask("GET", "/v1/tasks/" + task)[1]["task"]
    a.close()
    return {k: t[k] for k in ("labels", "sensitivity", "denied", "state", "budget", "opener", "id")}


def again(d):
    d.process.kill()
    d.process.wait()
    time.sleep(0.2)
    d.start()


def out(d):
    """What is out, and how long it may be used once a kill has taken it back."""
    a = d.admin()
    leases = a.ask("GET", "/v1/leases")[1]["leases"]
    a.close()
    return sorted((l["state"], l["id"]) for l in leases)


def killed(d):
    a = d.admin()
    said = a.ask("POST", "/v1/kill", dict(agent="helper"))[1]
    a.close()
    return said


def credentials():
    """A credential that is out is taken back behind a start from a snapshot, too: what nobody ever had is reaped, and nobody is warned of it."""
    for when in ("out", "taken back"):
        d = Daemon(limits='snapshot_leaves = 100')
        try:
            c = d.agent()
            task = c.ask("POST", "/v1/tasks", dict(intent="work", key="t"))[1]["task"]["id"]
            got = act(c, task, "cred", "repo.read")
            good("%s: there is one" % when, got["verdict"] == "allow" and "credential" in got, got)
            if when == "taken back":
                good("it is taken back, and may be used meanwhile", killed(d)["residual_ms"] > 20000)
                a = d.admin()
                for i in range(150):
                    a.ask("POST", "/v1/kill/lift", dict(agent="helper"))
                    a.ask("POST", "/v1/kill", dict(agent="helper"))
                a.close()
            else:
                work(d, c, task, "w", 150)
            good("%s: a snapshot stands behind it" % when, until(lambda: [l for l in journal(d.dir + "/state/journal") if l["kind"] == "snapshot"]))
            before = out(d)
            again(d)
            good("%s: a start rests on it" % when, "behind the snapshot of leaf" in d.text(), d.text()[-300:])
            good("%s: and shows it still" % when, out(d) == before and before, [before, out(d)])
            said = killed(d)
            good("%s: a kill says how long it may be used" % when, said["residual_ms"] > 10000, said)
        finally:
            if d.process.poll() is None:
                d.stop()


def main():
    credentials()
    d = Daemon(limits='snapshot_leaves = 100  segment_bytes = "1MiB"')
    try:
        c = d.agent()
        task = c.ask("POST", "/v1/tasks", dict(intent="work", key="t"))[1]["task"]["id"]
        act(c, task, "m", "mail.read")
        act(c, task, "no", "far.away")
        work(d, c, task, "a", 150)
        leaf = until(lambda: [l for l in journal(d.dir + "/state/journal") if l["kind"] == "snapshot"])
        good("a snapshot is made while it works, and a leaf names it", len(leaf) >= 1)
        files = glob.glob(d.dir + "/state/journal/snapshot-*.jsonl")
        good("its file carries the digest that the leaf says", any(leaf[-1]["body"]["digest"] in f for f in files), files)
        text = b"".join(open(f, "rb").read() for f in files)
        good("it is lines of canonical JSON", all(json.dumps(json.loads(l), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() == l for l in text.splitlines()))
        work(d, c, task, "b", 20)
        before = shown(d, task)
        again(d)
        good("a start rests on it", "behind the snapshot of leaf %d" % leaf[-1]["body"]["leaf"] in d.text(), d.text()[-500:])
        good("and comes to the same", shown(d, task) == before, [before, shown(d, task)])
        c = d.agent()
        got = act(c, task, "b3", "pay.send", amount=1)
        good("a repeat finds its attempt", got["verdict"] in ("allow", "deny") and got["decision_id"] in [("d%d-" % l["n"]) + l["body"]["tail"] for l in journal(d.dir + "/state/journal") if l["kind"] == "decision"], got)
        files = glob.glob(d.dir + "/state/journal/snapshot-*.jsonl")
        for f in files:
            data = open(f, "rb").read()
            open(f, "wb").write(data.replace(b'"mail"', b'"liam"', 1))
        again(d)
        good("one that was tampered with is passed over, and said", "passed over" in d.text() and "snapshot_digest" in d.text(), d.text()[-800:])
        good("the whole journal comes to the same", shown(d, task)["labels"] == before["labels"] and shown(d, task)["denied"] == before["denied"], shown(d, task))
        for f in glob.glob(d.dir + "/state/journal/snapshot-*.jsonl"):
            os.unlink(f)
        forged = d.dir + "/state/journal/snapshot-%020d-%s.jsonl" % (5, "0" * 64)
        open(forged, "wb").write(b'{"k":"end","lines":0}\n')
        again(d)
        good("one that is none at all is passed over", shown(d, task)["labels"] == before["labels"])
    finally:
        if d.process.poll() is None:
            d.stop()
    done()


main()
