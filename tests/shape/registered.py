#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each file below tests/ that could be a test is one: its name stands in the list of ctest, or here with what it is instead. Argument: build folder."""
import os, sys
from tree import end, files, listed

# What belongs to tests and is none.
PARTS = {"tests/fault/daemon.py": "a private daemon", "tests/fault/checks.py": "what fault tests share", "tests/fault/attest_groups.py": "a place for control groups", "tests/story/stage.py": "what the stories share", "tests/story/browser.py": "drives a browser", "tests/package/root.py": "a root that boots", "tests/package/load.py": "runs inside it", "tests/fuzz/driver.c": "replays a corpus", "tests/module/guest.c": "speaks to a host",
         "tests/module/mint.c": "asks one module directly", "tests/module/mint.py": "runs it",
         "tests/policy/attack_sources.c": "sources of attacks", "tests/mcp/approve.py": "a human", "tests/mcp/cooperative.mjs": "run by story.py",
         "tests/mcp/resource.mjs": "run by resource.py", "tests/shape/tree.py": "what the shape tests share",
         "tests/bench/load.c": "a load, run by hand", "tests/bench/leaf.c": "a bench, run by hand", "tests/bench/host.c": "a bench, run by hand", "tests/bench/tasks.c": "a bench, run by hand", "tests/bench/ratio.py": "a bench, run by hand", "tests/bench/replay.c": "run by instructions.py",
         "tests/bench/append.c": "a bench's probe", "tests/bench/echo.py": "a bench's server", "tests/bench/stand.py": "what the benches share"}

NEEDS_NPM = ("mcp.story", "mcp.resource", "mcp.everything")
NOT_SANITIZED = ("fault.walls", "bench.instructions", "bench.growth")


def name_of(path):
    """tests/unit/base/test_buf.c is unit.base.test_buf; tests/fuzz/base/fuzz_json.c is fuzz.base.json; tests/module/test_proc.c is module.proc."""
    parts = os.path.splitext(path)[0].split("/")[1:]
    if parts[0] == "fuzz":
        parts[-1] = parts[-1].replace("fuzz_", "", 1)
    if parts[0] == "module":
        parts[-1] = parts[-1].replace("test_", "", 1)
    return ".".join(parts)


def main():
    tests, bad, count = listed(sys.argv[1]), [], 0
    for path in files("tests", ends=(".c", ".py", ".sh", ".mjs")):
        if path in PARTS or path.startswith("tests/module/hostile/"):
            continue
        count += 1
        name = name_of(path)
        if name not in tests and name not in NEEDS_NPM and not (name in NOT_SANITIZED and os.environ.get("SG_SANITIZE", "OFF") == "ON"):
            bad.append("%s is not registered as %s" % (path, name))
    print("%d files, %d tests" % (count, len(tests)))
    assert count > 50
    end(bad, {})


main()
