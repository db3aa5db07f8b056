#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""stepgate doctor: a healthy set-up has no error; each kind of fault that can be made here has its finding, with what to do about it; what cannot be looked at is said."""
import json, os, shutil, subprocess, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fault"))
import checks
from checks import good, waited
from stage import BUILD, Stage, agent

STEPGATE = os.path.join(os.path.abspath(BUILD), "core", "stepgate")
CONF = """
groups : { ops : { members = [ "stage" ] } }
intents : { work : { actions = [ "**" ]  sensitivity = "confidential" } }
actions : { read : { name = "repo.read"  effect = "read"  sensitivity = "internal" } }
agents : { %s }
""" % agent("helper", 4201).replace("2027-01-31", "2099-01-31")
POLICY = """
policy { name = "test", description = "what the test lives by", owner = "ops" }
rule { id = "read", on = "repo.read", effect = allow {} }
"""
TEST = 'test { "reads", with = { agent = "helper", action = "repo.read" }, expect = "allow" }\n'


def doctor(d, *options, uid=0):
    """(exit code, findings)"""
    who = dict(user=uid, group=uid, extra_groups=[]) if uid else {}
    p = subprocess.run([STEPGATE, "doctor", "--json", "-c", os.path.join(d.dir, "stepgate.conf")] + list(options), capture_output=True, text=True, **who)
    answer = json.loads(p.stdout)
    counted = {level: sum(f["level"] == level for f in answer["findings"]) for level in ("error", "warning", "unseen")}
    good("counts are those of the findings", (answer["errors"], answer["warnings"], answer["unseen"]) == (counted["error"], counted["warning"], counted["unseen"]), answer)
    good("each error and warning says what to do", all(f["do"] for f in answer["findings"] if f["level"] in ("error", "warning")), answer)
    good("the exit code is theirs", p.returncode == (78 if answer["errors"] else 1 if answer["warnings"] else 0), p.returncode)
    return p.returncode, answer["findings"]


def found(findings, check, level, *words):
    return [f for f in findings if f["check"] == check and f["level"] == level and all(w in f["what"] + f["do"] for w in words)]


def has(what, d, check, level, *words, options=()):
    _, findings = doctor(d, *options)
    good(what, found(findings, check, level, *words), findings)


def with_conf(what, d, text, *finding):
    d.write("conf.d/50-fault.conf", text.encode())
    has(what, d, *finding)
    os.remove(os.path.join(d.dir, "conf.d/50-fault.conf"))


def healthy(d):
    waited(lambda: all(m["state"] == "ready" for m in d.wait_open()["modules"]))
    _, findings = doctor(d)
    good("a healthy set-up has no error", not [f for f in findings if f["level"] == "error"], findings)
    seen = {f["check"] for f in findings}
    good("each check says something", seen == {"configuration", "kernel", "proc", "clock", "disk", "files", "unit", "daemon", "modules", "policy", "groups", "reviews"}, seen)
    good("the daemon answers", found(findings, "daemon", "ok", "version"), findings)
    good("modules are ready", found(findings, "modules", "ok"), findings)
    good("policy has tests", not found(findings, "policy", "warning"), findings)
    text = subprocess.run([STEPGATE, "doctor", "-c", os.path.join(d.dir, "stepgate.conf")], capture_output=True, text=True).stdout
    good("people get one line a finding, and its do: below", "ok       modules: " in text and "0 errors" in text.splitlines()[-1], text)


def modes(d):
    key = os.path.join(d.dir, "state/keys/state.key")
    os.chmod(key, 0o644)
    has("a key that others may read, behind a closed folder", d, "files", "warning", "state.key", "chmod 0600")
    os.chmod(os.path.join(d.dir, "state"), 0o755)
    os.chmod(os.path.join(d.dir, "state/keys"), 0o755)
    has("the same where others get as far", d, "files", "error", "state.key", "chmod 0600")
    has("the folder of keys", d, "files", "error", "state/keys may be read", "chmod 0700")
    os.chmod(key, 0o600)
    os.chmod(os.path.join(d.dir, "state/keys"), 0o700)
    os.chown(key, 4299, 0)
    has("a key of somebody else's", d, "files", "error", "state.key belongs to uid 4299", "chown 0")
    os.chown(key, 0, 0)
    os.chmod(os.path.join(d.dir, "state"), 0o700)
    os.rename(key, key + ".away")
    has("a key that is gone", d, "files", "error", "state.key is not there")
    os.rename(key + ".away", key)
    os.chmod(os.path.join(d.dir, "policy.d/10-test.lua"), 0o666)
    has("a policy file that anybody may write", d, "files", "error", "10-test.lua may be written", "chmod go-w")
    os.chmod(os.path.join(d.dir, "policy.d/10-test.lua"), 0o644)
    os.chmod(os.path.join(d.dir, "stepgate.conf"), 0o666)
    has("a configuration that anybody may write", d, "configuration", "error", "stepgate.conf")
    os.chmod(os.path.join(d.dir, "stepgate.conf"), 0o644)


def people(d):
    with_conf("a group without members", d, "groups : { empty : { members = [] } }\n", "groups", "warning", "the group empty has nobody")
    with_conf("a group whose only member may not approve", d, 'admins : { eye : { uid = 4300  may = "watch" } }\ngroups : { eyes : { members = [ "eye" ] } }\n', "groups", "warning", "the group eyes")
    with_conf("a group whose only member's person is disabled", d, 'admins : { dora : { uid = 4301  may = "approve" } }\ngroups : { dorasgroup : { members = [ "dora" ] } }\nhumans : { dora : { id = "dora@acme.example"  admin = "dora"  disabled = true }  mira : { id = "mira@acme.example" } }\n',
              "groups", "warning", "the group dorasgroup")
    with_conf("a group whose only member runs an agent too", d, 'admins : { ada : { uid = 4302  may = "approve" } }\ngroups : { adas : { members = [ "ada" ] } }\n'
              'agents : { hers : { match = [ "peer:uid=4302", "peer:exe=/bin/hers" ]  owner = "mira@acme.example"  escalate = "o@acme.example"  review_by = "2099-01-31"  environment = "dev"  intents = [ "work" ]  reach = [ "**" ] } }\n', "groups", "warning", "the group adas")
    for what, conf, warned in (("disabled", "disabled = true", True), ("there", "disabled = false", False)):
        d.write("conf.d/51-fault.conf", b'admins : { dora : { uid = 4301  may = "approve"  groups = [ "finance" ] } }\nhumans : { dora : { id = "dora@acme.example"  admin = "dora"  %s }  mira : { id = "mira@acme.example" } }\n' % conf.encode())
        d.write("policy.d/21-asks.lua", b'rule { id = "asks", on = "repo.read", effect = step_up { approvers = "finance", say = "x" } }\n')
        text = subprocess.run([STEPGATE, "policy", "check", os.path.join(d.dir, "policy.d"), "-c", os.path.join(d.dir, "stepgate.conf")], capture_output=True, text=True)
        good("policy check, and a person who is %s" % what, ("nobody of the group 'finance' may say yes" in text.stdout + text.stderr) == warned, text.stdout + text.stderr)
        os.remove(os.path.join(d.dir, "conf.d/51-fault.conf"))
        os.remove(os.path.join(d.dir, "policy.d/21-asks.lua"))
    with_conf("a review that was due", d, 'agents : { helper : { review_by = "2020-01-31" } }\n', "reviews", "error", "helper was due on 2020-01-31")
    d.write("policy.d/20-asks.lua", b'rule { id = "asks", on = "repo.read", effect = step_up { approvers = "no-such", say = "x" } }\n')
    has("a group that only policy names", d, "policy", "warning", "no-such")
    has("a policy file without tests", d, "policy", "warning", "20-asks.lua", "NAME_test.lua")
    d.write("policy.d/20-asks.lua", b"rule {\n")
    has("a policy file that does not load", d, "policy", "error", "20-asks.lua")
    os.remove(os.path.join(d.dir, "policy.d/20-asks.lua"))


def asked(d):
    c = d.admin()
    c.ask("POST", "/v1/kill", dict(agent="helper", reason="the test"))
    c.close()
    has("a kill that is in force", d, "daemon", "warning", "killed: ", "stepgate lift")
    d.write("conf.d/50-sink.conf", ('audit : { far : { use = "syslog"  grants = [ "log=unix:%s/nobody" ] } }\n' % d.dir).encode())
    c = d.admin()
    c.ask("POST", "/v1/reload", {})
    c.close()
    waited(lambda: found(doctor(d)[1], "modules", "error", "audit.far") or found(doctor(d)[1], "modules", "warning", "audit.far"))
    good("a module that is not ready")
    os.remove(os.path.join(d.dir, "conf.d/50-sink.conf"))


def not_root(d):
    _, findings = doctor(d, uid=4201)
    good("a user is told that the state was not looked at", found(findings, "files", "unseen", d.dir, "root"), findings)
    good("and that the daemon does not answer them", found(findings, "daemon", "unseen") and found(findings, "modules", "unseen"), findings)


def disk(d):
    small = os.path.join(d.dir, "small")
    os.makedirs(small)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m,nr_inodes=32", "tmpfs", small], capture_output=True).returncode != 0:
        print("NOT RUN: a full disk (no tmpfs can be mounted here)")
        return
    try:
        with_conf("a disk that has no room for a segment", d, 'state_dir = "%s"\n' % small, "disk", "error", "KiB are left")
        with_conf("a disk that has no inodes", d, 'state_dir = "%s"\n' % small, "disk", "error", "inodes are left")
        with_conf("a state that is not there", d, 'state_dir = "%s/no"\n' % small, "files", "error", "is not there", "stepgate init")
    finally:
        subprocess.run(["umount", small], check=True)


def nobody(d):
    with_conf("a configuration with a mistake", d, "nothing : 1\n", "configuration", "error", "nothing")
    d.write("conf.d/50-fault.conf", b"nothing : 1\n")
    _, findings = doctor(d)
    good("what hangs on the configuration is not passed in silence", all(found(findings, c, "unseen") for c in ("disk", "files", "policy", "groups", "reviews")), findings)
    os.remove(os.path.join(d.dir, "conf.d/50-fault.conf"))
    has("a daemon that does not answer", d, "daemon", "error", "does not answer", options=["--run", d.dir + "/nowhere"])


d = Stage(CONF, POLICY)
d.write("policy.d/10-test_test.lua", TEST.encode())
try:
    for act in (healthy, modes, people, not_root, disk, nobody, asked):
        act(d)
finally:
    d.end()
checks.done()
