# SPDX-License-Identifier: Apache-2.0
"""What a check calls good, a reload takes and a start opens with: one table of stanzas and states, each asked of all three. As root: whoever else is told what was not looked at."""
import hashlib, os, shutil, socket, subprocess, sys, time
import daemon
from checks import done, good

CTL = os.path.join(daemon.BUILD, "core", "stepgate")


def key(d, name="b", curve="P-256", mode=0o600):
    path = d.dir + "/state/issue/%s.pem" % name
    subprocess.run(["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:" + curve, "-out", path], capture_output=True, check=True)
    os.chmod(path, mode)
    return path


def cert(d, mode=0o600, other=False):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", d.dir + "/t.key", "-out", d.dir + "/t.pem",
                    "-subj", "/CN=x", "-days", "30"], capture_output=True, check=True)
    if other:
        subprocess.run(["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", d.dir + "/t.key"], capture_output=True, check=True)
    os.chmod(d.dir + "/t.key", mode)


def port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return str(s.getsockname()[1])


TAKEN = []  # a socket that listens where the face of the row is to be


def take():
    s = socket.socket()
    s.bind(("127.0.0.1", 0))
    s.listen(1)
    return s


def in_run(d, name, make):
    path = d.dir + "/run/" + name
    if os.path.lexists(path):
        os.unlink(path)
    make(path)


def dead(path):
    with socket.socket(socket.AF_UNIX) as s:
        s.bind(path)


def newest(d, change):
    folder = d.dir + "/state/journal/"
    path = folder + max(f for f in os.listdir(folder) if f.endswith(".seg"))
    with open(path, "r+b") as f:
        text = change(f.read(160))
        f.seek(0)
        f.write(text)


def newer(d):
    def change(b):
        b = b[:7] + b"3" + b[8:128]
        return b + hashlib.sha256(b).digest()
    newest(d, change)


def top(d, line):
    with open(d.dir + "/stepgate.conf") as f:
        text = f.read()
    d.write("stepgate.conf", (line + "\n" + text).encode())


ISSUE = "issue : { b : { %s } }"
SINK = "audit : { f : { %s } }"
TLS = ('attest : { gw : { kind = "verify"  use = "x509"  control = "sufficient"  trust_domain = "acme.example"  grants = [ "ca=file:DIR/t.pem" ] } }\n'
       'listen : { enforcer : { address = "127.0.0.1:PORT"  certificate = "DIR/t.pem"  key = "DIR/t.key" } }')
JWT = ISSUE % 'use = "jwt"  ttl = "1m"  audience = [ "x" ]'
SSH = ISSUE % 'use = "ssh"  ttl = "1m"  grants = [ "krl=folder:DIR/krl" ]'

AGENT = ('agents : { y : { match = [ %s ]  owner = "mira@acme.example"  escalate = "o@acme.example"  review_by = "2099-01-31"  environment = "dev"  intents = [ "work" ]  reach = [ "**" ] } }\n'
         'admins : { eye : { uid = 4300  may = "watch" } }')

# what, stanza, what is done to the state, whether it would start, whether a reload can bring it (a face cannot be brought)
ROWS = [
    ("file without its grant", SINK % 'use = "file"', None, False, True),
    ("journald without its grant", SINK % 'use = "journald"', None, False, True),
    ("syslog without its grant", SINK % 'use = "syslog"', None, False, True),
    ("exec without its grant", SINK % 'use = "exec"', None, False, True),
    ("a sink's folder is a file", SINK % 'use = "file"  grants = [ "folder=folder:DIR/stepgate.conf" ]', None, False, True),
    ("a sink's folder is anybody's to write", SINK % 'use = "file"  grants = [ "folder=folder:DIR/krl" ]', lambda d: os.chmod(d.dir + "/krl", 0o777), False, True),
    ("ssh with a list and no key", SSH, None, False, True),
    ("ssh with a key of P-384", SSH, lambda d: key(d, curve="P-384"), False, True),
    ("ssh whose list is a file", SSH.replace("folder:DIR/krl", "folder:DIR/stepgate.conf"), key, False, True),
    ("x509 without an authority", ISSUE % 'use = "x509"  ttl = "1m"  grants = [ "crl=folder:DIR/krl" ]', key, False, True),
    ("a key of somebody else's", JWT, lambda d: os.chown(key(d), 2001, 2001), False, True),
    ("the face's key is missing", TLS, lambda d: (cert(d), os.unlink(d.dir + "/t.key")), False, False),
    ("the face's key is anybody's to read", TLS, lambda d: cert(d, 0o644), False, False),
    ("the face's key is of another certificate", TLS, lambda d: cert(d, other=True), False, False),
    ("state.key is missing", "", lambda d: os.unlink(d.dir + "/state/keys/state.key"), False, True),
    ("keys can be looked into", "", lambda d: (os.chmod(d.dir + "/state", 0o755), os.chmod(d.dir + "/state/keys", 0o755)), False, True),
    ("an address of another machine", TLS.replace("127.0.0.1:PORT", "192.0.2.77:8443"), cert, False, False),
    ("one of IPv6", TLS.replace("127.0.0.1:PORT", "[2001:db8::1]:8443"), cert, False, False),
    ("a file where a socket is to be", "", lambda d: in_run(d, "enforcer.sock", lambda path: open(path, "w").close()), False, True),
    ("a folder where a socket is to be", "", lambda d: in_run(d, "agent.sock", os.mkdir), False, True),
    ("a link where a socket is to be", "", lambda d: in_run(d, "approver.sock", lambda path: os.symlink("/nowhere", path)), False, True),
    ("a folder for the lock of run_dir", "", lambda d: in_run(d, "lock", os.mkdir), False, True),
    ("a pipe for the lock of run_dir", "", lambda d: in_run(d, "lock", os.mkfifo), False, True),
    ("a journal of a newer format", "", newer, False, True),
    ("a journal whose newest header is none", "", lambda d: newest(d, lambda b: b[:100] + b"x" + b[101:]), False, True),
    # what is well stays well
    ("an address that is taken", TLS, lambda d: (cert(d), TAKEN.append(take())), True, False),
    ("all addresses", TLS.replace("127.0.0.1:", "[::]:"), cert, True, False),
    ("sockets of a daemon that died", "", lambda d: in_run(d, "agent.sock", dead), True, True),
    ("a segment that was never synced", "", lambda d: d.write("state/journal/00000999.seg", b"SGJ", 0o600), True, True),
    ("nothing was added", "", None, True, True),
    ("ssh with its key and list", SSH, key, True, True),
    ("jwt with its key", JWT, key, True, True),
    ("file with its folder", SINK % 'use = "file"  grants = [ "folder=folder:DIR/krl" ]', None, True, True),
    ("exec with its program", SINK % 'use = "exec"  grants = [ "program=run:/usr/bin/cat" ]', None, True, True),
    ("the face", TLS, cert, True, False),
    # others of the kind
    ("a grant by another name", SINK % 'use = "file"  grants = [ "place=folder:DIR/krl" ]', None, False, True),
    ("a socket by another name", SINK % 'use = "journald"  grants = [ "log=unix:DIR/run/admin.sock" ]', None, False, True),
    ("a program that anybody may write", SINK % 'use = "exec"  grants = [ "program=run:DIR/p" ]', lambda d: d.write("p", b"#!/bin/sh\ncat\n", 0o777), False, True),
    ("a program that is a link", SINK % 'use = "exec"  grants = [ "program=run:DIR/p" ]', lambda d: os.symlink("/usr/bin/env", d.dir + "/p"), False, True),
    ("a folder behind a link", SINK % 'use = "file"  grants = [ "folder=folder:DIR/l" ]', lambda d: os.symlink(d.dir + "/krl", d.dir + "/l"), False, True),
    ("a cursor that is none", SINK % 'use = "file"  grants = [ "folder=folder:DIR/krl" ]',
     lambda d: (os.makedirs(d.dir + "/state/audit/f", 0o700), d.write("state/audit/f/cursor", b"garbage")), False, True),
    ("an authority that is empty", 'attest : { c : { kind = "verify"  use = "x509"  control = "optional"  trust_domain = "acme.example"  grants = [ "ca=file:DIR/ca" ] } }',
     lambda d: d.write("ca", b""), False, True),
    ("an old issuer's key that others may write", "", lambda d: os.chmod(key(d, "token"), 0o666) or os.chmod(d.dir + "/state", 0o755), False, True),
    ("a segment of somebody else's", "", lambda d: (d.write("state/journal/x", b""), os.chown(d.dir + "/state/journal/x", 2001, 2001)), False, True),
    ("state.key is short", "", lambda d: d.write("state/keys/state.key", b"x" * 8, 0o600), False, True),
    ("the lock is missing", "", lambda d: os.unlink(d.dir + "/state/lock"), False, True),
    ("sockets where anybody may write", "", lambda d: os.chmod(d.dir + "/run", 0o777), False, True),
    ("a group that is none", "", lambda d: top(d, 'admin_group = "nosuchgroup"'), False, False),
    # an operator whom everybody takes for an agent
    ("the operator's user as an agent", AGENT % '"peer:uid=0"', None, False, True),
    ("said twice", AGENT % '"peer:uid=0", "peer:uid~0"', None, False, True),
    ("said with what it is not", AGENT % '"peer:uid=0", "peer:uid!=7"', None, False, True),
    ("said with that it has one", AGENT % '"peer:uid=0", "peer:uid"', None, False, True),
    ("the user of one who only watches", AGENT % '"peer:uid=4300"', None, False, True),
    ("the operator's user, and one program", AGENT % '"peer:uid=0", "peer:exe=/bin/its-own"', None, True, True),
    ("a user of its own", AGENT % '"peer:uid=4301"', None, True, True),
    # a start takes what it is given and says so: policy that cannot be used
    ("a policy file that others may write", "", lambda d: os.chmod(d.dir + "/policy.d/10-test.lua", 0o664), "denies", True),
    ("a policy file that is a link", "", lambda d: (os.rename(d.dir + "/policy.d/10-test.lua", d.dir + "/x.lua"), os.symlink(d.dir + "/x.lua", d.dir + "/policy.d/10-test.lua")), "denies", True),
    ("a policy folder that others may write", "", lambda d: os.chmod(d.dir + "/policy.d", 0o777), "denies", True),
]


def check(d):
    got = subprocess.run([CTL, "config", "check", d.dir + "/stepgate.conf"], capture_output=True, text=True, timeout=60)
    return got.returncode, got.stdout + got.stderr


def opens(d):
    """None: it ended with 78, or a module refused behind the opening, which ends nothing any more; else what its log says."""
    before = len(d.text())
    d.start(wait=False)
    until = time.time() + 20
    while time.time() < until and d.process.poll() is None and "open in" not in d.text()[before:]:
        time.sleep(0.05)
    if d.process.poll() is None:
        time.sleep(0.3)
    code = d.process.poll()
    assert code in (None, 78), (code, d.text())
    return None if code == 78 or "stepgate host " in d.text()[before:] else d.text()[before:]


def left_over(d):
    return [f for f in os.listdir(d.dir + "/run") if f.startswith("stepgate-trial")]


def row(what, conf, spoil, would, brought):
    d = daemon.Daemon(mode="enforce", start=False, agent=2001, enforcer=2002)
    os.makedirs(d.dir + "/conf.d", 0o755)
    os.makedirs(d.dir + "/krl", 0o700)
    try:
        d.start()
        if spoil:
            spoil(d)
        d.write("conf.d/50-x.conf", conf.replace("DIR", d.dir).replace("PORT", str(TAKEN[-1].getsockname()[1]) if TAKEN else port()).encode())
        checked, said = check(d)
        a = d.admin(30)
        reload = a.ask("POST", "/v1/reload", {})
        a.close()
        good(what + ": no trial leaves a folder", left_over(d) == [], left_over(d))
        d.process.send_signal(15)
        d.process.wait(30)
        log = opens(d)
        started = log is not None and ("denies" if "kept out" in log else True)
        good(what + ": a start", (started or False) == would, log or d.text()[-600:])
        good(what + ": a check says the same", (checked == 0) == (would is True) and (would != "denies" or "deny everything" in said), (checked, said))
        if brought:
            good(what + ": a reload says the same", (reload[0] == 200) == (would is True), reload)
    finally:
        while TAKEN:
            TAKEN.pop().close()
        if d.process and d.process.poll() is None:
            d.stop()
        shutil.rmtree(d.dir, ignore_errors=True)


def add(words, code):
    d = daemon.Daemon(mode="enforce", start=False, agent=2001, enforcer=2002)
    try:
        os.chmod(d.dir, 0o755)
        os.makedirs(d.dir + "/krl", 0o700)
        got = subprocess.run([CTL, "config", "add"] + words.replace("DIR", d.dir).split() + ["-c", d.dir + "/stepgate.conf"], capture_output=True, text=True, timeout=60)
        there = os.listdir(d.dir + "/conf.d") if os.path.exists(d.dir + "/conf.d") else []
        good("config add %s: %d" % (words, code), got.returncode == code and bool(there) == (code == 0), (got.returncode, got.stdout, got.stderr, there))
    finally:
        shutil.rmtree(d.dir, ignore_errors=True)


def somebody_else():
    d = daemon.Daemon(mode="enforce", start=False, agent=2001, enforcer=2002)
    try:
        got = subprocess.run([os.path.join(daemon.BUILD, "core", "stepgated"), "-t", "-c", d.dir + "/stepgate.conf"], capture_output=True, text=True, user=2003, group=2003, extra_groups=[])
        good("somebody else is told what was not looked at", got.returncode == 0 and "not looked at: state and keys" in got.stderr, (got.returncode, got.stderr))
    finally:
        shutil.rmtree(d.dir, ignore_errors=True)


if os.getuid() != 0:
    print("skipped: needs root")
    sys.exit(77)
for r in ROWS:
    if len(sys.argv) < 2 or sys.argv[1] in r[0]:
        row(*r)
add("sink s use=file", 78)
add("sink s use=file grants=folder=folder:DIR/krl", 0)
add("issuer b use=ssh ttl=1m grants=krl=folder:/tmp", 78)
add("issuer b use=ssh ttl=1m grants=krl=folder:DIR/krl", 0)
add("group g members=boss", 0)
add("agent y user=root owner=mira@acme.example escalate=o@acme.example environment=dev reach=** intents=work", 78)
add("agent y user=nobody owner=mira@acme.example escalate=o@acme.example environment=dev reach=** intents=work", 0)
somebody_else()
done()
