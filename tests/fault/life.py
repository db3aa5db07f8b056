#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""An issuer whose stanza asks for a longer life than its module makes is refused by config check, by start and by reload, each by the same code, instead of
failing every act. Generally: each module that has the option."""
import json, os, subprocess, sys
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from checks import done, good
from daemon import BUILD, Daemon

LIMITS = 'credential_ttl_max = "1h"'
STANZA = 'issue : { token : { use = "jwt"  ttl = "60s"  audience = [ "repo-api" ] } }'

# stanza of the issuer, what refuses it ("": nothing)
ROWS = [
    ('use = "jwt"  ttl = "60s"', ""),
    ('use = "jwt"  ttl = "1s"', ""),
    ('use = "jwt"  ttl = "60001ms"', "issue_ttl"),
    ('use = "jwt"  ttl = "5m"', "issue_ttl"),
    ('use = "jwt"  ttl = "1h"', "issue_ttl"),
    ('use = "jwt"  lifetime_max = 30', "issue_ttl"),
    ('use = "jwt"  lifetime_max = 30  ttl = "30s"', ""),
    ('lifetime_max = 30  ttl = "31s"  use = "jwt"', "issue_ttl"),
    ('use = "jwt"  lifetime_max = 61', "option_range"),
    ('use = "jwt"  lifetime_max = 0', "option_range"),
    ('use = "jwt"  lifetime_max = "much"', "option_type"),
    ('use = "jwt"  lifetime = 30', "option_unknown"),
    ('use = "x509"  ttl = "5m"', ""),
    ('use = "x509"  ttl = "6m"', "issue_ttl"),
    ('use = "x509"  ttl = "6m"  lifetime_max = 360', ""),
    ('use = "ssh"  ttl = "6m"', "issue_ttl"),
    ('use = "ssh"  ttl = "1h"  lifetime_max = 3600', ""),
    ('use = "ssh"  ttl = "1m"  bind = "nobody"', "ssh_bind"),
    ('use = "secret"  ttl = "1h"', ""),
]


def put(d, stanza):
    path = d.dir + "/stepgate.conf"
    with open(path) as f:
        text = f.read()
    start = text.index("issue : {")
    end = text.index("\n", start)
    d.write("stepgate.conf", (text[:start] + stanza + text[end:]).encode())


def check(d, user=65534):
    """By somebody who is not root a module is asked for its options alone, not started with what it is granted."""
    os.chmod(d.dir, 0o755)
    r = subprocess.run([BUILD + "/core/stepgate", "config", "check", d.dir + "/stepgate.conf", "--json"], capture_output=True, text=True, user=user if os.geteuid() == 0 else None)
    errors = json.loads(r.stdout.splitlines()[0]).get("errors", [])
    return r.returncode, errors


def main():
    d = Daemon(limits=LIMITS, start=False)
    try:
        for stanza, code in ROWS:
            put(d, 'issue : { token : { %s } }' % stanza)
            exit, errors = check(d)
            want = (0, 0) if code == "" else (78, 1)
            good("config check: %s: %s" % (stanza, code or "good"), (exit, len(errors)) == want and (code == "" or (code in errors[0]["what"] and errors[0]["line"] > 0)), [exit, errors])
        put(d, 'issue : { token : { use = "jwt"  ttl = "5m" }  b : { use = "ssh"  ttl = "6m" } }')
        good("all that is wrong is told at once", len(check(d)[1]) == 2, check(d))
        put(d, 'issue : { token : { use = "none-there"  ttl = "5m" } }')
        exit, errors = check(d)
        good("a module that is not there is refused, as by a start", exit == 78 and "path_missing" in errors[0]["what"], [exit, errors])

        put(d, STANZA.replace("60s", "5m"))
        d.start(wait=False)
        good("a start with it is refused", d.process.wait(20) == 78 and "ttl is 300000 ms" in d.text(), d.text()[-500:])

        put(d, STANZA)
        d.start()
        put(d, STANZA.replace("60s", "5m"))
        a = d.admin()
        status, body = a.ask("POST", "/v1/reload", {})
        good("a reload with it is kept out, and says why", status == 422 and "ttl is 300000 ms" in json.dumps(body), [status, body])
        a.close()
        c = d.agent()
        task = c.ask("POST", "/v1/tasks", dict(intent="work", key="t"))[1]["task"]["id"]
        got = c.ask("POST", "/v1/act", dict(task=task, action="repo.read", key="k", resource=dict(type="any", id="x"), arguments={}))[1]
        good("and the old one still issues", got["verdict"] == "allow" and got.get("credential"), got)
        c.close()
    finally:
        if d.process is not None and d.process.poll() is None:
            d.stop()
    done()


main()
