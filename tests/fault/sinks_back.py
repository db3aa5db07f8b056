#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A journal that goes back and on another way with the same numbers: a sink that had carried more carries from the last leaf that both have, the record of the loss among it."""
import glob
import os
import re
import socket
import struct
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from checks import act, done, good, waited
from daemon import BUILD, Daemon, journal

HEADER, RECORD, CHAIN = 160, 8, 32


class Sink:
    """journald's own socket, for what says STEPGATE_LEAF."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(path)
        os.chmod(path, 0o666)
        self.got = set()
        threading.Thread(target=self.hear, daemon=True).start()

    def hear(self):
        while True:
            leaf = re.search(rb"STEPGATE_LEAF(?:=|\n.{8})(\d+)\n", self.socket.recv(1 << 18), re.S)
            self.got |= {int(leaf.group(1))} if leaf else set()


def leaves(d):
    return [leaf["n"] for leaf in journal(d.dir + "/state/journal")]


def cut_leaves(d, count):
    path = sorted(glob.glob(d.dir + "/state/journal/*.seg"))[-1]
    data, at, starts = open(path, "rb").read(), HEADER, []
    while at + RECORD <= len(data):
        size, kind = struct.unpack("<IB", data[at:at + 5])
        if size == 0:
            break
        if kind == 1:
            starts.append(at)
        at += RECORD + size + (CHAIN if kind == 1 else 0)
    with open(path, "r+b") as f:
        f.truncate(starts[-count])


def works(d, tag, count=20):
    c = d.agent()
    task = c.ask("POST", "/v1/tasks", dict(intent="work", key="t" + tag))[1]["task"]["id"]
    for i in range(count):
        act(c, task, tag + str(i), "pay.send", amount=5)
    c.close()


def back(count):
    d = Daemon(start=False)
    try:
        sink = Sink(d.dir + "/j.sock")
        with open(d.dir + "/stepgate.conf", "a") as f:
            f.write('audit : { siem : { use = "journald"  required = true  grants = [ "journal=unix:%s/j.sock" ] } }\n' % d.dir)
        d.start()
        works(d, "a")
        time.sleep(2.2)  # the cursor's file
        works(d, "b")
        waited(lambda: sink.got and max(leaves(d)) <= max(sink.got))
        waited(lambda: int(open(d.dir + "/state/audit/siem/cursor").read().split()[0]) >= max(leaves(d)))
        d.stop(keep=True)
        carried = max(sink.got)
        cut_leaves(d, count)
        kept = max(leaves(d))
        good("%d leaves that were carried are lost" % (carried - kept), carried > kept)
        subprocess.run([os.path.join(BUILD, "core", "stepgate"), "audit", "accept", "--reason", "disk", d.dir + "/state"], check=True, capture_output=True)
        sink.got.clear()
        d.start()
        works(d, "c", count + 20)
        waited(lambda: sink.got and max(leaves(d)) <= max(sink.got))
        new = {n for n in leaves(d) if n > kept}
        good("each leaf of the way it goes on is carried", new <= sink.got, sorted(new - sink.got))
        good("and the log says that it went back", waited(lambda: "from there on it is carried again" in d.text()))
    finally:
        d.stop()


back(3)
back(30)
done()
