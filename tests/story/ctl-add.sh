#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The first files of a site: init --trust-domain, and config add of each kind; what is wrong gets in nowhere, what is there is never written over.
set -euo pipefail
gate=$STEPGATE_BUILD/core/stepgate
folder=$(mktemp -d /tmp/story.XXXXXX)
trap 'rm -rf "$folder"' EXIT
etc=$folder/etc checks=0
fail() { echo "FAILED: $*"; exit 1; }
mkdir -p "$etc/conf.d"
printf 'state_dir = "%s/state"  run_dir = "%s/run"  policy_dir = "%s/policy.d"  module_dir = "%s/modules"\nattest : { peer : { use = "peer"  control = "required" } }\n' "$folder" "$folder" "$folder" "$STEPGATE_BUILD" >"$etc/stepgate.conf"
chmod -R go-w "$folder"
me=$(id -un) uid=$(id -u) other=nobody # an operator is no agent

say() { # EXIT WORDS...
	local want=$1 code=0
	shift
	"$gate" "$@" --config "$etc/stepgate.conf" >"$folder/out" 2>&1 </dev/null || code=$?
	checks=$((checks + 1))
	[ "$code" = "$want" ] || fail "stepgate $*: $code, not $want: $(cat "$folder/out")"
}
has() { grep -qF -- "$1" "$folder/out" || fail "no '$1' in: $(cat "$folder/out")"; }
files() { [ "$(ls -A "$etc/conf.d" | tr '\n' ' ')" = "$1" ] || fail "conf.d holds $(ls -A "$etc/conf.d"), not $1"; }

# ---- init ----
say 64 init --admin "$me"; has 'goes with --trust-domain'
say 64 init --trust-domain acme.example --admin no-such-user; has 'no user "no-such-user"'
say 64 init "$folder/x" --trust-domain acme.example; has 'either DIR or'
for bad in 'Acme Example' 'a"b' "$(printf 'a\nb')" "$(printf 'x%.0s' $(seq 300))"; do
	code=0; "$gate" init --config "$etc/stepgate.conf" --trust-domain "$bad" >"$folder/out" 2>&1 || code=$?
	case $code in 64|78) ;; *) fail "trust domain '$bad': $code" ;; esac
done
files ''
[ ! -e "$folder/state" ] || fail "a refused init made a state"
say 0 init --trust-domain acme.example --admin "$me"; has '00-site.conf'; has state.key
files '00-site.conf '
say 0 init --trust-domain acme.example --admin "$me"
say 1 init --trust-domain acme.example --admin daemon; has 'config add admin daemon user=daemon'
sum=$(sha256sum "$etc/conf.d/00-site.conf" "$folder/state/keys/state.key")
say 0 init --trust-domain acme.example
say 0 init
say 1 init --trust-domain other.example; has 'is "acme.example" already'
[ "$(sha256sum "$etc/conf.d/00-site.conf" "$folder/state/keys/state.key")" = "$sum" ] || fail "init again changed something"
say 0 config show -n; has 'admins.root.uid = 0'; has 'trust_domain = "acme.example"'
[ "$uid" = 0 ] || has "admins.$me.uid = $uid"

# ---- add ----
say 0 config add group finance members=root
say 0 config add admin auditor uid=61999 may=approve groups=finance
say 0 config add human mira id=mira@acme.example 'agents=*' admin=root
say 0 config add role planner 'actions=repo.*'
say 0 config add intent fix 'actions=repo.*,deploy.run' sensitivity=internal
say 0 config add action read name=repo.read effect=read sensitivity=internal class=code
say 0 config add resource repos type=repo 'patterns=**' sensitivity=internal
say 0 config add tool read_file server=files tool=read_file action=repo.read "digest=$(printf x | sha256sum | cut -c1-64)"
say 0 config add agent helper user="$other" owner=mira@acme.example escalate=mira@acme.example environment=dev 'reach=repo.*' reach=deploy.run,,repo.read intents=fix
say 0 config add enforcer gw match=peer:uid=61998 for_agents=helper
say 0 config add issuer token use=jwt ttl=60s audience=gw; has 'stepgate init makes its key'
say 78 config add sink copy use=file "grants=folder=folder:$folder/log"; has 'there is no "log"'; has 'nothing was put in place'
mkdir -m 0755 "$folder/log"
say 0 config add sink copy use=file "grants=folder=folder:$folder/log" rotate_bytes=65536 keep=3
say 0 config add attest unit use=systemd control=optional --json; has '"changed":true'
say 0 config show -n --for agent=helper
has 'agents.helper.reach = [ "repo.*", "deploy.run", "repo.read" ]'; has "agents.helper.match = [ \"peer:uid=$(id -u "$other")\" ]"
say 0 config show -n
has 'agents.helper.review_by = "20'; has 'admins.auditor.may = "approve"'
say 0 init; has "issue/token.pem"
before=$(ls -A "$etc/conf.d" | tr '\n' ' ')
say 1 config add agent helper user="$other" owner=a@b escalate=a@b environment=dev 'reach=**' intents=fix; has 'stands at'
say 64 config add agnt x owner=y; has 'did you mean "agent"?'
say 64 config add intent 'a b' actions=x; has 'no name of a stanza'
say 64 config add intent x actions; has 'no OPTION=VALUE'
say 64 config add intent x 'Act ions=x'; has 'no OPTION=VALUE'
say 64 config add agent y user=no-such-user; has 'no user'
say 78 config add intent x action=repo.read sensitivity=internal; has 'actions'
say 78 config add intent x 'actions=a"b' sensitivity=internal
say 78 config add admin evil 'uid=5 } root2 : { uid = 6'; has 'uid is a string'
say 78 config add admin other uid=0; has 'is admins.root already'
say 78 config add agent y user="$other" owner=mira@acme.example escalate=x environment=dev 'reach=repo.*' intents=no-such; has 'no-such'
say 64 config add intent x "actions=$(printf 'a\tb')" sensitivity=internal; has 'control character'
say 64 config add intent x actions="$(printf 'x%.0s' $(seq 1300))" sensitivity=internal
files "$before"
ln -s /etc/passwd "$etc/conf.d/50-intent-late.conf"
say 78 config add intent late actions=repo.read sensitivity=internal
rm "$etc/conf.d/50-intent-late.conf"
echo 'limits : { burst = "x" }' >"$etc/conf.d/99-bad.conf"
say 78 config add intent late actions=repo.read sensitivity=internal; has 'burst'
rm "$etc/conf.d/99-bad.conf"
files "$before"
echo "all as it should be: $checks commands"
