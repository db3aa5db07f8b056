#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""tests/requirements.csv: every requirement, story, bar and threat has its row, and what the row names exists.

state `test`: what the row promises is shown by the named cases; a note says what is left of it. `later`: not, or not whole; the named cases show a
part. `not-ours`: somebody else's, with the reason. A test is named as ctest does, `name` or `name:text that stands in its source`, separated by `;`.

requirements.py --build BUILD   checks table, tests and cases
requirements.py --ran LOG       checks that the named tests ran and passed in this LastTest.log"""
import csv, os, re, shutil, sys
from tree import listed

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.dirname(HERE)

IDS = (["R%d" % i for i in range(1, 76)] + ["N%d" % i for i in range(1, 13)] + ["U%d" % i for i in range(1, 11)] + ["B%d" % i for i in range(1, 5)]
       + ["rel-%s%d" % (letter, i) for letter, last in (("D", 9), ("U", 6), ("P", 5), ("L", 4), ("N", 3), ("Q", 2), ("T", 22)) for i in range(1, last + 1)])

# Tests that a build may lack, and what must be so for that.
WITHOUT = {"mcp.story": lambda: shutil.which("npm") is None, "mcp.resource": lambda: shutil.which("npm") is None, "mcp.everything": lambda: shutil.which("npm") is None,
           "fault.walls": lambda: os.environ.get("SG_SANITIZE", "") not in ("", "OFF")}


def rows():
    with open(os.path.join(TESTS, "requirements.csv"), newline="") as f:
        return list(csv.DictReader(f, strict=True))


def named(row):
    for part in row["test"].split(";"):
        if part.strip():
            name, _, case = part.strip().partition(":")
            yield name, case


def sources(name):
    """Files in which a test's cases stand."""
    if name.startswith("policy.pack."):  # the default policy's tests stand beside it
        return [f for f in [os.path.join(TESTS, "..", "lua", "stepgate", name.split(".")[2] + "_test.lua")] if os.path.exists(f)]
    kind, rest = name.split(".", 1)
    last = rest.split(".")[-1]
    spots = ["%s/%s" % (kind, rest.replace(".", "/")), "%s/%s/fuzz_%s" % (kind, rest.split(".")[0], last), "%s/test_%s" % (kind, rest)]
    files = [os.path.join(TESTS, spot + end) for spot in spots for end in (".c", ".py", ".sh", ".mjs")]
    return [f for f in files if os.path.exists(f)]


def mistakes_in_row(row):
    if row["state"] not in ("test", "later", "not-ours"):
        yield "no state: %r" % row["state"]
    if row["state"] == "test" and not row["test"].strip():
        yield "names no test"
    if row["state"] != "test" and not row["note"].strip():
        yield "is %s without a note" % row["state"]
    if None in row.values() or None in row:
        yield "has not four columns"


def mistakes_in_test(name, case, registered):
    if name not in registered:
        if not (name in WITHOUT and WITHOUT[name]()):
            yield "no such test: " + name
        else:
            print("NOT RUN here: " + name)
        return
    found = sources(name)
    if not found:
        yield "no source of " + name
    texts = [open(f, encoding="utf-8").read() for f in found]
    if case and not any(case in t for t in texts):
        yield "%s has no case %r" % (name, case)


def check(build):
    registered = listed(build)
    table, bad = rows(), []
    ids = [r["id"] for r in table]
    bad += ["missing: " + i for i in IDS if i not in ids] + ["unknown: " + i for i in ids if i not in IDS]
    bad += ["twice: " + i for i in set(ids) if ids.count(i) > 1]
    for row in table:
        bad += ["%s: %s" % (row["id"], m) for m in mistakes_in_row(row)]
        for name, case in named(row):
            bad += ["%s: %s" % (row["id"], m) for m in mistakes_in_test(name, case, registered)]
    count = {s: sum(r["state"] == s for r in table) for s in ("test", "later", "not-ours")}
    print("%d rows: %s" % (len(table), ", ".join("%d %s" % (n, s) for s, n in count.items())))
    return bad


def ran(log):
    with open(log, encoding="utf-8", errors="replace") as f:
        text = f.read()
    blocks = re.findall(r"^\d+/\d+ Test: (\S+)\n(.*?)(?=^\d+/\d+ Testing: |\Z)", text, re.M | re.S)
    passed = {name for name, body in blocks if re.search(r"^Test Passed\.", body, re.M)}
    want = {name for row in rows() for name, _ in named(row)}
    want = {name for name in want if not (name in WITHOUT and WITHOUT[name]())}
    print("%d named tests, %d of them passed in this run" % (len(want), len(want & passed)))
    return ["did not run and pass: " + name for name in sorted(want - passed)]


def main():
    if len(sys.argv) != 3 or sys.argv[1] not in ("--build", "--ran"):
        sys.exit(__doc__)
    bad = check(sys.argv[2]) if sys.argv[1] == "--build" else ran(sys.argv[2])
    for line in bad:
        print(line)
    sys.exit(1 if bad else 0)


main()
