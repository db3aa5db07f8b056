#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""issue/x509 and verify/x509_leaf without a gate, with OpenSSL as the judge of what was made and as the maker of what must be refused."""
import base64, hashlib, os, shutil, subprocess, sys, tempfile, time
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from mint import Refused, ask, end, make, pem

passed = 0
folder = tempfile.mkdtemp(prefix="sg-x509-")
GRANTS = ["ca=file:%s/ca.pem" % folder]
SUB = "spiffe://acme.example/agent/helper"


def good(what):
    global passed
    passed += 1
    print("ok: " + what)


def openssl(*arguments, given=None, ok=True):
    r = subprocess.run(["openssl"] + list(arguments), input=given, capture_output=True, text=True, cwd=folder)
    assert r.returncode == 0 or not ok, r.stderr
    return r


def write(name, text):
    with open(folder + "/" + name, "wb" if isinstance(text, bytes) else "w") as f:
        f.write(text)
    return folder + "/" + name


def root(name, key, days=30, more=()):
    write(name + ".key", key)
    openssl("req", "-x509", "-new", "-key", name + ".key", "-out", name + ".pem", "-days", str(days), "-subj", "/O=acme.example/CN=agents", "-addext",
            "keyUsage=critical,keyCertSign,cRLSign", *more)


def spki(kind):
    write("agent.key", pem(kind) if kind != "RSA" else openssl("genrsa", "2048").stdout)
    der = subprocess.run(["openssl", "pkey", "-in", "agent.key", "-pubout", "-outform", "DER"], cwd=folder, capture_output=True, check=True).stdout
    return base64.b64encode(der).decode()


def judged():
    now = int(time.time())
    for kind in ("P-256", "ED25519"):
        key = spki(kind)
        _, got = ask("issue", "x509", [make("l-1", dict(public_key=key), now)], KEY, GRANTS, dict(server="true") if kind == "ED25519" else None)
        assert got[0]["ok"], got
        token = got[0]["token"]
        assert len(token) <= 4096 and token.count("BEGIN CERTIFICATE") == 2
        write("leaf.pem", token)
        r = openssl("verify", "-x509_strict", "-CAfile", "ca.pem", "-purpose", "sslclient", "leaf.pem")
        assert r.stdout.strip().endswith("OK"), r.stdout
        assert kind == "ED25519" or openssl("verify", "-x509_strict", "-CAfile", "ca.pem", "-purpose", "sslserver", "leaf.pem", ok=False).returncode != 0
        r = openssl("x509", "-in", "leaf.pem", "-noout", "-text", "-certopt", "no_pubkey,no_sigdump,ext_parse").stdout
        lines = [l.strip() for l in r.splitlines()]
        serial = bytearray(hashlib.sha256(b"l-1").digest()[:16])
        serial[0] = serial[0] & 0x3f | 0x40
        assert ":".join("%02x" % b for b in serial) in lines, r
        assert "Subject:" in lines and "URI:" + SUB in lines and "X509v3 Subject Alternative Name: critical" in lines and "CA:FALSE" in lines, r
        assert "Digital Signature" in lines and ("TLS Web Server Authentication, TLS Web Client Authentication" if kind == "ED25519" else "TLS Web Client Authentication") in lines, r
        dates = openssl("x509", "-in", "leaf.pem", "-noout", "-dates", "-dateopt", "iso_8601").stdout
        iso = lambda t: time.strftime("%Y-%m-%d %H:%M:%SZ", time.gmtime(t))
        assert dates == "notBefore=%s\nnotAfter=%s\n" % (iso(now), iso(now + 60)), dates
        assert openssl("x509", "-in", "leaf.pem", "-noout", "-pubkey").stdout == openssl("pkey", "-in", "agent.key", "-pubout").stdout
        late = openssl("verify", "-CAfile", "ca.pem", "-attime", str(now + 61), "leaf.pem", ok=False)
        early = openssl("verify", "-CAfile", "ca.pem", "-attime", str(now - 1), "leaf.pem", ok=False)
        assert "expired" in late.stderr and "not yet valid" in early.stderr, (late.stderr, early.stderr)
    good("openssl verify -x509_strict takes it, within its time only; openssl x509 -text shows what was decided")


def codes():
    now = int(time.time())
    key = spki("P-256")
    raw = base64.b64decode(key)
    off = base64.b64encode(raw[:-1] + bytes([raw[-1] ^ 1])).decode()
    compressed = base64.b64encode(bytes.fromhex("3039301306072a8648ce3d020106082a8648ce3d030107032200") + bytes([2 + (raw[-1] & 1)]) + raw[27:59]).decode()
    table = [(dict(public_key=v), "x509_public_key") for v in (
        None, "", "x", key + "\n", key[:-4], key + "AAAA", " " + key, key.replace("+", "-").replace("/", "_") + "=", off, compressed, spki("RSA"), spki("P-384"), spki("X25519"),
        "-----BEGIN PUBLIC KEY-----\n" + key, base64.b64encode(raw[:26] + b"\0" * 65).decode(), 7, "A" * 4096)]
    table += [(dict(claims=v), "x509_time") for v in (dict(exp=now - 1), dict(iat=now + 5, exp=now + 5), dict(iat=0), dict(exp=None))]
    table += [(dict(claims=dict(exp=now + 400)), "x509_lifetime"), (dict(claims=dict(jti="x")), "x509_jti")]
    table += [(dict(claims=dict(sub=v)), "x509_sub") for v in (None, "", "spiffe://", "https://x", "spiffe://a b", "spiffe://a\nb", "spiffe://ä", "spiffe://" + "a" * 504)]
    calls = [make("l-1", dict(public_key=m.get("public_key", key)) if m.get("public_key", key) is not None else {}, now, claims=m.get("claims")) for m, _ in table]
    _, got = ask("issue", "x509", calls, KEY, GRANTS)
    for (more, code), g in zip(table, got):
        assert g and not g["ok"] and g["code"] == code, (more, code, g)
    _, got = ask("issue", "x509", [make("l-1", dict(public_key=key), now, claims=dict(sub="spiffe://" + "a" * 503))], KEY, GRANTS)
    assert got[0]["ok"], got
    good("%d wrong requests, each with its code" % len(table))


def starts():
    other = pem()
    root("other", other)
    write("plain.key", KEY)
    openssl("req", "-x509", "-new", "-key", "plain.key", "-out", "noca.pem", "-days", "9", "-subj", "/CN=x", "-config", write("noca.cnf", "[req]\ndistinguished_name=d\nx509_extensions=e\n[d]\n[e]\nbasicConstraints=critical,CA:FALSE\nsubjectKeyIdentifier=hash\n"))
    openssl("req", "-x509", "-new", "-key", "plain.key", "-out", "nokid.pem", "-days", "9", "-subj", "/CN=x", "-config", write("nokid.cnf", "[req]\ndistinguished_name=d\nx509_extensions=e\n[d]\n[e]\nbasicConstraints=critical,CA:TRUE\nsubjectKeyIdentifier=none\n"))
    with open(folder + "/ca.pem") as f:
        write("long.pem", f.read() * 8)
    write("none.pem", "nothing\n")
    table = [(dict(grants=["ca=file:%s/%s.pem" % (folder, n)]), c) for n, c in (("other", "x509_match"), ("noca", "x509_ca"), ("nokid", "x509_ca"), ("long", "x509_ca"), ("none", "x509_ca"))]
    table += [(dict(grants=[]), "x509_no_ca"), (dict(key=b"x"), "x509_key"), (dict(key=pem("P-384")), "x509_key"), (dict(key=other), "x509_match"), (dict(options=dict(lifetime_max="0")), "option_range")]
    for more, code in table:
        try:
            ask("issue", "x509", [], **dict(dict(key=KEY, grants=GRANTS), **more))
            raise AssertionError("it starts with %r" % more)
        except Refused as e:
            assert code + ":" in str(e), (more, str(e))
    now = int(time.time())
    openssl("req", "-x509", "-new", "-key", "ca.key", "-out", "day.pem", "-days", "1", "-subj", "/CN=x", "-addext", "keyUsage=critical,keyCertSign")
    _, got = ask("issue", "x509", [make("l-1", dict(public_key=spki("P-256")), now, claims=dict(iat=now - 200)), end("revoke", "l-1"), end("revoke", "l-1"), end("reap", "never"), end("confirm", "x")],
                 KEY, ["ca=file:%s/day.pem" % folder])
    assert got[0]["code"] == "x509_ca_ends" and all(g["ok"] for g in got[1:]), got
    good("%d ways not to start; never beyond its authority's own time; revoking twice" % len(table))


def verify(token, jwks, lease="l-9"):
    return dict(jwks=jwks, lease=lease, token=token, verb="verify")


def read_again():
    now = int(time.time())
    keys = [spki("P-256"), spki("ED25519")]
    ready, got = ask("issue", "x509", [make("l-9", dict(public_key=k), now) for k in keys], KEY, GRANTS)
    tokens, jwks = [g["token"] for g in got], ready["jwks"]
    assert (ready["format"], ready["revocation"], ready["enforcer_only"]) == ("x509", "expiry", False)
    foreign, _ = ask("issue", "x509", [], OTHER, ["ca=file:%s/other.pem" % folder])
    _, got = ask("verify", "x509_leaf", [verify(t, jwks) for t in tokens] + [verify(tokens[0], jwks, "l-8"), verify(tokens[0], jwks, ""), verify(tokens[0], foreign["jwks"]), verify(tokens[0], None)])
    for k, g in zip(keys, got):
        assert g == dict(claims=dict(arguments=dict(public_key=k), exp=now + 60, jti="l-9", sub=SUB), ok=True), g
    assert [g["code"] for g in got[2:]] == ["x509_serial", "x509_serial", "x509_signature", "token_no_keys"], got
    good("what was made reads as what was asked")
    token = tokens[0]
    leaf = token[:token.index("-----END CERTIFICATE-----\n") + 26]
    broken = [leaf[:i] + ("A" if leaf[i] != "A" else "B") + leaf[i + 1:] for i in range(0, len(leaf), 9)] + [token[:i] for i in range(1, len(token), 61) if i != len(leaf)]
    broken += [token + "\n", "\n" + token, token + leaf * 4, token.replace("\n", "\r\n"), "x" + token, token + "x", leaf + "Subject: x\n" + token[len(leaf):]]
    _, got = ask("verify", "x509_leaf", [verify(b, jwks) for b in broken])
    assert all(g and not g["ok"] for g in got), [b for b, g in zip(broken, got) if g["ok"]]
    good("%d changes of one character, ends, tails and spellings: none reads" % len(broken))


def say_more():
    """The same authority's key, OpenSSL's hand."""
    ready, _ = ask("issue", "x509", [], KEY, GRANTS)
    serial = bytearray(hashlib.sha256(b"l-9").digest()[:16])
    serial[0] = serial[0] & 0x3f | 0x40
    base = {"basicConstraints": "critical,CA:FALSE", "keyUsage": "critical,digitalSignature", "extendedKeyUsage": "clientAuth", "authorityKeyIdentifier": "keyid",
            "subjectKeyIdentifier": "hash", "subjectAltName": "critical,URI:" + SUB}
    spki("P-256")
    table = [("ok", {}, {}), ("ok", {"extendedKeyUsage": "serverAuth,clientAuth"}, {}), ("x509_extension", {"basicConstraints": "critical,CA:TRUE"}, {}),
             ("x509_extension", {"keyUsage": "critical,digitalSignature,keyCertSign"}, {}), ("x509_extension", {"keyUsage": None}, {}), ("x509_extension", {"extendedKeyUsage": None}, {}),
             ("x509_extension", {"extendedKeyUsage": "clientAuth,codeSigning"}, {}), ("x509_extension", {"extendedKeyUsage": "serverAuth"}, {}), ("x509_extension", {"nsComment": "x"}, {}),
             ("x509_extension", {"1.2.3.4": "critical,ASN1:NULL"}, {}), ("x509_name", {"subjectAltName": "critical,URI:%s,URI:spiffe://b/c" % SUB}, {}),
             ("x509_name", {"subjectAltName": "critical,URI:%s,DNS:x.example" % SUB}, {}), ("x509_name", {"subjectAltName": "critical,DNS:x.example"}, {}), ("x509_name", {"subjectAltName": "URI:" + SUB}, {}),
             ("x509_form", {}, {"subj": "/CN=root"}), ("x509_form", {}, {"serial": "0x4001"}),
             ("x509_signature", {}, {"ca": "other"}), ("leaf_lifetime", {}, {"days": "2"})]
    calls = []
    now = int(time.time())
    stamp = lambda t: time.strftime("%Y%m%d%H%M%SZ", time.gmtime(t))
    for code, ext, how in table:
        lines = ["%s=%s" % (k, v) for k, v in dict(base, **ext).items() if v is not None]
        conf = "[req]\ndistinguished_name=d\n[d]\n[ca]\ndefault_ca=c\n[c]\ndatabase=index\nserial=serial\nnew_certs_dir=.\npolicy=p\nx509_extensions=e\nunique_subject=no\ndefault_md=sha256\n[p]\ncommonName=optional\n[e]\n" + "\n".join(lines) + "\n"
        write("x.cnf", conf)
        write("index", "")
        write("serial", how.get("serial", "0x" + bytes(serial).hex())[2:] + "\n")
        openssl("req", "-new", "-key", "agent.key", "-subj", how.get("subj", "/"), "-config", "x.cnf", "-out", "x.csr")
        ca = how.get("ca", "ca")
        last = now + (2 * 86400 if "days" in how else 60)
        openssl("ca", "-batch", "-notext", "-config", "x.cnf", "-in", "x.csr", "-out", "x.pem", "-cert", ca + ".pem", "-keyfile", ca + ".key", "-startdate", stamp(now), "-enddate", stamp(last), "-preserveDN")
        with open(folder + "/x.pem") as f:
            calls.append(verify(f.read(), ready["jwks"]))
    _, got = ask("verify", "x509_leaf", calls)
    for (code, ext, how), g in zip(table, got):
        assert g["ok"] if code == "ok" else g.get("code") == code, (code, ext, how, g)
    good("%d certificates with the same key that openssl made: those that say more are refused" % len(table))


try:
    KEY, OTHER = pem(), pem()
    root("ca", KEY)
    judged()
    codes()
    starts()
    root("other", OTHER)
    read_again()
    say_more()
finally:
    shutil.rmtree(folder, ignore_errors=True)
assert passed == 6, passed
print("%d passed, 0 failed" % passed)
