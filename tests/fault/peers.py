#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Peers that are not what they were: the connection handed to a child, to a grandchild, kept over an exec, a task used by who has the number of a dead
instance. Each is refused; what the kernel cannot tell is shown to be allowed, so that nobody believes otherwise."""
import json, os, shutil, subprocess, sys, time
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from daemon import Client, Closed, Daemon, journal

ACT = dict(action="repo.read", resource=dict(type="x", id="y"))
passed = 0


def good(what):
    global passed
    passed += 1
    print("ok: " + what)


def in_child(work):
    """Runs work() in a child; returns what it returned, as JSON."""
    r, w = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            value = work()
        except Closed:
            value = "closed"
        except Exception as e:
            value = "error: %r" % e
        os.write(w, json.dumps(value).encode())
        os._exit(0)
    os.close(w)
    with os.fdopen(r) as f:
        text = f.read()
    os.waitpid(pid, 0)
    return json.loads(text)


def open_task(c, key):
    return c.ask("POST", "/v1/tasks", dict(intent="work", key=key))[1]["task"]["id"]


def inherited(d):
    c = d.agent()
    task = open_task(c, "inherited")
    got = in_child(lambda: c.ask("POST", "/v1/act", dict(ACT, task=task, key="k")))
    assert got == "closed", got
    try:
        got = c.ask("POST", "/v1/act", dict(ACT, task=task, key="k2"))
    except Closed:
        got = "closed"
    assert got == "closed", "the connection lives on: %r" % (got,)
    good("a child that inherited the socket")


def grandchild(d):
    c = d.agent()
    task = open_task(c, "grandchild")
    got = in_child(lambda: in_child(lambda: c.ask("POST", "/v1/act", dict(ACT, task=task, key="k"))))
    assert got == "closed", got
    good("a grandchild after a double fork")


def orphan(d):
    """The one who connected exits; its child keeps socket and task."""
    def work():
        c = d.agent()
        task = open_task(c, "orphan")
        r, w = os.pipe()
        if os.fork() != 0:
            os._exit(0)
        time.sleep(0.3)
        return c.ask("POST", "/v1/act", dict(ACT, task=task, key="k"))
    got = in_child(work)
    assert got == "closed", got
    good("a child whose parent is gone")


# After exec, perl speaks HTTP on the inherited descriptor.
PERL = r"""
my ($fd, $body) = @ARGV; open(my $s, "+<&=", $fd) or die; binmode $s;
syswrite $s, "POST /v1/act HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: " . length($body) . "\r\n\r\n" . $body;
sysread $s, my $answer, 65536; print $answer;
"""


def exec_after_connect(d, wait):
    r = subprocess.run([sys.executable, "-c", """
import os, sys, time, json
sys.path.insert(0, %r)
from daemon import Client
c = Client(%r)
task = c.ask("POST", "/v1/tasks", dict(intent="work", key="exec%d"))[1]["task"]["id"]
c.s.settimeout(None)
os.set_inheritable(c.s.fileno(), True)
time.sleep(%d)
body = json.dumps(dict(action="repo.read", resource=dict(type="x", id="y"), task=task, key="k"))
os.execv("/usr/bin/perl", ["perl", "-e", %r, str(c.s.fileno()), body])
""" % (os.path.dirname(os.path.abspath(__file__)), d.path("agent"), wait, wait, PERL)], capture_output=True, text=True, timeout=30)
    assert '"verdict":"deny"' in r.stdout and ("peer_changed" in r.stdout or "withheld_facts" in r.stdout), r.stdout + r.stderr
    good("another program after exec, %s" % ("the last look still young" if wait == 0 else "the last look old"))


def exec_same_program(d, prefix=(), before=""):
    """The same interpreter again: same pid, same start, same executable, and other memory, whatever is arranged in it."""
    r = subprocess.run([*prefix, sys.executable, "-c", """
import os, sys, json
sys.path.insert(0, %r)
from daemon import Client
if len(sys.argv) == 1:
    c = Client(%r)
    task = c.ask("POST", "/v1/tasks", dict(intent="work", key="same"))[1]["task"]["id"]
    c.s.settimeout(None)
    os.set_inheritable(c.s.fileno(), True)
    f = open("/proc/self/stat").read().rsplit(")", 1)[1].split()
    os.execv(sys.executable, [sys.executable, "-c", os.environ["CODE"], str(c.s.fileno()), task, f[23], f[24], f[25]])
""" % (os.path.dirname(os.path.abspath(__file__)), d.path("agent"))], capture_output=True, text=True, timeout=30,
        env=dict(os.environ, CODE="import socket, sys, json\n" + before + """
s = socket.socket(fileno=int(sys.argv[1]))
body = json.dumps(dict(action="repo.read", resource=dict(type="x", id="y"), task=sys.argv[2], key="k"))
s.sendall(("POST /v1/act HTTP/1.1\\r\\nHost: x\\r\\nContent-Type: application/json\\r\\nContent-Length: %d\\r\\n\\r\\n%s" % (len(body), body)).encode())
print(s.recv(65536).decode())
"""))
    return r


# What a program may do to look like the one before it: the old places in what the kernel shows of the new one.
PUT_BACK = """
import ctypes
class Map(ctypes.Structure):
    _fields_ = [(n, ctypes.c_uint64) for n in "start_code end_code start_data end_data start_brk brk start_stack arg_start arg_end env_start env_end auxv".split()] + [("size", ctypes.c_uint32), ("exe", ctypes.c_uint32)]
libc = ctypes.CDLL(None)
libc.sbrk.restype = ctypes.c_uint64
now = open("/proc/self/stat").read().rsplit(")", 1)[1].split()
at = lambda n: int(now[n - 3])
old = [int(v) for v in sys.argv[3:6]]
m = Map(old[0], old[1], at(45), at(46), at(47), libc.sbrk(0), old[2], at(48), at(49), at(50), at(51), 0, 0, 0xffffffff)
print("put back:", libc.prctl(35, 14, ctypes.byref(m), ctypes.sizeof(m), 0), open("/proc/self/stat").read().rsplit(")", 1)[1].split()[25] == str(old[2]))
"""


def reused_pid(d):
    if os.geteuid() != 0:
        print("NOT RUN (needs root): a reused pid")
        return
    r = subprocess.run([sys.executable, "-c", """
import sys, os
sys.path.insert(0, %r)
from daemon import Client
print(os.getpid(), Client(%r).ask("POST", "/v1/tasks", dict(intent="work", key="reused"))[1]["task"]["id"])
""" % (os.path.dirname(os.path.abspath(__file__)), d.path("agent"))], capture_output=True, text=True, timeout=30)
    pid, task = r.stdout.split()
    for _ in range(100):
        with open("/proc/sys/kernel/ns_last_pid", "w") as f:
            f.write(str(int(pid) - 1))
        got = in_child(lambda: (os.getpid(), d.agent().ask("POST", "/v1/act", dict(ACT, task=task, key="k"))[1]) if os.getpid() == int(pid) else None)
        if got is not None:
            assert got[1]["verdict"] == "deny" and got[1]["code"] == "wrong_peer", got
            good("a task under a reused pid")
            return
    print("NOT RUN (the number was not to be had): a reused pid")


def late_exit(d):
    """The instance dies while its request is being decided: nothing is issued to nobody."""
    active = lambda: set(l["id"] for l in d.admin().ask("GET", "/v1/leases")[1]["leases"] if l["state"] in ("active", "pending"))
    before = active()
    pid = os.fork()
    if pid == 0:
        c = d.agent()
        task = open_task(c, "late")
        body = json.dumps(dict(ACT, task=task, key="k")).encode()
        c.s.sendall(b"POST /v1/act HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        os._exit(0)
    os.waitpid(pid, 0)
    time.sleep(0.5)
    assert active() <= before, "a credential was left alive for a dead instance"
    good("an instance that dies in the middle")


def main():
    d = Daemon()
    try:
        inherited(d)
        grandchild(d)
        orphan(d)
        exec_after_connect(d, 0)
        exec_after_connect(d, 2)
        told = lambda r: '"verdict":"deny"' in r.stdout and ("peer_changed" in r.stdout or "withheld_facts" in r.stdout)
        r = exec_same_program(d)
        assert told(r), r.stdout + r.stderr
        good("the same program after exec is another one")
        r = exec_same_program(d, before=PUT_BACK)
        if "put back: 0 True" not in r.stdout:
            print("NOT RUN (this kernel lets nobody set them): the places of before put back")
        assert told(r), r.stdout + r.stderr
        good("also with the places of before put back")
        if shutil.which("setarch") is None:
            print("NOT RUN (no setarch): a program that is not laid out at random")
        else:
            r = exec_same_program(d, ("setarch", "-R"))
            assert told(r), r.stdout + r.stderr
            good("and where places are not random")
        count = d.admin().ask("GET", "/v1/status")[1]["execs_unseen"]
        assert count == 0, count
        reused_pid(d)
        late_exit(d)
        time.sleep(0.2)
        named = [l for l in journal(d.dir + "/state/journal") if l["kind"] == "admin" and l["body"].get("result") == "peer_changed"]
        assert len(named) >= 3, "what happened is not in the record"
        print("%d passed, 0 failed" % passed)
    finally:
        d.stop()


main()
