#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""System calls of all processes of a running daemon for one decision, counted by strace: sixteen connections of one process that ask at once and wait for each other.
A gate without a clock: no more than ALLOW for an allow, no more than MORE besides for a credential."""
import os, re, shutil, signal, socket, subprocess, sys, tempfile, time
import stand

CONNS, WARM, ROUNDS = 16, 10, 40
ALLOW, MORE = 10.0, 4.0
NOT_RUN = 77


class NotHere(Exception):
    pass


class Conn:
    def __init__(self, path):
        self.s = socket.socket(socket.AF_UNIX)
        self.s.connect(path)

    def send(self, method, path, body):
        self.s.sendall(b"%s %s HTTP/1.1\r\nHost: s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (method, path, len(body), body))

    def answer(self):
        got = b""
        while True:
            got += self.s.recv(65536)
            head, _, body = got.partition(b"\r\n\r\n")
            m = re.search(rb"content-length: (\d+)", head.lower())
            if m and len(body) >= int(m.group(1)):
                return body


def client(path, action, go, done):
    """In a process of its own, with the agent's uid."""
    conns = [Conn(path) for _ in range(CONNS)]
    conns[0].send(b"POST", b"/v1/tasks", b'{"intent":"work","key":"calls-%s"}' % os.urandom(6).hex().encode())
    task = re.search(rb'"id":"(t-[0-9a-f]+)"', conns[0].answer()).group(1)
    for i in range(WARM + ROUNDS):
        if i == WARM:
            os.write(done, b"w")
            os.read(go, 1)
        for n, c in enumerate(conns):
            c.send(b"POST", b"/v1/act", b'{"action":"%s","arguments":{"amount":5,"note":"as it is"},"key":"k%d-%d","resource":{"id":"billing-api","type":"repo"},"task":"%s"}' % (action.encode(), i, n, task))
        for c in conns:
            if b'"verdict":"allow"' not in c.answer():
                os._exit(1)
    os.write(done, b"d")
    os.read(go, 1)  # its end closes all connections, which is not to be counted
    os._exit(0)


def below(root):
    parent = {}
    for p in filter(str.isdigit, os.listdir("/proc")):
        try:
            parent[int(p)] = int(re.search(r"PPid:\s+(\d+)", open("/proc/%s/status" % p).read()).group(1))
        except OSError:
            pass
    def under(p):
        while p in parent and p != root:
            p = parent[p]
        return p == root
    return [p for p in parent if under(p)]


def name(pid):
    return open("/proc/%d/comm" % pid).read().strip()


def counted(d, action):
    """{process: {call: a request}}"""
    go, done = os.pipe(), os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(go[1])
        try:
            if d.agent_uid is not None:
                os.setgroups([])
                os.setgid(d.agent_uid)
                os.setuid(d.agent_uid)
            client(d.path("agent"), action, go[0], done[1])
        finally:
            os._exit(1)
    os.close(done[1])
    os.close(go[0])
    if os.read(done[0], 1) != b"w":
        sys.exit("FAILED: the load did not begin")
    with tempfile.TemporaryDirectory() as folder:
        traces = []
        for pid in below(d.process.pid):
            out = os.path.join(folder, str(pid))
            t = subprocess.Popen(["strace", "-f", "-c", "-p", str(pid), "-o", out], stderr=subprocess.PIPE)
            if b"attached" not in t.stderr.readline():
                print("NOT RUN: strace may not look at %s: this machine forbids ptrace(2)" % name(pid))
                raise NotHere
            traces.append((name(pid), out, t))
        time.sleep(0.3)
        os.write(go[1], b".")
        if os.read(done[0], 1) != b"d":
            sys.exit("FAILED: what was asked was not allowed")
        for _, _, t in traces:
            t.send_signal(2)
            t.wait()
        os.close(go[1])
        each = {}
        for who, out, _ in traces:
            for line in open(out):
                m = re.match(r"\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(?:\d+\s+)?(\w+)$", line)
                if m and m.group(2) != "total":
                    calls = each.setdefault(who, {})
                    calls[m.group(2)] = calls.get(m.group(2), 0) + int(m.group(1)) / (CONNS * ROUNDS)
        return each


def total(each):
    return sum(sum(calls.values()) for calls in each.values())


def show(got):
    for action, each in got.items():
        print("%s: %.2f system calls a request, of %d connections" % (action, total(each), CONNS))
        for who, calls in sorted(each.items()):
            print("  %-12s %5.2f  %s" % (who, sum(calls.values()), " ".join("%s %.2f" % (c, n) for c, n in sorted(calls.items(), key=lambda x: -x[1]) if n > 0.01)))


def too_many(got):
    allow, credential = total(got["pay.send"]), total(got["repo.read"])
    return [what for what, n, most in (("an allow", allow, ALLOW), ("a credential more than an allow", credential - allow, MORE)) if n > most]


def main():
    """How many requests meet in a turn is the scheduler's affair: the best of eight tries counts."""
    if shutil.which("strace") is None:
        sys.exit("FAILED: strace is not installed; tests/run installs it")
    signal.alarm(150)  # nothing of this takes so long
    d = stand.daemon()
    try:
        for _ in range(8):
            got = {action: counted(d, action) for action in ("pay.send", "repo.read")}
            show(got)
            if not too_many(got):
                return
    except NotHere:
        sys.exit(NOT_RUN)
    finally:
        d.stop()
    sys.exit("FAILED: too many system calls: " + ", ".join(too_many(got)))


main()
