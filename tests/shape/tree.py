# SPDX-License-Identifier: Apache-2.0
"""The tree as the shape tests see it: rooms, files, includes, and how a test tells its mistakes."""
import os, re, subprocess, sys, tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# A room may include itself, base, <stepgate/...> and these; process rooms never each other (core/README.md, Rooms).
ROOMS = {"base": [], "conf": [], "token": [], "frame": ["token"], "door": ["token", "frame"], "policy": ["frame"], "host": ["conf", "token", "frame"],
         "gate": ["conf", "token", "frame"], "index": ["token", "frame"], "publish": ["token", "frame"], "enforce": ["token", "frame"], "metrics": ["token", "frame"], "web": ["token", "frame"],
         "ctl": ["conf", "token", "frame"],
         "main": ["conf", "token", "frame", "door", "policy", "host", "gate", "index", "publish", "enforce", "metrics", "web", "ctl"]}

# The rooms of the gate, each on these and on what they stand on: one way.
GATE = {"journal": [], "catalogue": [], "state": ["journal", "catalogue"], "snapshot": ["state"], "desk": ["snapshot"], "decide": ["desk"], "tasks": ["decide"],
        "people": ["tasks"], "wire": ["people"], "loop": ["wire"]}

TRUSTED = ("base", "frame", "gate", "main")


def below(room):
    """A room of the gate, and all that it stands on."""
    return {room}.union(*(below(r) for r in GATE[room]))


def files(*folders, ends=(".c", ".h")):
    """Paths below these folders of the tree, relative to it, in order."""
    found = []
    for folder in folders:
        for at, _, names in os.walk(os.path.join(ROOT, folder)):
            found += [os.path.relpath(os.path.join(at, n), ROOT) for n in names if n.endswith(ends)]
    return sorted(found)


def text(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as f:
        return f.read()


def includes(path):
    """(line, name, quoted) of each include."""
    for number, line in enumerate(text(path).split("\n"), 1):
        m = re.match(r'\s*#\s*include\s*(["<])([^">]+)[">]', line)
        if m:
            yield number, m.group(2), m.group(1) == '"'


def listed(build):
    """Names in `ctest -N`, asked from a folder of its own: ctest begins a new LastTest.log wherever it is asked."""
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "CTestTestfile.cmake"), "w") as f:
            f.write('subdirs("%s")\n' % os.path.abspath(build))
        out = subprocess.run(["ctest", "--test-dir", folder, "-N"], capture_output=True, text=True, check=True).stdout
    return set(re.findall(r"Test +#\d+: (\S+)", out))


def end(bad, known):
    """Prints and exits. known: {mistake: reason}, listed by name; one that is no longer made must leave the list."""
    new = [b for b in bad if b not in known]
    for b in bad:
        print(("known: %s (%s)" % (b, known[b])) if b in known else "FAILED: " + b)
    gone = [k for k in known if k not in bad]
    for k in gone:
        print("FAILED: no longer so, take it out of the list: " + k)
    print("%d known, %d new" % (len(bad) - len(new), len(new)))
    sys.exit(1 if new or gone else 0)
