#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each form of stepgate mcp takes its own options, written out, once, and nothing else; what is passed over would seem to hold."""
import os, subprocess, sys
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "fault"))
from daemon import BUILD

PROGRAM = os.path.join(os.path.abspath(BUILD), "core", "stepgate-mcp")
BAD = [
    "gateway --name files --listen a --server b --admit 5", "gateway --name files --listen a --server b --intent x", "gateway --name files --listen a --server b -- ls",
    "gateway --listen a --server b", "gateway --name files --listen a", "connect --gateway g --name other", "connect --gateway g --admit 7", "connect --gateway g -- ls", "connect",
    "serve --socket s --admit 5 --name files -- ls", "serve --socket s --admit 5 --intent x -- ls", "serve --socket s --admit 5 --listen x -- ls", "serve --socket s --admit 5",
    "serve --socket s -- ls", "serve --socket s --admit +5 -- ls", "serve --socket s --admit -1 -- ls", "serve --socket s --admit 99999999999 -- ls", "serve --socket s --admit 4294967295 -- ls",
    "serve --socket s --admit 5x -- ls", "serve --socket s --admit= -- ls", "serve --socket s --admit 0x5 -- ls", "--na files -- ls", "--name files --name files -- ls", "--name= -- ls", "-n files -- ls",
    "connect --gateway g --instructions " + "0" * 64, "serve --socket s --admit 5 --instructions " + "0" * 64 + " -- ls", "--instructions 0 -- ls", "--instructions " + "F" * 64 + " -- ls", "--instructions= -- ls",
    "--socket s -- ls", "--name files", "", "--", "serve-it --socket s", "gateway extra --name f --listen a --server b", "--name", "--unknown x -- ls", "--run /x --help=1 -- ls",
]
for line in BAD:
    r = subprocess.run([PROGRAM] + line.split(), capture_output=True, text=True, timeout=20, stdin=subprocess.DEVNULL)
    assert r.returncode == 64 and r.stderr.startswith("stepgate mcp: ") and r.stdout == "", (line, r.returncode, r.stderr[:200])
for line in ("--help", "-h", "gateway --help", "serve --socket s -h"):
    r = subprocess.run([PROGRAM] + line.split(), capture_output=True, text=True, timeout=20, stdin=subprocess.DEVNULL)
    assert r.returncode == 0 and "stepgate mcp gateway" in r.stdout, (line, r.returncode)
r = subprocess.run([PROGRAM, "--run=/nowhere", "--name=files", "--intent", "x", "--", "true"], capture_output=True, text=True, timeout=20, stdin=subprocess.DEVNULL)
assert r.returncode == 69, (r.returncode, r.stderr)
print("%d command lines refused" % len(BAD))
