#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A head beside the journal that is none: it proves nothing, keeps neither the daemon nor audit verify, and is passed over aloud. One that is ahead is
refused as ever. Nor does anything else in the journal's folder keep them that is no file."""
import glob, json, os, shutil, subprocess, sys
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from checks import good
from daemon import BUILD, Daemon


def verify(d):
    try:
        r = subprocess.run([os.path.join(BUILD, "core", "stepgate"), "audit", "verify", d.dir + "/state"], capture_output=True, text=True, timeout=20)
    except subprocess.TimeoutExpired:
        return None, "it hangs"
    return r.returncode, r.stdout + r.stderr


def clear(path):
    if os.path.isdir(path) and not os.path.islink(path):
        os.rmdir(path)
    elif os.path.lexists(path):
        os.unlink(path)


def put(data):
    def write(path):
        with open(path, "wb") as f:
            f.write(data)
    return write


d = Daemon()
d.stop(keep=True)
journal = d.dir + "/state/journal"
head, loss = journal + "/head", journal + "/loss"
mark = json.load(open(head))
text = lambda **change: put(json.dumps(dict(mark, **change), sort_keys=True, separators=(",", ":")).encode() + b"\n")
bad = [("empty", put(b"")), ("bytes", put(b"\0\xff" * 50)), ("a list", put(b"[]\n")), ("huge", put(b"x" * (8 << 20))), ("a leaf that is a text", text(leaf="9")),
       ("a leaf below 1", text(leaf=-1)), ("a leaf beyond 2^53", text(leaf=2**63)), ("half a chain", text(chain="ab")), ("a folder", os.mkdir),
       ("a link to /dev/zero", lambda path: os.symlink("/dev/zero", path)), ("a pipe that nobody writes", os.mkfifo)]
try:
    for name, make in bad:
        clear(head)
        make(head)
        code, said = verify(d)
        good("audit verify passes it over: " + name, code == 0 and "passed over" in said, said)
        before = len(d.text())
        d.start()
        a = d.admin()
        told = a.ask("GET", "/v1/status")[1]["passed_over"]
        a.close()
        good("so does a start, in status and log: " + name, "head" in told and "head is passed over" in d.text()[before:], told)
        d.stop(keep=True)
    clear(head)
    for path in (loss, journal + "/snapshot-%020d-%s.jsonl" % (5, "0" * 64)):
        os.mkfifo(path)
        good("a pipe keeps audit verify from nothing: " + os.path.basename(path)[:9], verify(d)[0] == 0, verify(d))
        d.start()
        d.stop(keep=True)
        clear(path)
        good("nor a start: " + os.path.basename(path)[:9])
    clear(head)
    d.start()
    a = d.admin()
    good("none is no fault", a.ask("GET", "/v1/status")[1]["passed_over"] == "")
    a.close()
    d.stop(keep=True)
    text(leaf=10**6)(head)
    d.start(wait=False)
    good("one that is ahead is refused", d.process.wait(20) == 78 and verify(d)[0] == 1, d.text()[-300:])
finally:
    d.stop()
