#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A program that is exec'd behind the same connection, right after the agent was looked at, opens, hands on, signs, reports and ends nothing in its name."""
import os, subprocess, sys
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from stage import *
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fault"))
from checks import done, good

EXE = os.path.realpath(sys.executable)
CONF = """
roles : { signer : { actions = [ "**" ]  hand_on = [ "**" ]  signs = true } }
intents : { work : { actions = [ "**" ]  sensitivity = "confidential"  roles = [ "signer" ] } }
agents : { a : { owner = "m@acme.example"  escalate = "o@acme.example"  review_by = "2027-01-31"  environment = "production"  match = [ "peer:uid=1001", "peer:exe=%s" ]  reach = [ "**" ]
                 intents = [ "work" ]  roles = [ "signer" ]  delegates = [ "a" ] } }
actions : { deploy : { name = "deploy.run"  effect = "execute"  sensitivity = "internal" } }
""" % EXE
# Opens a task and acts; then another program asks over the same connection, at once.
PROGRAM = r"""
import json, os, sys
sys.path.insert(0, sys.argv[2])
from daemon import Client
json.loads("{}"); "x".encode("idna")
os.setgroups([]); os.setgid(1001); os.setuid(1001)
c = Client(sys.argv[1])
task = c.ask("POST", "/v1/tasks", dict(intent="work", key="o1"))[1]["task"]["id"]
act = dict(action="deploy.run", resource=dict(type="host", id="p"), arguments={}, context={}, task=task)
decision = c.ask("POST", "/v1/act", dict(act, key="a1"))[1]["decision_id"]
def request(method, path, body):
    text = json.dumps(body) if body is not None else ""
    return "%s %s HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (method, path, len(text), text)
bound = {"open": request("POST", "/v1/tasks", dict(intent="work", key="o2")), "hand on": request("POST", "/v1/tasks/%s/delegate" % task, dict(key="d1")),
         "sign": request("POST", "/v1/tasks/%s/plan" % task, dict(plan=[dict(action="deploy.run", resource=dict(type="host", id="evil"))])),
         "report": request("POST", "/v1/decisions/%s/outcome" % decision, dict(result="failed")), "end": request("DELETE", "/v1/tasks/%s" % task, None),
         "act": request("POST", "/v1/act", dict(act, key="x1"))}
c.s.setblocking(True); os.dup2(c.s.fileno(), 7); os.set_inheritable(7, True)
if sys.argv[3] == "itself": # the control: the same requests, by who connected
    os.write(7, bound[sys.argv[4]].encode()); print(os.read(7, 65536).decode(), flush=True); sys.exit(0)
os.execv("/bin/bash", ["bash", "-c", "printf '%%s' '%s' >&7; sleep 0.3; dd bs=65536 count=1 <&7 2>/dev/null" % bound[sys.argv[4]]])
"""
s = Stage(CONF, 'rule { id = "all", on = "deploy.run", effect = allow {} }\n')
try:
    here = os.path.dirname(os.path.abspath(daemon.__file__))
    for what in ("open", "hand on", "sign", "report", "end", "act"):
        said = {who: subprocess.run([EXE, "-c", PROGRAM, s.path("agent"), here, who, what], stdout=subprocess.PIPE, text=True, timeout=30).stdout for who in ("itself", "another")}
        good("%s: by the agent itself" % what, "HTTP/1.1 20" in said["itself"] and "peer_changed" not in said["itself"] and '"deny"' not in said["itself"], said["itself"])
        good("%s: not by what was exec'd" % what, ("peer_changed" in said["another"] or "withheld_facts" in said["another"]), said["another"])
    asked = [l["body"] for l in s.leaves("plan")]
    good("one plan was signed, the agent's own", len(asked) == 1, asked)
finally:
    s.stop()
done()
