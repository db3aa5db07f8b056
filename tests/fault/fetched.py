#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A key set that is fetched: over https from a server of our own, by its authority alone, again at each refresh. A server that is another, is away, redirects or
sends too much gives nothing, and what was fetched before stays in use."""
import http.server, json, os, shutil, ssl, subprocess, sys, threading, time
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from checks import waited as until
from daemon import Daemon

passed = 0
POINT = {"x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}
SET = json.dumps({"keys": [dict(POINT, kty="EC", crv="P-256", kid="k1", alg="ES256", use="sig")]}).encode()
CONF = """attest : { idp : { kind = "verify"  use = "jwt"  control = "sufficient"  profile = "oidc"  audience = "stepgate"  issuer = "https://idp.test"
  refresh = "%s"  grants = [ "jwks_ca=file:%s/ca.pem", "jwks=url:https://localhost:%d/keys" ] } }
"""


def good(what):
    global passed
    passed += 1
    print("ok: " + what)


class Server:
    def __init__(self, folder, name):
        outer = self
        self.seen, self.status, self.body, self.headers = [], 200, SET, {}

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                outer.seen.append((self.path, dict(self.headers)))
                self.send_response(outer.status)
                for k, v in dict(outer.headers, **{"Content-Length": str(len(outer.body))}).items():
                    self.send_header(k, v)
                self.end_headers()
                try:
                    self.wfile.write(outer.body)
                except OSError:
                    pass

            def log_message(self, *words):
                pass
        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(os.path.join(folder, name + ".pem"), os.path.join(folder, name + ".key"))
        self.http.socket = context.wrap_socket(self.http.socket, server_side=True)
        self.port = self.http.server_address[1]
        threading.Thread(target=self.http.serve_forever, daemon=True).start()


def certificates(folder):
    def openssl(*words):
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)
    for ca in ("ca", "other"):
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", ca + ".key", "-out", ca + ".pem", "-days", "2", "-subj", "/CN=" + ca)
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "by-%s.key" % ca, "-out", "x.csr", "-subj", "/CN=localhost")
        with open(os.path.join(folder, "ext"), "w") as f:
            f.write("subjectAltName=DNS:localhost")
        openssl("x509", "-req", "-in", "x.csr", "-CA", ca + ".pem", "-CAkey", ca + ".key", "-CAcreateserial", "-days", "2", "-out", "by-%s.pem" % ca, "-extfile", "ext")
    os.chmod(os.path.join(folder, "ca.pem"), 0o644)


def row(d):
    return next((m for m in d.admin().ask("GET", "/v1/status")[1]["modules"] if m["name"] == "attest.idp"), {})


def main():
    if not os.path.exists("/usr/bin/curl"):
        print("NOT RUN (needs /usr/bin/curl): fetching")
        return
    d = Daemon(start=False)
    os.mkdir(os.path.join(d.dir, "conf.d"))
    certificates(d.dir)
    server = Server(d.dir, "by-ca")
    d.write("conf.d/50-idp.conf", (CONF % ("500ms", d.dir, server.port)).encode())
    try:
        d.start()
        assert row(d)["state"] == "ready" and server.seen[0][0] == "/keys", (row(d), server.seen)
        until(lambda: len(server.seen) >= 3)
        good("a key set is fetched over https from the authority that is granted, and again at each refresh")
        for status, body, headers, why in ((404, b"", {}, "grant_fetch"), (302, b"", {"Location": "https://localhost:%d/else" % server.port}, "grant_fetch"), (200, b"x" * (1 << 21), {}, "grant_fetch"),
                                           (200, b"{}", {}, "outside_"), (200, SET.replace(b"}", b', "d": "AA"}', 1), {}, "outside_")):
            server.status, server.body, server.headers = status, body, headers
            said = until(lambda: next((m["why"] for m in d.admin().ask("GET", "/v1/status")[1]["modules"] if m["why"]), ""))
            assert said.startswith(why), (said, why)
            ready = [m for m in d.admin().ask("GET", "/v1/status")[1]["modules"] if m["name"] == "attest.idp" and m["state"] == "ready"]
            assert ready, "what was fetched before is no longer in use"
            server.status, server.body, server.headers = 200, SET, {}
            until(lambda: all(m["why"] == "" for m in d.admin().ask("GET", "/v1/status")[1]["modules"]), 60)
        assert all(p == "/keys" for p, _ in server.seen), "a redirect was followed"
        good("an error, a redirect, two megabytes, no key set and one with a private key are not taken; the one before stays in use")
    finally:
        d.stop()
    d = Daemon(start=False)
    os.mkdir(os.path.join(d.dir, "conf.d"))
    certificates(d.dir)
    server = Server(d.dir, "by-other")
    d.write("conf.d/50-idp.conf", (CONF % ("0ms", d.dir, server.port)).encode())
    try:
        d.start(wait=False)
        until(lambda: "grant_fetch" in d.text())
        assert not server.seen and "open in" not in d.text()
        good("a server that is another is not even asked")
    finally:
        d.stop()
    assert passed == 3


main()
print("%d passed, 0 failed" % passed)
