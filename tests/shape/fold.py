#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The state changes by folding a leaf and in no other way (I1): outside gate/state and gate/snapshot nobody writes a member of a thing of the state, or of the
state itself. What is in memory alone is listed here and says so where it is declared."""
import re
from tree import end, files, text

THINGS = ("task", "attempt", "lease", "approval", "instance", "domain", "session", "tree", "account", "memory", "agent_life", "human_life", "taint", "shown", "plan", "history")

# (file, member): why it is no part of what the journal gives.
ALONE = {
    ("core/gate/desk/revoking.c", "tries"): "how often an issuer was told",
    ("core/gate/desk/revoking.c", "lined"): "that it waits for its turn at its issuer",
    ("core/gate/desk/making.c", "making"): "that an issuer is asked for it just now",
    ("core/gate/desk/revoking.c", "again"): "when it is told again",
    ("core/gate/desk/revoking.c", "failed"): "why it is not gone yet",
    ("core/gate/desk/again.c", "hooks_asked"): "which hooks policy is being asked about",
    ("core/gate/decide/after.c", "hooks_asked"): "likewise",
    ("core/gate/tasks/watch.c", "still"): "that a process that is gone has nothing more to end",
    ("core/gate/decide/commit.c", "action"): "what is sealed beside the leaf, kept to be shown",
    ("core/gate/people/approvals.c", "action"): "likewise",
}
# Members of the state itself: the clocks, which every fold is told, and how far labels moved.
OF_STATE = {("core/gate/desk/wall.c", "now"), ("core/gate/decide/moved.c", "now"), ("core/gate/desk/again.c", "carried"), ("core/gate/wire/remember.c", "now")}

CODE = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\])*"', re.S)
WRITE = r"(?:\[[^\]]*\]|\.\w+)*\s*(?:=(?!=)|[-+|&^]=|<<=|>>=|\+\+|--)"
NAMED = re.compile(r"\bstruct\s+sg_(%s)\s*\*\s*(?:const\s+)?(\w+)" % "|".join(THINGS))
STATE = re.compile(r"\bstate(?:\.|->)(\w+)(?:\.\w+)*" + WRITE)


def faults(source):
    """(member, of the state itself) of each write."""
    source = CODE.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), source)
    for function in source.split("\n}\n"):
        for name in {m.group(2) for m in NAMED.finditer(function)}:
            for m in re.finditer(r"\b%s->(\w+)%s|(?:\+\+|--)\s*%s->(\w+)" % (name, WRITE, name), function):
                yield m.group(1) or m.group(2), False
    for m in STATE.finditer(source):
        yield m.group(1), True


SEEN = (  # each must be found
    "struct sg_lease *lease = x; lease->state = SG_LEASE_REVOKING;", "struct sg_task *t; t->spent[0] += 1;", "struct sg_attempt *a; a->hooks_asked++;",
    "struct sg_approval *a; ++a->v;", "gate->state.killed_all = true;", "state->open_tasks--;", "struct sg_task *t; t->ends.boot = 0;",
)
FINE = ("struct sg_lease *lease = x; if (lease->state == SG_LEASE_DEAD) go();", "request->state.x == 1;", "/* lease->state = 1 */", "struct sg_lease *l; l->state <= 3;")


def main():
    bad = []
    for source in SEEN:
        if not list(faults(source)):
            bad.append("the test itself does not see: %s" % source)
    for source in FINE:
        if list(faults(source)):
            bad.append("the test itself sees what is none: %s" % source)
    used = set()
    for path in files("core/gate", ends=(".c", ".h")):
        if path.split("/")[2] in ("state", "snapshot"):
            continue
        for member, whole in faults(text(path)):
            known = (path, member) in (OF_STATE if whole else ALONE)
            used.add((path, member))
            if not known:
                bad.append("%s writes `%s` of the state by hand" % (path, member))
    for gone in sorted((set(ALONE) | OF_STATE) - used):
        bad.append("%s no longer writes `%s`: it leaves the list" % gone)
    end(bad, {})


main()
