#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Today's day key is lost and the daemon started again: what it sealed is not reproducible, by verify and by why, and nothing was tampered with. What really was
changed is still found, before and behind it."""
import glob, json, os, subprocess, sys
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from checks import done, good
from daemon import BUILD, Daemon


def verify(d):
    r = subprocess.run([BUILD + "/core/stepgate", "audit", "verify", d.dir + "/state", "--json"], capture_output=True, text=True)
    return r.returncode, json.loads(r.stdout)


def decide(d, key):
    c = d.agent()
    task = c.ask("POST", "/v1/tasks", dict(intent="work", key=key))[1]["task"]["id"]
    got = c.ask("POST", "/v1/act", dict(task=task, action="mail.read", key=key, resource=dict(type="any", id="x"), arguments={}))[1]
    c.close()
    return got["decision_id"]


def why(d, decision):
    a = d.admin()
    got = a.ask("GET", "/v1/decisions/" + decision)
    a.close()
    return got[0], got[1].get("replay", {}).get("result")


def change_tag(path):
    """The last byte of the first sealed record of a segment."""
    with open(path, "rb") as f:
        data = bytearray(f.read())
    at = 160
    while True:
        size, kind = int.from_bytes(data[at:at + 4], "little"), data[at + 4]
        at += 8 + size + (32 if kind == 1 else 0)
        if kind == 2:
            data[at - 1] ^= 1
            break
    with open(path, "wb") as f:
        f.write(data)


def main():
    d = Daemon()
    try:
        before = decide(d, "a")
        good("before: why judges it again", why(d, before) == (200, "same"), why(d, before))
        d.stop(keep=True)
        code, seen = verify(d)
        good("before: all is opened", code == 0 and seen["sealed"] > 0 and seen["sealed"] == seen["opened"], seen)
        for key in glob.glob(d.dir + "/state/keys/[0-9]*.key"):
            os.unlink(key)
        d.start()
        after = decide(d, "b")
        good("why: what the lost key sealed is not reproducible", why(d, before) == (200, "not_reproducible"), why(d, before))
        good("why: what its namesake sealed is", why(d, after) == (200, "same"), why(d, after))
        d.stop(keep=True)
        code, seen = verify(d)
        good("verify: intact, and how many are not reproducible", code == 0 and seen["result"] == "intact" and 0 < seen["not_reproducible"] < seen["sealed"], seen)
        segments = sorted(glob.glob(d.dir + "/state/journal/*.seg"))
        change_tag(segments[-1])
        code, seen = verify(d)
        good("verify: a seal that its own key does not open was changed", code == 1 and seen["code"] == "journal_sealed", seen)
        change_tag(segments[-1])
        with open(segments[0], "r+b") as f:
            f.seek(-1, 2)
            last = f.read(1)
            f.seek(-1, 2)
            f.write(bytes([last[0] ^ 1]))
        code, seen = verify(d)
        good("verify: a chain that was changed in the lost key's segment is tampered", code == 1 and seen["result"] == "tampered", seen)
    finally:
        if d.process.poll() is None:
            d.stop()
    done()


main()
