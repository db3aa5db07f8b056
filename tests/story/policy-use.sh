#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Shipped policy: listed, put into the policy folder with its tests and the group that is asked, checked with all that is there; an upgrade shows the difference and changes nothing unasked.
set -euo pipefail
gate=$STEPGATE_BUILD/core/stepgate
shipped=$(cd "$(dirname "$0")/../../lua/stepgate" && pwd)
folder=$(mktemp -d /tmp/story.XXXXXX)
trap 'rm -rf "$folder"' EXIT
checks=0
fail() { echo "FAILED: $*"; exit 1; }
mkdir -p "$folder/shipped"
cp "$shipped"/*.lua "$folder/shipped"
printf 'state_dir = "%s/state"  run_dir = "%s/run"  policy_dir = "%s/policy.d"  trust_domain = "acme.example"\nattest : { peer : { use = "peer"  control = "required" } }\ngroups : { sec : { members = [ "boss" ] } }\nadmins : { boss : { uid = 0 } }\n' "$folder" "$folder" "$folder" >"$folder/stepgate.conf"
chmod -R go-w "$folder"

say() { # EXIT WORDS...
	local want=$1 code=0
	shift
	"$gate" policy use --config "$folder/stepgate.conf" --from "$folder/shipped" "$@" >"$folder/out" 2>&1 </dev/null || code=$?
	checks=$((checks + 1))
	[ "$code" = "$want" ] || fail "policy use $*: $code, not $want: $(cat "$folder/out")"
}
has() { grep -qF -- "$1" "$folder/out" || fail "no '$1' in: $(cat "$folder/out")"; }
lacks() { ! grep -qF -- "$1" "$folder/out" || fail "'$1' in: $(cat "$folder/out")"; }
files() { [ "$(ls -A "$folder/policy.d" 2>/dev/null | tr '\n' ' ')" = "$1" ] || fail "policy.d holds $(ls -A "$folder/policy.d"), not $1"; }
sum() { cat "$folder"/policy.d/* | sha256sum; }

say 0; has 'high-risk      not used           Secrets, payments and changes to infrastructure step up'; lacks _test
[ "$(wc -l <"$folder/out")" = "$(ls "$shipped"/*.lua | grep -vc _test)" ] || fail "not each is listed"
say 0 --json; has '"name":"high-risk","state":"not used"'
files ''
for bad in no-such-pack high-risk_test ../high-risk . '' "$(printf 'x%.0s' $(seq 300))"; do say 1 "$bad"; has 'is shipped in'; done
say 64 high-risk --approvers 'a"b'; say 64 high-risk --approvers ''
files ''

say 78 high-risk; has 'the group "oncall", in which nobody may approve'; has '--approvers'
say 78 high-risk --approvers nobody-there
mkdir "$folder/empty"; files ''
code=0; "$gate" policy use --config "$folder/stepgate.conf" --from "$folder/empty" >"$folder/out" 2>&1 || code=$?
[ "$code" = 78 ] && has 'no policy is there' || fail "an empty folder: $code"
say 0 high-risk --approvers sec; has 'high-risk.lua is in place'; has 'stepgate reload puts it in force'
files 'high-risk.lua high-risk_test.lua '
grep -q '^local approvers = "sec"' "$folder/policy.d/high-risk.lua" || fail "the group is not set"
grep -q '^local approvers = "sec"' "$folder/policy.d/high-risk_test.lua" || fail "nor in the tests"
"$gate" policy test "$folder/policy.d" >"$folder/out" 2>&1 || fail "its tests: $(cat "$folder/out")"
say 0; has 'high-risk      in the folder'
before=$(sum)
say 0 high-risk; has 'in the folder already'
[ "$before" = "$(sum)" ] || fail "it was written again"

# what does not go with the rest
printf 'policy { name = "mine", owner = "x@acme.example" }\nrule { id = "high-risk", on = "x", effect = deny() }\n' >"$folder/policy.d/mine.lua"
say 78 egress; has 'nothing was put in place'; files 'high-risk.lua high-risk_test.lua mine.lua '
rm "$folder/policy.d/mine.lua"
printf 'test { id = "never", ask = { action = { name = "x" } }, expect = "allow" }\n' >"$folder/policy.d/mine_test.lua"
say 78 egress; has 'a test of the policy fails'; files 'high-risk.lua high-risk_test.lua mine_test.lua '
rm "$folder/policy.d/mine_test.lua"

# an upgrade
sed -i 's/ttl = "15m"/ttl = "5m"/' "$folder/shipped/high-risk.lua"
say 0; has 'high-risk      older than shipped'
before=$(sum)
say 1 high-risk; has '+		return step_up { approvers = approvers, ttl = "5m"'; has '--replace'; lacks '-local approvers'
[ "$before" = "$(sum)" ] || fail "an upgrade changed it unasked"
say 1 high-risk --json; has '"code":"exists"'
say 0 high-risk --replace
grep -q 'ttl = "5m"' "$folder/policy.d/high-risk.lua" && grep -q '^local approvers = "sec"' "$folder/policy.d/high-risk.lua" || fail "replaced by something else: $(cat "$folder/policy.d/high-risk.lua")"
say 0; has 'high-risk      in the folder'

# somebody's own
echo '-- ours' >>"$folder/policy.d/high-risk.lua"
say 0; has 'high-risk      changed here'
say 1 high-risk; has '-- ours'; has '--replace'
grep -q -- '-- ours' "$folder/policy.d/high-risk.lua" || fail "it was written over"
printf 'policy { name = "egress", owner = "x@acme.example" }\n' >"$folder/policy.d/egress.lua"
say 1 egress
say 1 high-risk egress; [ "$(grep -c '^--- /' "$folder/out")" = 2 ] || fail "not both differences: $(cat "$folder/out")"
say 0 --all --replace --approvers sec
[ "$(ls "$folder/policy.d" | wc -l)" = "$(ls "$shipped"/*.lua | wc -l)" ] || fail "not all of it is there"
"$gate" policy test "$folder/policy.d" >"$folder/out" 2>&1 || fail "all tests: $(cat "$folder/out")"
[ "$(find /tmp -maxdepth 1 -name 'stepgate-policy-*' -newer "$folder/stepgate.conf" | wc -l)" = 0 ] || fail "a copy is left"

# files that are none
rm "$folder/policy.d/egress.lua"; mkfifo "$folder/policy.d/egress.lua"
say 77 egress; has 'cannot be read'
echo "$checks passed, 0 failed"
