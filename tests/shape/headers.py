#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each header of core/ compiles alone; those of the SDK with nothing of ours beside them. $CC, or cc."""
import concurrent.futures, os, shutil, subprocess
from tree import ROOT, end, files

CC = os.environ.get("CC") or shutil.which("gcc") or "cc"


def flags(package):
    return subprocess.run(["pkg-config", "--cflags", package], capture_output=True, text=True).stdout.split()


def compile_alone(path):
    ours = [] if path.startswith("core/include/") else ["-Icore"]
    command = [CC, "-std=c11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", "-x", "c", "-Icore/include"] + ours + LUA + ["-include", path, "/dev/null"]
    r = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    return None if r.returncode == 0 else (path, r.stderr.split("\n")[0])


def main():
    headers = files("core", ends=(".h",))
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        bad = [b for b in pool.map(compile_alone, headers) if b is not None]
    for path, line in bad:
        print(path, line)
    print("%d headers with %s" % (len(headers), CC))
    assert len(headers) > 50
    end(["%s does not compile alone" % path for path, _ in bad], {})


LUA = next((f for f in map(flags, ("lua5.4", "lua-5.4", "lua5.5", "lua-5.5", "lua")) if f), [])
main()
