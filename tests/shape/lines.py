#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How much code there is, without empty lines and comments: (i) in the gate's process, (ii) that must be believed for an allow. Both stand in lines.txt; whoever makes
either longer says so in the same commit (lines.py --write), and whoever makes it shorter, too: else what came back later would go unseen."""
import os, re, sys
from tree import ROOT, files, text

HERE = os.path.dirname(os.path.abspath(__file__))
KEPT = os.path.join(HERE, "lines.txt")
GATE = ("core/gate/", "core/frame/", "core/token/", "core/conf/", "core/base/")
BELIEVED = tuple("core/gate/%s/" % room for room in ("journal", "state", "catalogue", "desk", "decide"))
COMMENT = re.compile(r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|/\*.*?\*/|//[^\n]*', re.S)


def code(source):
    """Comments go, texts stay; a comment of several lines leaves none."""
    bare = COMMENT.sub(lambda m: m.group() if m.group()[0] in "\"'" else " ", source)
    return sum(1 for line in bare.split("\n") if line.strip())


assert code("a;\n/* b\n   c */\n\nd; /* e */ f; // g\n") == 2 and code('x = "/* no */";\n') == 1 and code("// a\n") == 0


def included(paths):
    """Of base what these stand on, by their includes, and theirs."""
    seen, todo = set(), list(paths)
    while todo:
        p = todo.pop()
        for header in re.findall(r'#include "(base/[^"]+)"', text(p)):
            for each in ("core/" + header, "core/" + header[:-2] + ".c"):
                if each not in seen and os.path.exists(os.path.join(ROOT, each)):
                    seen.add(each)
                    todo.append(each)
    return seen


def main():
    paths = files("core")
    gate = [p for p in paths if p.startswith(GATE)]
    believed = [p for p in paths if p.startswith(BELIEVED)]
    believed += sorted(included(believed))
    now = {"gate": sum(code(text(p)) for p in gate), "believed": sum(code(text(p)) for p in believed)}
    if sys.argv[1:] == ["--write"]:
        with open(KEPT, "w") as f:
            f.write("".join("%s %d\n" % each for each in now.items()))
        return
    with open(KEPT) as f:
        kept = {name: int(n) for name, n in (line.split() for line in f)}
    bad = 0
    for name, what in (("gate", "in the gate's process"), ("believed", "that must be believed for an allow")):
        print("%6d lines of code %s (%d in lines.txt)" % (now[name], what, kept[name]))
        if now[name] != kept[name]:
            print("FAILED: they are %s: say so with lines.py --write in the commit that does it" % ("more" if now[name] > kept[name] else "fewer"))
            bad = 1
    sys.exit(bad)


main()
