#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The approvers' page in a real browser (the distribution's chromium, headless) over TLS, with a virtual authenticator: two people enrol passkeys, sign in, approve and deny; each yes is an assertion of its
own. What a device does not sign as it must is refused: wrong challenge, wrong origin, no user verification, a counter that goes back, an assertion that served, another person's key. Pictures of each page at
three widths, light and dark, go to the build folder (pages/)."""
import base64, json, os, tempfile, urllib.parse
from importlib import import_module

import browser
from stage import BUILD, perform, row, says

web = import_module("page-web")
proof = web.proof
AGENT, PRIYA, OMAR, OPS = proof.AGENT, proof.PRIYA, proof.OMAR, proof.OPS
ORIGIN, PORT = web.ORIGIN, web.PORT
CONF = web.CONF.replace("prove : {", 'prove : { passkey : { use = "webauthn" }')
POLICY = """
rule { id = "pay", on = "pay.send", effect = step_up { approvers = "finance", methods = { "passkey" }, say = "money" } }
rule { id = "any", on = "pay.any", effect = step_up { approvers = "finance", say = "money" } }
rule { id = "two", on = "pay.both", effect = step_up { approvers = "finance", quorum = 2, methods = { "passkey" }, say = "two of you" } }
"""
PICTURES = os.path.join(BUILD, "pages")


def pictures(b, name):
    os.makedirs(PICTURES, exist_ok=True)
    for kind, width, height, dark in (("wide", 1200, 1400, False), ("dark", 1200, 1400, True), ("tablet", 800, 1400, False), ("phone", 390, 1800, True)):
        b.picture(os.path.join(PICTURES, "%s-%s.png" % (name, kind)), width, height, dark)


def enrol(d, name):
    """By the page; returns the browser with its passkey."""
    b = browser.Chromium(os.path.join(d.keys, "web.pem"))
    d.browsers.append(b)
    b.auth = b.authenticator()
    e = proof.begin(d, name, "passkey")[1]["enrolment"]
    b.open(ORIGIN + "/enrol")
    b.fill("/enrol", id=e["id"], code=e["code"])
    row("enrol", "%s is asked for the device" % name, b.until(lambda: "Your browser asks" in b.text()), b.text())
    b.fill("/enrol/finish")
    row("enrol", "%s has a passkey" % name, b.until(lambda: "not confirmed yet" in b.text()), b.text())
    fingerprint = b.run("document.querySelector('p.secret').innerText")
    status, got = d.admin_of(proof.SECOND).ask("POST", proof.PATH + "/%s/confirm" % e["id"], dict(fingerprint=fingerprint))
    row("enrol", "confirmed", status == 200, got)
    key = [l["body"]["key"] for l in d.leaves("enrolment") if l["body"].get("event") == "enrolled"][-1]
    row("record", "a public key", key.startswith("ES256 "), key)
    return b, e["id"]


def sign_in(b, name):
    b.open(ORIGIN + "/sign-in")
    b.fill("/sign-in", admin=name, method="passkey")
    return b.until(lambda: "for you" in b.text() and "Sign out" in b.text(), 10)


def people(d):
    d.browsers = []
    d.priya, d.priyas = enrol(d, "priya")
    pictures(d.priya, "enrolled")
    row("in", "not as somebody else", not sign_in(d.priya, "omar") and "Sign out" not in d.priya.text(), d.priya.text())
    row("in", "priya", sign_in(d.priya, "priya"), d.priya.text())
    d.omar, d.omars = enrol(d, "omar")
    row("in", "omar", sign_in(d.omar, "omar"), d.omar.text())


def decide(d):
    b, a = d.priya, d.agent_of(AGENT)
    task = d.task = a.open("work")
    args = {"to": "DE89370400440532013000", "amount": 1250.5, "note": web.HOSTILE, "lines": [{"item": "paper", "n": 3}, {"item": "toner", "n": 1}]}
    one = a.act(task, "pay.send", args=args)
    ident = one["approval"]["id"]
    b.open(ORIGIN + "/")
    row("queue", "it waits", "pay.send" in b.text(), b.text())
    pictures(b, "queue")
    b.run("document.querySelector('a.card').click()")
    row("page", "opened", b.until(lambda: "May this be done?" in b.text()))
    pictures(b, "approval")
    row("hostile", "nothing ran", b.run("document.images.length") == 0 and "<script>alert(1)</script>" in b.text())
    b.fill("/approvals/%s/approve" % ident, comment="seen")
    row("yes", "granted by an assertion of its own", b.until(lambda: "granted" in b.text()), b.text())
    pictures(b, "granted")
    row("yes", "it runs, once", says(a.act(task, "pay.send", args=args), "allow") and says(a.act(task, "pay.send", args=args), "step_up"))
    proven = [l["body"] for l in d.leaves("approval") if l["body"]["event"] == "proof"][-1]
    row("record", "by which device", proven["enrolment"] == d.priyas and proven["method"] == "passkey" and proven["human"] == "priya", proven)
    two = a.act(task, "pay.any", args=dict(n=2))
    b.open(ORIGIN + "/approvals/" + two["approval"]["id"])
    b.fill("/approvals/%s/deny" % two["approval"]["id"], comment="not that one")
    row("no", "denied", b.until(lambda: "denied" in b.text()), b.text())
    both = a.act(task, "pay.both", args=dict(n=3))
    path = "/approvals/" + both["approval"]["id"]
    for n, who in enumerate((d.priya, d.omar)):
        who.open(ORIGIN + path)
        who.fill(path + "/approve", method="passkey")
        row("two", "person %d" % n, who.until(lambda: ("granted" if n else "Yes from") in who.text()), who.text())
    row("two", "both make it", says(a.act(task, "pay.both", args=dict(n=3)), "allow"))


# Makes an assertion in the page as its script does, with what may be changed in it, and posts the form.
FORGE = """(async () => {
  const path = %s, change = %s, form = document.querySelector('form[action="' + path + '/approve"]');
  const bytes = t => Uint8Array.from(atob(t.replace(/-/g, "+").replace(/_/g, "/")), c => c.charCodeAt(0));
  const text = b => btoa(String.fromCharCode(...new Uint8Array(b))).replace(/\\+/g, "-").replace(/\\//g, "_").replace(/=+$/, "");
  form.elements.method.value = "passkey";
  const fields = new URLSearchParams(new FormData(form));
  if (!window.kept) {
    const what = await (await fetch(path + "/challenge", {method: "POST", body: fields})).json(), o = what.offer;
    const challenge = bytes(what.challenge);
    if (change.challenge) challenge[0] ^= 1;
    const made = await navigator.credentials.get({publicKey: {challenge, rpId: o.rp_id, userVerification: change.unverified ? "discouraged" : o.verify, allowCredentials: [{type: "public-key", id: bytes(o.allow)}]}});
    const r = made.response;
    window.answer = {authenticatorData: text(r.authenticatorData), clientDataJSON: text(r.clientDataJSON), id: text(made.rawId), signature: text(r.signature)};
  }
  const answer = Object.assign({}, window.answer);
  if (change.client) answer.clientDataJSON = text(new TextEncoder().encode(new TextDecoder().decode(bytes(answer.clientDataJSON)).replace(change.client[0], change.client[1])));
  if (change.data !== undefined) { const d = bytes(answer.authenticatorData); d[change.data] ^= 1; answer.authenticatorData = text(d); }
  if (change.signature) { const s = bytes(answer.signature); s[s.length - 1] ^= 1; answer.signature = text(s); }
  if (change.id) answer.id = "AAAA";
  for (const name of change.without || []) delete answer[name];
  if (change.keep) window.kept = true;
  fields.set("response", change.raw !== undefined ? change.raw : JSON.stringify(answer));
  const got = await fetch(path + "/approve", {method: "POST", body: fields, redirect: "manual"});
  return [got.type === "opaqueredirect" ? 303 : got.status, await got.text()];
})()"""


def forged(b, path, **change):
    return b.run(FORGE % (json.dumps(path), json.dumps(change)))


def forgeries(d):
    b, a = d.priya, d.agent_of(AGENT)
    task = a.open("work")
    one = a.act(task, "pay.send", args=dict(n=10))
    path = "/approvals/" + one["approval"]["id"]
    d.priya_at = ORIGIN + path
    b.open(d.priya_at)
    wrong = [("another challenge", dict(challenge=True), "webauthn_challenge"), ("another origin", dict(client=["https://localhost", "https://evil.example"]), "webauthn_origin"),
             ("another type", dict(client=["webauthn.get", "webauthn.create"]), "webauthn_type"), ("another site's hash", dict(data=0), "webauthn_party"), ("flags that nobody signed", dict(data=32), "webauthn_"),
             ("a counter that nobody signed", dict(data=36), "webauthn_signature"), ("a changed signature", dict(signature=True), "webauthn_signature"), ("another key's name", dict(id=True), "webauthn_key"),
             ("no signature", dict(without=["signature"]), "webauthn_answer"), ("no data", dict(without=["authenticatorData"]), "webauthn_answer"), ("rubbish", dict(raw="{}"), "webauthn_answer"),
             ("digits", dict(raw="123456"), "webauthn_answer"), ("an array", dict(raw="[]"), "webauthn_answer"), ("twice the same member", dict(raw='{"id":"A","id":"B"}'), "webauthn_answer")]
    for n, (what, change, code) in enumerate(wrong):
        status, text = forged(b, path, **change)
        row("forged", what, status == 403 and code in text or status == 429, (status, text[-400:]))
        if n % 4 == 3:
            d.rest(d.priyas)
    d.rest(d.priyas)
    b.do("WebAuthn.setUserVerified", authenticatorId=b.auth, isUserVerified=False)
    status, text = forged(b, path, unverified=True)
    row("forged", "no user verification", status == 403 and "webauthn_user" in text, (status, text[-300:]))
    b.do("WebAuthn.setUserVerified", authenticatorId=b.auth, isUserVerified=True)
    row("forged", "nothing came of it", d.puppet("approver", PRIYA).ask("GET", "/v1/approvals/" + one["approval"]["id"])[1]["approval"]["state"] == "open")
    status, text = forged(b, path, keep=True)
    row("good", "the same page's own", status == 303, (status, text))
    two = a.act(task, "pay.send", args=dict(n=11))
    b.run("window.saved = window.answer")
    saved = b.run("JSON.stringify(window.answer)")
    other = "/approvals/" + two["approval"]["id"]
    b.open(ORIGIN + other)
    status, text = forged(b, other, raw=saved)
    row("again", "an assertion that served serves no other approval", status == 403 and "webauthn_challenge" in text, (status, text[-300:]))
    row("in", "omar, too", sign_in(d.omar, "omar"))
    d.omar.open(ORIGIN + other)
    status, text = forged(d.omar, other, raw=saved)
    row("again", "nor another person", status == 403 and "webauthn_" in text, (status, text[-300:]))
    b.run("window.kept = false")
    creds = b.do("WebAuthn.getCredentials", authenticatorId=b.auth)["credentials"]
    b.do("WebAuthn.removeCredential", authenticatorId=b.auth, credentialId=creds[0]["credentialId"])
    creds[0]["signCount"] = 0
    b.do("WebAuthn.addCredential", authenticatorId=b.auth, credential={k: v for k, v in creds[0].items() if k in ("credentialId", "isResidentCredential", "rpId", "privateKey", "userHandle", "signCount")})
    status, text = forged(b, other)
    row("again", "a counter that goes back", status == 403 and "proof_again" in text, (status, text[-300:]))


class Browsed(web.Site):
    def rest(self, enrolment):
        """Five tries rest a minute: a restart forgets them, so that this test need not wait."""
        self.stop(keep=True)
        self.start()
        row("in", "again, after a start", sign_in(self.priya, "priya"), self.priya.text())
        self.priya.open(self.priya_at)

    def stop(self, keep=False):
        if not keep:
            for b in getattr(self, "browsers", []):
                b.end()
        return super().stop(keep)


if __name__ == "__main__":
    if browser.PROGRAM is None:
        print("NOT RUN: chromium is not installed")
        raise SystemExit(77)
    with tempfile.TemporaryDirectory() as keys:
        os.chmod(keys, 0o755)
        Browsed.keys = keys
        for name in ("phone", "other"):
            with open(os.path.join(keys, name), "w") as f:
                f.write(proof.KEY + name)
            os.chmod(f.name, 0o400)
        perform(CONF % (os.path.join(keys, "phone"), os.path.join(keys, "other")), POLICY, people, decide, forgeries, stage=Browsed)
