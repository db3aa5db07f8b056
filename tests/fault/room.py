#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A gate that dies where there is no room: it comes up without any if it can, else it is tried again until there is some, and the daemon stays. What is broken ends the daemon, and so does want of
room at its first start. Needs root: agents are users, a full disk is mounted."""
import os, resource, shutil, signal, subprocess, sys, time
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "story"))
from stage import agent, perform, row, says, until

AGENT, OTHER, THIRD, BOSS = 61101, 61102, 61103, 62101
CONF = """
admins : { boss : { uid = 62101 } }
intents : { work : { actions = [ "**" ]  sensitivity = "internal" } }
agents : { %s %s %s %s }
actions : { read : { name = "data.read"  effect = "read"  sensitivity = "internal" }  write : { name = "data.write"  effect = "write"  sensitivity = "internal" }  trap : { name = "data.trap"  effect = "read"  sensitivity = "internal" } }
""" % (agent("one", AGENT), agent("two", OTHER), agent("three", THIRD), agent("four", 61104))
POLICY = 'rule { id = "read", on = { "data.read", "data.write" }, effect = allow {} }\nrule { id = "trap", on = "data.trap", effect = deny { say = "no", freeze = true } }'
KEPT, BEFORE = 64 << 10, 200  # bytes that a file may have where there is no room; acts that make a journal longer than that
TASKS, WRITES, DEADLINE = 300, 1200, 20  # of who goes; that nobody reports; until they are due
BROKEN, DENIED = 78, "audit_unavailable"


def acts(a, task, count):
    return [a.act(task, "data.read", args=dict(word="x" * 600, n=i)) for i in range(count)]


def refused(a, task):
    """By a verdict, or where nobody is judged by an error."""
    got = acts(a, task, 1)[0]
    return DENIED in (got.get("code"), got.get("error", {}).get("code"))


def end_gate(d):
    before = d.processes("sg-gate")
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    until(lambda: not set(before) & set(d.processes("sg-gate")))


def status(d):
    """None while there is no gate to answer"""
    c = None
    try:
        c = d.admin(1)
        return c.ask("GET", "/v1/status")[1]
    except Exception:
        return None
    finally:
        if c is not None:
            c.close()


def states(boss, task):
    return [t["state"] for t in boss.ask("GET", "/v1/tasks")[1]["tasks"] if t["id"] == task["id"]]


def free(folder):
    of = os.statvfs(folder)
    return of.f_bavail * of.f_frsize


def fill_to(folder, left):
    with open(os.path.join(folder, "filler"), "ab") as f:
        f.write(b"x" * max(0, free(folder) - left))


def full(d):
    """The journal on a disk of its own that has less room than the journal is long, then none at all."""
    on_disk_of(d, "4m", on_small)
    on_disk_of(d, "16m", waits)


def on_disk_of(d, size, act):
    folder = os.path.join(d.dir, "state", "journal")
    a, boss = d.agent_of(AGENT), d.admin_of(BOSS)
    d.stop(keep=True)
    shutil.rmtree(folder + ".old", ignore_errors=True)
    shutil.copytree(folder, folder + ".old")
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=%s,mode=700" % size, "none", folder], stderr=subprocess.DEVNULL).returncode != 0:
        print("NOT RUN: a full disk needs mount")
        return d.start()
    try:
        shutil.copytree(folder + ".old", folder, dirs_exist_ok=True)
        d.start()
        act(d, folder, a, boss)
        d.stop(keep=True)
        os.unlink(os.path.join(folder, "filler")) if os.path.exists(os.path.join(folder, "filler")) else None
        shutil.copytree(folder, folder + ".old", dirs_exist_ok=True)
    finally:
        d.stop(keep=True)
        subprocess.run(["umount", folder], check=True)
        shutil.copytree(folder + ".old", folder, dirs_exist_ok=True)
    d.start()


def held(d, folder, a, boss, task):
    """What was held for operators, until that is full too."""
    row("held", "the disk is said to be full", until(lambda: (status(d) or {}).get("journal") == "full", 10), status(d))
    row("held", "without room nothing is allowed", until(lambda: refused(a, task)))
    got = a.ask("POST", "/v1/act", dict(action="data.read", task=task["id"], key="full", resource=dict(type="thing", id="x")))
    row("held", "and whoever is refused hears why", "disk is full" in got[1]["error"]["hint"], got)
    before = len(d.leaves("decision"))
    acts(a, task, 20)
    row("held", "nor does it take from the room", len(d.leaves("decision")) == before)
    row("held", "what only looks is answered", a.ask("GET", "/v1/tasks/" + task["id"])[0] == 200)
    row("held", "it stands in the record that the disk is full", [l["body"]["what"] for l in d.leaves("alert")].count("disk_full") == 1, d.leaves("alert"))
    got = boss.ask("POST", "/v1/kill", dict(agent="four", reason="full"))
    row("held", "a kill order is recorded", got[0] == 200 and got[1]["state"] == "effective" and [l["body"]["agent"] for l in d.leaves("kill")] == ["four"], got)
    end_gate(d)
    row("held", "it is in force in the gate after that one", until(lambda: (status(d) or {}).get("killed") == ["four"], 10), status(d))
    row("held", "which knows that the disk is full", until(lambda: (status(d) or {}).get("journal") == "full" and refused(a, task), 10), status(d))
    filler = os.path.join(folder, "filler")
    os.truncate(filler, os.path.getsize(filler) - (3 << 20 if os.path.getsize(filler) > 3 << 20 else os.path.getsize(filler)))
    row("held", "it opens once there is room", until(lambda: (status(d) or {}).get("journal") == "open" and says(acts(a, task, 1)[0], "allow"), 15), (status(d), free(folder)))
    row("held", "and has it held again", until(lambda: os.path.getsize(os.path.join(folder, "reserve")) == 1 << 20))
    gaps = [l["body"] for l in d.leaves("gap")]
    row("held", "that somebody was refused stands in the record", sum(g["count"] for g in gaps if g["reason"] == DENIED) >= 2, gaps)
    boss.ask("POST", "/v1/lift", dict(agent="four", reason="over"))
    fill_to(folder, 0)
    a.act(task, "data.read")
    for _ in range(200):  # and now that too
        fill_to(folder, 0)
        boss.ask("POST", "/v1/kill", dict(agent="four", reason="much" * 60))
        boss.ask("POST", "/v1/lift", dict(agent="four", reason="much" * 60))
        if until(lambda: status(d)["journal"] != "closed", 3) and os.path.exists(os.path.join(folder, "reserve")):
            continue
        if status(d)["journal"] == "closed":
            break
    row("held", "once that is full nothing is recorded", until(lambda: (boss.ask("POST", "/v1/lift", dict(agent="four", reason="over")), status(d)["journal"] == "closed")[1], 10) and not os.path.exists(os.path.join(folder, "reserve")), status(d))


def on_small(d, folder, a, boss):
    task = a.open("work")
    row("small", "the agent acts", all(says(x, "allow") for x in acts(a, task, BEFORE)))
    fill_to(folder, 64 << 10)
    end_gate(d)
    row("small", "with less room than the journal is long a gate comes up again", until(lambda: status(d), 10) is not None and d.process.poll() is None, d.text()[-500:])
    row("small", "and goes on", says(acts(a, task, 1)[0], "allow"))
    third = d.agent_of(THIRD)
    trapped = third.open("work")
    fill_to(folder, 0)
    third.act(trapped, "data.trap")  # its record is lost
    held(d, folder, a, boss, task)
    row("none", "who walks into a trap is stopped all the same", states(boss, trapped) == ["frozen"], states(boss, trapped))
    row("none", "without room nothing is allowed", until(lambda: refused(a, task)))
    end_gate(d)
    row("none", "but a gate comes up again", until(lambda: (status(d) or {}).get("journal") == "closed", 10), d.text()[-500:])
    got = boss.ask("POST", "/v1/kill", dict(agent="two", reason="full"))
    row("none", "which takes a kill order", got[0] == 200 and got[1]["state"] == "effective_not_durable", got)
    end_gate(d)
    row("none", "and it is in force in the gate after that one", until(lambda: "two" in (status(d) or {}).get("killed", []), 10), status(d))
    end_gate(d)
    row("none", "and in the one after", until(lambda: "two" in (status(d) or {}).get("killed", []), 10), status(d))
    row("none", "so is the stop whose record was lost", states(boss, trapped) == ["frozen"], states(boss, trapped))
    os.unlink(os.path.join(folder, "filler"))
    row("none", "and opens once there is room", until(lambda: (status(d) or {}).get("journal") == "open" and says(acts(a, task, 1)[0], "allow"), 10))
    row("none", "and the stop", until(lambda: [l["body"]["how"] for l in d.leaves("task_end") if l["body"]["task"] == trapped["id"]] == ["frozen"]), d.leaves("task_end"))
    row("none", "with the order in its record", until(lambda: [l["body"]["agent"] for l in d.leaves("kill")][-1] == "two"))


def unknown(d):
    return [l["body"]["decision"] for l in d.leaves("outcome") if l["body"]["by"] == "stepgate"]


def waits(d, folder, a, boss):
    """What an agent left behind before the disk was full comes due while it is: none of it is said out of what is held for operators, and all of it once there is room."""
    for name in ("two", "four"):
        until(lambda: boss.ask("POST", "/v1/kill/lift", dict(agent=name, reason="over"))[0] == 200)
    other = d.agent_of(OTHER)
    theirs = [other.open("work") for _ in range(TASKS)]
    done, task = [], None
    for i in range(WRITES):
        task = a.open("work") if i % 500 == 0 else task
        done.append(a.act(task, "data.write")["decision_id"])
    last = time.time()
    fill_to(folder, 0)
    row("waits", "the disk is full", until(lambda: refused(a, task)) and until(lambda: status(d)["journal"] == "full", 10), status(d))
    early, room = len(unknown(d)), free(folder)
    row("waits", "before most came due", early < WRITES / 2, early)
    other.die()
    d.puppets.remove(other)
    time.sleep(max(0, last + DEADLINE - time.time()) + 6)
    row("waits", "what came due and who went takes nothing from what is held", len(unknown(d)) <= early and room - free(folder) < 64 << 10, (len(unknown(d)) - early, room, free(folder)))
    row("waits", "nor does whoever asks all the while", refused(a, task) and room - free(folder) < 64 << 10 and status(d)["journal"] == "full", status(d))
    got = boss.ask("POST", "/v1/kill", dict(agent="four", reason="full"))
    row("waits", "a kill order is recorded", got[0] == 200 and got[1]["state"] == "effective" and [l["body"]["agent"] for l in d.leaves("kill")][-1] == "four", got)
    end_gate(d)
    row("waits", "and in force in the gate after that one", until(lambda: (status(d) or {}).get("killed") == ["four"], 10), status(d))
    row("waits", "where it waits on", until(lambda: status(d)["journal"] == "full", 10) and not time.sleep(3) and room - free(folder) < 256 << 10, (status(d), room - free(folder)))
    os.unlink(os.path.join(folder, "filler"))
    row("waits", "all of it is said once there is room, in its order", until(lambda: unknown(d) == done, 30), (len(unknown(d)), len(done)))
    why = {t["id"]: "instance gone" for t in theirs}
    row("waits", "and who went has ended", until(lambda: {l["body"]["task"]: l["body"]["why"] for l in d.leaves("task_end") if l["body"]["task"] in why} == why, 30))
    row("waits", "with all held again", until(lambda: os.path.getsize(os.path.join(folder, "reserve")) == 1 << 20, 15))


def take_room(d):
    before = resource.prlimit(d.process.pid, resource.RLIMIT_FSIZE, (KEPT, resource.RLIM_INFINITY))
    end_gate(d)
    return before


def wanting(d):
    """Files that may not grow beyond what the journal has already: no gate can start."""
    a = d.agent_of(AGENT)
    task = a.open("work")
    acts(a, task, BEFORE)
    said = d.text().count("journal_io")
    before = take_room(d)
    time.sleep(3.5)
    row("wanting", "no gate answers, and the daemon stays", status(d) is None and d.process.poll() is None, [d.process.poll(), d.text()[-500:]])
    row("wanting", "it says so once", d.text().count("journal_io") == said + 1 and d.text().count("tried again each second") == 1, d.text()[-800:])
    d.process.send_signal(signal.SIGHUP)
    time.sleep(1)
    row("wanting", "a reload meanwhile does no harm", d.process.poll() is None)
    resource.prlimit(d.process.pid, resource.RLIMIT_FSIZE, before)
    row("wanting", "once there is room a gate comes up", until(lambda: status(d), 10) is not None, d.text()[-500:])
    row("wanting", "with what was in force", says(acts(a, task, 1)[0], "allow"))
    row("wanting", "and that is said", "is back after" in d.text())
    acts(a, task, BEFORE)  # the journal's last file is long again
    take_room(d)
    row("wanting", "and another time", until(lambda: d.text().count("tried again each second") == 2))
    row("wanting", "a daemon that waits for room can be stopped", d.stop(keep=True) == 0)


def first(d):
    """Where an operator waits for the answer, there is one."""
    log = os.path.join(d.dir, "first")
    with open(log, "wb") as out:
        code = subprocess.run([d.binary, "-c", os.path.join(d.dir, "stepgate.conf")], stdout=out, stderr=out, timeout=20,
                              preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (KEPT, resource.RLIM_INFINITY))).returncode
    with open(log) as f:
        row("first", "a first start without room is refused, with the reason", code == BROKEN and "journal_io" in f.read(), code)


def unruly(d):
    """A policy that does not load keeps no later gate from opening."""
    path = os.path.join(d.dir, "policy.d", "zz.lua")
    d.write(path, b"rule {")
    d.start()
    end_gate(d)
    row("policy", "a gate that follows knows that no policy is in force, and opens", until(lambda: status(d), 10) is not None, d.text()[-500:])
    d.stop(keep=True)
    os.unlink(path)


def change(path, text):
    """What stood there before"""
    with open(path, "r+b") as f:
        f.seek(400)
        before = f.read(len(text))
        f.seek(400)
        f.write(text)
    return before


def broken(d):
    d.start()
    folder = os.path.join(d.dir, "state", "journal")
    a = d.agent_of(AGENT)
    acts(a, a.open("work"), 20)
    path = os.path.join(folder, max(f for f in os.listdir(folder) if f.endswith(".seg")))
    whole = change(path, b"broken here")
    end_gate(d)
    row("broken", "what is broken ends the daemon", until(lambda: d.process.poll() is not None, 10) and d.process.returncode == BROKEN, [d.process.poll(), d.text()[-500:]])
    change(path, whole)
    d.start()
    row("broken", "and once it is mended all is there", len(d.leaves("decision")) > BEFORE)


perform(CONF, POLICY, full, wanting, first, unruly, broken, limits='outcome_deadline = "%ds"  tasks_per_agent = 1000' % DEADLINE)
