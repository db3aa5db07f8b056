#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The package in a fresh root under a booted systemd: skipped until init, then the page's first hour, command by command, reloads a good and a bad configuration, comes back when it is killed, takes the drop-ins of
the page, and stays down where its configuration is broken. booted.py FOLDER-OF-PACKAGES ON|OFF (with --long)"""
import os, re, shutil, sys
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from root import HERE, PAGE, ask_for, booted, hour, made, package, told

SCRIPT = r"""systemctl start stepgated; row skipped "$(state ActiveState) $(state ConditionResult)"
stepgate init; row bare_init $?
for i in 1 2; do bash -ex /root/hour-$i.sh; row hour_$i $?; done
mkdir -p /etc/stepgate/policy.d; cp /root/policy.lua /etc/stepgate/policy.d/10-invoices.lua
bash -ex /root/hour-3.sh; row hour_3 "$? $(state ActiveState)"
mkfifo /root/agent.in; runuser -u payer -- stepgate agent < /root/agent.in >> /root/agent.out 2>&1 &
exec 7> /root/agent.in
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
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=approve.acme.example -addext subjectAltName=DNS:approve.acme.example -keyout /etc/stepgate/web.key -out /etc/stepgate/web.pem 2> /dev/null
bash -ex /root/page.sh; row page "$? $(systemctl is-active stepgate-web)"
https() { printf 'GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n' "$1" "$2" | timeout 10 openssl s_client -quiet -verify_return_error -CAfile /etc/stepgate/web.pem -servername approve.acme.example -verify_hostname approve.acme.example -connect 127.0.0.1:443 2> /root/tls | tr -d '\r'; }
for i in $(seq 50); do https / approve.acme.example > /root/http; [ -s /root/http ] && break; sleep 0.1; done
row page_asks "$(head -1 /root/http) $(grep -c '^Content-Security-Policy: ' /root/http) $(https /sign-in approve.acme.example | grep -c '<form')"; row page_elsewhere "$(https /sign-in other.example | head -1)"
row page_user "$(systemctl show stepgate-web -p MainPID --value | xargs ps -o user= -p) $(openssl x509 -in /etc/stepgate/web.pem -noout -fingerprint | wc -l)"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=approve.acme.example -addext subjectAltName=DNS:approve.acme.example -keyout /etc/stepgate/web.key -out /etc/stepgate/web.pem 2> /dev/null
systemctl reload stepgate-web; sleep 0.5; row page_reloaded "$? $(systemctl is-active stepgate-web) $(https /sign-in approve.acme.example | grep -c '<form')"; systemctl stop stepgate-web; row page_stopped "$(systemctl show stepgate-web -p ExecMainStatus --value)"
bash -ex /root/watching.sh; row watching $?
bash -x /root/doctor.sh; row doctor $?
row doctor_errors "$(stepgate doctor --json | grep -o '"errors":[0-9]*')"
row confined "$(stepgate status --json | grep -c 'not_confined')"
systemctl reload stepgated; rc=$?; sleep 0.5; settle active; row reloaded "$rc $(state ActiveState)"
echo 'nothing : 1' > /etc/stepgate/conf.d/90-bad.conf; systemctl reload stepgated; sleep 1; settle active; row reload_bad "$(state ActiveState)"; stepgate status > /dev/null; row status_after_bad $?
rm /etc/stepgate/conf.d/90-bad.conf
sleep 12; row watchdog "$(state ActiveState) $(state NRestarts)"
pid=$(state MainPID); [ "$pid" != 0 ] && kill -9 "$pid"; sleep 2; settle active; row killed "$(state ActiveState) $(state NRestarts)"
(echo open invoices; sleep 12) | runuser -u payer -- stepgate agent > /dev/null 2>&1 & sleep 1 # a door is there while somebody knocks
killed=; for name in sg-door sg-policy sg-host sg-gate; do n=0; for p in $(grep -lx "$name" /proc/[0-9]*/comm 2>/dev/null | cut -d/ -f3); do kill -9 "$p" && n=$((n + 1)); sleep 0.5; done; killed="$killed$([ $n -gt 0 ] && echo "$name ")"; sleep 1; done; row each_killed "$killed"
for _ in $(seq 50); do stepgate status > /dev/null && break; sleep 0.2; done
stepgate status > /dev/null; row parts_killed $?
systemctl restart stepgated; row restarted "$? $(state ActiveState)"
touch /root/loading /root/load.out; chmod 711 /root; runuser -u payer -- python3 /root/load.py /root/loading > /root/load.out & load=$!
for _ in 1 2 3; do sleep 1; systemctl restart stepgated; done; sleep 1; pid=$(state MainPID); kill -9 "$pid"; sleep 4; rm /root/loading; wait $load; row load "$(cat /root/load.out)"; row load_state "$(state ActiveState)"
mkdir -p /srv/ssh-krl /etc/systemd/system/stepgated.service.d; in_unit() { nsenter -t "$(state MainPID)" -m bash -c "$1" 2> /dev/null; echo $?; }
touch /tmp/seen; row walled "$(in_unit 'touch /srv/ssh-krl/x') $(in_unit 'test -e /tmp/seen')"
cp /root/drop-in-*.conf /etc/systemd/system/stepgated.service.d; systemctl daemon-reload; systemctl restart stepgated; row drop_ins "$? $(state ActiveState)"; stepgate status > /dev/null; row drop_ins_status $?
row opened "$(in_unit 'touch /srv/ssh-krl/x') $(in_unit 'test -e /tmp/seen') $(state PrivateNetwork)"
echo 'nothing : 1' > /etc/stepgate/conf.d/90-bad.conf; systemctl restart stepgated; sleep 3; row broken "$(state ActiveState) $(state ExecMainStatus) $(state NRestarts)"
rm /etc/stepgate/conf.d/90-bad.conf; systemctl reset-failed stepgated; systemctl start stepgated; row mended "$(state ActiveState)"
stepgate audit verify; row verified $?
systemctl stop stepgated; row stopped "$(state ActiveState) $(state ExecMainStatus)"; row closed "$(ls /run/stepgate/agent.sock 2> /dev/null)"
cp -a /var/lib/stepgate /root/state; mount -t tmpfs -o size=24m,mode=0700 none /var/lib/stepgate; cp -a /root/state/. /var/lib/stepgate; stepgate kill --all --reason x > /dev/null 2>&1; row dead_kill $?
dd if=/dev/zero of=/var/lib/stepgate/full bs=4k > /dev/null 2>&1; systemctl start stepgated; row full "$(state ActiveState)"; stepgate status > /root/full.out; row full_status $?; cat /root/full.out
ask_alone() { printf 'open invoices\nact invoice.read --resource invoice:17\n' | runuser -u payer -- stepgate agent > /root/alone 2>&1; cat /root/alone; tail -n +1 /root/alone | grep -c '^allow'; }
row full_act "$(ask_alone | tail -1)"; stepgate kill --all --reason full > /root/full.kill; row full_kill $?; cat /root/full.kill
rm /var/lib/stepgate/full; for _ in $(seq 100); do stepgate status --json | grep -q '"journal":"open"' && break; sleep 0.1; done; row room_again "$(stepgate status --json | grep -o '"journal":"[a-z]*"') $(ask_alone | tail -1)"
stepgate lift --all --reason over > /dev/null; row lifted "$? $(ask_alone | tail -1)"; stepgate audit verify; row full_verified $?; systemctl stop stepgated
journalctl -u stepgated --no-pager -o cat | tail -40
echo @end=1
"""
WANTED = dict(skipped="inactive no", bare_init="64", hour_1="0", hour_2="0", hour_3="0 active", session_1="allow allow step_up deny", approve="0", session_2="allow step_up", enforcer="0", hour_4="0",
              not_operators="77 77 77", not_approver="77", init_again="0", seeing="0", readyz="HTTP/1.1 200 OK", metrics="1 1", status="0", page="0 active", page_asks=lambda text: text == "HTTP/1.1 303 See Other 1 1", page_elsewhere="HTTP/1.1 421 Misdirected Request", page_user="stepgate-web 1", page_reloaded="0 active 1", page_stopped="0", watching="0", doctor="1", doctor_errors='"errors":0', confined="0", reloaded="0 active", reload_bad="active", status_after_bad="0", watchdog="active 0", killed="active 1",
              parts_killed="0", each_killed="sg-door sg-policy sg-host sg-gate", restarted="0 active", walled="1 1", drop_ins="0 active", drop_ins_status="0", opened="0 0 no", broken="failed 78 0", mended="active", verified="0", stopped="inactive 0", end="1",
              load=lambda text: re.fullmatch(r"answered [1-9]\d\d+ failed 0 slowest_ms \d+", text) is not None, load_state="active", closed="", full="active", full_status="1", full_act="0", full_kill="0", room_again='"journal":"open" 0', lifted="0 1", full_verified="0")


def main():
    ask_for(sys.argv[2])
    root = made(package(sys.argv[1]), ["python3-minimal", "openssl", "procps"], [os.path.join(HERE, "load.py")], [package(sys.argv[1], "stepgate-web"), package(sys.argv[1], "stepgate-module-webauthn")])
    try:
        drop_ins = [block.split("\n", 1)[1] for block in open(PAGE).read().split("```")[1::2] if block.startswith("\n[Service]")]
        assert len(drop_ins) == 2, drop_ins
        files, sessions = hour()
        out, got = booted(root, SCRIPT, files + [("root/drop-in-%d.conf" % i, block, 0o644) for i, block in enumerate(drop_ins)])
        return told(out, got, {**WANTED, **sessions})
    finally:
        shutil.rmtree(root, ignore_errors=True)


sys.exit(main())
