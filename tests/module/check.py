#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`stepgate module check` and `info` at modules that each break one promise: the promise is named, with a line of the header that holds it."""
import concurrent.futures, json, os, re, shutil, socket, subprocess, sys, tempfile

BUILD = os.environ["STEPGATE_BUILD"]
SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
HOSTILE = os.path.join(BUILD, "modules", "hostile")
ELSEWHERE = os.path.join(BUILD, "tests", "module", "elsewhere")
STEPGATE = os.path.join(BUILD, "core", "stepgate")
SANITIZED = os.environ.get("SG_SANITIZE", "OFF") == "ON"

# module, arguments, a step that fails, what is said of it, the phrase of the promise
TABLE = [
    ("attest-ordinary", [], "file", "module_no_note", "This leaves a read-only ELF note"),
    ("attest-twice", [], "file", "two notes", "This leaves a read-only ELF note"),
    ("attest-symbols", [], "file", "module_symbols", "the only exported symbol"),
    ("attest-abi", [], "file", "built for ABI 7", "a host refuses all other numbers"),
    ("attest-kind", [], "file", "module_kind", "KIND-NAME.so"),
    ("attest-name", [], "file", "module_name", "KIND-NAME.so"),
    ("attest-undefined", [], "loads", "module_load", "links to nothing of it"),
    ("attest-runpath", [], "file", "module_needs", "links to nothing of it"),
    ("attest-descriptor", [], "loads", "module_descriptor", "KIND-NAME.so"),
    ("attest-operations", [], "loads", "module_operations", "SG_OK and at least one fact"),
    ("attest-early", [], "loads", "crashes (signal 6", "Life, each step"),
    ("attest-table", [], "table of options", "more than 32 rows", "At most 32 rows"),
    ("attest-careless", ["configure_opens"], "configure", "descriptors before", "no side effects"),
    ("attest-careless", ["configure_moves"], "configure", "another working folder", "no side effects"),
    ("attest-careless", ["configure_once"], "configure", "refuses the options given", "no side effects"),
    ("attest-careless", ["configure_code"], "configure", "without a code", "a constant of [a-z0-9_]"),
    ("attest-careless", ["configure_status"], "configure", "which is no status", "Zero is success"),
    ("attest-careless", ["configure_crash"], "configure", "crashes (signal 6, Aborted) in configure with count", "Life, each step"),
    ("attest-careless", ["leak"], "hundred starts", "bytes allocated", "from start to stop"),
    ("attest-careless", ["leak_pages"], "hundred starts", "pages mapped", "from start to stop"),
    ("attest-careless", ["leak_descriptor"], "start and stop", "descriptors before", "from start to stop"),
    ("attest-careless", ["closes", "--grant", "file=file"], "start and stop", "\"file\" is closed", "do not close it"),
    ("attest-careless", ["look_leak"], "hundred calls", "bytes allocated", "from start to stop"),
    ("attest-careless", ["look_leak_descriptor"], "hundred calls", "descriptors before", "from start to stop"),
    ("attest-careless", ["start_alloc"], "host->alloc", "crashes (signal 11) in start", "NULL when the budget"),
    ("attest-careless", ["look_alloc"], "host->alloc", "crashes (signal 11) in look", "NULL when the budget"),
    ("attest-careless", ["start_malloc"], "malloc", "crashes (signal 11) in start", "NULL when the budget"),
    ("attest-careless", ["stop_hangs", "--seconds", "1"], "start and stop", "hangs: no end of stop", "when the host will be killed"),
    ("attest-careless", ["late", "--seconds", "1"], "deadline", "hangs: no end of look", "when the host will be killed"),
    ("attest-careless", ["changes"], "looked at twice", "then", "takes the answer back"),
    ("attest-careless", ["gone"], "is gone", "is given facts", "SG_OK and at least one fact"),
    ("attest-careless", ["closes_pidfd"], "facts", "closes the pidfd", "readable (poll) once"),
    ("attest-careless", ["odd"], "largest numbers", "crashes (signal 6, Aborted) in look", "Life, each step"),
    ("attest-rogue", ["start"], "start and stop", "rogue_start", "takes secrets and descriptors"),
    ("attest-rogue", ["start_silent"], "start without", "without a code", "a constant of [a-z0-9_]"),
    ("attest-rogue", ["start_crash"], "start and stop", "crashes", "Life, each step"),
    ("attest-rogue", ["start_exit"], "start and stop", "ends the process in start", "Life, each step"),
    ("attest-rogue", ["leave"], "facts", "ends the process in look", "Life, each step"),
    ("attest-rogue", ["hang", "--seconds", "1"], "facts", "hangs", "when the host will be killed"),
    ("attest-rogue", ["null"], "facts", "module_facts", "at most 48; each once"),
    ("attest-rogue", ["twice"], "facts", "module_facts", "at most 48; each once"),
    ("attest-rogue", ["value257"], "facts", "module_facts", "at most 48; each once"),
    ("attest-rogue", ["bytes"], "facts", "module_facts", "at most 48; each once"),
    ("attest-rogue", ["memory"], "facts", "module_memory", "NULL when the budget"),
    ("attest-rogue", ["again"], "facts", "module_error", "a constant of [a-z0-9_]"),
    ("issue-careless", ["make_once"], "make", "careless_twice", "Every verb may come twice"),
    ("issue-careless", ["make_huge"], "empty and huge", "crashes", "Life, each step"),
    ("issue-careless", ["make_empty"], "empty and huge", "crashes", "Life, each step"),
    ("issue-careless", ["revoke_unknown"], "revoke", "revoke of what never was", "what never existed"),
    ("issue-careless", ["revoke_once"], "revoke", "a second time", "Every verb may come twice"),
    ("issue-careless", ["revoke_forgets"], "after a restart", "revoke after a restart", "can be found again"),
    ("issue-careless", ["confirm"], "confirm", "careless_confirm", "it was handed out"),
    ("issue-careless", ["reap"], "confirm and reap", "careless_reap", "if anything, goes"),
    ("issue-rogue", ["long"], "make", "module_token", "at most SG_CREDENTIAL_MAX"),
    ("issue-rogue", ["none"], "make", "module_token", "at most SG_CREDENTIAL_MAX"),
    ("issue-rogue", ["bytes"], "make", "module_token", "at most SG_CREDENTIAL_MAX"),
    ("issue-rogue", ["wild"], "make", "crashes (signal 11", "Life, each step"),
    ("issue-rogue", ["private"], "keys", "module_keys", "a JWK set of public keys"),
    ("issue-rogue", ["broken"], "keys", "module_keys", "a JWK set of public keys"),
    ("issue-rogue", ["at_limit"], "keys", "there are none", "a JWK set of public keys"),
    ("issue-rogue", ["revoke"], "revoke", "cloud_away", "what never existed"),
    ("issue-needy", ["flock", "--grant", "file=file"], "walls", "flock (grant locks)", "it can read system libraries"),
    ("issue-needy", ["fcntl", "--grant", "file=file", "--grant", "network"], "walls", "fcntl (grant locks)", "it can read system libraries"),
    ("issue-needy", ["datagram"], "walls", "socket (grant resolver, or network)", "it can read system libraries"),
    ("issue-needy", ["name"], "walls", "/etc/nsswitch.conf (grant resolver)", "it can read system libraries"),
    ("issue-needy", ["name", "--grant", "network"], "walls", "/etc/nsswitch.conf (grant resolver)", "it can read system libraries"),
    ("issue-needy", ["read"], "walls", "openat /etc/passwd (grant NAME=read:/etc/passwd)", "it can read system libraries"),
    ("issue-needy", ["read", "--grant", "hosts=read:/etc/hosts"], "walls", "openat /etc/passwd (grant NAME=read:/etc/passwd)", "it can read system libraries"),
    ("issue-needy", ["start_read"], "walls", "behind them start answers needy_held", "it can read system libraries"),
    ("issue-needy", ["write", "--grant", "passwd=read:/etc/passwd"], "walls", "openat /etc/passwd (grant NAME=folder:PATH)", "it can read system libraries"),
    ("issue-needy", ["listen", "--grant", "network"], "walls", "listen (no grant gives it", "it can read system libraries"),
    ("issue-needy", ["raw", "--grant", "network", "--grant", "resolver"], "walls", "socket (grant NAME=unix:PATH)", "it can read system libraries"),
    ("issue-needy", ["nothing"], "make", "needy_held", "the credential of this lease"),
    ("attest-rogue", ["again"], "facts are within", "module_error", "a constant of [a-z0-9_]"),
    ("attest-careless", ["refuses"], "facts are within", "refuses an ordinary process", "SG_OK and at least one fact"),
    ("verify-careless", None, "rubbish", "identify takes 2 bytes", "every rule of the format held"),
    ("verify-rogue", None, "rubbish", "verify takes 2 bytes", "every rule of the format held"),
    ("audit-careless", ["gap"], "gap", "careless_leaf", "say so where the others went"),
    ("audit-careless", ["twice"], "same one twice", "careless_leaf", "The same one may come again"),
    ("audit-careless", ["large"], "largest leaf", "careless_leaf", "The same one may come again"),
    ("audit-careless", ["restart"], "after a restart", "careless_leaf", "The same one may come again"),
    ("audit-rogue", ["refuse"], "leaves are taken", "rogue_full", "takes one leaf"),
    ("audit-rogue", ["ahead"], "flush", "is said to be safe", "survives a crash of the sink"),
    ("audit-rogue", ["crash"], "leaves are taken", "crashes (signal 6, Aborted) in write of leaf 4", "Life, each step"),
    ("audit-rogue", ["hang", "--seconds", "1"], "leaves are taken", "hangs: no end of write of leaf 1", "when the host will be killed"),
]

# What a sanitizer's own allocator and signals answer instead.
NOT_SANITIZED = ("bytes allocated", "pages mapped", "crashes", "in start", "in look")

bad, named = [], set()


def run(*args):
    return subprocess.run([STEPGATE, "module"] + list(args), capture_output=True, text=True, timeout=120, errors="replace")


def tap(text):
    """Lines of the steps, after the plan was found to be true."""
    lines = text.split("\n")
    assert lines[0] == "TAP version 14" and re.match(r"1\.\.\d+$", lines[1]), text
    steps = [l for l in lines[2:] if re.match(r"(not )?ok \d+ - ", l)]
    assert [int(re.search(r"ok (\d+)", l).group(1)) for l in steps] == list(range(1, int(lines[1][3:]) + 1)), text
    return steps


def promise_holds(line):
    m = re.search(r'\(stepgate/(\w+\.h):(\d+): "(.*)"\)$', line)
    if m is None:
        return None
    named.add((m.group(1), int(m.group(2))))
    with open(os.path.join(SOURCE, "core", "include", "stepgate", m.group(1)), encoding="utf-8") as f:
        return m.group(3) if m.group(3) in f.read().split("\n")[int(m.group(2)) - 1] else None


def check_row(module, args, step, said, phrase):
    words = ["check", os.path.join(HOSTILE, module + ".so")] + ([] if not args else ["--option", "how=" + args[0]] + args[1:])
    r = run(*words)
    failed = [l for l in tap(r.stdout) if l.startswith("not ok")]
    hit = [l for l in failed if step in l.split(":")[0] + ":" + l and said in l and phrase in (promise_holds(l) or "")]
    if r.returncode != 1 or not hit:
        bad.append("%s %s: no failing step %r that says %r and names %r:\n%s%s" % (module, args, step, said, phrase, "\n".join(failed), r.stderr[-500:]))
    bad.extend("%s %s: no line of a header holds what is named: %s" % (module, args, l) for l in failed if promise_holds(l) is None)


def skips():
    """Without its key jwt is skipped with what to give; nothing fails; the plan stands."""
    r = run("check", os.path.join(BUILD, "modules", "issue-jwt.so"))
    lines = tap(r.stdout)
    skipped = [l for l in lines if "# SKIP" in l]
    if r.returncode != 0 or len(skipped) < 8 or not all("--grant key=KIND" in l for l in skipped):
        bad.append("jwt without its key:\n" + r.stdout)
    r = run("check", os.path.join(HOSTILE, "attest-rogue.so"))
    if not any("--option NAME=VALUE" in l and "# SKIP how must be given" in l for l in tap(r.stdout)):
        bad.append("rogue without its option:\n" + r.stdout)


def walled():
    """What a stanza grants is there behind the walls, and nothing beside it: the same module, with the grant."""
    with socket.create_server(("127.0.0.1", 0), backlog=4096) as server:
        port = ["--option", "port=%d" % server.getsockname()[1]]
        for how, grants in (("flock", ["locks"]), ("fcntl", ["locks"]), ("stream", ["network"]), ("datagram", ["network"]), ("datagram", ["resolver"]), ("name", ["resolver"]),
                            ("read", ["p=read:/etc/passwd"]), ("read", ["p=read:/etc"]), ("start_read", ["p=read:/etc/passwd"])):
            words = ["check", os.path.join(HOSTILE, "issue-needy.so"), "--option", "how=" + how, "--grant", "file=file"] + port
            r = run(*words, *[w for g in grants for w in ("--grant", g)])
            if r.returncode != 0 or not any("walls" in l and l.startswith("ok") and "SKIP" not in l for l in tap(r.stdout)):
                bad.append("%s with %s:\n%s" % (how, grants, r.stdout))
        for grants in ([], ["resolver"]):
            r = run("check", os.path.join(HOSTILE, "issue-needy.so"), "--option", "how=stream", *port, *[w for g in grants for w in ("--grant", g)])
            if r.returncode != 1 or "socket (grant NAME=tcp:HOST:PORT, or network)" not in r.stdout:
                bad.append("a stream with %s:\n%s" % (grants, r.stdout))


def samples():
    """A module of kind verify shows that it takes something, or the check says that nobody knows."""
    module = os.path.join(BUILD, "modules", "hostile", "verify-rogue.so")
    with tempfile.TemporaryDirectory() as folder:
        token = os.path.join(folder, "token")
        with open(token, "w") as f:
            f.write("a.b.c\n")
        good = os.path.join(folder, "good")
        with open(good, "w") as f:
            f.write('{"sub":"x"}\n')
        r = run("check", module, "--token", good)
        if not any(l.startswith("ok") and "what is good is taken" in l and "SKIP" not in l for l in tap(r.stdout)):
            bad.append("verify with a token that it takes:\n" + r.stdout)
        for args, code, said in (([], 1, "# SKIP give --token FILE"), (["--token", token], 1, "the token that was given is refused"), (["--token", folder], 1, "cannot be read")):
            r = run("check", module, *args)
            if r.returncode != code or said not in r.stdout:
                bad.append("verify with %s:\n%s" % (args, r.stdout))
    r = run("check", os.path.join(HOSTILE, "attest-careless.so"), "--option", "how=refuses", "--without", "facts=only on Tuesdays")
    if r.returncode != 0 or "# SKIP only on Tuesdays" not in r.stdout:
        bad.append("facts declared impossible:\n" + r.stdout)


def info():
    """The constructor of `early` would abort; the reader never runs it."""
    r = run("info", os.path.join(HOSTILE, "attest-early.so"), "--json")
    told = json.loads(r.stdout)
    if r.returncode != 0 or (told["kind"], told["name"], told["abi"], told["exports"], told["loads"]) != ("attest", "early", 1, ["sg_module"], True) \
            or len(told["sha256"]) != 64 or not any(n.startswith("libc.") for n in told["needs"]):
        bad.append("info of early: %s" % told)
    expected = {"ordinary": "module_no_note", "symbols": "module_symbols", "abi": "module_abi", "kind": "module_kind", "name": "module_name", "twice": "module_note"}
    for name, code in expected.items():
        r = run("info", os.path.join(HOSTILE, "attest-%s.so" % name), "--json")
        told = json.loads(r.stdout)
        if r.returncode != 1 or told["code"] != code or not told["hint"]:
            bad.append("info of %s: %s" % (name, told))
    for name, path in (("rpath", "RPATH " + ELSEWHERE), ("runpath", "RUNPATH " + ELSEWHERE), ("origin", "RUNPATH $ORIGIN/elsewhere"), ("slash", ELSEWHERE), ("filter", "FILTER libsub.so")):
        told = json.loads(run("info", os.path.join(HOSTILE, "attest-%s.so" % name), "--json").stdout)
        if told["code"] != "module_needs" or told["name"] != name or len(told["paths"]) != 1 or not told["paths"][0].startswith(path[:100]) or not told["hint"]:
            bad.append("info of %s: %s" % (name, told))
        people = run("info", os.path.join(HOSTILE, "attest-%s.so" % name)).stdout
        if "paths" not in people or path[:60] not in people:
            bad.append("info of %s for people: %s" % (name, people))
    with tempfile.TemporaryDirectory() as folder:
        link, wide, text = (os.path.join(folder, n) for n in ("attest-link.so", "attest-peer.so", "attest-text.so"))
        os.symlink(os.path.join(BUILD, "modules", "attest-peer.so"), link)
        shutil.copy(os.path.join(BUILD, "modules", "attest-peer.so"), wide)
        os.chmod(wide, 0o666)
        with open(text, "w") as f:
            f.write("no module\n")
        for path, code in ((link, "path_link"), (wide, "path_writable"), (text, "module_elf")):
            told = json.loads(run("info", path, "--json").stdout)
            if told["code"] != code or not told["hint"]:
                bad.append("info of %s: %s" % (path, told))
        if run("info", os.path.join(folder, "none")).returncode != 66 or run("info").returncode != 64:
            bad.append("info of nothing")
        people = run("info", wide).stdout
        if "refuses it" not in people or "chmod go-w" not in people:
            bad.append("info for people: " + people)


def others():
    """Stand-ins and words that no module's own check uses."""
    for module, args in (("audit-syslog", ["--grant", "log=tcp"]), ("issue-jwt", ["--grant", "key=secret", "--claim", "aud=https://other.example", "--claim", "n:=3",
                         "--argument", "path=/x", "--option", "lifetime_max=30"])):
        r = run("check", os.path.join(BUILD, "modules", module + ".so"), *args)
        if r.returncode != 0 or "SKIP" in r.stdout.replace("# SKIP this build's malloc", ""):
            bad.append("%s %s:\n%s" % (module, args, r.stdout))
    r = run("check", os.path.join(BUILD, "modules", "issue-jwt.so"), "--grant", "key=secret", "--option", "lifetime_max=29")
    if r.returncode != 1 or "make refuses an ordinary request" not in r.stdout:
        bad.append("a lifetime that no credential of the check fits into:\n" + r.stdout)
    for args in (["--grant", "key=nothing"], ["--option", "lifetime_max=61"], ["--option", "no_such=1"]):
        r = run("check", os.path.join(BUILD, "modules", "issue-jwt.so"), *args)
        if r.returncode != 1:
            bad.append("jwt with %s:\n%s" % (args, r.stdout))
    for args in (["--grant", "key"], ["--seconds", "0"], ["--seconds", "601"], ["--nothing"], ["one", "two"], ["--grant", "locked"], ["--option", "locks"], ["--without", "look=no"], ["--without", "facts="]):
        if run("check", os.path.join(BUILD, "modules", "issue-jwt.so"), *args).returncode != 64:
            bad.append("a command line that is wrong: %s" % args)


def main():
    rows = [row for row in TABLE if not (SANITIZED and any(word in row[3] for word in NOT_SANITIZED))]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda row: check_row(*row), rows))
    skips()
    others()
    walled()
    samples()
    info()
    for line in bad:
        print("FAILED:", line)
    print("%d modules that break a promise, %d lines of headers named" % (len(TABLE), len(named)))
    sys.exit(1 if bad or len(named) < 20 else 0)


main()
