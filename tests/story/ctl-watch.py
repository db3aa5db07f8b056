#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""stepgate watch: rates of what is decided, as objects, as lines and on a terminal that is given back as it was; a daemon that is away or began anew is said, and no rate is ever negative."""
import fcntl, json, os, pty, select, signal, struct, subprocess, sys, termios, time
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fault"))
import checks
from checks import good, waited
from stage import BUILD, Stage, agent

STEPGATE = os.path.join(os.path.abspath(BUILD), "core", "stepgate")
CONF = """
groups : { ops : { members = [ "stage" ] } }
intents : { work : { actions = [ "**" ]  sensitivity = "confidential" } }
actions : { read : { name = "repo.read"  effect = "read"  sensitivity = "internal" }
            drop : { name = "repo.drop"  effect = "write"  sensitivity = "internal" } }
audit : { copy : { use = "file"  grants = [ "folder=folder:%%(dir)s/out" ] } }
agents : { %s }
""" % agent("helper", 4201)
POLICY = """
policy { name = "test", description = "what the test lives by", owner = "ops" }
rule { id = "read", on = "repo.read", effect = allow {} }
"""


def begin(d, *options, **how):
    return subprocess.Popen([STEPGATE, "watch", "--run", os.path.join(d.dir, "run")] + list(options), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **how)


def ask(d, who, task, times):
    for _ in range(times):
        who.act(task, "repo.read")
        who.act(task, "repo.drop")


def objects(d):
    who = d.agent_of(4201)
    task = who.open("work")
    p = begin(d, "--json", "--count", "3")
    first = json.loads(p.stdout.readline())
    ask(d, who, task, 5)
    second, third = json.loads(p.stdout.readline()), json.loads(p.stdout.readline())
    good("it ends after so many samples", p.wait(10) == 0 and p.stdout.read() == "")
    good("one sample has no rates", first["rated"] is False and first["verdicts"] == {}, first)
    good("two have", second["rated"] and third["rated"], second)
    rates = [s["verdicts"] for s in (second, third)]
    good("what was allowed and denied in between", sum(r["allow"] for r in rates) > 2 and sum(r["deny"] for r in rates) > 2, rates)
    good("by reason too", sum(sum(s["reasons"].values()) for s in (second, third)) > 4, second)
    good("the task is open, nobody is killed", third["tasks"] == 1 and third["killed"] == [] and third["approvals"] == 0, third)
    good("each sink says how far it is behind", [s["name"] for s in third["sinks"]] == ["copy"] and third["sinks"][0]["lag"] >= 0, third)
    good("the slowest request has its route", third["slowest"]["us"] > 0 and third["slowest"]["route"], third)
    who.close(task)


def lines(d):
    p = begin(d, "--count", "2")
    out = p.communicate(timeout=20)[0].splitlines()
    good("where stdout is no terminal there is one line a sample", len(out) == 2 and "first sample" in out[0] and "/s: allow" in out[1], out)
    good("nothing of it steers a terminal", "\033" not in "".join(out), out)
    p = begin(d, "--interval", "3600")
    p.stdout.readline()
    p.send_signal(signal.SIGINT)
    good("Ctrl-C ends it at once", p.wait(5) == 0)
    for wrong in (["--interval", "0"], ["--interval", "x"], ["--count", "-1"], ["--count", "0"]):
        good("%s is refused" % " ".join(wrong), begin(d, *wrong).wait(10) == 64)
    good("without a daemon it says so", subprocess.run([STEPGATE, "watch", "--run", d.dir + "/nowhere"], capture_output=True).returncode == 69)


def comes_back(d):
    p = begin(d, "--json")
    next_one = lambda: json.loads(p.stdout.readline())
    good("decisions were counted before", next_one()["away"] == "")
    d.stop(keep=True)
    while True:
        seen = next_one()
        if seen["away"]:
            break
    good("a daemon that is away is said", seen["rated"] is False and seen["verdicts"] == {}, seen)
    d.start()
    back = waited(lambda: (lambda s: s if not s["away"] else None)(next_one()))
    good("that it began anew, too", back["restarted"] and not back["rated"], back)
    after = next_one()
    good("then there are rates again", after["rated"] and not after["restarted"] and min(after["verdicts"].values()) >= 0, after)
    p.terminate()
    good("it ends when told", p.wait(5) == 0)


def killed_by(d):
    c = d.admin()
    c.ask("POST", "/v1/kill", dict(agent="helper", reason="the test"))
    c.close()
    out = begin(d, "--count", "1").communicate(timeout=10)[0]
    good("who is killed", "killed helper" in out, out)


def terminal(d, color):
    keep, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 8, 40, 0, 0))
    before = termios.tcgetattr(slave)
    env = dict(os.environ, TERM="xterm")
    env.pop("NO_COLOR", None)
    env.update({} if color else {"NO_COLOR": "1"})
    p = subprocess.Popen([STEPGATE, "watch", "--run", os.path.join(d.dir, "run")], stdin=slave, stdout=slave, stderr=subprocess.PIPE, env=env)
    said = b""
    end = time.time() + 20
    while said.count(b"\033[H") < 2 and time.time() < end:
        if select.select([keep], [], [], 0.2)[0]:
            said += os.read(keep, 65536)
    os.write(keep, b"q")
    good("q ends it", p.wait(10) == 0)
    while select.select([keep], [], [], 0.2)[0]:
        said += os.read(keep, 65536)
    text = said.decode()
    good("it draws in place, and again", text.count("\033[H") >= 2, text[:300])
    good("the terminal is given back", text.startswith("\033[?1049h\033[?25l") and text.endswith("\033[?25h\033[?1049l") and termios.tcgetattr(slave) == before, text[-60:])
    one = text.split("\033[H")[2].split("\033[J")[0].replace("\r", "").split("\n")
    plain = [l.replace("\033[K", "").replace("\033[1m", "").replace("\033[31m", "").replace("\033[0m", "") for l in one]
    good("it fits the window", len(plain) <= 8 and all(len(l) <= 40 for l in plain) and any(len(l) == 40 for l in plain), plain)
    good("NO_COLOR is honoured" if not color else "it is coloured", ("\033[1m" in text) == color, text[:200])
    os.close(keep)
    os.close(slave)


class Carried(Stage):
    def start(self, wait=True):
        os.makedirs(os.path.join(self.dir, "out"), 0o700, exist_ok=True)
        super().start(wait)


d = Carried(CONF, POLICY)
try:
    for act in (objects, lines, comes_back, killed_by):
        act(d)
    terminal(d, True)
    terminal(d, False)
finally:
    d.end()
checks.done()
