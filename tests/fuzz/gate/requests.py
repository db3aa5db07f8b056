#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Plays whole requests at random through a gate that was built with sanitizers: 30 s, with --long HOURS for hours. Prints which lines of merging and
narrowing were reached; a line that was not, and is not listed here with its reason, fails."""
import json
import os
import subprocess
import sys

WATCHED = ("merge.c", "narrow.c")
LEAST = 95  # of a hundred lines that can be reached


def clear(objects):
    for at, _, names in os.walk(objects):
        for n in names:
            if n.endswith(".gcda"):
                os.unlink(os.path.join(at, n))


def reached(objects):
    """{file: (lines, reached, [numbers that were not])}"""
    found = {}
    for at, _, names in os.walk(objects):
        for n in names:
            if n.endswith(".gcda") and any(n.startswith(w) for w in WATCHED):
                out = subprocess.run(["gcov", "--json-format", "--stdout", os.path.join(at, n)], capture_output=True, text=True, check=True, cwd=at).stdout
                for f in json.loads(out)["files"]:
                    name = os.path.basename(f["file"])
                    if name in WATCHED:
                        missed = [line["line_number"] for line in f["lines"] if line["count"] == 0]
                        found[name] = (len(f["lines"]), len(f["lines"]) - len(missed), missed)
    return found


def main():
    program, objects = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    seconds = str(int(float(sys.argv[4]) * 3600)) if len(sys.argv) > 4 and sys.argv[3] == "--long" else os.environ.get("SG_FUZZ_SECONDS", "30")
    clear(objects)
    ran = subprocess.run([program, seconds] + (sys.argv[3:4] if len(sys.argv) == 4 else []), text=True, stdout=subprocess.PIPE)
    lines = ran.stdout.strip().split("\n")
    print("\n".join(lines[:2] + lines[-1:]))
    if ran.returncode != 0:
        print("FAILED: the last seed above makes it again: %s 30 SEED (%s)" % (program, [x for x in lines if x.startswith("seed")][-1:]))
        sys.exit(1)
    bad = False
    found = reached(objects)
    for name in WATCHED:
        all_lines, hit, missed = found.get(name, (0, 0, []))
        print("%s: %d of %d lines reached; not: %s" % (name, hit, all_lines, missed))
        bad |= all_lines == 0 or hit * 100 < all_lines * LEAST
    sys.exit(1 if bad else 0)


main()
