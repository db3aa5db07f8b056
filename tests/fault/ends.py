#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How processes begin and end: standard descriptors that are missing, modules that do not leave, a candidate for policy that dies at the wrong moment."""
import os, shutil, signal, subprocess, sys, time
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from checks import waited as until
from daemon import BUILD, Daemon

passed = 0
MODULES = os.path.join(os.path.abspath(BUILD), "modules")


def good(what):
    global passed
    passed += 1
    print("ok: " + what)


def new(conf=""):
    d = Daemon(start=False)
    for sub in ("conf.d", "modules"):
        os.mkdir(os.path.join(d.dir, sub), 0o755)
    for name in ("attest-peer.so", "issue-jwt.so", "hostile/attest-rogue.so"):
        shutil.copy(os.path.join(MODULES, name), os.path.join(d.dir, "modules"))
    d.write("conf.d/80-modules.conf", ('module_dir = "%s/modules"\n' % d.dir).encode())
    d.write("conf.d/90-more.conf", conf.encode() or b"# nothing\n")
    return d


def reload(d):
    c = d.admin()
    status, answer = c.ask("POST", "/v1/reload", {})
    c.close()
    return status, answer


def running(pid):
    try:
        return open("/proc/%d/stat" % pid).read().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def without_descriptors():
    """What a process opens first must not become its standard input, output or errors, where a stray line would be written into it."""
    for missing in ((0,), (1,), (2,), (0, 1, 2)):
        d = new()
        d.process = subprocess.Popen([d.binary, "-c", os.path.join(d.dir, "stepgate.conf")], start_new_session=True, stdin=subprocess.DEVNULL,
                                     stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=lambda: [os.close(fd) for fd in missing])
        d.text = lambda: ""
        d.wait_open()
        looked_at = 0
        for pid in [d.process.pid] + d.processes():
            try:
                seen = [os.readlink("/proc/%d/fd/%d" % (pid, fd)) for fd in range(3)]
            except FileNotFoundError:
                assert not running(pid), (missing, pid)  # one that ended meanwhile: what reads the configuration
                continue
            assert seen == ["/dev/null"] * 3, (missing, pid, seen)
            looked_at += 1
        assert looked_at >= 5, looked_at
        assert d.stop() == 0
    good("started without standard descriptors, every process has them on /dev/null")


def does_not_leave():
    d = new('attest : { bad : { use = "rogue"  control = "optional"  how = "stop_hang" } }\n')
    d.start()
    before = set(d.processes("sg-host"))
    d.write("conf.d/90-more.conf", b"# nothing\n")
    assert reload(d)[0] == 200
    until(lambda: len(set(d.processes("sg-host")) & before) < len(before), 10)
    assert "attest.bad" not in [m["name"] for m in d.admin().ask("GET", "/v1/status")[1]["modules"]]
    assert d.stop() == 0
    good("a module that hangs in stop is ended")


def zygotes(d):
    def parent(pid):
        with open("/proc/%d/stat" % pid) as f:
            return int(f.read().rsplit(")", 1)[1].split()[1])
    return {pid for pid in d.processes("sg-policy") if parent(pid) == d.process.pid}


def candidate_dies():
    """The process that compiled the next policy dies while the gate tries the modules that go with it: their deadline passes when there is nothing to drop any
    more. Signal 9 to process 0 would be one to the whole group."""
    d = new()
    d.start()
    gate, old = d.processes("sg-gate")[0], zygotes(d)
    for conf, status in ((b'issue : { token : { use = "other" } }\n', 422), (b"# nothing\n", 200)):
        os.kill(gate, signal.SIGSTOP)
        d.write("conf.d/90-more.conf", conf)
        said = d.text().count("kept out")
        os.kill(d.process.pid, signal.SIGHUP)
        candidate = until(lambda: zygotes(d) - old).pop()
        time.sleep(1.5)  # it has compiled, and the gate has been asked
        os.kill(candidate, signal.SIGKILL)
        until(lambda: d.text().count("kept out") > said)
        os.kill(gate, signal.SIGCONT)
        time.sleep(16 if status == 422 else 1)  # also longer than modules may take: what has ended has no deadline
        assert d.process.poll() is None and d.processes("sg-gate") == [gate] and zygotes(d) == old, d.text()
        assert reload(d)[0] == status
        until(lambda: status != 422 or zygotes(d) == old)
    d.write("conf.d/90-more.conf", b"# nothing\n")
    assert reload(d)[0] == 200
    assert d.stop() == 0
    good("a candidate that dies while modules are tried: kept out, and nobody else is hurt")


without_descriptors()
does_not_leave()
candidate_dies()
print("%d passed, 0 failed" % passed)
