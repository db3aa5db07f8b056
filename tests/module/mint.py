# SPDX-License-Identifier: Apache-2.0
"""One module, asked directly through a host process of its own (mint.c)."""
import json, os, subprocess, tempfile

BUILD = os.path.abspath(os.environ.get("STEPGATE_BUILD", "build"))


def text(j):
    return json.dumps(j, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


class Refused(Exception):
    pass


def ask(kind, module, calls, key=None, grants=(), options=None):
    """READY and one answer for each call. Raises Refused with its line if it does not start."""
    with tempfile.NamedTemporaryFile() as f:
        f.write(key or b"\n")
        f.flush()
        stanza = dict(grants=list(grants), options=options or {}, use=module)
        r = subprocess.run([os.path.join(BUILD, "tests", "module", "module_mint"), kind, os.path.join(BUILD, "modules"), module, text(stanza), f.name] +
                           [text(c) for c in calls], capture_output=True, text=True, timeout=120)
    if r.returncode != 0:
        raise Refused(r.stderr)
    lines = r.stdout.splitlines()
    return json.loads(lines[0]), [json.loads(l) if l else None for l in lines[1:]]


def make(lease, arguments, now, life=60, asker="agent", claims=None, action="a.b", resource=None, decision="d1"):
    c = dict(aud="x", exp=now + life, iat=now, iss="spiffe://acme.example", jti=lease, sg=dict(environment="prod"), sub="spiffe://acme.example/agent/helper")
    c.update(claims or {})
    return dict(asker=asker, claims={k: v for k, v in c.items() if v is not None}, lease=lease,
                request=dict(action=action, arguments=arguments, decision=decision, resource=resource or dict(id="web-17", type="host")), verb="make")


def end(verb, lease):
    return dict(lease=lease, verb=verb)


def pem(kind="P-256"):
    how = ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:" + kind] if kind.startswith("P-") else ["-algorithm", kind]
    return subprocess.run(["openssl", "genpkey"] + how, capture_output=True, check=True).stdout
