#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How large files, functions and rooms are. A file of core/ or modules/ ends at 400 lines, a function at 100; tables may be longer and are listed."""
import json, shutil, subprocess
from tree import ROOT, ROOMS, TRUSTED, end, files, text

FILE, FUNCTION, BASE = 400, 100, 6000

# Over the bound today and to be cut; nothing may join them unseen.
KNOWN = {}


def functions(paths):
    """(path, name, lines) of each function, or None where there is no ctags that knows ends."""
    if shutil.which("ctags") is None:
        return None
    r = subprocess.run(["ctags", "--output-format=json", "--languages=C", "--langmap=C:.c.h", "--kinds-C=f", "--fields=+ne", "-f", "-"] + paths, cwd=ROOT,
                       capture_output=True, text=True)
    tags = [json.loads(l) for l in r.stdout.splitlines()] if r.returncode == 0 else []
    found = [(t["path"], t["name"], t["end"] - t["line"] + 1) for t in tags if "end" in t]
    return found or None


def share(values, part):
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


def report(paths, lines, made):
    print("room       files   lines  functions  median  p90  longest")
    rooms = list(ROOMS) + ["include", "modules"]
    for room in rooms:
        mine = [p for p in paths if p.startswith("core/%s/" % room) or p.startswith(room + "/")]
        if not mine:
            continue
        f = [n for p, _, n in made or [] if p in set(mine)]
        tail = "%9d %7d %4d %8d" % (len(f), share(f, 0.5), share(f, 0.9), max(f)) if f else ""
        print("%-10s %5d %7d  %s" % (room, len(mine), sum(lines[p] for p in mine), tail))
    base = sum(n for p, n in lines.items() if p.split("/")[1] in TRUSTED)
    code = sum(sum(1 for l in text(p).split("\n") if l.strip() and not l.strip().startswith(("/*", "*", "//"))) for p in paths if p.split("/")[1] in TRUSTED)
    print("trusted base (%s): %d lines, %d of them neither empty nor comment" % (", ".join(TRUSTED), base, code))
    if base > BASE:
        print("WARNING: the trusted base is over %d lines" % BASE)


def main():
    paths = files("core", "modules")
    lines = {p: text(p).count("\n") for p in paths}
    made = functions(paths)
    if made is None:
        print("NOT RUN (no ctags that tells where a function ends): lengths of functions")
    report(paths, lines, made)
    bad = ["%s is over %d lines" % (p, FILE) for p, n in lines.items() if n > FILE]
    bad += ["%s: %s() is over %d lines" % (p, name, FUNCTION) for p, name, n in made or [] if n > FUNCTION]
    known = KNOWN if made is not None else {k: v for k, v in KNOWN.items() if "()" not in k}
    end(bad, known)


main()
