#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""issue/ssh and verify/ssh without a gate: each wrong argument and its code, the list over restarts, and certificates of the same authority that
say more than was decided, made by ssh-keygen, which the reader must refuse."""
import hashlib, os, re, shutil, subprocess, sys, tempfile, threading, time
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from mint import Refused, ask, end, make, pem

passed = 0
KEY = pem()
HOST = "ro-diag@web-17.prod"
folder = tempfile.mkdtemp(prefix="sg-ssh-")
os.mkdir(folder + "/krl", 0o700)
GRANTS = ["krl=folder:%s/krl" % folder]
KRL = folder + "/krl/revoked.krl"


def good(what):
    global passed
    passed += 1
    print("ok: " + what)


def keygen(*arguments, **more):
    return subprocess.run(["ssh-keygen"] + list(arguments), capture_output=True, text=True, **more)


def public(name, *kind):
    keygen("-q", "-N", "", "-C", "", "-f", folder + "/" + name, *kind, check=True)
    with open(folder + "/" + name + ".pub") as f:
        return " ".join(f.read().split()[:2])


def plain(**more):
    whole = dict(command="uptime", principal=HOST, public_key=PUBLIC, source_address="10.0.0.0/8")
    whole.update(more)
    return {k: v for k, v in whole.items() if v is not None}


def codes():
    now = int(time.time())
    b64 = PUBLIC.split()[1]
    off_curve = ECDSA[:-8] + "AAAAAA" + ECDSA[-2:]
    table = [(dict(public_key=v), "ssh_public_key") for v in (
        None, "", b64, PUBLIC + " c", PUBLIC + "\n", " " + PUBLIC, PUBLIC + " ", "ssh-rsa " + b64, RSA, P384, off_curve, "ecdsa-sha2-nistp256 " + b64, "ssh-ed25519 " + b64[:-4],
        "ssh-ed25519 " + b64 + "AAAA", "ssh-ed25519 " + b64[:-1] + "=", "ssh-ed25519 " + b64.replace("A", "\n", 1), "ssh-ed25519 " + "A" * 4096, "ssh-ed25519 " + "=" * 8, 5)]
    table += [(dict(principal=v), "ssh_principal") for v in (None, "", "a,b", "a b", "a\nb", "a*", "a\0b", "ä", "a" * 256, ["root"])]
    table += [(dict(principal=v), "ssh_bound") for v in ("root", "ro-diag", "ro-diag@prod", "ro-diag@web-18.prod", "ro-diag@web-17.staging", "a@b@web-17.prod", "@web-17.prod", "a" * 255)]
    table += [(dict(command=v), "ssh_command") for v in (None, "", "a\nb", "a\rb", "a\0b", "a\tb", "\x7f", "x" * 1025)]
    # each half of what is left, and the last one twice: all there is
    SIXTEEN = ",".join(["%d.%d.0.0/%d" % (((0xffff << (17 - n)) & 0xffff) >> 8, ((0xffff << (17 - n)) & 0xff), n) for n in range(1, 16)] + ["255.254.0.0/15"])
    table += [(dict(source_address=v), "ssh_source") for v in (
        None, "", "0.0.0.0/0", "::/0", "10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/08", "10.0.0.0/-1", "10.0.0.0/8/8", "10.0.0", "010.0.0.1", "*", "host", ",", "10.0.0.1,",
        "0.0.0.0/1,128.0.0.0/1", "128.0.0.0/1,10.0.0.0/8,0.0.0.0/1", "::/1,8000::/1", "10.0.0.1,::/2,4000::/2,8000::/1", "0.0.0.0/1,0.0.0.0/2,128.0.0.0/2,192.0.0.0/2", SIXTEEN,
        "10.0.0.1, 10.0.0.2", "!10.0.0.1", "fe80::1/64", "::1/129", "1:2", "10.0.0.1\0", ",".join(["10.0.0.1"] * 17), "10.0.0.1," * 60)]
    table += [(dict(claims=v), "ssh_time") for v in (dict(exp=now - 1), dict(exp=now, iat=now), dict(exp=now + 5, iat=now + 5), dict(iat=0), dict(exp=None))]
    table += [(dict(claims=dict(exp=now + 400)), "ssh_lifetime"), (dict(claims=dict(iat=now + 200, exp=now + 400)), "ssh_lifetime"), (dict(claims=dict(jti="other")), "ssh_jti"),
              (dict(decision=""), "ssh_decision"), (dict(decision="d" * 129), "ssh_decision"), (dict(claims=dict(sg=None)), "ssh_bound"),
              (dict(resource=dict(id="web-*", type="host"), principal="ro-diag@web-*.prod"), "ssh_principal"), (dict(resource=dict(id="WEB-17", type="host")), "ssh_bound")]
    other = dict(sg=dict(environment="eu.prod"))
    table += [(dict(resource=dict(id="web-17", type=t)), "ssh_bound") for t in ("file", "Host", "hosts", "zzz", "hos", "host ")]
    table += [(dict(claims=other, principal="ro@web-17.eu.prod"), "ssh_bound"), (dict(claims=dict(sg=dict(environment=".prod")), principal="ro@web-17..prod"), "ssh_bound"),
              (dict(claims=dict(sg=dict(environment="prod.")), principal="ro@web-17.prod."), "ssh_bound")]
    calls = []
    for more, _ in table:
        about = {k: more[k] for k in ("claims", "decision", "resource") if k in more}
        calls.append(make("l-1", plain(**{k: v for k, v in more.items() if k not in about}), now, **about))
    _, answers = ask("issue", "ssh", calls, KEY, GRANTS)
    for (more, code), got in zip(table, answers):
        assert got and not got["ok"] and got["code"] == code, (more, code, got)
    good("%d wrong requests, each with its code" % len(table))
    at_limit = [plain(command="x" * 1024), plain(source_address=",".join(["10.0.0.1"] * 16)), plain(source_address="0.0.0.0/1,0.0.0.0/1,64.0.0.0/2,128.0.0.0/2"), plain(source_address="0.0.0.0/1,8000::/1"), plain(source_address="::1,fe80::/64,2001:db8::/32,10.0.0.1/32"),
                plain(principal="a" * 243 + "@web-17.prod", command="echo 'a' \"b\" `c` $(d) ; ä")]
    _, answers = ask("issue", "ssh", [make("l-1", a, now) for a in at_limit], KEY, GRANTS)
    assert all(a["ok"] for a in answers), answers
    good("what is at a bound is made")


def starts():
    table = [(dict(key=b"nothing"), "ssh_key"), (dict(key=pem("P-384")), "ssh_key"), (dict(key=pem("ED25519")), "ssh_key"), (dict(grants=[]), "ssh_no_krl"),
             (dict(options=dict(krl_file="../x")), "ssh_krl_name"), (dict(options=dict(krl_file=".x")), "ssh_krl_name"), (dict(options=dict(bind="hosts")), "ssh_bind"),
             (dict(options=dict(lifetime_max="3601")), "option_range")]
    for more, code in table:
        try:
            ask("issue", "ssh", [], **dict(dict(key=KEY, grants=GRANTS), **more))
            raise AssertionError("it starts with %r" % more)
        except Refused as e:
            assert code + ":" in str(e), (more, str(e))
    os.chmod(folder + "/krl", 0o777)
    try:
        ask("issue", "ssh", [], KEY, GRANTS)
        raise AssertionError("it starts with a folder that others write")
    except Refused as e:
        assert "path_writable" in str(e), e
    os.chmod(folder + "/krl", 0o700)
    good("%d ways not to start" % (len(table) + 1))


def serial(lease):
    return int.from_bytes(hashlib.sha256(lease.encode()).digest()[:8], "big")


def listed():
    r = keygen("-Q", "-l", "-f", KRL, check=True)
    return {int(l.split()[1]) for l in r.stdout.splitlines() if l.startswith("serial: ")}


def the_list():
    leases = ["l-%d" % i for i in range(300)]
    _, answers = ask("issue", "ssh", [end("revoke", l) for l in leases[:200]] + [end("revoke", l) for l in leases[100:300]], KEY, GRANTS)
    assert all(a["ok"] for a in answers)
    assert listed() == {serial(l) for l in leases}
    good("300 leases revoked, some twice, none ever made: each stands there once")
    _, answers = ask("issue", "ssh", [end("reap", "r-%d" % i) for i in range(50)], KEY, GRANTS)
    assert all(a["ok"] for a in answers) and listed() == {serial(l) for l in leases}
    good("what was never handed out takes no place on the list")
    rows = [["m-%d-%d" % (i, n) for n in range(60)] for i in range(4)]
    threads = [threading.Thread(target=ask, args=("issue", "ssh", [end("revoke", l) for l in row], KEY, GRANTS)) for row in rows]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert listed() == {serial(l) for row in rows + [leases] for l in row}
    good("four instances at once lose nothing of each other")
    with open(KRL, "rb") as f:
        before = f.read()
    ask("issue", "ssh", [end("revoke", "l-7"), end("confirm", "l-7")], KEY, GRANTS)
    with open(KRL, "rb") as f:
        assert f.read() == before
    good("started again, it knows what it revoked")
    # the same file, as if its first group were over and its second were not
    comment = before[before.index(b"stepgate 1"):]
    first = comment.split(b" ")[2].split(b":")[0]
    old = str(int(time.time()) - 3700).encode()
    assert len(old) == len(first)
    with open(KRL, "wb") as f:
        f.write(before.replace(b" " + first + b":", b" " + old + b":", 1))
    _, answers = ask("issue", "ssh", [end("revoke", "l-new")], KEY, GRANTS)
    assert answers[0]["ok"] and serial("l-new") in listed() and len(listed()) < 540
    good("what no certificate can outlive is forgotten")
    with open(KRL, "rb") as f:
        whole = f.read()
    for name, bytes in (("ssh_krl_form", whole[:-1]), ("ssh_krl_form", whole + b"x"), ("ssh_krl_form", b""), ("ssh_krl_form", b"SSHKRL\n\0"),
                        ("ssh_krl_form", whole.replace(b"stepgate 1", b"stepgate 2")), ("ssh_krl_form", whole.replace(b":", b";", 1))):
        with open(KRL, "wb") as f:
            f.write(bytes)
        try:
            ask("issue", "ssh", [], KEY, GRANTS)
            raise AssertionError("it starts on %r" % bytes[:60])
        except Refused as e:
            assert name + ":" in str(e), e
    with open(KRL, "wb") as f:
        f.write(whole)
    try:
        ask("issue", "ssh", [], pem(), GRANTS)
        raise AssertionError("another key takes over the list")
    except Refused as e:
        assert "ssh_krl_ca:" in str(e), e
    good("a list that is damaged or another key's is never written over")


def until_its_end():
    """A serial stays until its certificate's own end and a minute; the list stays in the order in which they go, whatever the order they came in."""
    now, path = int(time.time()), folder + "/ends"
    os.mkdir(path, 0o700)
    file = path + "/revoked.krl"
    at = lambda l, exp: dict(end("revoke", l), exp=exp)
    ends = [300, 10, 3600, 600, 10, 60, 100000, 0, 301, -200, -59]
    _, answers = ask("issue", "ssh", [at("e-%d" % i, now + e if e else 0) for i, e in enumerate(ends)], KEY, ["krl=folder:" + path])
    assert all(a["ok"] for a in answers), answers
    with open(file, "rb") as f:
        comment = f.read()
    comment = comment[comment.index(b"stepgate 1"):]
    groups = [tuple(map(int, w.split(b":"))) for w in re.match(rb"stepgate 1((?: \d+:\d+)+)", comment).group(1).split()]
    assert groups == sorted(groups) and sum(c for _, c in groups) == len(ends), groups
    assert all(u % 60 == 0 for u, _ in groups) and now + 100060 <= groups[-1][0] <= now + 100180, (groups, now)  # however far ahead the clock stood
    assert groups[0][0] <= now + 120 and groups[-2][0] >= now + 3600, (groups, now)
    _, answers = ask("issue", "ssh", [dict(at("far", now + 40 * 86400 + 300), now=now + 40 * 86400)], KEY, ["krl=folder:" + path])
    assert answers[0]["ok"]
    good("what Stepgate believes the time to be counts")
    for bad in ("soon", 1.5, None, [], {}, "7"):
        _, answers = ask("issue", "ssh", [at("bad", bad)], KEY, ["krl=folder:" + path])
        assert not answers[0]["ok"] and answers[0]["code"] == "call_malformed", (bad, answers)
    good("a serial stays until its certificate's end and a minute, however far away that is")


def verify(certificate, jwks, lease):
    return dict(jwks=jwks, lease=lease, token=certificate, verb="verify")


def read_again():
    now = int(time.time())
    a = plain(command="echo 'x'")
    ready, answers = ask("issue", "ssh", [make("l-9", a, now), make("l-9", plain(public_key=ECDSA, command=None, source_address=None), now)], KEY, GRANTS,
                         dict(allow_shell="true", any_address="true", pty="true"))
    jwks = ready["jwks"]
    assert ready["format"] == "ssh" and ready["revocation"] == "next_use" and all(x["ok"] for x in answers), (ready, answers)
    first, second = (x["token"] for x in answers)
    foreign, _ = ask("issue", "ssh", [], pem(), ["krl=folder:%s/krl" % folder], dict(krl_file="other.krl"))
    _, got = ask("verify", "ssh", [verify(first, jwks, "l-9"), verify(second, jwks, "l-9"), verify(first, jwks, "l-8"), verify(first, jwks, ""),
                                   verify(first, foreign["jwks"], "l-9"), verify(first, None, "l-9")])
    assert got[0] == dict(claims=dict(arguments=a, exp=now + 60, jti="l-9"), ok=True), got[0]
    assert got[1]["claims"]["arguments"] == dict(principal=HOST, public_key=ECDSA), got[1]
    assert [g["code"] for g in got[2:]] == ["ssh_serial", "ssh_serial", "ssh_signer", "token_no_keys"], got
    good("what was made reads as what was asked")
    broken = [first[:i] + ("A" if first[i] != "A" else "B") + first[i + 1:] for i in range(0, len(first), 7)] + [first[:i] for i in range(0, len(first), 31)]
    broken += [first + " x", first + "\n", first.replace(" ", "  "), first + "AAAA", "x"]
    _, got = ask("verify", "ssh", [verify(b, jwks, "l-9") for b in broken if b][:400])
    assert all(g and not g["ok"] for g in got)
    good("%d changes of one character, ends and tails: none reads" % len(got))


def say_more():
    """The same authority, another hand."""
    ready, _ = ask("issue", "ssh", [], KEY, GRANTS)
    with open(folder + "/ca", "wb") as f:
        f.write(KEY)
    os.chmod(folder + "/ca", 0o600)
    table = [("ok", ["-n", HOST, "-O", "clear"]), ("ssh_principals", ["-n", "a,b", "-O", "clear"]), ("ssh_principals", ["-O", "clear"]), ("ssh_option", ["-n", HOST]),
             ("ssh_option", ["-n", HOST, "-O", "clear", "-O", "permit-port-forwarding"]), ("ssh_option", ["-n", HOST, "-O", "clear", "-O", "critical:other=x"]),
             ("ssh_option", ["-n", HOST, "-O", "clear", "-O", "verify-required"]), ("ssh_type", ["-h", "-n", HOST]), ("ok", ["-n", HOST, "-O", "clear", "-O", "permit-pty"]),
             ("leaf_lifetime", ["-n", HOST, "-O", "clear", "-V", "+2h"]), ("leaf_early", ["-n", HOST, "-O", "clear", "-V", "+10m:+20m"]),
             ("leaf_expired", ["-n", HOST, "-O", "clear", "-V", "-20m:-10m"]), ("ssh_time", ["-n", HOST, "-O", "clear", "-V", "always:forever"]),
             ("ssh_serial", ["-n", HOST, "-O", "clear", "-z", "7"])]
    calls = []
    for code, more in table:
        how = ["-q", "-s", folder + "/ca", "-I", "d1", "-z", str(serial("l-9"))] + ([] if "-V" in more else ["-V", "-1m:+5m"]) + more
        r = keygen(*how, folder + "/agent.pub")
        assert r.returncode == 0, r.stderr
        with open(folder + "/agent-cert.pub") as f:
            calls.append(verify(" ".join(f.read().split()[:2]), ready["jwks"], "l-9"))
    _, got = ask("verify", "ssh", calls)
    for (code, more), g in zip(table, got):
        assert g["ok"] if code == "ok" else g.get("code") == code, (more, g)
    good("%d certificates of the same authority that ssh-keygen made: those that say more are refused" % len(table))


try:
    PUBLIC, ECDSA = public("agent", "-t", "ed25519"), public("ecdsa", "-t", "ecdsa", "-b", "256")
    RSA, P384 = public("rsa", "-t", "rsa", "-b", "2048"), public("p384", "-t", "ecdsa", "-b", "384")
    codes()
    starts()
    the_list()
    until_its_end()
    read_again()
    say_more()
finally:
    shutil.rmtree(folder, ignore_errors=True)
assert passed == 14, passed
print("%d passed, 0 failed" % passed)
