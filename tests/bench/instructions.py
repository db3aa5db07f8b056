#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Instructions that one decision costs the gate, with journal, without disk and processes: (Ir(N2) - Ir(N1)) / (N2 - N1) of bench_replay under
callgrind, held to baseline.txt within 2 %. Under it is a failure too: then the baseline is to be lowered, or later growth goes unseen. Another
compiler, C library, OpenSSL or kind of build counts other instructions: then NOT RUN, exit 77.
instructions.py REPLAY [--write]"""
import os, re, shutil, subprocess, sys, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
BASELINE = os.path.join(HERE, "baseline.txt")
N1, N2, WITHIN = 200, 600, 0.02


def said(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("\n")[0].strip()


def surroundings():
    return {"compiler": said(os.environ.get("CC", "cc"), "--version"), "build": os.environ.get("SG_BUILD_TYPE", ""), "libc": said("ldd", "--version"),
            "openssl": said("openssl", "version"), "machine": os.uname().machine,
            "valgrind": said("valgrind", "--version")}


def instructions(replay, count):
    with tempfile.TemporaryDirectory() as folder:
        r = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=" + os.path.join(folder, "out"), replay, str(count)],
                           capture_output=True, text=True)
        if r.returncode != 0:
            sys.exit(r.stderr)
        return int(re.search(r"Collected : (\d+)", r.stderr).group(1))


def not_run(why):
    print("NOT RUN: " + why)
    sys.exit(77)


def main():
    if shutil.which("valgrind") is None:
        not_run("valgrind is not installed")
    here = surroundings()
    kept = {}
    if os.path.exists(BASELINE):
        with open(BASELINE) as f:
            kept = dict(line.strip().split(" = ", 1) for line in f if " = " in line)
    write = "--write" in sys.argv
    differs = [k for k, v in here.items() if kept.get(k) != v]
    if differs and not write:
        not_run("counted elsewhere: " + "; ".join("%s is %r, not %r" % (k, here[k], kept.get(k)) for k in differs))
    each = (instructions(sys.argv[1], N2) - instructions(sys.argv[1], N1)) / (N2 - N1)
    print("%.0f instructions a decision" % each)
    if write:
        with open(BASELINE, "w") as f:
            f.write("# Made by instructions.py REPLAY --write; see its head.\n")
            f.write("".join("%s = %s\n" % kv for kv in dict(here, instructions="%.0f" % each).items()))
        return
    moved = each / float(kept["instructions"]) - 1
    print("baseline %s: %+.2f %%" % (kept["instructions"], moved * 100))
    sys.exit(0 if abs(moved) <= WITHIN else 1)


main()
