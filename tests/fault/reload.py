#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reload under load: a good policy takes effect on the next action, a bad one is kept out with its line, nothing fails in between. A rule that never ends
denies its own request alone. A second daemon, a broken record and state without keys are refused."""
import os, subprocess, sys, threading, time
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from daemon import CONF, POLICY, Daemon, journal

passed = 0


def good(what):
    global passed
    passed += 1
    print("ok: " + what)


def act(c, task, key, action="pay.send", **args):
    return c.ask("POST", "/v1/act", dict(task=task, action=action, key=key, arguments=args, resource=dict(type="x", id="y")))[1]


def session(d, key):
    c = d.agent()
    return c, c.ask("POST", "/v1/tasks", dict(intent="work", key=key))[1]["task"]["id"]


def takes_effect(d):
    c, task = session(d, "one")
    o = d.admin()
    assert act(c, task, "a", amount=1)["verdict"] == "allow"
    d.write("policy.d/20-more.lua", b'rule { id = "stop", on = "pay.*", effect = deny { code = "stop", say = "not today" } }\n')
    status, answer = o.ask("POST", "/v1/reload", {})
    assert status == 200 and answer["result"] == "in_force", answer
    got = act(c, task, "b", amount=1)
    assert got["code"] == "policy_denied" and got["say"] == "not today", got
    good("a reload takes effect on the next action of an open session")

    d.write("policy.d/30-bad.lua", b'rule { id = "x",\n  on = "pay.*",\n  effct = allow {} }\n')
    status, answer = o.ask("POST", "/v1/reload", {})
    error = answer["reload"][0]
    assert status == 422 and error["file"] == "30-bad.lua" and error["line"] > 0 and "effect" in error["hint"], answer
    assert act(c, task, "c", amount=1)["code"] == "policy_denied"
    good("a bad policy is kept out, with file, line and hint")
    os.remove(os.path.join(d.dir, "policy.d/30-bad.lua"))

    with open(os.path.join(d.dir, "stepgate.conf"), "ab") as f:
        f.write(b'\nnonsense = 5\n')
    status, answer = o.ask("POST", "/v1/reload", {})
    assert status == 422 and answer["reload"][0]["code"] == "conf_unknown", answer
    assert act(c, task, "d", amount=1)["code"] == "policy_denied"
    good("a bad configuration is kept out")
    with open(os.path.join(d.dir, "stepgate.conf"), "rb") as f:
        text = f.read()
    d.write("stepgate.conf", text.replace(b"\nnonsense = 5\n", b"\n"))
    os.remove(os.path.join(d.dir, "policy.d/20-more.lua"))
    status, answer = o.ask("POST", "/v1/reload", {})
    assert status == 200, answer
    assert act(c, task, "e", amount=1)["verdict"] == "allow"


def under_load(d):
    stop, bad, counts = threading.Event(), [], []

    def work(i):
        c, task = session(d, "load-%d" % i)
        n = 0
        while not stop.is_set():
            got = act(c, task, "k%d" % n, amount=1)
            n += 1
            if got.get("verdict") != "allow":
                bad.append(got)
            if n == 900:
                c, task = session(d, "load-%d-%f" % (i, time.time()))
                n = 0
        counts.append(n)
    threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for t in threads:
        t.start()
    o = d.admin()
    for i in range(15):
        d.write("policy.d/90-note.lua", b"-- %d\n" % i)
        assert o.ask("POST", "/v1/reload", {})[0] == 200
        time.sleep(0.1)
        d.write("policy.d/91-bad.lua", b"rule {")
        assert o.ask("POST", "/v1/reload", {})[0] == 422
        os.remove(os.path.join(d.dir, "policy.d/91-bad.lua"))
    stop.set()
    for t in threads:
        t.join(20)
    assert not bad, bad[:3]
    assert len(counts) == 4
    good("fifteen good and fifteen bad reloads under load, and no request failed")


def half_written(d):
    """What somebody is writing is not read half."""
    o, path = d.admin(), os.path.join(d.dir, "policy.d", "60-half.lua")
    with open(path, "wb") as f:
        f.write(b'rule { id = "half", on = "pay.send", effect = deny {} }\n')
        f.flush()
        time.sleep(0.3)
        status, answer = o.ask("POST", "/v1/reload", {})
        assert status == 422 and "open for writing" in str(answer), answer
        c, task = session(d, "half")
        assert act(c, task, "h1", amount=1)["verdict"] == "allow"
        f.write(b'-- and its other half\n')
    assert o.ask("POST", "/v1/reload", {})[0] == 200
    assert act(c, task, "h2", amount=1)["code"] == "policy_denied"
    os.remove(path)
    assert o.ask("POST", "/v1/reload", {})[0] == 200
    good("a policy that is being written is not read, and who writes is not hurt")


def endless(d):
    d.write("policy.d/50-endless.lua", b'rule { id = "endless", on = "mail.read", when = function(r) while true do end end, effect = allow {} }\n')
    assert d.admin().ask("POST", "/v1/reload", {})[0] == 200
    c, task = session(d, "endless")
    e, other = session(d, "beside")
    for i in range(5):
        r = threading.Thread(target=lambda: codes.append(act(c, task, "m%d" % i, "mail.read")["code"]))
        codes = []
        r.start()
        began = time.time()
        for j in range(5):
            assert act(e, other, "p%d-%d" % (i, j), amount=1)["verdict"] == "allow"
        assert time.time() - began < 5
        r.join(10)
        assert codes and codes[0] in ("policy_timeout", "policy_steps"), codes
    good("a rule that never ends denies its own request, others are answered")
    os.remove(os.path.join(d.dir, "policy.d/50-endless.lua"))
    assert d.admin().ask("POST", "/v1/reload", {})[0] == 200


def second_daemon(d):
    for _ in range(3):
        p = subprocess.run([d.binary, "-c", os.path.join(d.dir, "stepgate.conf")], capture_output=True, timeout=20)
        assert p.returncode == 78 and b"held by another daemon" in p.stderr, (p.returncode, p.stderr)
    assert d.admin().ask("GET", "/v1/status")[0] == 200
    good("a second daemon on the same state")


def broken_record(d):
    assert d.stop(keep=True) == 0
    d.start()
    assert d.stop(keep=True) == 0
    path = os.path.join(d.dir, "state/journal/00000001.seg")
    with open(path, "r+b") as f:
        f.seek(2000)
        byte = f.read(1)
        f.seek(2000)
        f.write(bytes([byte[0] ^ 1]))
    d.start(wait=False)
    assert d.process.wait(20) == 78, d.text()[-500:]
    assert "journal_" in d.text()
    with open(path, "r+b") as f:
        f.seek(2000)
        f.write(byte)
    d.start()
    good("a record with a broken middle is refused, and taken again once it is whole")
    d.stop(keep=True)
    os.rename(os.path.join(d.dir, "state/keys/state.key"), os.path.join(d.dir, "kept"))
    d.start(wait=False)
    assert d.process.wait(20) == 78
    good("state without its key is refused")
    d.write("state/keys/state.key", os.urandom(32), 0o600)
    d.start(wait=False)
    assert d.process.wait(20) == 78, "another key is taken for this state's"
    good("state with another key is refused")


def main():
    d = Daemon(limits='policy_deadline = "500ms"')  # what is measured here is no speed
    try:
        takes_effect(d)
        under_load(d)
        half_written(d)
        endless(d)
        second_daemon(d)
        broken_record(d)
        print("%d passed, 0 failed" % passed)
    finally:
        d.stop()


main()
