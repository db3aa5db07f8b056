#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Digests of large programs are made in parts: one agent's many large programs keep nobody else from being known, and a large one is known by its digest all the same."""
import hashlib, os, shutil, subprocess, sys, time

import stage
from stage import Stage, done, row, until

EVIL, GOOD, BIG, OPS = 61611, 61612, 61613, 62611
SIZE = 200 << 20
PYTHON = os.path.realpath("/usr/bin/python3")  # one that any user may read
AGENT = """%s : { owner = "o@acme.example"  escalate = "e@acme.example"  review_by = "2027-01-31"  environment = "prod"  match = [ "peer:uid=%d"%s ]  reach = [ "**" ]  intents = [ "work" ] }
"""
POLICY = 'rule { id = "allow", on = "fs.*", effect = allow {} }\n'

# As one user: so many processes of programs that nobody has read yet, each asks once and is run again.
MANY = r"""
import os, shutil, subprocess, sys, time
os.setgroups([]); os.setgid(int(sys.argv[1])); os.setuid(int(sys.argv[1]))
folder, sock, python, size, count = sys.argv[2], sys.argv[3], sys.argv[4], int(sys.argv[5]), int(sys.argv[6])
paths = ["%s/p%d" % (folder, i) for i in range(count)]
for path in paths:
    shutil.copy(python, path)
    os.truncate(path, size)
ask = "import socket; c = socket.socket(socket.AF_UNIX); c.settimeout(20); c.connect(%r); c.sendall(b'GET /v1/tasks/t-1 HTTP/1.1\\r\\nHost: s\\r\\n\\r\\n'); c.recv(999)" % sock
run = [None] * count
print("ready", flush=True)
while os.getppid() != 1:
    for i, path in enumerate(paths):
        if run[i] is None or run[i].poll() is not None:
            os.utime(path)
            run[i] = subprocess.Popen([path, "-S", "-c", ask], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(0.05)
"""
# A process of a large program, for itself.
ONE = r"""
import json, os, socket, sys
c = socket.socket(socket.AF_UNIX); c.settimeout(20); c.connect(sys.argv[1])
body = json.dumps(dict(intent="work", key=sys.argv[2])).encode()
c.sendall(b"POST /v1/tasks HTTP/1.1\r\nHost: s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
print(c.recv(65536).decode(errors="replace"))
"""


def folder_of(d, uid):
    path = "%s/programs-%d" % (d.dir, uid)
    os.mkdir(path)
    os.chown(path, uid, uid)
    return path


def large(d, path):
    n = [0]

    def known():
        n[0] += 1
        r = subprocess.run([path, "-S", "-c", ONE, d.path("agent"), "k%d" % n[0]], capture_output=True, text=True, user=BIG, group=BIG, extra_groups=[])
        return '"agent":"big"' in r.stdout
    row("one", "a large program is known by its digest, at the latest when it comes again", until(known), n)


def many(d):
    code = d.dir + "/many.py"
    open(code, "w").write(MANY)
    p = subprocess.Popen([PYTHON, code, str(EVIL), folder_of(d, EVIL), d.path("agent"), PYTHON, str(SIZE), "30"], stdout=subprocess.PIPE, text=True)
    p.stdout.readline()
    time.sleep(1)
    try:
        good = d.agent_of(GOOD)
        task = good.open("work")
        row("many", "another agent comes meanwhile", "id" in task, task)
        said, slowest, end = [], 0, time.time() + 6
        while time.time() < end:
            since = time.time()
            said.append(good.act(task, "fs.read").get("code"))
            slowest = max(slowest, time.time() - since)
            time.sleep(0.1)
        row("many", "all that it asks is decided", set(said) == {"allowed"}, {c: said.count(c) for c in set(said)})
        row("many", "and none of it waits for those programs", slowest < 2 and len(said) >= 20, (slowest, len(said)))
        modules = d.admin_of(OPS).ask("GET", "/v1/status")[1]["modules"]
        row("many", "nor was a module killed for being late", all(m["restarts"] == 0 for m in modules), modules)
    finally:
        p.kill()
        p.wait()


def main():
    if not os.path.exists(PYTHON):
        print("NOT RUN: no /usr/bin/python3")
        sys.exit(stage.SKIP)
    big = "/tmp/sg-large-%d" % os.getpid()
    shutil.copy(PYTHON, big)
    os.truncate(big, SIZE)
    os.chmod(big, 0o755)
    digest = hashlib.sha256(open(big, "rb").read()).hexdigest()
    stage.HEAD = stage.HEAD.replace('use = "peer"', 'use = "peer"  exe_digest = true')
    conf = 'groups : { ops : { members = [ "ops" ] } }\nadmins : { ops : { uid = 62611 } }\nhumans : { o : { id = "o@acme.example" } }\n'
    conf += 'intents : { work : { actions = [ "**" ]  sensitivity = "confidential" } }\nactions : { read : { name = "fs.read"  class = "data"  effect = "read"  sensitivity = "internal" } }\n'
    conf += "agents : { %s }\n" % (AGENT % ("evil", EVIL, "") + AGENT % ("good", GOOD, "") + AGENT % ("big", BIG, ', "peer:exe_sha256=%s"' % digest))
    d = Stage(conf, POLICY)
    try:
        large(d, big)
        many(d)
    except BaseException:
        print(d.text()[-2000:])
        raise
    finally:
        d.end()
        os.unlink(big)
    done()


main()
