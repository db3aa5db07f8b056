#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""State that 0.1.0 wrote is taken over: that version is built from this project's past, plays (a task that has read something, credentials, an approval that waits, one that was granted, a kill), and is killed; this version
goes on from there, nothing lost and nothing come back. It does not go back: the older program refuses what this one wrote, and changes nothing. kept.py SOURCE BUILD ON|OFF (with --long) [FOLDER-OF-A-BUILD-OF-0.1.0]"""
import json, os, shutil, subprocess, sys, tempfile
HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE, BUILD, LONG = sys.argv[1:4]
os.environ["STEPGATE_BUILD"] = BUILD
sys.path.insert(0, os.path.join(HERE, "..", "fault"))
from checks import act, done, good, until
from daemon import Daemon, journal

FIRST = "67a845a33dc59409c7bb05b8720fc85b3288f06b"  # the first that had packages: 0.1.0


def not_run(why):
    print("NOT RUN (%s)" % why)
    sys.exit(77)


def built(top):
    """0.1.0, from the past of this clone."""
    if subprocess.run(["git", "-C", SOURCE, "cat-file", "-e", FIRST], stderr=subprocess.DEVNULL).returncode != 0: not_run("no commit %s: a clone without its past" % FIRST[:7])
    subprocess.run("git -C '%s' archive %s | tar -x -C '%s'" % (SOURCE, FIRST, top), shell=True, check=True)
    for words in (["cmake", "-S", top, "-B", top + "/b", "-DCMAKE_BUILD_TYPE=RelWithDebInfo", "-DSG_TESTS=OFF"], ["cmake", "--build", top + "/b", "-j", "2"]):
        said = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        assert said.returncode == 0, said.stdout[-3000:]
    return top + "/b"


def use(d, build):
    """The daemon of that build, with its modules."""
    path = d.dir + "/stepgate.conf"
    text = open(path).read()
    before = text.split('module_dir = "')[1].split('"')[0]
    d.write("stepgate.conf", text.replace(before, os.path.abspath(build) + "/modules").encode())
    d.binary = os.path.join(os.path.abspath(build), "core", "stepgated")


def lease_states(boss):
    return sorted((l["id"], l["state"]) for l in boss.ask("GET", "/v1/leases?all=yes")[1]["leases"])


def approval(boss, id):
    got = boss.ask("GET", "/v1/approvals/" + id)[1]["approval"]
    return got["state"], got.get("digest")


def ctl(*words):
    return subprocess.run([os.path.join(BUILD, "core", "stepgate")] + list(words), capture_output=True, text=True, timeout=60)


def play(d):
    a, boss = d.agent(), d.admin()
    task = a.ask("POST", "/v1/tasks", dict(intent="work", key="t"))[1]["task"]["id"]
    good("0.1.0: it reads", act(a, task, "r", "repo.read", n=1)["verdict"] == "allow")
    good("0.1.0: what taints, too", act(a, task, "m", "mail.read", n=1)["verdict"] == "allow")
    waits, granted = act(a, task, "p", "pay.send", amount=500), act(a, task, "q", "pay.send", amount=700)
    good("0.1.0: two approvals wait", waits["verdict"] == granted["verdict"] == "step_up", (waits, granted))
    other = a.ask("POST", "/v1/tasks", dict(intent="work", key="o"))[1]["task"]["id"]
    a.ask("DELETE", "/v1/tasks/" + other)
    good("0.1.0: somebody is stopped", boss.ask("POST", "/v1/kill", dict(agent="gone", reason="before"))[0] == 200)
    waits, granted = waits["approval"]["id"], granted["approval"]["id"]
    good("0.1.0: one is granted", boss.ask("POST", "/v1/approvals/%s/approve" % granted, {})[0] == 200)
    return a, task, waits, granted


def main():
    if LONG != "ON": not_run("builds an older version: tests/run --long")
    top = tempfile.mkdtemp()
    old = sys.argv[4] if len(sys.argv) > 4 else built(top)
    d = Daemon(start=False)
    try:
        text = open(d.dir + "/stepgate.conf").read()
        extra = 'gone : { owner = "mira@acme.example"  escalate = "o@acme.example"  review_by = "2027-01-31"  environment = "dev"  match = [ "peer:uid=4294967" ]  reach = [ "repo.*" ]  intents = [ "work" ] } }\nenforcers'
        d.write("stepgate.conf", text.replace("}\nenforcers", extra, 1).encode())
        use(d, old)
        d.start()
        a, task, waits, granted = play(d)
        boss = d.admin()
        before = boss.ask("GET", "/v1/status")[1]
        approvals, leases, shown = (approval(boss, waits), approval(boss, granted)), lease_states(boss), a.ask("GET", "/v1/tasks/" + task)[1]["task"]
        d.process.kill()
        d.process.wait(20)
        before_there = journal(d.dir + "/state/journal")
        use(d, BUILD)
        d.start()
        a, boss = d.agent(), d.admin()
        now = boss.ask("GET", "/v1/status")[1]
        good("who was stopped is", now["killed"] == before["killed"] == ["gone"], (before["killed"], now["killed"]))
        again = a.ask("GET", "/v1/tasks/" + task)[1]["task"]
        good("the task is as it was", all(again[k] == shown[k] for k in ("id", "state", "labels", "sensitivity", "expires_at", "instance", "opener", "root")), (shown, again))
        good("approvals wait as they did", (approval(boss, waits)[0], approval(boss, granted)[0]) == (approvals[0][0], approvals[1][0]), (approvals, approval(boss, waits)))
        good("credentials are as they were", lease_states(boss) == leases and leases != [], (leases, lease_states(boss)))
        now_there = journal(d.dir + "/state/journal")
        good("the record goes on from what it was", now_there[:len(before_there)] == before_there and len(now_there) > len(before_there), len(now_there))
        count = len(lease_states(boss))
        repeated = act(a, task, "r", "repo.read", n=1)
        good("an attempt of before is known: it makes no second credential", len(lease_states(boss)) == count, repeated)
        good("what was read before still taints", again["labels"] == shown["labels"] != [], again["labels"])
        good("an approval of before may be granted", boss.ask("POST", "/v1/approvals/%s/approve" % waits, {})[0] == 200, approval(boss, waits))
        for key, amount, id in (("p2", 500, waits), ("q2", 700, granted)):
            got = a.ask("POST", "/v1/act", dict(task=task, action="pay.send", key=key, context=dict(approval=id), resource=dict(type="any", id="x"), arguments=dict(amount=amount)))[1]
            good("%s serves" % key, got["verdict"] == "allow" and approval(boss, id)[0] == "consumed", (got, approval(boss, id)))
            good("%s serves once" % key, act(a, task, key + "-again", "pay.send", amount=amount)["verdict"] == "step_up")
        good("new work is done", act(a, task, "n", "repo.read", n=1)["verdict"] == "allow")
        d.process.terminate()
        d.process.wait(20)
        seen = ctl("audit", "verify", d.dir + "/state", "--json")
        good("the record of both is intact", seen.returncode == 0 and json.loads(seen.stdout)["result"] == "intact", seen.stdout + seen.stderr)
        # back
        use(d, old)
        d.start(wait=False)
        good("the older program refuses it, and says so", d.process.wait(20) == 78 and "journal_header" in d.text(), d.text()[-600:])
        use(d, BUILD)
        d.start()
        good("and has changed nothing: this version goes on", d.agent().ask("GET", "/v1/tasks/" + task)[1]["task"]["state"] == again["state"] and d.admin().ask("GET", "/v1/status")[1]["killed"] == ["gone"])
    finally:
        d.stop()
        shutil.rmtree(top, ignore_errors=True)
    done()


main()
