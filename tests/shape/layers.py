#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Who includes whom. Rooms only what stands below them, foreign parts only in the room that keeps them, modules only the SDK. Names say what a file is."""
import os
from tree import GATE, ROOMS, below, end, files, includes

# A foreign header and the only room it may be seen in.
KEPT = {"lua.h": "policy", "lauxlib.h": "policy", "lualib.h": "policy", "libconfig.h": "conf", "dlfcn.h": "host", "openssl/ssl.h": "door", "sqlite3.h": "index"}

STANDARD = ("stdarg.h", "stdbool.h", "stddef.h", "stdint.h", "stdio.h", "string.h")

SAYS_NOTHING = ("util", "utils", "manager", "helper", "helpers", "data", "info")

KNOWN = {}


def in_core(path, room, bad):
    for line, name, quoted in includes(path):
        if KEPT.get(name, room) != room:
            bad.append("%s includes %s, kept to %s" % (path, name, KEPT[name]))
        if not quoted:
            continue
        other = name.split("/")[0]
        if "/" not in name:
            bad.append("%s includes %s without its room" % (path, name))
        elif other not in [room, "base"] + ROOMS[room]:
            bad.append("%s includes %s: %s does not stand on %s" % (path, name, room, other))


def in_gate(path, bad):
    room = path.split("/")[2]
    if room not in GATE:
        bad.append("%s stands in no room of the gate" % path)
        return
    for line, name, quoted in includes(path):
        part = name.split("/")
        if part[0] == "gate" and (len(part) != 3 or part[1] not in below(room)):
            bad.append("%s includes %s: %s does not stand on it" % (path, name, room))


def in_sdk(path, bad):
    for line, name, quoted in includes(path):
        if quoted or not (name.startswith("stepgate/") or name in STANDARD):
            bad.append("%s includes %s: the SDK stands alone" % (path, name))


def in_module(path, bad):
    for line, name, quoted in includes(path):
        kind_own = name.startswith("../") and "/" not in name[3:] and os.path.dirname(path).count("/") == 2
        if quoted and (("/" in name and not kind_own) or not os.path.exists(os.path.join(os.path.dirname(path), name))):
            bad.append("%s includes %s: a module has the SDK, its own folder and what stands beside its kind" % (path, name))
        if name in KEPT and name != "openssl/ssl.h":  # a module is a process of its own and may speak TLS to whom it was connected to
            bad.append("%s includes %s, kept to %s" % (path, name, KEPT[name]))


def main():
    bad, seen = [], 0
    os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
    for path in files("core", "modules", "lua", "tests", "packaging", ends=(".c", ".h", ".py", ".lua", ".sh", ".mjs")):
        if os.path.basename(path).split(".")[0] in SAYS_NOTHING:
            bad.append("%s: a name that says nothing" % path)
    for path in files("core", "modules"):
        seen += 1
        room = path.split("/")[1]
        if path.startswith("modules/"):
            in_module(path, bad)
        elif room == "include":
            in_sdk(path, bad)
        elif room not in ROOMS:
            bad.append("%s stands in no room" % path)
        else:
            in_core(path, room, bad)
            if room == "gate":
                in_gate(path, bad)
    print("%d files" % seen)
    assert seen > 100
    end(bad, KNOWN)


main()
