#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Who leaves while the server reads nothing leaves no server behind: `serve` ends it in order, whatever was still to be written to it. And what passes both ways at
once, more than pipes hold, arrives."""
import os, signal, socket, subprocess, sys, tempfile, threading, time
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "fault"))
from checks import done, good, until
from daemon import BUILD

PROGRAM = os.path.join(os.path.abspath(BUILD), "core", "stepgate-mcp")
DEAF = "import os, time\nopen(os.environ['NOTE'], 'a').write('%d ' % os.getpid())\ntime.sleep(300)\n"
ECHO = "import os\nwhile True:\n  b = os.read(0, 4096)\n  if not b: break\n  while b: b = b[os.write(1, b):]\n"
MUCH = 2 << 20


class Serve:
    def __init__(self, script):
        self.dir = tempfile.mkdtemp()
        self.socket, self.note = self.dir + "/s", self.dir + "/note"
        self.p = subprocess.Popen([PROGRAM, "serve", "--socket", self.socket, "--admit", str(os.getuid()), "--", sys.executable, "-c", script],
                                  env=dict(os.environ, NOTE=self.note), stderr=subprocess.DEVNULL)
        assert until(lambda: os.path.exists(self.socket))

    def connect(self):
        s = socket.socket(socket.AF_UNIX)
        s.connect(self.socket)
        return s

    def servers(self):
        return [int(n) for n in open(self.note).read().split()] if os.path.exists(self.note) else []

    def stop(self):
        self.p.kill()
        self.p.wait()
        for pid in self.servers():
            if alive(pid):
                os.kill(pid, signal.SIGKILL)


def alive(pid):
    try:
        return open("/proc/%d/stat" % pid).read().split(")")[1].split()[0] != "Z"
    except OSError:
        return False


def deaf(leave, how):
    serve = Serve(DEAF)
    try:
        s = serve.connect()
        assert until(serve.servers)
        s.setblocking(False)
        sent = 0
        until(lambda: False, 0.3)
        while True:  # until nothing more fits anywhere
            try:
                sent += s.send(b"x" * 65536)
            except BlockingIOError:
                time.sleep(0.2)
                try:
                    sent += s.send(b"x")
                except BlockingIOError:
                    break
        good("%s: the server reads nothing, and all that holds bytes is full" % how, sent > 65536, sent)
        leave(s)
        began = time.time()
        good("%s: its server is ended within six seconds" % how, until(lambda: not alive(serve.servers()[0]), 8) and time.time() - began < 6.5, time.time() - began)
        s.close()
    finally:
        serve.stop()


def both_ways():
    serve = Serve(ECHO)
    try:
        s = serve.connect()
        s.settimeout(20)
        words = bytes(range(256)) * (MUCH // 256)
        writer = threading.Thread(target=s.sendall, args=(words,))
        writer.start()
        heard = b""
        while len(heard) < MUCH:
            heard += s.recv(65536)
        writer.join()
        good("what passes both ways at once arrives", heard == words)
        s.close()
    finally:
        serve.stop()


deaf(lambda s: s.close(), "closed")
deaf(lambda s: s.shutdown(socket.SHUT_WR), "said its last")
both_ways()
done()
