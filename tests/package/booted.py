#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The package in a fresh root under a booted systemd: skipped until init, then the page's first hour, command by command, reloads a good and a bad configuration, comes back when it is killed, takes the drop-ins of
the page, and stays down where its configuration is broken. booted.py FOLDER-OF-PACKAGES ON|OFF (with --long)"""
import glob, os, shutil, subprocess, sys, tempfile

SCRIPT = r"""#!/bin/bash
exec > /root/out 2>&1
row() { echo "@$1=$2"; }
state() { systemctl show stepgated -p "$1" --value; }
settle() { for _ in $(seq 100); do [ "$(state ActiveState)" = "$1" ] && return; sleep 0.1; done; }
systemctl start stepgated; row skipped "$(state ActiveState) $(state ConditionResult)"
stepgate init; row bare_init $?
for i in 1 2; do bash -ex /root/hour-$i.sh; row hour_$i $?; done
mkdir -p /etc/stepgate/policy.d; cp /root/policy.lua /etc/stepgate/policy.d/10-invoices.lua
bash -ex /root/hour-3.sh; row hour_3 "$? $(state ActiveState)"
mkfifo /root/agent.in; runuser -u payer -- stepgate agent < /root/agent.in >> /root/agent.out 2>&1 &
exec 7> /root/agent.in
ask() { : > /root/agent.out; echo "$1" >&7; sleep 1; cat /root/agent.out; }
session() { verdicts=; while IFS= read -r line; do ask "$line" > /root/said; cat /root/said; [ "${line%% *}" = open ] && token=$(sed -n 's/^ *token *//p' /root/said) || verdicts="$verdicts$(head -1 /root/said | cut -d' ' -f1) "; done < "$1"; }
session /root/session-1; row session_1 "$verdicts"
id=$(runuser -u dora -- stepgate approvals | head -1 | cut -d' ' -f1)
sed "s/ID/$id/" /root/approval.sh > /root/approve.sh; bash -ex /root/approve.sh; row approve $?
session /root/session-2; row session_2 "$verdicts"
sed "s/TOKEN/$token/" /root/token.sh > /root/enforce.sh; bash -ex /root/enforce.sh; row enforcer $?
bash -ex /root/hour-4.sh > /dev/null; row hour_4 $?
exec 7>&-
for who in dora payer bank; do runuser -u $who -- stepgate status > /dev/null 2>&1; printf '%s ' $?; done > /root/codes; row not_operators "$(cat /root/codes)"
row not_approver "$(runuser -u payer -- stepgate approvals > /dev/null 2>&1; echo $?)"
row journald "$(journalctl -q --no-pager -o cat | grep -c 'pay.send')"
stepgate init --trust-domain acme.example > /dev/null; row init_again $?
bash -ex /root/seeing.sh; row seeing $?
http() { (exec 8<> /dev/tcp/127.0.0.1/9464 && printf 'GET %s HTTP/1.1\r\nHost: x\r\n\r\n' "$1" >&8 && cat <&8); }
for i in $(seq 50); do http /readyz > /root/http 2> /dev/null && break; sleep 0.1; done; row readyz "$(head -1 /root/http | tr -d '\r')"
http /metrics > /root/http; row metrics "$(grep -c '^stepgate_decisions_total{verdict="allow"} [1-9]' /root/http) $(grep -c '^stepgate_up 1' /root/http)"
systemctl status stepgate-metrics --no-pager -l | tail -15; systemctl stop stepgate-metrics
stepgate status; row status $?
bash -ex /root/watching.sh; row watching $?
bash -x /root/doctor.sh; row doctor $?
row doctor_errors "$(stepgate doctor --json | grep -o '"errors":[0-9]*')"
row confined "$(stepgate status --json | grep -c 'not_confined')"
systemctl reload stepgated; rc=$?; sleep 0.5; settle active; row reloaded "$rc $(state ActiveState)"
echo 'nothing : 1' > /etc/stepgate/conf.d/90-bad.conf; systemctl reload stepgated; sleep 1; settle active; row reload_bad "$(state ActiveState)"; stepgate status > /dev/null; row status_after_bad $?
rm /etc/stepgate/conf.d/90-bad.conf
sleep 12; row watchdog "$(state ActiveState) $(state NRestarts)"
pid=$(state MainPID); [ "$pid" != 0 ] && kill -9 "$pid"; sleep 2; settle active; row killed "$(state ActiveState) $(state NRestarts)"
for name in sg-gate sg-door sg-host; do p=$(grep -lx "$name" /proc/[0-9]*/comm 2>/dev/null | head -1 | cut -d/ -f3); [ -n "$p" ] && kill -9 "$p"; sleep 1; done
stepgate status > /dev/null; row parts_killed $?
systemctl restart stepgated; row restarted "$? $(state ActiveState)"
mkdir -p /srv/ssh-krl /etc/systemd/system/stepgated.service.d; in_unit() { nsenter -t "$(state MainPID)" -m bash -c "$1" 2> /dev/null; echo $?; }
touch /tmp/seen; row walled "$(in_unit 'touch /srv/ssh-krl/x') $(in_unit 'test -e /tmp/seen')"
cp /root/drop-in-*.conf /etc/systemd/system/stepgated.service.d; systemctl daemon-reload; systemctl restart stepgated; row drop_ins "$? $(state ActiveState)"; stepgate status > /dev/null; row drop_ins_status $?
row opened "$(in_unit 'touch /srv/ssh-krl/x') $(in_unit 'test -e /tmp/seen') $(state PrivateNetwork)"
echo 'nothing : 1' > /etc/stepgate/conf.d/90-bad.conf; systemctl restart stepgated; sleep 3; row broken "$(state ActiveState) $(state ExecMainStatus) $(state NRestarts)"
rm /etc/stepgate/conf.d/90-bad.conf; systemctl reset-failed stepgated; systemctl start stepgated; row mended "$(state ActiveState)"
stepgate audit verify; row verified $?
systemctl stop stepgated; row stopped "$(state ActiveState) $(state ExecMainStatus)"
journalctl -u stepgated --no-pager -o cat | tail -40
echo @end=1
"""
UNIT = "[Unit]\nAfter=multi-user.target\n[Service]\nType=oneshot\nExecStart=/bin/bash /root/script\nExecStopPost=/bin/systemctl poweroff --no-block\nTimeoutStartSec=200\n"
WANTED = dict(skipped="inactive no", bare_init="64", hour_1="0", hour_2="0", hour_3="0 active", session_1="allow allow step_up deny", approve="0", session_2="allow step_up", enforcer="0", hour_4="0",
              not_operators="77 77 77", not_approver="77", init_again="0", seeing="0", readyz="HTTP/1.1 200 OK", metrics="1 1", status="0", watching="0", doctor="1", doctor_errors='"errors":0', confined="0", reloaded="0 active", reload_bad="active", status_after_bad="0", watchdog="active 0", killed="active 1",
              parts_killed="0", restarted="0 active", walled="1 1", drop_ins="0 active", drop_ins_status="0", opened="0 0 no", broken="failed 78 0", mended="active", verified="0", stopped="inactive 0", end="1")


def not_run(why):
    print("NOT RUN (%s)" % why)
    sys.exit(77)


def hour(page):
    """The section First hour: its blocks by their word, in order."""
    part = page.split("## First hour\n")[1].split("\n## ")[0]
    blocks = [block.split("\n", 1) for block in part.split("```")[1::2]]
    of = lambda word: [text for head, text in blocks if head.split(" ")[0] == word]
    sessions = [[line[len("agent> "):].split(" -> ") for line in text.splitlines() if line.startswith("agent> ")] for text in of("session")]
    WANTED.update({"session_%d" % (i + 1): " ".join(line[1] for line in lines if len(line) == 2) for i, lines in enumerate(sessions)})
    assert [len(of(word)) for word in ("sh", "lua", "session", "approval", "token")] == [4, 1, 2, 1, 1], [head for head, _ in blocks]
    files = [("root/hour-%d.sh" % (i + 1), text) for i, text in enumerate(of("sh"))] + [("root/policy.lua", of("lua")[0]), ("root/approval.sh", of("approval")[0]), ("root/token.sh", of("token")[0])]
    files += [("root/%s.sh" % word, page.split("```%s\n" % word)[1].split("```")[0]) for word in ("seeing", "watching", "doctor")]
    files += [("root/session-%d" % (i + 1), "".join(line[0].strip() + "\n" for line in lines)) for i, lines in enumerate(sessions)]
    return [(name, text, 0o644) for name, text in files]


def main():
    if sys.argv[2] != "ON": not_run("takes a minute, and a machine that boots: tests/run --long")
    if os.getuid() != 0: not_run("needs root")
    for program in ("mmdebstrap", "systemd-nspawn"):
        if shutil.which(program) is None: not_run("%s is not installed: apt-get install mmdebstrap systemd-container" % program)
    package = glob.glob(sys.argv[1] + "/stepgate_*.deb")
    assert len(package) == 1, package
    root = tempfile.mkdtemp()
    os.chmod(root, 0o755)
    try:
        said = subprocess.run(["mmdebstrap", "--variant=minbase", "--include=systemd,systemd-sysv,dbus", "--customize-hook=copy-in %s /root" % package[0],
                               "--customize-hook=DEBIAN_FRONTEND=noninteractive chroot \"$1\" apt-get install -y --no-install-recommends /root/%s" % os.path.basename(package[0]), "bookworm", root],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        assert said.returncode == 0, said.stdout[-3000:]
        files = [("root/script", SCRIPT, 0o700), ("etc/systemd/system/play.service", UNIT, 0o644)]
        page = open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "packaging", "README.md")).read()
        drop_ins = [block.split("\n", 1)[1] for block in page.split("```")[1::2] if block.startswith("\n[Service]")]
        assert len(drop_ins) == 2, drop_ins
        files += hour(page)
        files += [("root/drop-in-%d.conf" % i, block, 0o644) for i, block in enumerate(drop_ins)]
        for name, text, mode in files:
            with open(os.path.join(root, name), "w") as f: f.write(text)
            os.chmod(os.path.join(root, name), mode)
        os.makedirs(root + "/etc/systemd/system/multi-user.target.wants", exist_ok=True)
        os.symlink("../play.service", root + "/etc/systemd/system/multi-user.target.wants/play.service")
        boot = subprocess.run(["systemd-nspawn", "--boot", "-D", root, "--register=no", "--keep-unit", "--console=pipe",
                               "--system-call-filter=landlock_create_ruleset landlock_add_rule landlock_restrict_self"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=400)
        if not os.path.exists(root + "/root/out"): not_run("no systemd boots here: %s" % boot.stdout.decode(errors="replace")[-300:].strip())
        out = open(root + "/root/out", errors="replace").read()
        got = dict(line[1:].split("=", 1) for line in out.splitlines() if line.startswith("@"))
        bad = ["%s: %s, not %s" % (name, got.get(name), want) for name, want in WANTED.items() if got.get(name, "").strip() != want]
        if bad: print(out[-6000:])
        for line in bad: print("FAILED: " + line)
        print("%d passed, %d failed" % (len(WANTED) - len(bad), len(bad)))
        return 1 if bad else 0
    finally:
        shutil.rmtree(root, ignore_errors=True)


sys.exit(main())
