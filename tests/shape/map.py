#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The map of the house shows what is there: each path that core/README.md and core/JOINTS.md lead to exists, every room of the core and of the gate is on the map, each thing
that always holds is shown by tests that exist and is relied on by number somewhere in the code, and what the code says of JOINTS has its section. Takes the build folder."""
import os, re, sys
from tree import GATE, ROOMS, ROOT, end, files, listed, text

PAGES = ("core/README.md", "core/JOINTS.md")
LATER = ("index", "publish")  # rooms that the table of includes knows already


def leads(bad):
    for page in PAGES:
        for to in re.findall(r"\]\(([^)#]+)\)", text(page)):
            if not os.path.exists(os.path.join(ROOT, "core", to)):
                bad.append("%s leads to %s, which is not there" % (page, to))


def rooms(bad, page):
    drawn = page[page.index("## Rooms"):]
    for room in ROOMS:
        if room not in LATER and not re.search(r"\b%s\b" % room, drawn):
            bad.append("core/README.md does not draw %s" % room)
    for room, stands in GATE.items():
        row = re.search(r"^\| \[%s\]\(gate/%s\) \|([^|]*)\|" % (room, room), drawn, re.M)
        if row is None or sorted(re.findall(r"\w+", row.group(1))) != sorted(stands):
            bad.append("core/README.md: %s does not stand on what it says" % room)


def holds(bad, page, tests):
    code = "\n".join(text(p) for p in files("core"))
    for number, shown in re.findall(r"^\| (I\d+) \|.*\|([^|]*)\|$", page, re.M):
        for test in re.findall(r"`([^`]+)`", shown):
            if test not in tests:
                bad.append("core/README.md: %s is shown by %s, which is no test" % (number, test))
        if not re.search(r"\b%s\b" % number, code) and number != "I8":
            bad.append("core/README.md: nothing in the code names %s" % number)


def main():
    bad = []
    leads(bad)
    page = text("core/README.md")
    rooms(bad, page)
    holds(bad, page, listed(sys.argv[1]))
    sections = re.findall(r"^## (\d+)\. ", text("core/JOINTS.md"), re.M)
    for path in files("core", "modules"):
        for number in re.findall(r"JOINTS (\d+)", text(path)):
            if number not in sections:
                bad.append("%s names JOINTS %s, which has no such section" % (path, number))
    print("%d rooms of the gate, %d things that always hold" % (len(GATE), len(re.findall(r"^\| I\d+ ", page, re.M))))
    end(bad, {})


main()
