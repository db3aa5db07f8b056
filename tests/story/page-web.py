#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The approvers' page over TLS, driven by its own forms alone: a device is enrolled, its person signs in, reads what an agent asks, says yes with new digits and no without; nothing is done for a
form that was not made there, under another name, without a sign-in, or with one that ended. What an agent writes is inert and every character of it is seen."""
import html, http.client, os, re, socket, ssl, subprocess, tempfile, time, urllib.parse
from html.parser import HTMLParser
from importlib import import_module

from stage import BUILD, perform, row, says

signing = import_module("page-sign-in")
proof = signing.proof
AGENT, PRIYA, OPS, PAGE = proof.AGENT, proof.PRIYA, proof.OPS, signing.PAGE
digits, fresh = proof.digits, proof.fresh


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


PORT = free_port()
ORIGIN = "https://localhost:%d" % PORT
CONF = signing.CONF.replace("https://approve.acme.example", ORIGIN).replace('idle = "10s"', 'idle = "10m"')


class Forms(HTMLParser):
    """Forms with their fields, and the text that is seen."""
    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.forms, self.text, self.tags = [], "", []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        self.tags.append((tag, a))
        if tag == "form":
            self.forms.append(dict(action=a["action"], fields={}))
        if tag in ("input", "select") and self.forms and "name" in a:
            self.forms[-1]["fields"][a["name"]] = a.get("value", "")

    def handle_data(self, data):
        self.text += data


class Browser:
    """Cookies and forms; follows where it is sent."""
    def __init__(self, ca):
        self.context, self.cookie = ssl.create_default_context(cafile=ca), None

    def ask(self, method, path, body=None, **headers):
        c = http.client.HTTPSConnection("localhost", PORT, context=self.context, timeout=20)
        head = {"Host": "localhost:%d" % PORT}
        if self.cookie:
            head["Cookie"] = self.cookie
        if method == "POST":
            head["Origin"] = ORIGIN
            head["Content-Type"] = "application/x-www-form-urlencoded"
        head.update(headers)
        c.request(method, path, body=body, headers={k: v for k, v in head.items() if v is not None})
        r = c.getresponse()
        got = r.status, {k.lower(): v for k, v in r.getheaders()}, r.read().decode()
        c.close()
        if "set-cookie" in got[1]:
            self.cookie = None if "Max-Age=0" in got[1]["set-cookie"] else got[1]["set-cookie"].split(";")[0]
        return got

    def get(self, path):
        got = self.ask("GET", path)
        return self.get(got[1]["location"]) if got[0] == 303 else got

    def send(self, page, action, **values):
        """The form of that page, filled in."""
        form = [f for f in Forms(page).forms if f["action"] == action][0]
        fields = dict(form["fields"])
        fields.update(values)
        if not values.get("freeze"):
            fields.pop("freeze", None)
        got = self.ask("POST", action, urllib.parse.urlencode(fields))
        return (got if got[0] != 303 else self.get(got[1]["location"]))


class Site(signing.Tokens):
    def start(self, wait=True):
        super().start(wait)
        self.web = getattr(self, "web", None) or self.serve()

    def serve(self):
        for args in (("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=ca", "-keyout", "ca.key", "-out", "ca.pem"),
                     ("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=localhost", "-keyout", "web.key", "-out", "web.csr")):
            subprocess.run(["openssl", *args], cwd=self.keys, check=True, capture_output=True)
        with open(os.path.join(self.keys, "ext"), "w") as f:
            f.write("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
        subprocess.run("openssl x509 -req -in web.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile ext -out web.pem".split(), cwd=self.keys, check=True, capture_output=True)
        for name in ("web.key", "web.pem"):
            os.chown(os.path.join(self.keys, name), PAGE, PAGE)
            os.chmod(os.path.join(self.keys, name), 0o600)
        self.ca = os.path.join(self.keys, "ca.pem")
        web = subprocess.Popen([os.path.join(BUILD, "core", "stepgate-web"), "--listen", "127.0.0.1:%d" % PORT, "--certificate", os.path.join(self.keys, "web.pem"), "--key", os.path.join(self.keys, "web.key"),
                                "--run", os.path.join(self.dir, "run")], user=PAGE, group=PAGE, extra_groups=[], stderr=open(os.path.join(self.dir, "web.log"), "w"))
        for _ in range(100):
            with socket.socket() as s:
                if s.connect_ex(("127.0.0.1", PORT)) == 0:
                    return web
            time.sleep(0.05)
        raise AssertionError(open(os.path.join(self.dir, "web.log")).read())

    def stop(self, keep=False):
        if not keep and getattr(self, "web", None):
            self.web.terminate()
            self.web.wait(20)
        return super().stop(keep)


def heads(d):
    b = d.browser = Browser(d.ca)
    status, head, text = b.ask("GET", "/")
    row("heads", "to sign in", status == 303 and head["location"] == "/sign-in", (status, head))
    status, head, text = b.get("/")
    policy = head["content-security-policy"].split("; ")
    row("heads", "its own script in a file, no other site, no frame", status == 200 and policy[0] == "default-src 'none'" and True and "frame-ancestors 'none'" in policy, policy)
    row("heads", "one script, and none in the page", re.findall(r"<script[^>]*>[^<]*", text) == ["<script src=/passkey.js defer>"], text)
    row("heads", "kept by nobody", head["cache-control"] == "no-store" and head["x-content-type-options"] == "nosniff" and "max-age" in head["strict-transport-security"], head)
    for host in ("evil.example", "localhost", "localhost:1", ORIGIN[8:] + ".", "LOCALHOST:%d" % PORT):
        row("heads", "not as %s" % host, b.ask("GET", "/", Host=host)[0] == 421)
    for path in ("/x", "/approvals", "/approvals/", "/approvals/../x", "/approvals/a%2fb", "/approvals/A", "/approvals/" + "a" * 64, "/v1/status", "/style.css/x", "/%00"):
        row("heads", "no page %s" % path, b.ask("GET", path)[0] == 404, b.ask("GET", path)[0])
    row("heads", "a file", b.ask("GET", "/style.css")[1]["content-type"].startswith("text/css"))
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS"):
        row("heads", method, b.ask(method, "/sign-in")[0] == 405)


def enrols(d):
    b = d.browser
    e = proof.begin(d, "priya")[1]["enrolment"]
    page = b.send(b.get("/enrol")[2], "/enrol", id=e["id"], code=e["code"])[2]
    secret = re.search(r"<dd class=secret>([A-Z2-7]{32})", page).group(1)
    d.secret, d.used, d.id = secret, [0], e["id"]
    for wrong in (dict(id="e-0", code=e["code"]), dict(id="../x", code=e["code"]), dict(id=e["id"], code="nope"), dict(id="", code="")):
        row("enrol", "not with %s" % wrong, b.ask("POST", "/enrol", urllib.parse.urlencode(wrong))[0] in (400, 404))
    page = b.send(page, "/enrol/finish", response=fresh(secret, d.used))[2]
    fingerprint = re.search(r"<p class=secret>([0-9a-f-]+)", page).group(1)
    status, got = d.admin_of(OPS).ask("POST", "/v1/enrolments/%s/confirm" % e["id"], dict(fingerprint=fingerprint))
    row("enrol", "whoever had the code first does not confirm what the page was shown", status == 403 and got["error"]["code"] == "self_approval", got)
    d.stop(keep=True)
    d.start()
    status, got = d.admin_of(OPS).ask("POST", "/v1/enrolments/%s/confirm" % e["id"], dict(fingerprint=fingerprint))
    row("enrol", "nor after a start", status == 403 and got["error"]["code"] == "self_approval", got)
    status, got = d.admin_of(proof.SECOND).ask("POST", "/v1/enrolments/%s/confirm" % e["id"], dict(fingerprint=fingerprint))
    row("enrol", "another operator confirms what the person read out", status == 200 and got["enrolment"]["state"] == "confirmed", got)


def signs_in(d):
    b = d.browser
    page = b.get("/sign-in")[2]
    for wrong in (dict(admin="priya", response="000000"), dict(admin="nobody", response=digits(d.secret, 1)), dict(admin="", response=""), dict(admin="priya", response="")):
        status, _, text = b.send(page, "/sign-in", method="phone", **wrong)
        row("in", "not as %s" % wrong, status in (400, 403) and b.cookie is None, status)
    fields = urllib.parse.urlencode(dict(admin="priya", method="phone", response=digits(d.secret, 1)))
    for origin in (None, "null", "https://evil.example", ORIGIN + ".", "http://localhost:%d" % PORT):
        row("in", "not from %s" % origin, b.ask("POST", "/sign-in", fields, Origin=origin)[0] == 403)
    status, head, text = b.ask("POST", "/sign-in", urllib.parse.urlencode(dict(admin="priya", method="phone", response=fresh(d.secret, d.used))))
    cookie = head.get("set-cookie", "")
    row("in", "a cookie that no script and no other site has", status == 303 and cookie.startswith("__Host-stepgate=") and all(w in cookie for w in ("HttpOnly", "Secure", "SameSite=Lax", "Path=/")), (status, cookie, text))
    row("in", "nothing waits", "Nothing waits" in b.get("/")[2])


HOSTILE = "<script>alert(1)</script>&\"'><img src=x onerror=1> \u202egnp.exe \u200bzero \u0430dmin\u00a0x\nnext"


def decides(d):
    b, a = d.browser, d.agent_of(AGENT)
    task = d.task = a.open("work")
    one = a.act(task, "pay.send", args={"to": HOSTILE, "<b>\"name": {"deep": [1, None, True, {"x": HOSTILE}]}, "amount": 12.5})
    row("ask", "a person is asked", says(one, "step_up"), one)
    ident = one["approval"]["id"]
    page = b.get("/")[2]
    row("queue", "it is there", 'href="/approvals/%s"' % ident in page and "pay.send" in Forms(page).text, page)
    page = b.get("/approvals/" + ident)[2]
    seen = Forms(page)
    row("hostile", "inert", not any(tag in ("img", "iframe") or (tag == "script" and attrs.get("src") != "/passkey.js") or any(k.startswith("on") for k in attrs) for tag, attrs in seen.tags), seen.tags)
    row("hostile", "and all of it is seen", "<script>alert(1)</script>&\"'><img src=x onerror=1>" in seen.text and all(u in seen.text for u in ("U+202E", "U+200B", "U+00A0", "\u21b5")), seen.text)
    row("hostile", "nothing hidden is left", "\u202e" not in page and "\u200b" not in page and "\u00a0" not in page)
    row("hostile", "a letter that looks like another is marked", '<u title="U+0430">' in page)
    row("page", "who, why, how many", all(w in seen.text for w in ("money", "o@acme.example", "finance", "12.5", one["approval"]["id"] and "open")), seen.text)
    path = "/approvals/%s/approve" % ident
    form = [f for f in seen.forms if f["action"] == path][0]
    good = dict(form["fields"], method="phone", response=digits(d.secret, 1), comment="")
    for change in (dict(csrf=""), dict(csrf="0" * 64), dict(csrf=form["fields"]["csrf"].upper())):
        row("forgery", "not with %s" % list(change.values()), b.ask("POST", path, urllib.parse.urlencode(dict(good, **change)))[0] == 403)
    row("forgery", "not from another site", b.ask("POST", path, urllib.parse.urlencode(good), Origin="https://evil.example")[0] == 403)
    row("forgery", "not without its cookie", b.ask("POST", path, urllib.parse.urlencode(good), Cookie=None)[0] == 303)
    row("forgery", "not twice the same field", b.ask("POST", path, urllib.parse.urlencode(good) + "&method=phone")[0] == 400)
    row("forgery", "not by reading", b.ask("GET", path)[0] == 404)
    row("forgery", "not as JSON", b.ask("POST", path, "{}", **{"Content-Type": "application/json"})[0] in (400, 403))
    row("forgery", "not so much", b.ask("POST", path, urllib.parse.urlencode(dict(good, comment="x" * 9000)))[0] == 400)
    row("forgery", "nothing came of it", d.puppet("approver", PRIYA).ask("GET", "/v1/approvals/" + ident)[1]["approval"]["state"] == "open")
    status, _, text = b.send(page, path, method="phone", response="000000" if digits(d.secret) != "000000" else "000001")
    row("yes", "wrong digits say so", status == 403 and "proof_refused" in text, text)
    status, _, text = b.send(page, path, method="phone", response=fresh(d.secret, d.used), comment=HOSTILE)
    row("yes", "granted", status == 200 and "granted" in Forms(text).text and text.count("<script") == 1, text)
    row("yes", "it runs", says(a.act(task, "pay.send", args={"to": HOSTILE, "<b>\"name": {"deep": [1, None, True, {"x": HOSTILE}]}, "amount": 12.5}), "allow"))
    two = a.act(task, "pay.send", args=dict(n=2))
    page = b.get("/approvals/" + two["approval"]["id"])[2]
    status, _, text = b.send(page, "/approvals/%s/deny" % two["approval"]["id"], comment="not that one")
    row("no", "denied", status == 200 and "denied" in Forms(text).text, text)
    three = a.act(task, "pay.any", args=dict(n=3))
    page = b.get("/approvals/" + three["approval"]["id"])[2]
    b.send(page, "/approvals/%s/deny" % three["approval"]["id"], freeze="yes")
    row("no", "and frozen", a.ask("GET", "/v1/tasks/" + task["id"])[1]["task"]["state"] == "frozen")
    row("other", "one that is not asked of her", b.get("/approvals/ap-0123")[0] == 404)


def leaves(d):
    b = d.browser
    old = b.cookie
    b.send(b.get("/")[2], "/sign-out")
    row("out", "no cookie", b.cookie is None)
    b.cookie = old
    row("out", "the old one is none", b.ask("GET", "/")[0] == 303 and b.ask("GET", "/")[1]["location"] == "/sign-in")
    b.cookie = None


def away(d):
    """Without the daemon the page says so; with it again it is there. Another certificate is taken without ending."""
    b = d.browser
    d.stop(keep=True)
    row("away", "said", b.ask("GET", "/")[0] == 503)
    d.start()
    row("away", "back", b.ask("GET", "/")[0] == 303)
    before = ssl.get_server_certificate(("127.0.0.1", PORT))
    subprocess.run("openssl x509 -req -in web.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile ext -out web.pem".split(), cwd=d.keys, check=True, capture_output=True)
    d.web.send_signal(1)
    for _ in range(100):
        time.sleep(0.05)
        try:
            if ssl.get_server_certificate(("127.0.0.1", PORT)) != before:
                break
        except OSError:
            pass
    row("certificate", "another one", ssl.get_server_certificate(("127.0.0.1", PORT)) != before, open(os.path.join(d.dir, "web.log")).read())
    os.chmod(os.path.join(d.keys, "web.key"), 0o644)
    d.web.send_signal(1)
    time.sleep(0.5)
    row("certificate", "a key that others may read is not taken, and the page goes on", b.ask("GET", "/")[0] == 303 and "others may read" in open(os.path.join(d.dir, "web.log")).read())


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as keys:
        os.chmod(keys, 0o755)
        Site.keys = keys
        for name in ("phone", "other"):
            with open(os.path.join(keys, name), "w") as f:
                f.write(proof.KEY + name)
            os.chmod(f.name, 0o400)
        perform(CONF % (os.path.join(keys, "phone"), os.path.join(keys, "other")), proof.POLICY, heads, enrols, signs_in, decides, leaves, away, stage=Site)
