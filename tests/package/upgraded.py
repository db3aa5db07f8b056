#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The package of the commit before, at work under a booted systemd, is upgraded to this one by dpkg: task, approval, credential, kill and record are there as they were, nobody who connects fails, and the approval
serves once. A module's package for another ABI is not configured, and the daemon stays up. Removed, the daemon ends and the state stays; installed again it goes on; purged, the state goes.
upgraded.py SOURCE FOLDER-OF-PACKAGES ON|OFF (with --long)"""
import os, re, shutil, subprocess, sys, tempfile
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from root import HERE, ask_for, booted, hour, made, not_run, package, told

SCRIPT = r"""for i in 1 2; do bash -ex /root/hour-$i.sh; row hour_$i $?; done
stepgate config add agent other user=nobody owner=mira@acme.example escalate=mira@acme.example environment=production 'reach=invoice.*' intents=invoices; row other $?
mkdir -p /etc/stepgate/policy.d; cp /root/policy.lua /etc/stepgate/policy.d/10-invoices.lua
bash -ex /root/hour-3.sh; row hour_3 "$? $(state ActiveState)"
mkfifo /root/agent.in; runuser -u payer -- stepgate agent < /root/agent.in >> /root/agent.out 2>&1 &
exec 7> /root/agent.in
session /root/session-1; row session_1 "$verdicts"
stepgate kill --agent other --reason before; row kill $?
seen() { stepgate tasks --json | tr ',{' '\n\n' | grep -E '"(id|state|agent|denied|opener)"' | sort; echo; stepgate approvals --json | tr ',{' '\n\n' | grep -E '"(id|state|digest|rule)"' | sort; stepgate leases list --json | tr ',{' '\n\n' | grep -E '"(id|jti|state|lease|task)"' | sort; stepgate status --json | grep -o '"killed":[^]]*]'; }
seen > /root/before; cat /root/before; row counted "$(grep -c '"id":"t-' /root/before) $(grep -c '"id":"a-' /root/before) $(grep -c 'active' /root/before) $(grep -c 'killed.*other' /root/before)"
stepgate audit verify --json > /root/verify; anchor=$(sed -n 's/.*"head":"\([0-9a-f]*\)".*/\1/p' /root/verify); last=$(sed -n 's/.*"last":\([0-9]*\).*/\1/p' /root/verify)
pid=$(state MainPID); keys=$(cat /var/lib/stepgate/keys/*.key | sha256sum)
chmod 711 /root; touch /root/loading; runuser -u payer -- python3 /root/load.py /root/loading > /root/load.out & load=$!
sleep 1; DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends /root/NEW; row upgraded $?
settle active; for _ in $(seq 100); do stepgate status > /dev/null 2>&1; [ $? -le 1 ] && break; sleep 0.1; done; sleep 1
row metrics "$(systemctl is-active stepgate-metrics)"
row version "$(dpkg-query -W -f '${Version}' stepgate)"; row state "$(state ActiveState)"; [ "$(state MainPID)" != "$pid" ]; row another $?
row program "$(readlink /proc/$(state MainPID)/exe)"
seen > /root/after; diff /root/before /root/after; row same $?
row keys "$([ "$keys" = "$(cat /var/lib/stepgate/keys/*.key | sha256sum)" ]; echo $?) $(find /etc/stepgate -name '*.dpkg-*' | wc -l)"
rm /root/loading; wait $load; row load "$(cat /root/load.out)"
id=$(runuser -u dora -- stepgate approvals | head -1 | cut -d' ' -f1); sed "s/ID/$id/" /root/approval.sh > /root/approve.sh; bash -ex /root/approve.sh; row approve $?
session /root/session-2; row session_2 "$verdicts"
runuser -u nobody -- stepgate agent <<< 'open invoices' > /root/said 2>&1; row still_killed "$(grep -c killed /root/said)"
stepgate audit verify --anchor "$last:$anchor"; row verified $?
dpkg -i /root/vendor.deb; row vendor "$? $(dpkg-query -W -f '${db:Status-Status}' vendor-module) $(state ActiveState)"; dpkg --remove vendor-module; stepgate status > /dev/null; row vendor_status $?
apt-get remove -y stepgate; row removed "$? $(systemctl is-active stepgated) $([ -e /var/lib/stepgate/keys/state.key ]; echo $?)"
DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends /root/NEW; row back "$? $(systemctl is-active stepgated)"; for _ in $(seq 100); do stepgate status > /dev/null 2>&1; [ $? -le 1 ] && break; sleep 0.1; done; row goes_on "$(state ActiveState) $(stepgate tasks --json | grep -c "$(grep -o 't-[0-9a-f]*' /root/before | head -1)")"
systemctl stop stepgated; stepgate audit verify --anchor "$last:$anchor"; row verified_again $?
apt-get purge -y stepgate; row purged "$? $([ -e /var/lib/stepgate ]; echo $?) $([ -e /etc/stepgate/conf.d/00-site.conf ]; echo $?) $(getent group stepgate-admin > /dev/null; echo $?)"
journalctl -u stepgated --no-pager -o cat | tail -40
echo @end=1
"""
WANTED = dict(hour_1="0", hour_2="0", other="0", hour_3="0 active", kill="0", counted=lambda text: re.fullmatch(r"[1-9]\d* 1 [1-9]\d* 1", text) is not None, upgraded="0", metrics="inactive", state="active", another="0", program="/usr/sbin/stepgated", same="0", keys="0 0",
              load=lambda text: re.fullmatch(r"answered [1-9]\d+ failed 0 slowest_ms \d+", text) is not None, approve="0", still_killed="1", verified="0", vendor="1 unpacked active", vendor_status="0", removed="0 inactive 0", back="0 active", goes_on="active 1",
              verified_again="0", purged="0 1 0 0", end="1")


def packed_before(source, top):
    """The package of the commit before, as an older version, and the page that it was shipped with."""
    tree = os.path.join(top, "before")
    subprocess.run(["git", "clone", "-q", source, tree], check=True)
    if subprocess.run(["git", "-C", tree, "checkout", "-q", "HEAD~1"], stderr=subprocess.DEVNULL).returncode != 0: not_run("no commit before this one: a clone without its past")
    changelog = os.path.join(tree, "packaging", "debian", "changelog")
    with open(changelog) as f: text = f.read()
    with open(changelog, "w") as f: f.write(re.sub(r"\((.*?)\)", r"(\1~before)", text, count=1))
    subprocess.run(["git", "-C", tree, "-c", "user.name=x", "-c", "user.email=x@acme.example", "commit", "-qam", "before"], check=True)
    said = subprocess.run([os.path.join(tree, "packaging", "build-deb"), os.path.join(top, "packages")], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert said.returncode == 0, said.stdout[-3000:]
    return package(os.path.join(top, "packages")), os.path.join(tree, "packaging", "README.md")


def vendors(top):
    """A module that was built for another ABI."""
    folder = os.path.join(top, "vendor", "DEBIAN")
    os.makedirs(folder, 0o755)
    with open(os.path.join(folder, "control"), "w") as f:
        f.write("Package: vendor-module\nVersion: 1\nArchitecture: all\nMaintainer: A vendor <vendor@acme.example>\nDepends: stepgate-module-abi-99\nDescription: a module of a vendor\n for another version\n")
    os.chmod(os.path.join(top, "vendor"), 0o755)
    subprocess.run(["dpkg-deb", "--build", "--root-owner-group", os.path.join(top, "vendor"), os.path.join(top, "vendor.deb")], check=True, stdout=subprocess.DEVNULL)
    return os.path.join(top, "vendor.deb")


def main():
    ask_for(sys.argv[3])
    top, root = tempfile.mkdtemp(), None
    os.chmod(top, 0o755)
    try:
        new = package(sys.argv[2])
        before, page = packed_before(sys.argv[1], top)
        root = made(before, ["python3-minimal"], [os.path.join(HERE, "load.py"), vendors(top), new])
        os.rename(os.path.join(root, "root", os.path.basename(new)), os.path.join(root, "root", "new.deb"))
        files, sessions = hour(page)
        out, got = booted(root, SCRIPT.replace("/root/NEW", "/root/new.deb"), files, 300)
        version = subprocess.run(["dpkg-deb", "-f", new, "Version"], capture_output=True, text=True, check=True).stdout.strip()
        return told(out, got, {**WANTED, **sessions, "version": version})
    finally:
        for folder in (top, root):
            if folder: shutil.rmtree(folder, ignore_errors=True)


sys.exit(main())
