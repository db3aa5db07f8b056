#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The store of brokered secrets: `stepgate secret` fills it, issue/secret reads it; names, sizes, damage, exchange and other keys; nothing is printed."""
import json, os, shutil, subprocess, sys, tempfile, time
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from mint import BUILD, Refused, ask, end, make

passed = 0
folder = tempfile.mkdtemp(prefix="sg-secret-")
STORE = folder + "/state/secrets"
GRANTS = ["store=folder:" + STORE]
STEPGATE = os.path.join(BUILD, "core", "stepgate")
CANARY = "canary-" + os.urandom(12).hex()


def good(what):
    global passed
    passed += 1
    print("ok: " + what)


def stepgate(*arguments, given=b""):
    r = subprocess.run([STEPGATE] + list(arguments) + ["-c", folder + "/stepgate.conf"], input=given, capture_output=True, timeout=60)
    assert CANARY.encode() not in r.stdout + r.stderr
    return r


def read(names, kind="secret", key=None, asker="enforcer", life=60):
    now = int(time.time())
    calls = [make("l-%d" % i, {}, now, asker=asker, resource=dict(id=n, type=kind), life=life) for i, n in enumerate(names)]
    return ask("issue", "secret", calls, key or KEY, GRANTS)[1]


def put(name, value):
    r = stepgate("secret", "put", name, given=value.encode() if isinstance(value, str) else value)
    return r.returncode


def path(name):
    return STORE + "/" + name.replace("/", "%") + ".secret"


def filling():
    assert put("prod/db/billing", CANARY + "\n") == 0 and put("prod/db/root", "r") == 0 and put("prod/mail", "m") == 0 and put("a..b/c-_.d", "ü\n\n") == 0
    r = stepgate("secret", "list")
    assert r.stdout.decode().split() == ["a..b/c-_.d", "prod/db/billing", "prod/db/root", "prod/mail"], r.stdout
    assert json.loads(stepgate("secret", "list", "--json").stdout)["secrets"][1] == "prod/db/billing"
    for n in os.listdir(STORE):
        st = os.stat(STORE + "/" + n)
        assert st.st_mode & 0o777 == 0o600, n
        with open(STORE + "/" + n, "rb") as f:
            assert CANARY.encode() not in f.read()
    got = read(["prod/db/billing", "a..b/c-_.d"])
    assert got[0]["token"] == CANARY and got[1]["token"] == "ü\n", got
    good("what is put is read by the module, encrypted at rest and told nowhere")
    assert put("prod/db/root", "second") == 0 and read(["prod/db/root"])[0]["token"] == "second"
    assert stepgate("secret", "remove", "prod/mail").returncode == 0 and stepgate("secret", "remove", "prod/mail").returncode == 1
    assert read(["prod/mail"])[0]["code"] == "secret_unknown"
    good("putting again replaces, removing removes")


def bounds():
    assert put("big", "x" * 4096) == 0 and put("big2", "x" * 4097) == 64 and put("none", "") == 64 and put("none", "\n") == 64 and put("bytes", b"\xff\xfe") == 64
    assert len(read(["big"])[0]["token"]) == 4096
    longest = "a" * 200
    assert put(longest, "x") == 0 and put(longest + "a", "x") == 64 and read([longest])[0]["ok"]
    bad = ["", "/", "/a", "a/", "a//b", ".", "..", "a/../b", "../a", "a/..", "A", "a b", "a%b", "a\nb", "ä", "a\\b", "a\0b", longest + "a"]
    for n in bad:
        if "\0" not in n:
            assert put(n, "x") == 64, n
    assert [g["code"] for g in read(bad)] == ["secret_name"] * len(bad)
    assert [g["code"] for g in read(["prod/db/billing"], kind="host") + read(["prod/db/billing"], asker="agent") + read(["prod/db/billing"], life=-5)] == [
        "secret_resource", "enforcer_only", "secret_time"]
    good("%d names lead nowhere; sizes at and over the bound; never for the agent" % len(bad))


def listing():
    got = read(["prod", "prod/db", "prod/d", "prod/db/billing", "nowhere", "", "a..b"], kind="secrets")
    assert [g.get("token", g.get("code")) for g in got] == ["prod/db/\n", "prod/db/billing\nprod/db/root\n", "secret_unknown", "secret_unknown", "secret_unknown", "secret_name", "a..b/c-_.d\n"], got
    for i in range(30):
        shutil.copy(path("prod/db/root"), path("many/" + "%03d" % i + "x" * 150))
    assert read(["many"], kind="secrets")[0]["code"] == "secret_many"
    good("a folder's names, its own only, without values")


def damage():
    with open(path("prod/db/billing"), "rb") as f:
        whole = f.read()
    for i, damaged in enumerate([whole[:-1], whole + b"x", whole[:40], b"", b"SGSEC2" + whole[6:], whole[:8] + bytes(32) + whole[40:], whole[:50] + bytes([whole[50] ^ 1]) + whole[51:]]):
        with open(path("broken"), "wb") as f:
            f.write(damaged)
        os.chmod(path("broken"), 0o600)
        got = read(["broken"])[0]
        assert got["code"] == "secret_form", (i, got)
    shutil.copy(path("prod/db/root"), path("broken"))
    assert read(["broken"])[0]["code"] == "secret_form"
    good("damaged, cut, of another version or renamed: not opened")
    os.remove(path("broken"))
    os.symlink(path("prod/db/root"), path("broken"))
    os.chmod(path("prod/db/billing"), 0o640)
    assert [g["code"] for g in read(["broken", "prod/db/billing"])] == ["secret_read", "secret_read"]
    os.chmod(path("prod/db/billing"), 0o600)
    os.remove(path("broken"))
    good("no links, and no file that others may read")


def starts():
    other = folder + "/other.pem"
    raw = KEY.replace(b"STORE KEY", b"OTHER KEY")
    for key, code in ((b"nothing", "secret_key"), (raw, "secret_key"), (b"x" * 32, "secret_key")):
        try:
            ask("issue", "secret", [], key, GRANTS)
            raise AssertionError("it starts")
        except Refused as e:
            assert code + ":" in str(e), e
    for grants, code in (([], "secret_no_store"),):
        try:
            ask("issue", "secret", [], KEY, grants)
            raise AssertionError("it starts")
        except Refused as e:
            assert code + ":" in str(e), e
    os.chmod(STORE, 0o750)
    try:
        ask("issue", "secret", [], KEY, GRANTS)
        raise AssertionError("it starts")
    except Refused as e:
        assert "secret_store_open:" in str(e), e
    os.chmod(STORE, 0o700)
    os.rename(folder + "/state/issue/vault.pem", other)
    assert stepgate("init").returncode == 0
    with open(folder + "/state/issue/vault.pem", "rb") as f:
        assert read(["prod/db/billing"], key=f.read())[0]["code"] == "secret_form"
    os.rename(other, folder + "/state/issue/vault.pem")
    _, got = ask("issue", "secret", [end("revoke", "l"), end("reap", "l"), end("confirm", "l"), end("revoke", "l")], KEY, GRANTS)
    assert all(g["ok"] for g in got)
    ready, _ = ask("issue", "secret", [], KEY, GRANTS)
    assert (ready["format"], ready["revocation"], ready["enforcer_only"], ready["jwks"]) == ("opaque", "expiry", True, None)
    good("another key opens nothing; what it says of itself")


try:
    os.makedirs(folder + "/state", 0o700)
    with open(folder + "/stepgate.conf", "w") as f:
        f.write('state_dir = "%s/state"\nrun_dir = "%s"\nissue : { vault : { use = "secret"  grants = [ "store=folder:%s" ] } }\n' % (folder, folder, STORE))
    r = stepgate("init")
    assert r.returncode == 0, r.stderr
    with open(folder + "/state/issue/vault.pem", "rb") as f:
        KEY = f.read()
    assert os.stat(STORE).st_mode & 0o777 == 0o700 and os.stat(folder + "/state/issue/vault.pem").st_mode & 0o777 == 0o600
    filling()
    bounds()
    listing()
    damage()
    starts()
finally:
    shutil.rmtree(folder, ignore_errors=True)
assert passed == 7, passed
print("%d passed, 0 failed" % passed)
