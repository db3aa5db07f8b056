#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The approvers' page speaks for whoever is signed in there, and for nobody else: signed in by a device, seen as that person sees, a yes with a proof of its own, over when the device, the person,
the time or the gate is. What the page says without a token is nobody's."""
import os, time

from stage import perform, row, says, until
from importlib import import_module

proof = import_module("step-up-proof")
AGENT, PRIYA, OMAR, OPS, PAGE = proof.AGENT, proof.PRIYA, proof.OMAR, proof.OPS, 62640
CONF = proof.CONF.replace("admins : {", 'web : { origin = "https://approve.acme.example"  idle = "10s" }\nadmins : { site : { uid = 62640  may = "page" }')
PATH = "/v1/sign-ins"
refused, digits, fresh = proof.refused, proof.digits, proof.fresh


class Tokens(proof.Both):
    def sign_in(self, admin, response, method="phone", **more):
        return self.puppet("approver", PAGE).ask("POST", PATH, dict(admin=admin, method=method, response=response, **more))

    def page(self, token, how, path, **body):
        if token is not None:
            body["session"] = token
        if how == "GET":
            path, body = path + ("?" + "&".join("%s=%s" % i for i in body.items()) if body else ""), None
        return self.puppet("approver", PAGE).ask(how, path, body)


def begin(d):
    d.id, d.secret, d.used = proof.enrol(d, "priya", PRIYA)


def strangers(d):
    refused("nobody's list", d.page(None, "GET", "/v1/approvals"), 401, "not_signed_in")
    for token in ("x", "A" * 43, d.secret, "this"):
        refused("a token that is none: %s" % token, d.page(token, "GET", "/v1/approvals"), 401, "not_signed_in")
    refused("too long", d.page("A" * 64, "GET", "/v1/approvals"), 400, "bad_request")
    wrong = "000000" if digits(d.secret) != "000000" else "000001"
    for who, method in (("priya", "phone"), ("omar", "phone"), ("nobody", "phone"), ("site", "phone"), ("priya", "other"), ("priya", "admin")):
        refused("%s by %s" % (who, method), d.sign_in(who, wrong, method), 403, "proof_refused")
    for body in (dict(), dict(admin="priya"), dict(admin="priya", method="phone"), dict(admin=["priya"], method="phone", response="1"), dict(admin="priya", method="phone", response=123456),
                 dict(admin="priya", method="phone", response="1", more=1), dict(admin="", method="phone", response="1")):
        refused("sign in with %s" % body, d.puppet("approver", PAGE).ask("POST", PATH, body), 400, "bad_request")
    refused("an approver signs in by a socket", d.puppet("approver", PRIYA).ask("POST", PATH, dict(admin="priya", method="phone", response=wrong)), 403, "not_permitted")
    refused("so does an operator", d.admin_of(OPS).ask("POST", PATH, dict(admin="priya", method="phone", response=wrong)), 403, "not_permitted")
    for method, path in (("GET", "/v1/status"), ("GET", "/v1/tasks"), ("POST", "/v1/kill"), ("POST", "/v1/reload"), ("GET", "/v1/enrolments"), ("GET", "/v1/events")):
        refused("the page asks for %s" % path, d.puppet("approver", PAGE).ask(method, path, {} if method == "POST" else None), 403, "not_permitted")
        refused("also by the other socket", d.puppet("admin", PAGE).ask(method, path, {} if method == "POST" else None), 403, "not_permitted")


def signed_in(d):
    status, got = d.sign_in("priya", fresh(d.secret, d.used))
    row("in", "a token", status == 200 and len(got["sign_in"]["token"]) == 43 and got["sign_in"]["admin"] == "priya", got)
    d.token = got["sign_in"]["token"]
    refused("the same digits once more", d.sign_in("priya", digits(d.secret, d.used[0] - int(time.time()) // 30)), 403, "proof_refused")
    leaves = d.leaves("enrolment")
    row("record", "who showed what, and no token", leaves[-1]["body"]["event"] == "used" and leaves[-1]["body"]["by"] == "priya" and d.token not in str(leaves), leaves[-1])
    status, got = d.page(d.token, "GET", PATH)
    row("in", "one's own", status == 200 and [s["admin"] for s in got["sign_ins"]] == ["priya"] and "token" not in got["sign_ins"][0], got)
    refused("the token is the page's alone", d.puppet("approver", OMAR).ask("GET", "/v1/approvals/x?session=" + d.token), 404, "not_found")


def decides(d):
    a = d.agent_of(AGENT)
    task = a.open("work")
    one = a.act(task, "pay.send", args=dict(n=1))
    path = "/v1/approvals/%s" % one["approval"]["id"]
    for method, where in (("GET", path), ("POST", path + "/approve"), ("POST", path + "/deny"), ("POST", path + "/challenge")):
        body = dict(method="phone") if where.endswith("challenge") else {}
        refused("%s without a token" % where[-10:], d.page(None, method, where, **body), 401, "not_signed_in")
    status, got = d.page(d.token, "GET", "/v1/approvals")
    row("queue", "what she is asked", status == 200 and [x["id"] for x in got["approvals"]] == [one["approval"]["id"]], got)
    refused("no proof", d.page(d.token, "POST", path + "/approve"), 403, "method_refused")
    two = a.act(task, "pay.any", args=dict(n=2))
    refused("where any will do, the page alone still does not", d.page(d.token, "POST", "/v1/approvals/%s/approve" % two["approval"]["id"]), 403, "method_refused")
    refused("nor by its name", d.page(d.token, "POST", "/v1/approvals/%s/approve" % two["approval"]["id"], method="admin"), 403, "method_refused")
    status, got = d.page(d.token, "POST", path + "/approve", method="phone", response=fresh(d.secret, d.used), comment="seen")
    row("yes", "with a proof of its own", status == 200 and got["approval"]["state"] == "granted" and got["approval"]["proofs"][0]["human"] == "priya", got)
    row("yes", "it is good", says(a.act(task, "pay.send", args=dict(n=1)), "allow"))
    status, got = d.page(d.token, "POST", "/v1/approvals/%s/deny" % two["approval"]["id"], comment="not that one")
    row("no", "needs none", status == 200 and got["approval"]["state"] == "denied", got)
    part = a.claim((lambda got: got.get("task", got))(a.delegate(task, to="a", intent="work")))
    three = a.act(part, "pay.send", args=dict(n=3))
    status, got = d.page(d.token, "POST", "/v1/approvals/%s/deny" % three["approval"]["id"], freeze=True)
    row("no", "and the whole tree stands still: the part that asked, and what handed it on", all(says(a.act(t, "pay.any", args=dict(n=4)), "deny", "frozen") for t in (task, part)), [a.act(t, "pay.any", args=dict(n=4)) for t in (task, part)])
    row("no", "and the task stands still", status == 200 and a.ask("GET", "/v1/tasks/" + task["id"])[1]["task"]["state"] == "frozen", got)
    frozen = [l["body"] for l in d.leaves("task_end") if l["body"].get("how") == "frozen"]
    row("no", "by her word", frozen and frozen[-1]["by"] == "priya", frozen)
    for freeze in ("yes", 1, None, [True]):
        refused("freeze %r" % (freeze,), d.page(d.token, "POST", path + "/deny", freeze=freeze), 400, "bad_request")


def out(d):
    status, got = d.page(d.token, "POST", PATH + "/this/end")
    row("out", "ended", status == 200, got)
    refused("and is none", d.page(d.token, "GET", "/v1/approvals"), 401, "not_signed_in")
    d.token = d.sign_in("priya", fresh(d.secret, d.used))[1]["sign_in"]["token"]
    ops = d.admin_of(OPS)
    status, got = ops.ask("GET", PATH)
    row("out", "operators see it", status == 200 and len(got["sign_ins"]) == 1, got)
    refused("another's", d.page("A" * 43, "POST", PATH + "/%s/end" % got["sign_ins"][0]["id"]), 401, "not_signed_in")
    status, _ = ops.ask("POST", PATH + "/%s/end" % got["sign_ins"][0]["id"], {})
    row("out", "and end it", status == 200 and d.page(d.token, "GET", "/v1/approvals")[0] == 401)


def ends(d):
    d.token = d.sign_in("priya", fresh(d.secret, d.used))[1]["sign_in"]["token"]
    time.sleep(7)
    row("idle", "used", d.page(d.token, "GET", "/v1/approvals")[0] == 200)
    time.sleep(7)
    row("idle", "not idle for so long", d.page(d.token, "GET", "/v1/approvals")[0] == 200)
    for _ in range(6):
        time.sleep(2)
        d.puppet("approver", PAGE).ask("GET", "/v1/approvals?again=yes&session=" + d.token)
    refused("a page that fetches itself is no use", d.page(d.token, "GET", "/v1/approvals"), 401, "not_signed_in")
    d.token = d.sign_in("priya", fresh(d.secret, d.used))[1]["sign_in"]["token"]
    a = d.agent_of(AGENT)
    task = a.open("work")
    given = a.act(task, "pay.send", args=dict(n=9))["approval"]["id"]
    row("device", "a yes by it", d.page(d.token, "POST", "/v1/approvals/%s/approve" % given, method="phone", response=fresh(d.secret, d.used))[0] == 200)
    ops = d.admin_of(OPS)
    row("device", "revoked", ops.ask("POST", proof.PATH + "/%s/revoke" % d.id, dict(reason="lost"))[0] == 200)
    row("device", "its yes is void at once, with nobody asking for it", until(lambda: [l for l in d.leaves("approval") if l["body"]["approval"] == given and l["body"]["event"] == "void"], 5))
    refused("its sign-ins with it", d.page(d.token, "GET", "/v1/approvals"), 401, "not_signed_in")


if __name__ == "__main__":
    import tempfile
    with tempfile.TemporaryDirectory() as keys:
        os.chmod(keys, 0o755)
        for name in ("phone", "other"):
            with open(os.path.join(keys, name), "w") as f:
                f.write(proof.KEY + name)
            os.chmod(f.name, 0o400)
        perform(CONF % (os.path.join(keys, "phone"), os.path.join(keys, "other")), proof.POLICY, begin, strangers, signed_in, decides, out, ends, stage=Tokens)
