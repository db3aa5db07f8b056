#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Its sockets outlive the daemon where whoever starts it keeps them (FDSTORE, sd_listen_fds(3)): who connects while it is started again waits, and is answered. What is handed over and is
none of its own is not taken; without such a keeper the sockets go with the daemon."""
import array, fcntl, os, re, shutil, signal, socket, stat, subprocess, tempfile, threading, time
from checks import done, good, until
from daemon import BUILD, Client, Daemon

folder = tempfile.mkdtemp()
keeper = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
keeper.bind(folder + "/notify")
keeper.setblocking(False)
kept, told = {}, []


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
            kept[name[1]] = fds[0]
        elif "FDSTOREREMOVE=1" in text.decode():
            kept.pop(name[1], None)


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
    keeper.close()
    shutil.rmtree(folder)
done()
