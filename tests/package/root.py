# SPDX-License-Identifier: Apache-2.0
"""A fresh root of the distribution with a package of this tree, booted once with a script that says @NAME=VALUE for each thing that it looked at."""
import glob, os, shutil, subprocess, sys, tempfile

UNIT = "[Unit]\nAfter=multi-user.target\n[Service]\nType=oneshot\nExecStart=/bin/bash /root/script\nExecStopPost=/bin/systemctl poweroff --no-block\nTimeoutStartSec=%d\n"
HERE = os.path.dirname(os.path.abspath(__file__))
PAGE = os.path.join(HERE, "..", "..", "packaging", "README.md")
COMMON = r"""#!/bin/bash
exec > /root/out 2>&1
row() { echo "@$1=$2"; }
state() { systemctl show stepgated -p "$1" --value; }
settle() { for _ in $(seq 100); do [ "$(state ActiveState)" = "$1" ] && return; sleep 0.1; done; }
ask() { : > /root/agent.out; echo "$1" >&7; sleep 1; cat /root/agent.out; }
session() { verdicts=; while IFS= read -r line; do ask "$line" > /root/said; cat /root/said; [ "${line%% *}" = open ] && token=$(sed -n 's/^ *token *//p' /root/said) || verdicts="$verdicts$(head -1 /root/said | cut -d' ' -f1) "; done < "$1"; }
"""


def not_run(why):
    print("NOT RUN (%s)" % why)
    sys.exit(77)


def ask_for(long):
    """Ends the test where it cannot run."""
    if long != "ON": not_run("takes a minute, and a machine that boots: tests/run --long")
    if os.getuid() != 0: not_run("needs root")
    for program in ("mmdebstrap", "systemd-nspawn"):
        if shutil.which(program) is None: not_run("%s is not installed: apt-get install mmdebstrap systemd-container" % program)


def package(folder, name="stepgate"):
    found = glob.glob(folder + "/%s_*.deb" % name)
    assert len(found) == 1, found
    return found[0]


def sessions(page):
    """Of the section First hour: the verdicts that each session ends with."""
    part = open(page).read().split("## First hour\n")[1].split("\n## ")[0]
    blocks = [block.split("\n", 1) for block in part.split("```")[1::2]]
    lines = [[line[len("agent> "):].split(" -> ") for line in text.splitlines() if line.startswith("agent> ")] for head, text in blocks if head == "session"]
    return lines, blocks


def hour(of_page=PAGE):
    """The section First hour as files: its blocks by their word, in order."""
    lines, blocks = sessions(of_page)
    of = lambda word: [text for head, text in blocks if head.split(" ")[0] == word]
    assert [len(of(word)) for word in ("sh", "lua", "session", "approval", "token")] == [4, 1, 2, 1, 1], [head for head, _ in blocks]
    page = open(of_page).read()
    files = [("root/hour-%d.sh" % (i + 1), text) for i, text in enumerate(of("sh"))] + [("root/policy.lua", of("lua")[0]), ("root/approval.sh", of("approval")[0]), ("root/token.sh", of("token")[0])]
    files += [("root/%s.sh" % word, page.split("```%s\n" % word)[1].split("```")[0]) for word in ("seeing", "watching", "doctor", "page")]
    files += [("root/session-%d" % (i + 1), "".join(line[0].strip() + "\n" for line in part)) for i, part in enumerate(lines)]
    wanted = {"session_%d" % (i + 1): " ".join(line[1] for line in part if len(line) == 2) for i, part in enumerate(lines)}
    return [(name, text, 0o644) for name, text in files], wanted


def made(deb, include=(), beside=(), more=()):
    """The root, with `deb` and the packages `more` installed by apt and the files `beside` in /root."""
    root = tempfile.mkdtemp()
    os.chmod(root, 0o755)
    said = subprocess.run(["mmdebstrap", "--variant=minbase", "--include=%s" % ",".join(("systemd", "systemd-sysv", "dbus") + tuple(include)), "--customize-hook=copy-in %s /root" % deb] +
                          ["--customize-hook=copy-in %s /root" % other for other in (*beside, *more)] +
                          ["--customize-hook=DEBIAN_FRONTEND=noninteractive chroot \"$1\" apt-get install -y --no-install-recommends %s" % " ".join("/root/" + os.path.basename(d) for d in (deb, *more)), "bookworm", root],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert said.returncode == 0, said.stdout[-3000:]
    return root


def booted(root, script, files, seconds=200):
    """What the script said, all of it and by name."""
    for name, text, mode in [("root/script", COMMON + script, 0o700), ("etc/systemd/system/play.service", UNIT % seconds, 0o644)] + files:
        with open(os.path.join(root, name), "w") as f: f.write(text)
        os.chmod(os.path.join(root, name), mode)
    os.makedirs(root + "/etc/systemd/system/multi-user.target.wants", exist_ok=True)
    os.symlink("../play.service", root + "/etc/systemd/system/multi-user.target.wants/play.service")
    boot = subprocess.run(["systemd-nspawn", "--boot", "-D", root, "--register=no", "--keep-unit", "--console=pipe",
                           "--system-call-filter=landlock_create_ruleset landlock_add_rule landlock_restrict_self"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=seconds + 200)
    if not os.path.exists(root + "/root/out"): not_run("no systemd boots here: %s" % boot.stdout.decode(errors="replace")[-300:].strip())
    out = open(root + "/root/out", errors="replace").read()
    return out, dict(line[1:].split("=", 1) for line in out.splitlines() if line.startswith("@"))


def told(out, got, wanted):
    """`wanted`: by name, a text or what is asked of one. The exit code."""
    good = lambda name, want: want(got.get(name, "").strip()) if callable(want) else got.get(name, "").strip() == want
    bad = ["%s: %s%s" % (name, got.get(name), "" if callable(want) else ", not " + want) for name, want in wanted.items() if not good(name, want)]
    if bad: print(out[-8000:])
    for line in bad: print("FAILED: " + line)
    print("%d passed, %d failed" % (len(wanted) - len(bad), len(bad)))
    return 1 if bad else 0
