#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What happens while a module reads a proof: the device that was asked is revoked though another one is there, a no comes, the person leaves the group, the same proof is sent twice, the
agent's task ends. No yes comes of it, and no other device is said to have proven anything."""
import os, time

from stage import BUILD, Stage, perform, row

AGENT, PRIYA, OPS = 61651, 62651, 62653
CONF = """
groups : { finance : { members = [ "priya" ] } }
admins : { ops : { uid = 62653 } priya : { uid = 62651 } }
humans : { o : { id = "o@acme.example" } }
intents : { work : { actions = [ "**" ]  sensitivity = "confidential" } }
agents : { a : { owner = "o@acme.example"  escalate = "e@acme.example"  review_by = "2027-01-31"  environment = "prod"  match = [ "peer:uid=61651" ]  reach = [ "**" ]  intents = [ "work" ] } }
actions : { pay : { name = "pay.send"  class = "payment"  effect = "write"  sensitivity = "internal" } }
"""
SLOW = 'module_dir = "%s/modules:%s/modules/hostile"\nprove : { slow : { use = "slow" } }\n' % (os.path.abspath(BUILD), os.path.abspath(BUILD))
POLICY = 'rule { id = "pay", on = "pay.send", effect = step_up { approvers = "finance", methods = { "slow" }, say = "money" } }\n'
PATH = "/v1/enrolments"


class Slow(Stage):
    def start(self, wait=True):
        self.write("conf.d/90-slow.conf", SLOW.encode())
        super().start(wait)


def enrol(d):
    ops, priya = d.admin_of(OPS), d.admin_of(PRIYA)
    e = ops.ask("POST", PATH, dict(admin="priya", method="slow"))[1]["enrolment"]
    priya.ask("POST", "%s/%s/finish" % (PATH, e["id"]), dict(code=e["code"], response=e["id"]))
    status, got = ops.ask("POST", "%s/%s/confirm" % (PATH, e["id"]), dict(fingerprint=e["id"]))
    row("enrol", "a device", status == 200, got)
    return e["id"]


def begun(d, n, device):
    a = d.a.act(d.task, "pay.send", args=dict(n=n))["approval"]["id"]
    priya = d.admin_of(PRIYA)
    priya.begin("POST", "/v1/approvals/%s/approve" % a, dict(method="slow", device=device, response=device))
    time.sleep(0.5)
    return a, priya


def ended(d, what, begun, status, code):
    a, priya = begun
    got = priya.end()
    row(what, "no yes comes of it", got[0] == status and got[1]["error"]["code"] == code, got)
    proofs = [l["body"] for l in d.leaves("approval") if l["body"]["event"] == "proof" and l["body"]["approval"] == a]
    row(what, "and none is recorded", proofs == [], proofs)
    d.admin_of(OPS).ask("POST", "/v1/approvals/%s/deny" % a, {})


def meanwhile(d):
    d.a = d.agent_of(AGENT)
    d.task = d.a.open("work")
    ops, first, second = d.admin_of(OPS), enrol(d), enrol(d)
    one = begun(d, 1, first)
    row("revoked", "at once", ops.ask("POST", "%s/%s/revoke" % (PATH, first), {})[0] == 200)
    ended(d, "revoked", one, 403, "not_enrolled")
    one = begun(d, 2, second)
    d.admin_of(PRIYA).ask("POST", "/v1/approvals/%s/deny" % one[0], {})
    ended(d, "refused", one, 409, "approval_void")
    one = begun(d, 3, second)
    d.configure("95-gone.conf", 'groups : { finance : { members = [ "ops" ] } }\n')
    got = one[1].end()
    row("left the group", "no yes comes of it", got[0] in (403, 404), got)
    d.configure("95-gone.conf", "")
    d.admin_of(OPS).ask("POST", "/v1/approvals/%s/deny" % one[0], {})
    one, again = begun(d, 4, second), d.admin_of(PRIYA)
    again.begin("POST", "/v1/approvals/%s/approve" % one[0], dict(method="slow", device=second, response=second))
    answers = sorted(got[0] for got in (one[1].end(), again.end()))
    row("twice", "one yes, the other is none", answers[0] == 200 and answers[1] in (403, 409), answers)
    proofs = [l["body"] for l in d.leaves("approval") if l["body"]["event"] == "proof"]
    row("twice", "and one proof stands in the record", len(proofs) == 1 and proofs[0]["enrolment"] == second, proofs)
    d.second = second


def lost(d):
    """A yes that waits for its use is none once the device that proved it is gone, also behind a restart from the journal and from a snapshot."""
    for how in ("now", "kill", "stop"):
        device = d.second if how == "now" else enrol(d)
        a = d.a.act(d.task, "pay.send", args=dict(n=how))
        status, got = d.admin_of(PRIYA).ask("POST", "/v1/approvals/%s/approve" % a["approval"]["id"], dict(method="slow", device=device, response=device))
        row(how, "a yes", status == 200, got)
        if how != "now":
            d.process.kill() if how == "kill" else d.stop(keep=True)
            d.process.wait()
            d.start()
        row(how, "its device goes", d.admin_of(OPS).ask("POST", "%s/%s/revoke" % (PATH, device), {})[0] == 200)
        got = d.a.act(d.task, "pay.send", args=dict(n=how), approval=a["approval"]["id"])
        row(how, "and with it the yes, at once", got.get("verdict") == "deny" and got["code"] == "approval_void", got)
        got = d.a.act(d.task, "pay.send", args=dict(n=how))
        row(how, "so a person is asked anew", got.get("verdict") == "step_up" and got["approval"]["id"] != a["approval"]["id"], got)
        d.admin_of(OPS).ask("POST", "/v1/approvals/%s/deny" % got["approval"]["id"], {})


def guessing(d):
    """Who guesses is told about, once a rest."""
    device = enrol(d)
    a = d.a.act(d.task, "pay.send", args=dict(n=99))
    priya = d.admin_of(PRIYA)
    codes = [priya.ask("POST", "/v1/approvals/%s/approve" % a["approval"]["id"], dict(method="slow", response="x"))[1]["error"]["code"] for _ in range(8)]
    row("guessing", "five are read", codes == ["proof_refused"] * 5 + ["proofs_tried"] * 3, codes)
    told = [l["body"] for l in d.leaves("alert") if l["body"]["what"] == "proofs_tried"]
    row("guessing", "one alert names whose device", len(told) == 1 and told[0]["who"] == "priya", told)


perform(CONF, POLICY, meanwhile, lost, guessing, limits="host_deadline = \"5s\"", stage=Slow)
