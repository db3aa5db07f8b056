# SPDX-License-Identifier: Apache-2.0
"""What the benches stand on: a private daemon whose limits are out of the way, and the programs of this folder."""
import json, os, shutil, subprocess, sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "fault"))
from daemon import BUILD, POLICY, Daemon

AGENT = 65001

LIMITS = 'attempts_per_task = 1000000  requests_per_connection = 1000000  connections = 65536'

# A rule that is looked up by its action and never asked.
RULE = 'rule { id = "r%05d", on = "other.a%05d", when = function(r) return r.args:get("amount", 0) > %d end, effect = deny { code = "c%d" } }\n'


def program(name):
    return os.path.join(os.path.abspath(BUILD), "tests", "bench", name)


def daemon(rules=0):
    """A daemon with this many rules more, in files of 500. As root the agent has its own uid; without, mode "dev" also prints a line a decision."""
    root = os.geteuid() == 0
    d = Daemon(mode="enforce" if root else "dev", agent=AGENT if root else None, start=False)
    d.agent_uid = AGENT if root else None
    for path in (program("bench_load"), os.path.join(os.path.abspath(BUILD), "core", "stepgate-mcp"), os.path.join(HERE, "echo.py")):
        shutil.copy(path, d.dir)  # where that uid can read
    with open(os.path.join(d.dir, "stepgate.conf")) as f:
        text = f.read()
    text = text.replace("leases_per_agent = 100000", "leases_per_agent = 1000000").replace("requests_per_connection", "#")
    text = text.replace('"mail.*" ]', '"mail.*", "mcp.**" ]')
    text = text.replace("  pay : {", '  echo : { name = "mcp.bench.tools.echo"  effect = "read"  sensitivity = "internal" }\n  pay : {')
    text = text.replace("uid_connections = 1000 ", "uid_connections = 1000  %s " % LIMITS)
    d.write("stepgate.conf", text.encode())
    d.write("policy.d/10-test.lua", (POLICY + 'rule { id = "echo", on = "mcp.bench.tools.echo", effect = allow {} }\n').encode())
    for first in range(0, rules, 500):
        part = "".join(RULE % (i, i, i, i) for i in range(first, min(first + 500, rules)))
        d.write("policy.d/20-many-%03d.lua" % (first // 500), part.encode())
    d.start()
    return d


def body(d, action):
    name = "body-" + action
    d.write(name, b'{"action":"%s","key":"k@N@","resource":{"id":"billing-api","type":"repo"},"task":"@TASK@","arguments":{"amount":5,"note":"as it is"}}'
            % action.encode())
    return os.path.join(d.dir, name)


def load(d, conns, seconds, action=None):
    """One run of the load: an empty answer of the door, or decisions about an action."""
    command = [os.path.join(d.dir, "bench_load"), d.path("agent"), "-c", str(conns), "-s", str(seconds), "--root", str(d.process.pid)]
    if action is not None:
        command += ["--path", "/v1/act", "--body-file", body(d, action), "--expect", '"verdict":"allow"',
                    "--open", '{"intent":"work","key":"bench-%s"}' % os.urandom(6).hex()]
    r = subprocess.run(command, capture_output=True, text=True, timeout=120, user=d.agent_uid)
    if r.returncode != 0:
        raise SystemExit(r.stderr + d.text()[-2000:])
    return dict(json.loads(r.stdout), said=r.stderr.strip())


def append(folder, size, seconds):
    r = subprocess.run([program("bench_append"), folder, str(size), str(seconds)], capture_output=True, text=True, check=True)
    return json.loads(r.stdout)
