#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A yes that a device proves: enrolled by an operator's code, confirmed by its fingerprint, asked for by a rule's `methods`. What proves nothing is refused and leaves the approval
as it was: no device, another person's, not confirmed, revoked, wrong or used digits, the socket alone; too many tries rest. Counters and devices are there after a restart."""
import base64, hashlib, hmac, os, re, struct, subprocess, time

from stage import BUILD, Stage, Swarm, perform, row, says

AGENT, PRIYA, OMAR, OPS, SECOND = 61631, 62631, 62632, 62633, 62635
KEY = "0123456789abcdef0123456789abcdef"
CONF = """
approver_group = "62631"
groups : { finance : { members = [ "priya", "omar" ] } }
admins : { ops : { uid = 62633 } second : { uid = 62635 } priya : { uid = 62631  may = "approve" } omar : { uid = 62632  may = "approve" } }
humans : { o : { id = "o@acme.example" } }
prove : { phone : { use = "totp"  drift = 5  grants = [ "key=secret:%s" ] } other : { use = "totp"  drift = 5  grants = [ "key=secret:%s" ] } }
intents : { work : { actions = [ "**" ]  sensitivity = "confidential" } }
agents : { a : { owner = "o@acme.example"  escalate = "e@acme.example"  review_by = "2027-01-31"  environment = "prod"  delegates = [ "a" ]  match = [ "peer:uid=61631" ]  reach = [ "**" ]  intents = [ "work" ] } }
actions : { pay : { name = "pay.send"  class = "payment"  effect = "write"  sensitivity = "internal" }
  any : { name = "pay.any"  class = "payment"  effect = "write"  sensitivity = "internal" }
  both : { name = "pay.both"  class = "payment"  effect = "write"  sensitivity = "internal" }
  none : { name = "pay.none"  class = "payment"  effect = "write"  sensitivity = "internal" } }
"""
POLICY = """
rule { id = "pay", on = "pay.send", effect = step_up { approvers = "finance", methods = { "phone", "badge" }, say = "money" } }
rule { id = "any", on = "pay.any", effect = step_up { approvers = "finance", say = "money" } }
rule { id = "both", on = "pay.both", effect = step_up { approvers = "finance", methods = { "phone" }, say = "one" } }
rule { id = "both2", on = "pay.both", effect = step_up { approvers = "finance", methods = { "other", "phone" }, say = "two" } }
rule { id = "none", on = "pay.none", effect = step_up { approvers = "finance", methods = { "phone" }, say = "one" } }
rule { id = "none2", on = "pay.none", effect = step_up { approvers = "finance", methods = { "admin" }, say = "two" } }
"""
PATH = "/v1/enrolments"


class Both(Stage):
    def let_in(self):
        super().let_in()
        os.chmod(self.path("approver"), 0o666)


def digits(secret, ahead=0):
    step = int(time.time()) // 30 + ahead
    mac = hmac.new(base64.b32decode(secret), struct.pack(">Q", step), hashlib.sha1).digest()
    at = mac[-1] & 15
    return "%06d" % ((struct.unpack(">I", mac[at:at + 4])[0] & 0x7FFFFFFF) % 1000000)


def fresh(secret, used):
    """Digits that were not used yet: within a minute there are some."""
    for _ in range(70):
        for ahead in range(-5, 6):
            now = digits(secret, ahead)
            if (int(time.time()) // 30 + ahead) > used[0]:
                used[0] = int(time.time()) // 30 + ahead
                return now
        time.sleep(1)


def refused(what, got, status, code):
    row("refused", what, got[0] == status and got[1]["error"]["code"] == code, got)


def begin(d, admin, method="phone"):
    return d.admin_of(OPS).ask("POST", PATH, dict(admin=admin, method=method))


def enrol(d, name, uid):
    """By their own socket and an operator's; returns the secret and what was used of it."""
    person, ops = d.puppet("approver", uid), d.admin_of(OPS)
    e = begin(d, name)[1]["enrolment"]
    offer = person.ask("POST", "%s/%s/offer" % (PATH, e["id"]), dict(code=e["code"]))[1]["offer"]
    row("enrol", "the offer is a link and a secret", offer["link"].startswith("otpauth://totp/Stepgate:%s?secret=%s&" % (name, offer["secret"])), offer)
    used = [0]
    status, got = person.ask("POST", "%s/%s/finish" % (PATH, e["id"]), dict(code=e["code"], response=fresh(offer["secret"], used)))
    row("enrol", "it is there", status == 200 and got["enrolment"]["state"] == "enrolled", got)
    status, got = ops.ask("POST", "%s/%s/confirm" % (PATH, e["id"]), dict(fingerprint=got["enrolment"]["fingerprint"]))
    row("enrol", "it is confirmed", status == 200 and got["enrolment"]["state"] == "confirmed", got)
    return e["id"], offer["secret"], used


def devices(d):
    ops, priya, omar = d.admin_of(OPS), d.puppet("approver", PRIYA), d.puppet("approver", OMAR)
    for wrong in (dict(admin="nobody", method="phone"), dict(admin="priya", method="admin"), dict(admin="priya", method="phon")):
        refused("begin %s" % wrong, ops.ask("POST", PATH, wrong), 404, "not_found")
    for wrong in (dict(), dict(admin="priya"), dict(admin=["priya"], method="phone"), dict(admin="priya", method=None), dict(admin="", method="phone")):
        refused("begin %s" % wrong, ops.ask("POST", PATH, wrong), 400, "bad_request")
    refused("an approver begins", priya.ask("POST", PATH, dict(admin="priya", method="phone")), 403, "not_permitted")
    refused("an approver lists", priya.ask("GET", PATH), 403, "not_permitted")
    first = begin(d, "priya")[1]["enrolment"]
    row("enrol", "a code that serves once", re.fullmatch(r"[a-z2-7]{4}(-[a-z2-7]{4}){3}", first["code"]) is not None, first)
    e = begin(d, "priya")[1]["enrolment"]
    refused("what was begun before", priya.ask("POST", "%s/%s/offer" % (PATH, first["id"]), dict(code=first["code"])), 404, "not_found")
    refused("another person", omar.ask("POST", "%s/%s/offer" % (PATH, e["id"]), dict(code=e["code"])), 404, "not_found")
    for code in ("x", e["code"].upper(), e["code"] + " ", first["code"]):
        refused("code %s" % code, priya.ask("POST", "%s/%s/offer" % (PATH, e["id"]), dict(code=code)), 404, "not_found")
    offer = priya.ask("POST", "%s/%s/offer" % (PATH, e["id"]), dict(code=e["code"]))[1]["offer"]
    refused("confirmed too early", ops.ask("POST", "%s/%s/confirm" % (PATH, e["id"]), dict(fingerprint="")), 400, "bad_request")
    refused("confirmed too early", ops.ask("POST", "%s/%s/confirm" % (PATH, e["id"]), dict(fingerprint="00")), 409, "bad_request")
    refused("wrong digits", priya.ask("POST", "%s/%s/finish" % (PATH, e["id"]), dict(code=e["code"], response="000000" if digits(offer["secret"]) != "000000" else "000001")), 403, "proof_refused")
    refused("five tries, then a rest", priya.ask("POST", "%s/%s/offer" % (PATH, e["id"]), dict(code=e["code"])), 429, "proofs_tried")
    leaves = str(d.leaves("enrolment"))
    row("record", "no secret and no code in it", offer["secret"] not in leaves and e["code"] not in leaves and offer["link"] not in leaves)
    secrets = open(os.path.join(d.dir, "log")).read()
    row("record", "nor in the log", offer["secret"] not in secrets and e["code"] not in secrets)
    d.id, d.secret, d.used = enrol(d, "priya", PRIYA)
    refused("confirmed twice", ops.ask("POST", "%s/%s/confirm" % (PATH, d.id), dict(fingerprint="0000")), 409, "bad_request")


def yes(d):
    a, priya, omar = d.agent_of(AGENT), d.puppet("approver", PRIYA), d.puppet("approver", OMAR)
    task = a.open("work")
    one = a.act(task, "pay.send", args=dict(n=1))
    row("ask", "a person is asked", says(one, "step_up"), one)
    path = "/v1/approvals/%s" % one["approval"]["id"]
    row("ask", "the methods that there are", priya.ask("GET", path)[1]["approval"]["methods"] == ["phone"], one)
    refused("the socket alone", priya.ask("POST", path + "/approve", {}), 403, "method_refused")
    refused("a method it does not take", priya.ask("POST", path + "/approve", dict(method="other", response="123456")), 403, "method_refused")
    refused("a method that there is not", priya.ask("POST", path + "/approve", dict(method="badge", response="123456")), 403, "method_refused")
    refused("nobody's device", omar.ask("POST", path + "/approve", dict(method="phone", response=digits(d.secret))), 403, "not_enrolled")
    for wrong in ("", None, [], {}, 123456, "x" * 16385):
        refused("response %s" % repr(wrong)[:12], priya.ask("POST", path + "/approve", dict(method="phone", response=wrong)), 400, "bad_request")
    for wrong in ("12345", "1234567", "abcdef", "12345\u0661"):
        refused("response %s" % wrong, priya.ask("POST", path + "/approve", dict(method="phone", response=wrong)), 403, "proof_refused")
    refused("digits that enrolled it", priya.ask("POST", path + "/approve", dict(method="phone", response=digits(d.secret, d.used[0] - int(time.time()) // 30))), 403, "proof_refused")
    refused("now it rests", priya.ask("POST", path + "/approve", dict(method="phone", response=digits(d.secret))), 429, "proofs_tried")
    row("yes", "none of them moved it", priya.ask("GET", path)[1]["approval"]["state"] == "open")
    time.sleep(4.1)
    now = fresh(d.secret, d.used)
    status, got = priya.ask("POST", path + "/approve", dict(method="phone", response=now, comment="by my phone"))
    row("yes", "proven", status == 200 and got["approval"]["proofs"][0]["method"] == "phone" and got["approval"]["state"] == "granted", got)
    row("yes", "serves once", says(a.act(task, "pay.send", args=dict(n=1), approval=one["approval"]["id"]), "allow") and not says(a.act(task, "pay.send", args=dict(n=1), approval=one["approval"]["id"]), "allow"))
    two = a.act(task, "pay.send", args=dict(n=2))
    refused("digits that served", priya.ask("POST", "/v1/approvals/%s/approve" % two["approval"]["id"], dict(method="phone", response=now)), 403, "proof_refused")
    d.task, d.a, d.two = task, a, two
    leaf = [l["body"] for l in d.leaves("approval") if l["body"]["event"] == "proof"][-1]
    row("record", "names device and counter", leaf["enrolment"] == d.id and leaf["counter"] == d.used[0] and leaf["method"] == "phone", leaf)


def together(d):
    """Guesses that are sent at once count like those sent one after the other."""
    one = d.a.act(d.task, "pay.send", args=dict(n=30))
    swarm = Swarm(d, "approver", PRIYA)
    d.puppets.append(swarm)
    path = "/v1/approvals/%s/approve" % one["approval"]["id"]
    right = {digits(d.secret, ahead) for ahead in range(-6, 8)}
    guesses = [g for g in ("%06d" % n for n in range(70)) if g not in right][:40]
    codes = [got.get("error", {}).get("code") for got in swarm.many([dict(method="POST", path=path, body=dict(method="phone", response=g)) for g in guesses])]
    row("together", "five are held against the secret", 1 <= codes.count("proof_refused") <= 5 and codes.count("proof_refused") + codes.count("proofs_tried") == 40, codes)
    time.sleep(3)
    refused("rests from the last on", d.puppet("approver", PRIYA).ask("POST", path, dict(method="phone", response=digits(d.secret))), 429, "proofs_tried")
    time.sleep(4.1)
    d.admin_of(OPS).ask("POST", "/v1/approvals/%s/deny" % one["approval"]["id"], {})


def two_devices(d):
    """Of two the one confirmed last is asked, in each run of the daemon; another one by its name."""
    a, priya = d.a, d.puppet("approver", PRIYA)
    first = (d.id, d.secret, d.used)
    time.sleep(1.1)
    second = enrol(d, "priya", PRIYA)
    for when in ("before", "after"):
        ask = a.act(d.task, "pay.send", args=dict(n=31, when=when))
        path = "/v1/approvals/%s/approve" % ask["approval"]["id"]
        refused("%s: the first one's digits" % when, priya.ask("POST", path, dict(method="phone", response=fresh(first[1], first[2]))), 403, "proof_refused")
        refused("%s: nobody's device" % when, priya.ask("POST", path, dict(method="phone", device="e-0000000000000000", response=digits(second[1]))), 403, "not_enrolled")
        status, got = priya.ask("POST", path, dict(method="phone", device=first[0], response=fresh(first[1], first[2]))) if when == "before" else priya.ask("POST", path, dict(method="phone", response=fresh(second[1], second[2])))
        row(when, "by its name, or the last one", status == 200, got)
        leaf = [l["body"] for l in d.leaves("approval") if l["body"]["event"] == "proof"][-1]
        row(when, "and the record says which", leaf["enrolment"] == (first[0] if when == "before" else second[0]), leaf)
        says(a.act(d.task, "pay.send", args=dict(n=31, when=when), approval=ask["approval"]["id"]), "allow")
        if when == "before":
            d.stop(keep=True)
            d.start()
            priya = d.puppet("approver", PRIYA)
    d.admin_of(OPS).ask("POST", "%s/%s/revoke" % (PATH, second[0]), {})


def mistakes(d):
    answer = d.configure("50-admin.conf", 'prove : { admin : { use = "totp" } }\n')
    row("configuration", "no stanza of prove is called admin", "admin" in str(answer.get("reload", "")) and answer.get("result") == "kept_out", answer)
    d.configure("50-admin.conf", "")
    one = d.a.act(d.task, "pay.any", args=dict(n=77))
    for comment in ("\0", "a\0b"):
        refused("a comment with a NUL", d.puppet("approver", PRIYA).ask("POST", "/v1/approvals/%s/deny" % one["approval"]["id"], dict(comment=comment)), 400, "bad_request")
    d.puppet("approver", PRIYA).ask("POST", "/v1/approvals/%s/deny" % one["approval"]["id"], {})


def rules(d):
    a, priya = d.a, d.puppet("approver", PRIYA)
    three = a.act(d.task, "pay.any", args=dict(n=3))
    status, got = priya.ask("POST", "/v1/approvals/%s/approve" % three["approval"]["id"], {})
    row("rules", "without methods the socket is enough", status == 200, got)
    both = a.act(d.task, "pay.both", args={})
    row("rules", "methods of two rules intersect", priya.ask("GET", "/v1/approvals/" + both["approval"]["id"])[1]["approval"]["methods"] == ["phone"], both)
    row("rules", "none left is a refusal", says(a.act(d.task, "pay.none", args={}), "deny", "methods_empty"))


def restarted(d):
    for how in ("kill", "stop"):
        d.process.kill() if how == "kill" else d.stop(keep=True)
        d.process.wait()
        d.start()
        priya = d.puppet("approver", PRIYA)
        listed = [e for e in d.admin_of(OPS).ask("GET", PATH)[1]["enrolments"] if e["id"] == d.id]
        row(how, "the device is there", len(listed) == 1 and listed[0]["state"] == "confirmed" and listed[0]["stands"], listed)
        two = d.two["approval"]["id"]
        refused("what served before a restart", priya.ask("POST", "/v1/approvals/%s/approve" % two, dict(method="phone", response=digits(d.secret, d.used[0] - int(time.time()) // 30))), 403, "proof_refused")
    status, got = d.puppet("approver", PRIYA).ask("POST", "/v1/approvals/%s/approve" % d.two["approval"]["id"], dict(method="phone", response=fresh(d.secret, d.used)))
    row("stop", "and proves", status == 200, got)


def by_command(d):
    def stepgate(uid, *words, typed=""):
        got = subprocess.run([os.path.join(BUILD, "core", "stepgate"), *words, "--run", os.path.join(d.dir, "run")], capture_output=True, text=True, user=uid, group=uid, extra_groups=[], timeout=20, input=typed)
        return got.returncode, got.stdout + got.stderr
    code, said = stepgate(OPS, "people", "begin", "omar", "phone")
    ident, secret = re.search(r"stepgate people offer (e-[0-9a-f]+) (\S+)", said).groups()
    code, said = stepgate(OMAR, "people", "offer", ident, secret)
    totp = re.search(r"secret +([A-Z2-7]{32})", said).group(1)
    used = [0]
    code, said = stepgate(OMAR, "people", "finish", ident, secret, typed=fresh(totp, used) + "\n")
    row("command", "finish asks for the digits and shows a fingerprint", code == 0 and re.search(r"fingerprint +[0-9a-f]{4}-", said) is not None, said)
    fingerprint = re.search(r"fingerprint +(\S+)", said).group(1)
    code, said = stepgate(OPS, "people", "confirm", ident, fingerprint)
    row("command", "confirm", code == 0 and "confirmed" in said, said)
    ask = d.a.act(d.task, "pay.send", args=dict(n=50))
    code, said = stepgate(OMAR, "approvals", "approve", ask["approval"]["id"], "--method", "phone", "--answer", fresh(totp, used), "--comment", "seen")
    row("command", "approve --method", code == 0 and "granted" in said and "by phone" in said, said)
    code, said = stepgate(OMAR, "approvals", "approve", ask["approval"]["id"], "--answer", "123456")
    row("command", "an answer without its method is a mistake", code == 64, (code, said))
    code, said = stepgate(OPS, "people", "revoke", ident, "--reason", "lost")
    row("command", "revoke", code == 0 and ident in said, said)
    more = d.a.act(d.task, "pay.send", args=dict(n=51))
    code, said = stepgate(OMAR, "approvals", "approve", more["approval"]["id"], "--method", "phone", "--answer", digits(totp, 1))
    row("command", "what is revoked proves nothing", code != 0 and "not_enrolled" in said, (code, said))


def gone(d):
    """A stanza that went on to somebody else, or is no more."""
    d.configure("50-priya.conf", "admins : { priya : { uid = 62639 } }\n")
    listed = [e for e in d.admin_of(OPS).ask("GET", PATH)[1]["enrolments"] if e["id"] == d.id]
    row("gone", "another user's stanza", len(listed) == 1 and not listed[0]["stands"], listed)
    d.configure("50-priya.conf", "")
    listed = [e for e in d.admin_of(OPS).ask("GET", PATH)[1]["enrolments"] if e["id"] == d.id]
    row("gone", "stays nobody's, or is theirs again: as the stanza is", len(listed) == 1, listed)


if __name__ == "__main__":
    import tempfile
    with tempfile.TemporaryDirectory() as keys:
        os.chmod(keys, 0o755)
        for name in ("phone", "other"):
            with open(os.path.join(keys, name), "w") as f:
                f.write(KEY + name)
            os.chmod(f.name, 0o400)
        perform(CONF % (os.path.join(keys, "phone"), os.path.join(keys, "other")), POLICY, devices, yes, rules, restarted, together, two_devices, mistakes, by_command, gone, limits='proof_rest = "4s"', stage=Both)
