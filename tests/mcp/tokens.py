#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tokens of issuers outside, signed by npm's jose: accepted for each profile, each rule's violation refused; one token a connection; never in the
record."""
import json, os, subprocess, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fault"))
from daemon import Client, Daemon

STEP = '%s : { kind = "verify"  use = "jwt"  control = "sufficient"  profile = "%s"  audience = "stepgate"  %s  grants = [ "jwks=file:%s/%s.jwks" ] }\n'
CONF = """
enforcers : {
  of-oidc : { match = [ "oidc:sub=user-7" ]  for_agents = [ "*" ] }
  of-svid : { match = [ "svid:spiffe_id~spiffe://acme.example/*" ]  for_agents = [ "*" ] }
  of-k8s : { match = [ "k8s:namespace=build", "k8s:serviceaccount=runner", "k8s:pod_uid" ]  for_agents = [ "*" ] }
  of-gh : { match = [ "gh:repository_id=42", "gh:ref~refs/heads/main", "gh:event_name!=pull_request" ]  for_agents = [ "*" ] } }
agents : { ci-bot : { owner = "mira@acme.example"  escalate = "o@acme.example"  review_by = "2027-01-31"  environment = "dev"  identity = "boundary"
  match = [ "gh:repository_id=42", "gh:environment=prod" ]  reach = [ "mail.*" ]  intents = [ "work" ] } }
"""
passed = 0


def good(what):
    global passed
    passed += 1
    print("ok: " + what, flush=True)


class Bearer(Client):
    def __init__(self, path, token):
        Client.__init__(self, path)
        self.token = token

    def post(self, path, body, *lines):
        data = json.dumps(body).encode()
        lines = lines or ("Authorization: Bearer " + self.token,)
        head = "POST %s HTTP/1.1\r\nHost: x\r\n%s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % (path, "\r\n".join(lines), len(data))
        return self.raw(head.encode() + data)


def task(key, **more):
    return dict(intent="work", key=key, **more)


def each_case(d, cases):
    for i, case in enumerate(cases):
        c = Bearer(d.path("enforcer"), case["token"])
        status, answer = c.post("/v1/tasks", task("c%d" % i, agent="helper"))
        c.close()
        what = "%s: %s" % (case["profile"], case["name"])
        if case["good"]:
            assert status == 201, (what, status, answer)
        else:
            assert status == 200 and answer["verdict"] == "deny" and answer["code"] == "not_enforcer", (what, status, answer)
    for profile in ("oidc", "svid", "k8s", "gh"):
        mine = [c for c in cases if c["profile"] == profile]
        accepted = [c for c in mine if c["good"]]
        assert len(accepted) >= 6 and len(mine) - len(accepted) >= 18
        good("%s: %d tokens accepted, %d refused" % (profile, len(accepted), len(mine) - len(accepted)))


def agents(d, cases):
    token = [c["token"] for c in cases if c["profile"] == "gh" and c["good"]][0]
    c = Bearer(d.path("agent"), token)
    status, answer = c.post("/v1/tasks", task("bot", agent="ci-bot"))
    assert status == 201, answer
    body = dict(agent="ci-bot", action="mail.read", resource=dict(type="m", id="1"), task=answer["task"]["id"], key="a1")
    assert c.post("/v1/act", body)[1]["verdict"] == "allow"
    status, answer = Client(d.path("agent")).ask("POST", "/v1/tasks", task("bot2", agent="ci-bot"))
    assert answer.get("code") in ("no_agent", "not_this_agent"), answer
    good("an agent whose identity is its token")


def one_token(d, cases):
    tokens = [c["token"] for c in cases if c["profile"] == "oidc" and c["good"]]
    c = Bearer(d.path("enforcer"), tokens[0])
    assert c.post("/v1/tasks", task("one", agent="helper"))[0] == 201
    assert c.post("/v1/tasks", task("two", agent="helper"))[0] == 201
    for lines, code in ((("Authorization: Bearer " + tokens[1],), "http_authorization"), (("X-Nothing: x",), "http_authorization")):
        c = Bearer(d.path("enforcer"), tokens[0])
        c.post("/v1/tasks", task("three", agent="helper"))
        status, answer = c.post("/v1/tasks", task("four", agent="helper"), *lines)
        assert status == 401 and answer["error"]["code"] == code, answer
    c = Client(d.path("enforcer"))
    assert c.ask("GET", "/oauth2/jwks")[0] == 200
    c.__class__, c.token = Bearer, tokens[0]
    assert c.post("/v1/tasks", task("five", agent="helper"))[0] == 401
    for line, code in (("Authorization: Bearer", 401), ("Authorization: Bearer ", 401), ("Authorization: Bearer a b", 401), ("Authorization: Bearer a\"b", 401)):
        assert Bearer(d.path("enforcer"), "").post("/v1/tasks", task("six", agent="helper"), line)[0] == code, line
    twice = ("Authorization: Bearer a", "Authorization: Bearer a")
    assert Bearer(d.path("enforcer"), "").post("/v1/tasks", task("six", agent="helper"), *twice)[0] == 400
    status, answer = Bearer(d.path("enforcer"), "").post("/v1/tasks", task("six", agent="helper"), "Authorization: Basic YTpi")
    assert answer["code"] == "not_enforcer", answer
    good("one token from the first request to the last")


def unrecorded(d, cases):
    needles = [c["token"].split(".")[2][:40].encode() for c in cases if len(c["token"].split(".")[2]) > 40]
    for folder, _, names in os.walk(d.dir):
        for name in names:
            if name.endswith(".sock"):
                continue
            with open(os.path.join(folder, name), "rb") as f:
                data = f.read()
            assert not any(n in data for n in needles), name
    good("no token in the record, the state or the log")


def main():
    made = subprocess.run(["node", "tokens.mjs"], cwd=sys.argv[1], capture_output=True, text=True, timeout=120)
    assert made.returncode == 0, made.stderr
    made = json.loads(made.stdout)
    d = Daemon(start=False, enforcer=4242)
    try:
        os.makedirs(os.path.join(d.dir, "conf.d"))
        for name, text in made["jwks"].items():
            d.write(name + ".jwks", json.dumps(text).encode())
        steps = STEP % ("oidc", "oidc", 'issuer = "https://idp.example"', d.dir, "oidc") + STEP % ("svid", "jwt-svid", 'trust_domain = "acme.example"', d.dir, "svid")
        steps += STEP % ("k8s", "kubernetes", 'issuer = "https://kubernetes.default.svc"', d.dir, "k8s")
        steps += STEP % ("gh", "github", 'issuer = "https://token.actions.githubusercontent.com"', d.dir, "gh")
        d.write("conf.d/50-tokens.conf", ("attest : {\n" + steps + "}\n" + CONF).encode())
        d.start()
        each_case(d, made["cases"])
        agents(d, made["cases"])
        one_token(d, made["cases"])
        unrecorded(d, made["cases"])
        print("%d passed, 0 failed" % passed)
    except BaseException:
        print(d.text()[-3000:])
        raise
    finally:
        d.stop()


main()
