#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""core/gate/README.md, line by line: its files are written, its session is played, each answer is what stands there. Names and times that differ from run to
run are counted: the first task is t-1."""
import os, re, subprocess, sys, time, shutil, tempfile, signal
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
GATE = os.path.join(os.path.abspath(os.environ.get("STEPGATE_BUILD", "build")), "core", "stepgate")
END = "Options as in stepgate act"
names = {}


def plain(text):
    def number(m):
        kind = m.group(0)[0]
        mine = [n for n in names.values() if n.startswith(kind)]
        return names.setdefault(m.group(0), "%s-%d" % (kind, len(mine) + 1))
    text = re.sub(r"sgt1\.[^\s]*", "sgt1...", text)
    text = re.sub(r"\b(?:t|i|a)-[0-9a-f]{32}\b|\bd[0-9]+-[0-9a-f]{16}\b", number, text)
    text = re.sub(r"left (\d+) s", lambda m: "left %d s" % (-(-int(m.group(1)) // 60) * 60), text)
    return re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ", "2026-08-01 12:00:00Z", text)


def real(line):
    for name, short in names.items():
        line = re.sub(r"(?<![\w-])%s(?![\w-])" % short, name, line)
    return line


def blocks(path):
    """(kind, argument, lines)"""
    kind = None
    for line in open(path, encoding="utf-8").read().splitlines():
        if line.startswith("```") and kind is None:
            kind, _, argument = line[3:].partition(" ")
            lines = []
        elif line.startswith("```"):
            yield kind, argument, lines
            kind = None
        elif kind is not None:
            lines.append(line)


def steps(lines, prompt):
    """(command, what stands below it)"""
    found = []
    for line in lines:
        if line.startswith(prompt):
            found.append((line[len(prompt):], []))
        else:
            found[-1][1].append(line)
    return found


def same(command, want, got):
    got = plain(got).splitlines()
    if got != want:
        raise SystemExit("FAILED: %s\n--- it says\n%s\n--- the page says\n%s" % (command, "\n".join(got), "\n".join(want)))


class Page:
    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix="sg-page-", dir="/tmp")
        self.env = dict(os.environ, STEPGATE_RUN=self.dir, NO_COLOR="1", PATH=os.path.dirname(GATE) + ":" + os.environ["PATH"])
        self.daemon = self.agent = None
        self.played = 0
        subprocess.run([GATE, "init", self.dir], check=True, stdout=subprocess.DEVNULL)

    def write(self, name, lines):
        with open(os.path.join(self.dir, name), "w") as f:
            f.write("\n".join(lines) + "\n")

    def start(self):
        if self.daemon is not None:
            return
        self.daemon = subprocess.Popen([GATE, "dev", self.dir], stdout=open(self.dir + "/log", "w"), stderr=subprocess.STDOUT)
        until = time.time() + 20
        while subprocess.run([GATE, "status"], env=self.env, capture_output=True).returncode != 0:
            if time.time() > until:
                raise SystemExit("FAILED: the daemon does not open: " + open(self.dir + "/log").read())
            time.sleep(0.05)
        self.agent = subprocess.Popen([GATE, "agent"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=self.env, text=True)

    def say(self, line):
        self.agent.stdin.write(real(line) + "\nhelp\n")
        self.agent.stdin.flush()
        got = []
        while not (got and got[-1].startswith(END)):
            got.append(self.agent.stdout.readline())
        first = next(i for i, l in enumerate(got) if l.startswith("  open INTENT"))
        return "".join(got[:first])

    def play(self):
        for kind, argument, lines in blocks(os.path.join(ROOT, "core", "gate", "README.md")):
            if kind in ("conf", "lua"):
                self.write(argument, lines)
                continue
            self.start()
            for command, want in steps(lines, "agent> " if kind == "agent" else "$ "):
                if kind == "agent":
                    got = self.say(command)
                else:
                    got = subprocess.run(["bash", "-c", real(command)], env=self.env, capture_output=True, text=True, timeout=60).stdout
                same(command, want, got)
                self.played += 1

    def end(self):
        if self.agent is not None:
            self.agent.stdin.close()
            self.agent.wait(10)
        if self.daemon is not None:
            self.daemon.send_signal(signal.SIGTERM)
            self.daemon.wait(20)
        shutil.rmtree(self.dir, ignore_errors=True)


page = Page()
try:
    page.play()
finally:
    page.end()
if page.played < 10:
    sys.exit("FAILED: only %d commands on the page" % page.played)
print("%d passed, 0 failed" % page.played)
