#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a person says with a yes or a no: it stands in the record, policy reads who said it, when and in which words, a no's words reach the agent, and all of it is there after a
restart, from the journal and from a snapshot. Words of a wrong kind or too long are refused, and the approval stays as it was."""
import os, subprocess, time

from stage import BUILD, perform, row, says

AGENT, PRIYA = 61621, 62621
CONF = """
groups : { finance : { members = [ "priya" ] } }
admins : { priya : { uid = 62621 } }
humans : { o : { id = "o@acme.example" } }
intents : { work : { actions = [ "**" ]  sensitivity = "confidential" } }
agents : { a : { owner = "o@acme.example"  escalate = "e@acme.example"  review_by = "2027-01-31"  environment = "prod"  match = [ "peer:uid=61621" ]  reach = [ "**" ]  intents = [ "work" ] } }
actions : { pay : { name = "pay.send"  class = "payment"  effect = "write"  sensitivity = "internal" }
  small : { name = "pay.small"  class = "payment"  effect = "write"  sensitivity = "internal" } }
"""
POLICY = """
rule { id = "pay", on = "pay.send", effect = step_up { approvers = "finance", say = "money" } }
rule { id = "words", on = "pay.send", when = function(r) return r.approval ~= nil and (r.approval.comment:find("never") ~= nil or #r.approval.by ~= 1 or r.approval.by[1] ~= "priya" or r.time.unix - r.approval.at > 600) end,
	effect = deny { code = "words" } }
rule { id = "small", on = "pay.small", effect = allow {} }
rule { id = "rest", on = "**", otherwise = true, effect = step_up { approvers = "finance", say = "all else" } }
"""
WORDS = "paid before \u202e <b>it</b>\n\"yes\" \u00fc"


def asked(d, a, task, n):
    got = a.act(task, "pay.send", args=dict(n=n))
    row("ask", "a person is asked", says(got, "step_up"), got)
    return got


def words(d):
    a, priya = d.agent_of(AGENT), d.admin_of(PRIYA)
    task = a.open("work")
    one = asked(d, a, task, 1)
    path = "/v1/approvals/%s/" % one["approval"]["id"]
    for wrong in ([], {}, 1, True, None, "x" * 513, "\u00fc" * 257, ["yes"], {"text": "yes"}, 1.5):
        for verb in ("approve", "deny"):
            status, got = priya.ask("POST", path + verb, dict(comment=wrong))
            row("wrong", "%s with comment %s" % (verb, repr(wrong)[:20]), status == 400 and got["error"]["code"] == "bad_request", (status, got))
    status, got = priya.ask("POST", path + "approve", dict(Comment="yes"))
    row("wrong", "misspelt", status == 400, got)
    row("wrong", "none of them moved it", priya.ask("GET", path[:-1])[1]["approval"]["state"] == "open")
    status, got = priya.ask("POST", path + "approve", dict(comment="x" * 512))
    row("yes", "the longest", status == 200 and got["approval"]["proofs"][0]["comment"] == "x" * 512 and got["approval"]["proofs"][0]["method"] == "admin", got)
    row("yes", "serves once", says(a.act(task, "pay.send", args=dict(n=1)), "allow"))
    two, three, four = (asked(d, a, task, n) for n in (2, 3, 4))
    priya.ask("POST", "/v1/approvals/%s/approve" % two["approval"]["id"], dict(comment="never again"))
    got = a.act(task, "pay.send", args=dict(n=2))
    row("policy", "reads the words", says(got, "deny", "policy_denied"), got)
    status, got = priya.ask("POST", "/v1/approvals/%s/deny" % three["approval"]["id"], dict(comment=WORDS))
    row("no", "with words", status == 200 and got["approval"]["refusal"] == WORDS, got)
    status, got = a.ask("GET", "/v1/approvals/" + three["approval"]["id"])
    row("no", "which reach the agent", got["approval"]["state"] == "denied" and got["approval"]["refusal"] == WORDS, got)
    status, got = a.ask("GET", "/v1/approvals/" + four["approval"]["id"])
    row("no", "and no other words do", "proofs" not in got["approval"] and "refusal" not in got["approval"], got)
    leaf = [l["body"] for l in d.leaves("approval") if l["body"]["event"] == "denied"][-1]
    row("record", "has them", (leaf["comment"], leaf["human"], leaf["method"]) == (WORDS, "priya", "admin"), leaf)
    priya.ask("POST", "/v1/approvals/%s/approve" % four["approval"]["id"], dict(comment=WORDS))
    d.four, d.three, d.task, d.a = four, three, task, a


def shown(d, when):
    priya = d.admin_of(PRIYA)
    a = priya.ask("GET", "/v1/approvals/" + d.four["approval"]["id"])[1]["approval"]
    row(when, "the yes has its words", a["proofs"][0]["comment"] == WORDS and a["proofs"][0]["human"] == "priya", a)
    row(when, "the no has its words", priya.ask("GET", "/v1/approvals/" + d.three["approval"]["id"])[1]["approval"]["refusal"] == WORDS)


def restarted(d):
    shown(d, "before")
    for how, when in (("kill", "from the journal"), ("stop", "from a snapshot")):
        if how == "kill":
            d.process.kill()
            d.process.wait()
        else:
            d.stop(keep=True)
        d.start()
        shown(d, when)
    out = subprocess.run([os.path.join(BUILD, "core", "stepgate"), "approvals", "show", d.three["approval"]["id"], "--run", os.path.join(d.dir, "run")], capture_output=True, text=True).stdout
    row("terminal", "shows it with nothing hidden", "\u202e" not in out and "paid before" in out and "no, since" in out, out)


def by_command(d):
    a = d.agent_of(AGENT)
    task = a.open("work")
    row("otherwise", "what a rule allows is not asked about", says(a.act(task, "pay.small", args={}), "allow"))
    one = asked(d, a, task, 9)
    got = subprocess.run([os.path.join(BUILD, "core", "stepgate"), "approvals", "deny", one["approval"]["id"], "--comment", "ask the bank first", "--run", os.path.join(d.dir, "run")], capture_output=True, text=True)
    row("command", "deny --comment", got.returncode == 0 and "ask the bank first" in got.stdout, got.stdout + got.stderr)
    got = subprocess.run([os.path.join(BUILD, "core", "stepgate"), "approvals", "deny", one["approval"]["id"], "--comment", "x" * 600, "--run", os.path.join(d.dir, "run")], capture_output=True, text=True)
    row("command", "too many words are refused", got.returncode != 0 and "comment" in got.stderr, got.stdout + got.stderr)


def watched(d):
    a = d.agent_of(AGENT)
    task = a.open("work")
    watch = subprocess.Popen([os.path.join(BUILD, "core", "stepgate"), "approvals", "watch", "--count", "6", "--run", os.path.join(d.dir, "run")], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL)
    time.sleep(1.5)
    one = asked(d, a, task, 90)
    time.sleep(1.5)
    d.admin_of(PRIYA).ask("POST", "/v1/approvals/%s/deny" % one["approval"]["id"], {})
    out, err = watch.communicate(timeout=20)
    row("watch", "shows what comes to wait, whole, and that it waits no longer", one["approval"]["id"] + "  open" in out and '"n":90' in out and one["approval"]["id"] + "  waits no longer" in out and err == "", (out, err))
    got = subprocess.run([os.path.join(BUILD, "core", "stepgate"), "approvals", "watch", "--interval", "0", "--run", os.path.join(d.dir, "run")], capture_output=True, text=True, timeout=20)
    row("watch", "a wrong interval is a mistake", got.returncode == 64, got.stderr)


perform(CONF, POLICY, words, restarted, by_command, watched)
