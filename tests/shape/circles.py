#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Files in circles, seen in the objects that were built: each calls, over however many others, itself. And calls that go up between the rooms of the gate,
which includes alone do not show. circles.py BUILD"""
import glob, os, subprocess, sys
from tree import GATE, ROOT, below, end

KNOWN = {}


def symbols(path):
    """What an object has, and what it wants."""
    has, wants = set(), set()
    for line in subprocess.run(["nm", path], capture_output=True, text=True, check=True).stdout.splitlines():
        words = line.split()
        if len(words) == 3 and words[1] in "TDRBVWC":
            has.add(words[2])
        elif len(words) == 2 and words[0] == "U":
            wants.add(words[1])
    return has, wants


def graph(build):
    """{file: {file it calls: a name}} of core/."""
    where, wants, calls = {}, {}, {}
    for path in glob.glob(os.path.join(build, "core", "CMakeFiles", "*.dir", "**", "*.o"), recursive=True):
        name = path.split(".dir/", 1)[1][:-2]
        if os.path.exists(os.path.join(ROOT, "core", name)):
            has, wants[name] = symbols(path)
            where.update((s, name) for s in has if s != "main")
    for name in wants:
        calls[name] = {where[s]: s for s in sorted(wants[name]) if where.get(s, name) != name}
    return calls


def circles(calls):
    """The groups of more than one, each of whose files reaches every other (Tarjan, without recursion's limit)."""
    sys.setrecursionlimit(10000)
    index, low, stack, found = {}, {}, [], []

    def visit(at):
        index[at] = low[at] = len(index)
        stack.append(at)
        for to in calls[at]:
            if to not in index:
                visit(to)
            if to in stack:
                low[at] = min(low[at], low[to])
        if low[at] == index[at]:
            cut = stack.index(at)
            if len(stack) - cut > 1:
                found.append(sorted(stack[cut:]))
            del stack[cut:]

    for name in sorted(calls):
        if name not in index:
            visit(name)
    return found


def room(name):
    part = name.split("/")
    return part[1] if part[0] == "gate" and len(part) == 3 else None


def main():
    calls = graph(os.path.abspath(sys.argv[1]))
    assert len(calls) > 300, "too few objects: was it built?"
    bad = ["a circle: " + ", ".join(c) for c in circles(calls)]
    for name, others in sorted(calls.items()):
        for other, symbol in sorted(others.items()):
            if room(name) and room(other) and room(other) not in below(room(name)):
                bad.append("%s calls %s in %s, which does not stand below it" % (name, symbol, other))
    assert all(any(room(n) == r for n in calls) for r in GATE), "a room without objects"
    print("%d files, %d calls between them" % (len(calls), sum(len(o) for o in calls.values())))
    end(bad, KNOWN)


main()
