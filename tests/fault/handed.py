#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Its sockets outlive the daemon where whoever starts it keeps them (FDSTORE, sd_listen_fds(3)): who connects while it is started again waits, and is answered. What is handed over and is
none of its own is not taken; without such a keeper the sockets go with the daemon."""
import array, fcntl, os, re, shutil, signal, socket, ssl, stat, subprocess, tempfile, threading, time
from checks import done, good, until
from daemon import BUILD, Client, Daemon

folder = tempfile.mkdtemp()
keeper = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
keeper.bind(folder + "/notify")
keeper.setblocking(False)
kept, told = {}, []


def forget(name):
    if name in kept:
        os.close(kept.pop(name))


def hear():
    while True:
        try:
            text, control, _, _ = keeper.recvmsg(4096, socket.CMSG_SPACE(16))
        except BlockingIOError:
            return
        told.append(text.decode())
        fds = array.array("i")
        for level, kind, bytes in control:
            if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                fds.frombytes(bytes)
        name = re.search(r"FDNAME=(.*)", text.decode())
        if "FDSTORE=1" in text.decode() and name:
            forget(name[1])
            kept[name[1]] = fds[0]
        elif "FDSTOREREMOVE=1" in text.decode():
            forget(name[1])


def start(d, names=None, pid="$$"):
    """As systemd starts it: kept descriptors from 3 on."""
    names = dict(kept) if names is None else names
    fds = list(names.values())
    def arrange():
        high = [os.dup(os.dup2(fd, 200 + i)) for i, fd in enumerate(fds)]
        for i, fd in enumerate(high):
            os.dup2(fd, 3 + i)
        os.closerange(3 + len(fds), 400)
    env = dict(os.environ, NOTIFY_SOCKET=folder + "/notify", LISTEN_FDS=str(len(fds)), LISTEN_FDNAMES=":".join(names))
    d.log = open(d.dir + "/log", "ab")
    d.process = subprocess.Popen(["sh", "-c", 'LISTEN_PID=%s exec "$0" "$@"' % pid, BUILD + "/core/stepgated", "-c", d.dir + "/stepgate.conf"], stdin=subprocess.DEVNULL, stdout=d.log, stderr=d.log,
                                 start_new_session=True, env=env, preexec_fn=arrange, close_fds=False)


def end(d, how=signal.SIGTERM):
    d.process.send_signal(how)
    d.process.wait(20)
    def free():
        with open(d.dir + "/state/lock") as f:
            try:
                fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return True
            except OSError:
                return False
    good("all of it has ended", until(free, 20))


def inode(path):
    return os.stat(path).st_ino


told_faces = lambda: sorted(n.split("-")[0] for n in kept)
d = Daemon(start=False)
try:
    start(d, {})
    d.wait_open()
    good("it hands its sockets over once it is open", until(lambda: (hear(), len(kept) == 4)[1], 20) and told_faces() == ["admin", "agent", "approver", "enforcer"], (kept, told))
    c = d.agent()
    status, task = c.ask("POST", "/v1/tasks", dict(intent="work", key="k"))
    task = task.get("task", {}).get("id", "")
    good("a task is opened", status in (200, 201) and task, task)
    before = {n: inode(d.dir + "/run/%s.sock" % n) for n in ("agent", "admin")}
    for how, name in ((signal.SIGTERM, "stopped"), (signal.SIGKILL, "killed")):
        end(d, how)
        good("%s: the files stay" % name, {n: inode(d.path(n)) for n in before} == before)
        answers = []
        def ask():
            try:
                c = Client(d.path("agent"), timeout=60)
                answers.append(c.ask("GET", "/v1/tasks/" + task))
            except Exception as e:
                answers.append(repr(e))
        callers = [threading.Thread(target=ask) for _ in range(20)]
        for t in callers:
            t.start()
        time.sleep(1)
        good("%s: who asks meanwhile waits" % name, answers == [], answers)
        os.chmod(d.path("admin"), 0o600)  # what was arranged with the file meanwhile does not stay
        told.clear()
        start(d)
        for t in callers:
            t.join(60)
        good("%s: and is answered by the next daemon" % name, len(answers) == 20 and all(a[0] == 200 for a in answers), answers[:3])
        good("%s: by the same socket" % name, {n: inode(d.path(n)) for n in before} == before)
        good("%s: with the mode that it had" % name, stat.S_IMODE(os.stat(d.path("admin")).st_mode) == 0o660)
        until(lambda: (hear(), sum("FDSTORE=1" in t for t in told) >= 4)[1], 20)
        c = d.admin()
        good("%s: operators too" % name, c.ask("GET", "/v1/status")[0] == 200)
        good("%s: nothing is forgotten of what it took" % name, len(kept) == 4 and not any("REMOVE" in t for t in told), told)
    # what is none of its own
    end(d)
    other, datagram, unbound = socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM), socket.socket(socket.AF_UNIX)
    other.bind(folder + "/other"); other.listen(1); datagram.bind(folder + "/datagram")
    agent = next(n for n in kept if n.startswith("agent"))
    wrong = {agent: other.fileno(), agent + "0": kept[agent], "agent": kept[agent], "x" * 200: kept[agent], "": datagram.fileno(), "tls": unbound.fileno()}
    for i in range(20):
        wrong["many-%d" % i] = datagram.fileno()
    told.clear()
    start(d, wrong)
    d.wait_open()
    good("another's socket under its name is not taken", d.agent().ask("GET", "/v1/tasks/" + task)[0] == 200 and inode(d.path("agent")) != before["agent"])
    good("nor one of a file that is another by now; each is said, and need not be kept", until(lambda: (hear(), sum("FDSTOREREMOVE" in t for t in told) >= 6)[1], 20) and "handed over" in d.text(), told)
    # not for this process; more than there are
    end(d)
    until(lambda: (hear(), len(kept) >= 4)[1], 20)
    start(d, pid="1")
    d.wait_open()
    good("what is meant for another process is not looked at", d.agent().ask("GET", "/v1/tasks/" + task)[0] == 200)
    # nobody keeps them
    end(d)
    d.process = None
    d.start()
    good("without a keeper it starts as ever", d.agent().ask("GET", "/v1/tasks/" + task)[0] == 200)
    d.process.terminate()
    d.process.wait(20)
    good("and its sockets go with it", not os.path.exists(d.path("agent")))
finally:
    d.stop()


def listening(port=0):
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(("127.0.0.1", port))
    s.listen(8)
    return s


def certificate_at(port):
    """What answers there shows, in DER; None: nothing."""
    try:
        with socket.create_connection(("127.0.0.1", port), 5) as s, CONTEXT.wrap_socket(s) as t:
            return t.getpeercert(True)
    except OSError:
        return None


# the TLS face's, from a socket unit
CONTEXT = ssl.create_default_context()
CONTEXT.check_hostname, CONTEXT.verify_mode = False, ssl.CERT_NONE
unit, other = listening(), listening()
port = unit.getsockname()[1]
d = Daemon(start=False)
try:
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", d.dir + "/tls.key", "-out", d.dir + "/tls.pem", "-subj", "/CN=x", "-days", "2"], capture_output=True, check=True)
    own = ssl.PEM_cert_to_DER_cert(open(d.dir + "/tls.pem").read())
    text = open(d.dir + "/stepgate.conf").read()
    d.write("stepgate.conf", text.replace("attest : {", 'attest : { gw : { kind = "verify"  use = "x509"  control = "sufficient"  trust_domain = "acme.example"  grants = [ "ca=file:%s/tls.pem" ] } ' % d.dir, 1).encode())
    with open(d.dir + "/stepgate.conf", "a") as f:
        f.write('listen : { enforcer : { address = "127.0.0.1:%d"  certificate = "%s/tls.pem"  key = "%s/tls.key" } }\n' % (port, d.dir, d.dir))
    hear()  # what those before said
    for name in list(kept):
        forget(name)
    start(d, {"tls": unit.fileno()})
    d.wait_open()
    good("the TLS face speaks on the socket that it is handed, whose address nobody else could take", until(lambda: certificate_at(port) == own, 20), d.text()[-400:])
    good("and it is kept as the others are", until(lambda: (hear(), "tls" in kept and len(kept) == 5)[1], 20), kept)
    end(d)
    threading.Timer(2, lambda: start(d, {n: fd for n, fd in kept.items()})).start()
    good("who connects while it is started again waits", until(lambda: certificate_at(port) == own, 20), d.text()[-400:])
    d.wait_open()
    end(d)
    unit.close()
    hear()
    for name in list(kept):
        forget(name)
    start(d, {"tls": other.fileno()})
    d.wait_open()
    good("one of another address is not taken: it listens for itself", until(lambda: certificate_at(port) == own, 20) and "handed over under the name \"tls\"" in d.text(), d.text()[-400:])
finally:
    d.stop()
    keeper.close()
    shutil.rmtree(folder)
done()
