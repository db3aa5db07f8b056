#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What one decision costs the gate, with journal, without disk and other processes, as counts: instructions of everything in bench_replay but OpenSSL's
objects, and calls of malloc, calloc and realloc. Counted under callgrind as (of N2 decisions - of N1) / (N2 - N1) and held to baseline.txt.
Where compiler, C library and kind of build are those of the baseline: within 2 %, under it is a failure too (then the baseline is to be lowered, or
later growth goes unseen). Elsewhere they count otherwise: 25 % above it fails, and what was counted is printed with where. It never skips.
instructions.py REPLAY [--write]"""
import os, re, shutil, subprocess, sys, tempfile
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
BASELINE = os.path.join(HERE, "baseline.txt")
CASES = ("allow", "credential", "refusal", "long_name")
N1, N2 = 200, 600
SAME, ELSEWHERE = 0.02, 0.25
FOREIGN = ("libcrypto", "libssl")
ALLOCATES = ("malloc", "calloc", "realloc")


def said(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("\n")[0].strip()


def surroundings():
    return {"compiler": said(os.environ.get("CC", "cc"), "--version"), "build": os.environ.get("SG_BUILD_TYPE", ""), "libc": said("ldd", "--version"),
            "machine": os.uname().machine, "valgrind": said("valgrind", "--version")}


def read(path):
    """(instructions outside of FOREIGN, calls of what allocates) of a callgrind file: names are given once, with a number."""
    names, own, calls, ours, skip, callee, harness = {}, 0, 0, True, False, "", False

    def named(kind, text):
        m = re.match(r"\((\d+)\)(?: (.*))?$", text)
        if m.group(2) is not None:
            names[kind, m.group(1)] = m.group(2)
        return names.get((kind, m.group(1)), "")
    with open(path) as f:
        for line in f:
            line = line.rstrip("\n")
            if line.startswith("ob="):
                ours = not any(foreign in named("ob", line[3:]) for foreign in FOREIGN)
            elif line.startswith("cob="):
                named("ob", line[4:])
            elif line.startswith("fn="):
                harness = named("fn", line[3:]).startswith("play_copy")
            elif line.startswith("cfn="):
                callee = named("fn", line[4:])
            elif line.startswith("calls="):
                calls += int(line[6:].split()[0]) if callee in ALLOCATES and not harness else 0
                skip = True  # the next line is what the callee cost, which stands there as well
            elif re.match(r"[+\-*\d]", line):
                own += int(line.split()[1]) if ours and not skip else 0
                skip = False
    return own, calls


def counted(replay, case, count):
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "out")
        r = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=" + out, replay, case, str(count)], capture_output=True, text=True)
        if r.returncode != 0:
            sys.exit("%s: exit %d\n%s" % (case, r.returncode, r.stderr))
        return read(out)


def each(replay, case):
    few, many = counted(replay, case, N1), counted(replay, case, N2)
    return {case: (many[0] - few[0]) / (N2 - N1), case + "_allocations": (many[1] - few[1]) / (N2 - N1)}


def main():
    if shutil.which("valgrind") is None:
        sys.exit("FAILED: valgrind is not installed; tests/run installs it")
    here, kept, now = surroundings(), {}, {}
    if os.path.exists(BASELINE):
        with open(BASELINE) as f:
            kept = dict(line.rstrip("\n").split(" = ", 1) for line in f if " = " in line)
    with ThreadPoolExecutor(2) as pool:
        for figures in pool.map(lambda case: each(sys.argv[1], case), CASES):
            now.update(figures)
    if "--write" in sys.argv:
        with open(BASELINE, "w") as f:
            f.write("# Made by instructions.py REPLAY --write; see its head.\n")
            f.write("".join("%s = %s\n" % kv for kv in here.items()) + "".join("%s = %.1f\n" % kv for kv in now.items()))
        return
    differs = [k for k, v in here.items() if kept.get(k) != v]
    for k in differs:
        print("counted elsewhere: %s is %r, not %r" % (k, here[k], kept.get(k)))
    bad = False
    for name, value in now.items():
        moved = value / float(kept[name]) - 1 if name in kept else None
        wrong = moved is None or moved > (ELSEWHERE if differs else SAME) or (not differs and moved < -SAME)
        bad |= wrong
        print("%s%-24s %10.1f a decision, baseline %s: %s" % ("FAILED: " if wrong else "", name, value, kept.get(name), "none" if moved is None else "%+.2f %%" % (moved * 100)))
    sys.exit(bad)


main()
