#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""With no more capabilities than the unit leaves it (no CAP_KILL) the daemon ends what hangs of it all the same, also the process that has become another user. Needs root."""
import os, shutil, signal, sys, time
from checks import done, good, until
from daemon import Daemon

if os.getuid() != 0 or shutil.which("setpriv") is None:
    print("NOT RUN (needs root and setpriv)")
    sys.exit(77)


def of(p, what):
    try:
        return next(l.split()[1] for l in open("/proc/%d/status" % p) if l.startswith(what + ":"))
    except (OSError, StopIteration):
        return "gone"


d = Daemon(mode="enforce", start=False, agent=61001, admin=0, limits='host_deadline = "1s"')
with open(d.dir + "/bounded", "w") as f:
    f.write("#!/bin/sh\nexec setpriv --no-new-privs --bounding-set=-all,+setuid,+setgid,+sys_ptrace %s \"$@\"\n" % d.binary)
os.chmod(d.dir + "/bounded", 0o755)
d.binary = d.dir + "/bounded"
try:
    d.start()
    good("one process has become another user", until(lambda: any(of(p, "Uid") not in ("0", "gone") for p in d.processes("sg-host")), 10))
    other = [p for p in d.processes("sg-host") if of(p, "Uid") not in ("0", "gone")][0]
    good("the daemon may signal none of another user", int(of(d.process.pid, "CapEff"), 16) & 1 << 5 == 0, of(d.process.pid, "CapEff"))
    os.kill(other, signal.SIGSTOP)
    child = os.fork()
    if child == 0:
        os.setgroups([]); os.setgid(61001); os.setuid(61001)
        try: d.agent(5).ask("POST", "/v1/tasks", {"intent": "work", "key": "k"})
        finally: os._exit(0)
    os.waitpid(child, 0)
    good("the one that hung is ended", until(lambda: of(other, "State") in ("gone", "Z"), 15), of(other, "State"))
    good("and another one is there in its place", until(lambda: any(of(p, "Uid") not in ("0", "gone") and of(p, "State") != "Z" for p in d.processes("sg-host") if p != other), 15))
    parts = d.processes()
    d.process.send_signal(signal.SIGTERM)
    d.process.wait(30)
    good("and nothing of it is left when it stops", until(lambda: all(of(p, "State") in ("gone", "Z") for p in parts), 10), [(p, of(p, "State")) for p in parts])
finally:
    d.stop()
done()
