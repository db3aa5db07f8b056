#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Whoever starts the daemon is told how it is (sd_notify(3)): that it is open, that it turns, that it reloads and is done with it, good or bad, and that it stops."""
import os, re, signal, socket, tempfile, time
from checks import done, good, until
from daemon import Daemon

folder = tempfile.mkdtemp()
told = []


def listen(address):
    s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    s.bind(address)
    s.setblocking(False)
    return s


def hear(s):
    while True:
        try:
            told.append(s.recv(4096).decode())
        except BlockingIOError:
            return told


def heard(s, what, since=0, seconds=20):
    return until(lambda: any(what in t for t in hear(s)[since:]), seconds)


def story(name, address, text):
    told.clear()
    s = listen(address)
    d = Daemon(start=False, env=dict(NOTIFY_SOCKET=text, WATCHDOG_USEC="400000"))
    try:
        os.mkdir(d.dir + "/conf.d")
        d.start()
        good("%s: it says that it is open once it is" % name, heard(s, "READY=1") and sum("READY=1" in t for t in told) == 1, told)
        time.sleep(1.1)
        beats = sum("WATCHDOG=1" in t for t in hear(s))
        good("%s: and twice in each interval that it turns" % name, 4 <= beats <= 12, beats)
        for what, text in (("good", b'limits : { use_by = "29s" }\n'), ("bad", b"limits : { nothing = 1 }\n")):
            d.write("conf.d/80-x.conf", text)
            since = len(hear(s))
            c = d.admin()
            status, answer = c.ask("POST", "/v1/reload", {})
            c.close()
            good("%s: a %s reload is said, and that it is over" % (name, what), heard(s, "RELOADING=1", since) and until(lambda: "READY=1" in "".join(hear(s)[since:]).split("RELOADING=1")[-1], 20), (status, answer, told[since:]))
            good("%s: with the time at which it began" % name, any(re.fullmatch(r"RELOADING=1\nMONOTONIC_USEC=\d+", t) for t in told[since:]), told[since:])
        since = len(hear(s))
        d.process.send_signal(signal.SIGTERM)
        good("%s: and that it stops" % name, heard(s, "STOPPING=1", since), told[since:])
        d.process.wait(20)
    finally:
        d.stop()
        s.close()


story("by path", folder + "/notify", folder + "/notify")
story("abstract", "\0stepgate-%d" % os.getpid(), "@stepgate-%d" % os.getpid())
os.unlink(folder + "/notify")
os.rmdir(folder)
done()
