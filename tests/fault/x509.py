#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""X.509 certificates from a running daemon, judged by openssl verify; what the agent asked for in another spelling gets none."""
import base64, os, shutil, subprocess, sys, time
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from daemon import Daemon, journal

CONF = """
issue : { leaf : { use = "x509"  grants = [ "ca=file:%(dir)s/ca.pem" ] } }
intents : { call : { actions = [ "cloud.session" ]  sensitivity = "internal" } }
agents : { caller : { owner = "mira@acme.example"  escalate = "o@acme.example"  review_by = "2027-01-31"  environment = "prod"
  match = [ "peer:uid=%(uid)d" ]  reach = [ "cloud.*" ]  intents = [ "call" ] } }
actions : { cloud_session : { name = "cloud.session"  effect = "execute"  sensitivity = "internal"  credential = "leaf" } }
"""
POLICY = 'rule { id = "session", on = "cloud.session", effect = allow {} }\n'
passed = 0


def good(what):
    global passed
    passed += 1
    print("ok: " + what)


def openssl(*arguments):
    return subprocess.run(["openssl"] + list(arguments), cwd=d.dir, capture_output=True, check=True).stdout


def act(c, task, key, **arguments):
    return c.ask("POST", "/v1/act", dict(task=task, action="cloud.session", key=key, arguments=arguments, resource=dict(type="cloud", id="eu")))[1]


d = Daemon(start=False, agent=54321)
try:
    os.mkdir(d.dir + "/conf.d", 0o755)
    d.write("conf.d/50-leaf.conf", (CONF % dict(dir=d.dir, uid=os.getuid())).encode())
    d.write("policy.d/20-leaf.lua", POLICY.encode())
    openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", "state/issue/leaf.pem")
    os.chmod(d.dir + "/state/issue/leaf.pem", 0o600)
    openssl("req", "-x509", "-new", "-key", "state/issue/leaf.pem", "-days", "9", "-subj", "/O=acme.example/CN=agents", "-addext", "keyUsage=critical,keyCertSign", "-out", "ca.pem")
    os.chmod(d.dir + "/ca.pem", 0o644)
    openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", "agent.key")
    public = base64.b64encode(openssl("pkey", "-in", "agent.key", "-pubout", "-outform", "DER")).decode()
    d.start()
    c = d.agent()
    task = c.ask("POST", "/v1/tasks", dict(intent="call", key="t"))[1]["task"]["id"]
    end = time.time() + 30
    while True:
        got = act(c, task, "k%f" % time.time(), public_key=public)
        if got["code"] not in ("issue_unavailable", "policy_unavailable") or time.time() > end:
            break
        time.sleep(0.05)
    assert got["verdict"] == "allow", (got, d.text())
    with open(d.dir + "/leaf.crt", "w") as f:
        f.write(got["credential"]["token"])
    assert b"leaf.crt: OK" in openssl("verify", "-x509_strict", "-purpose", "sslclient", "-CAfile", "ca.pem", "leaf.crt")
    assert b"URI:spiffe://acme.example/agent/caller" in openssl("x509", "-in", "leaf.crt", "-noout", "-ext", "subjectAltName")
    assert openssl("x509", "-in", "leaf.crt", "-noout", "-pubkey") == openssl("pkey", "-in", "agent.key", "-pubout")
    good("openssl verify -x509_strict takes the certificate that the agent was handed")
    for i, wrong in enumerate([dict(), dict(public_key=public + "\n"), dict(public_key=public[:-4]), dict(public_key=7), dict(public_key=[public])]):
        got = act(c, task, "w%d" % i, **wrong)
        assert got["verdict"] == "deny" and got["code"] == "issue_failed" and "credential" not in got, (wrong, got)
    good("another spelling of a key, or none, gets no certificate")
    a = d.admin()
    rows = [r for r in a.ask("GET", "/v1/leases")[1]["leases"] if r["issuer"] == "leaf"]
    assert rows and rows[0]["revocation"] == "expiry", rows
    assert {m["name"] for m in a.ask("GET", "/v1/status")[1]["modules"]} >= {"verify.x509_leaf", "verify.jwt", "issue.leaf"}
    good("status and leases say what reads it again and that only its end takes it back")
finally:
    d.stop()
assert passed == 3, passed
print("%d passed, 0 failed" % passed)
