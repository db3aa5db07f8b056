#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Who only connects is refused by the kernel for a moment: others find room to connect and are answered, also those whose sockets do not wait; then the face is
open to all again. Needs root: agents are users."""
import os, socket, subprocess, sys, time
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "story"))
import stage
from stage import agent, perform, row, until

stage.LIMITS = "limits : { %(limits)s }\n"  # all that matters here is the default
FLOODER, OTHER, BOSS = 61081, 61082, 62081
CONF = """
admins : { boss : { uid = 62081 } }
intents : { work : { actions = [ "x.*" ]  sensitivity = "confidential" } }
agents : { %s %s }
actions : { x : { name = "x.read"  effect = "read"  sensitivity = "internal" } }
""" % (agent("flood", FLOODER), agent("other", OTHER))
POLICY = 'rule { id = "all", on = "x.*", effect = allow {} }'
BECOME = "import os, socket, sys, time; os.setgroups([]); os.setgid(int(sys.argv[2])); os.setuid(int(sys.argv[2]))\n"
FLOOD = BECOME + """
print("on", flush=True)
refused = 0
while True:
    s = socket.socket(socket.AF_UNIX)
    s.setblocking(False)
    try: s.connect(sys.argv[1])
    except PermissionError: refused += 1
    except OSError: pass
    s.close()
    if refused == 100: print("refused", flush=True)
"""
PROBE = BECOME + """
good = 0
for _ in range(40):
    s = socket.socket(socket.AF_UNIX)
    s.settimeout(5)
    try:
        s.connect(sys.argv[1])
        s.sendall(b"GET /v1/tasks/t-x HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n")
        good += s.recv(4096).startswith(b"HTTP/1.1 404")
    except OSError as e: print(e, file=sys.stderr)
    s.close()
    time.sleep(0.05)
print(good)
"""


def run(code, path, uid):
    return subprocess.Popen(["nice", sys.executable, "-c", code, path, str(uid)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def connects(path, uid):
    out = subprocess.run([sys.executable, "-c", BECOME + "s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); print('in')", path, str(uid)], capture_output=True, text=True)
    return out.stdout == "in\n"


def status(d):
    c = d.admin()
    answer = c.ask("GET", "/v1/status")[1]
    c.close()
    return answer


def story(d):
    path = d.path("agent")
    mode = os.stat(path).st_mode
    flood = [run(FLOOD, path, FLOODER) for _ in range(3)]
    try:
        for p in flood:
            p.stdout.readline()
        row("flood", "who only connects is refused by the kernel", flood[0].stdout.readline() == "refused\n")
        probe = run(PROBE, path, OTHER)
        good, errors = probe.communicate(timeout=60)
        row("flood", "another, who does not wait, is let in and answered", good == "40\n", [good, errors])
        row("flood", "status says so", status(d)["shut_out"] > 0, status(d)["shut_out"])
        row("flood", "the operators' face has no such list", "system.posix_acl_access" not in os.listxattr(d.path("admin")))
        row("flood", "and all others may what they may", os.stat(path).st_mode == mode and connects(path, BOSS))
    finally:
        for p in flood:
            p.kill()
            p.wait()
    row("after", "a moment later it is open to all", until(lambda: connects(path, FLOODER), 20))
    row("after", "and the list is gone", until(lambda: "system.posix_acl_access" not in os.listxattr(path), 20) and os.stat(path).st_mode == mode)


perform(CONF, POLICY, story)
