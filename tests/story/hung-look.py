#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A process that makes whoever looks at it hang keeps nobody else from service: its user is looked at no more for a while, and the others' looks go to the
host that takes the place of the one that hung."""
import os, shutil, sys, threading, time
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from stage import *
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fault"))
from checks import done, good, until

CONF = """
intents : { work : { actions = [ "**" ]  sensitivity = "confidential" } }
agents : { evil : { owner = "m@acme.example"  escalate = "o@acme.example"  review_by = "2027-01-31"  environment = "production"  match = [ "peer:uid=1001" ]  reach = [ "**" ]  intents = [ "work" ] }
           c : { owner = "m@acme.example"  escalate = "o@acme.example"  review_by = "2027-01-31"  environment = "production"  match = [ "peer:uid=1004" ]  reach = [ "**" ]  intents = [ "work" ] }
           b : { owner = "m@acme.example"  escalate = "o@acme.example"  review_by = "2027-01-31"  environment = "production"  match = [ "peer:uid=1002" ]  reach = [ "**" ]  intents = [ "work" ] } }
actions : { read : { name = "repo.read"  effect = "read"  sensitivity = "internal" } }
limits : { host_deadline = "300ms"  hang_refusal = "8s"  policy_deadline = "1s"  tasks_per_agent = 10000  rate = 100000  burst = 100000 }
"""


class Own(Stage):
    """With a folder of modules of its own: ours, and one that hangs for users whose number is odd."""
    def start(self, wait=True):
        modules = os.path.join(self.dir, "modules")
        if not os.path.exists(modules):
            os.mkdir(modules, 0o755)
            for name in ("attest-peer.so", "issue-jwt.so", "hostile/attest-rogue.so"):
                shutil.copy(os.path.join(BUILD, "modules", name), modules)
            conf = open(os.path.join(self.dir, "stepgate.conf")).read()
            self.write("stepgate.conf", conf.replace('module_dir = "%s/modules"' % os.path.abspath(BUILD), 'module_dir = "%s"' % modules).encode())
        super().start(wait)


import stage
stage.LIMITS = ""  # its own are above
stage.HEAD = stage.HEAD.replace("attest : { ", 'attest : { slow : { use = "rogue"  control = "optional"  how = "hang_for_odd" }  ')
for stays, two in ((True, False), (False, False), (False, True)):
    s = Own(CONF, 'rule { id = "all", on = "repo.read", effect = allow {} }\n')
    try:
        b = s.agent_of(1002)
        task = b.open("work")
        good("the other is served before", b.act(task, "repo.read")["verdict"] == "allow")
        end, answers = time.time() + 5, []

        def hang(stays):
            """Asks, and waits for what comes of it, or goes away at once."""
            while time.time() < end:
                p = s.agent_of(1001)
                p.begin("POST", "/v1/tasks", dict(intent="work", key=p.key()))
                time.sleep(0.3)  # it takes a while to be there; a hang is 0.3 s long
                p.end() if stays else None
                p.die()
        busy = {"allow": 0}

        def work():
            """Somebody else, who asks all the time: of whom a host is asked together with the one that hangs it."""
            while time.time() < end:
                c = s.agent_of(1004)
                own = c.open("work")
                for _ in range(50):
                    if time.time() < end:
                        said = c.act(own, "repo.read") if "id" in own else own
                        said = "allow" if said.get("verdict") == "allow" else str(said)
                        busy[said] = busy.get(said, 0) + 1
                c.die()
        def beside():
            """An ordinary process of the user that hangs it: its looks are as good as anybody's, and save nobody."""
            while time.time() < end:
                p = s.agent_of(1001)
                p.ask("GET", "/v1/tasks/none")
                p.die()
        threads = [threading.Thread(target=work) for _ in range(3)] + [threading.Thread(target=beside)] * two + [threading.Thread(target=hang, args=(stays,)) for _ in range(3)]
        [t.start() for t in threads]
        while time.time() < end:
            begun = time.time()
            answers.append((b.act(task, "repo.read"), time.time() - begun))
            time.sleep(0.05)
        [t.join() for t in threads]
        wrong = [a for a, _ in answers if a.get("verdict") != "allow"]
        good("and all the while, on the connection that it has", len(answers) > 20 and not wrong, (len(answers), wrong[:3]))
        good("so is who works beside it", busy["allow"] > 100 and list(busy) == ["allow"], busy)
        good("no slower than two hangs", max(t for _, t in answers) < 2, max(t for _, t in answers))
        status = s.admin_of(0).ask("GET", "/v1/status")[1]
        host = [m for m in status["modules"] if m["name"] == "attest.slow"][0]
        good("two hangs at most: among others, and alone", 1 <= host["restarts"] <= 2, host)
        good("said in the log, with the user, and no other", "hung while it looked at a process of uid 1001" in s.text() and "of uid 1002" not in s.text() and "of uid 1004" not in s.text(), s.text()[-300:])
        evil = s.agent_of(1001)
        refused = evil.ask("POST", "/v1/tasks", dict(intent="work", key="k"))[1]
        good("who hangs it is not served", "task" not in refused, refused)
    finally:
        s.stop()
# Slow, and never so slow that it hangs: it takes its time from itself.
stage.HEAD = stage.HEAD.replace("hang_for_odd", "slow_for_odd")
s = Own(CONF, 'rule { id = "all", on = "repo.read", effect = allow {} }\n')
try:
    b = s.agent_of(1002)
    task = b.open("work")
    end, took, wrong = time.time() + 6, [], []

    def slow():
        while time.time() < end:
            p = s.agent_of(1001)
            p.ask("GET", "/v1/tasks/none")
            p.die()
    threads = [threading.Thread(target=slow) for _ in range(6)]
    [t.start() for t in threads]
    while time.time() < end:
        begun = time.time()
        opened = b.open("work")  # looks each time
        took.append(time.time() - begun)
        wrong += [] if "id" in opened else [opened]
        b.ask("POST", "/v1/tasks/%s/close" % opened.get("id"), {})
        time.sleep(0.02)
    [t.join() for t in threads]
    waited = [t for t in took if t > 0.2]
    good("everybody else is served", not wrong, wrong[:2])
    good("few wait for it", len(took) > 60 and len(waited) < len(took) / 8, (len(took), len(waited), sum(took)))
    good("and never longer than one look", max(took) < 0.6, max(took))
    good("nobody is blamed", "hung while" not in s.text())
finally:
    s.stop()
done()
