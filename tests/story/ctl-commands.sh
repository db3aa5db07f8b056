#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Every command of stepgate(1) against a private daemon: what it prints, how it ends.
set -euo pipefail
gate=$STEPGATE_BUILD/core/stepgate
folder=$(mktemp -d /tmp/story.XXXXXX)
export STEPGATE_RUN=$folder NO_COLOR=1
daemon=
clean() {
	[ -n "${held:-}" ] && kill "$held" 2>/dev/null || true
	[ -n "$daemon" ] && kill "$daemon" 2>/dev/null && wait "$daemon" 2>/dev/null || true
	rm -rf "$folder"
}
trap clean EXIT
fail() { echo "FAILED: $*"; cat "$folder/daemon.log" 2>/dev/null | tail -n 20; exit 1; }

# ends CODE COMMAND...: the command ends with CODE; its output is in $out
ends() {
	local want=$1 got=0
	shift
	out=$("$@" 2>&1) || got=$?
	[ "$got" = "$want" ] || fail "'$*' ended with $got, not $want: $out"
}
has() { case $out in *"$1"*) ;; *) fail "no '$1' in: $out" ;; esac }
agent() { printf '%s\n' "$@" | "$gate" agent; }

# hold COMMAND...: an agent that stays until `let_go`; its output is in $folder/held. A task ends with the process that opened it.
hold() {
	rm -f "$folder/hold" && mkfifo "$folder/hold"
	"$gate" agent --json <"$folder/hold" >"$folder/held" 2>&1 &
	held=$!
	exec 7>"$folder/hold"
	printf '%s\n' "$@" >&7
	for _ in $(seq 100); do [ "$(wc -l <"$folder/held")" -ge $# ] && return; sleep 0.05; done
	fail "the agent does not answer: $(cat "$folder/held")"
}
let_go() { exec 7>&-; wait "$held" || true; held=; }

# ---- nobody at home, wrong words ----
ends 69 "$gate" status
ends 64 "$gate" nonsense
ends 64 "$gate" status --follow
ends 64 "$gate" status --jso
has 'no such option'
ends 64 "$gate" why
ends 64 "$gate" why ../../status
ends 64 "$gate" kill
ends 64 "$gate"
ends 66 "$gate" audit verify "$folder/nothing"
ends 0 "$gate" --help
ends 0 "$gate" kill --help
ends 0 "$gate" --version

# ---- init: made once, kept for ever ----
ends 0 "$gate" init "$folder"
[ "$(stat -c %a "$folder/state" "$folder/state/keys" "$folder/state/keys/state.key" "$folder/state/issue/token.pem" | tr '\n' ' ')" = '700 700 600 600 ' ] ||
	fail "modes of state and keys"
[ "$(stat -c %s "$folder/state/keys/state.key")" = 32 ] || fail "size of the state key"
before=$(cat "$folder"/state/keys/* | sha256sum)
rm "$folder/policy.d/deny-at-night.lua"
ends 0 "$gate" init "$folder"
[ "$before" = "$(cat "$folder"/state/keys/* | sha256sum)" ] || fail "init wrote over a key"
[ ! -e "$folder/policy.d/deny-at-night.lua" ] || fail "init put back what was taken out"
ends 0 "$gate" config check "$folder/stepgate.conf"
ends 0 "$gate" policy check "$folder/policy.d"
ends 0 "$gate" policy check --config "$folder/stepgate.conf"
echo 'rule {' >"$folder/bad.lua" && mkdir "$folder/bad.d" && mv "$folder/bad.lua" "$folder/bad.d/"
ends 1 "$gate" policy check "$folder/bad.d"
has bad.lua
ends 78 "$gate" policy check "$folder/nowhere"
has 'No such file'
ends 78 "$gate" init --config "$folder/none.conf"

# ---- what is meant by words that are none ----
for words in 'approvls list:did you mean "approvals"?' 'approval list:did you mean "approvals"?' 'agents suspnd x:did you mean "suspend"?' 'config chek:did you mean "check"?' 'audit zzzzzzzz:stepgate audit lists what there is' 'zzzzzz:stepgate --help' 'statsu:did you mean "status"?'; do
	# shellcheck disable=SC2086
	ends 64 "$gate" ${words%%:*}
	has "${words#*:}"
done
for group in audit config agents policy task module leases catalogue; do
	[ "$group" = agents ] || [ "$group" = leases ] || { ends 0 "$gate" "$group"; has "$group "; }
	ends 0 "$gate" --help
	has "$group"
done
ends 0 "$gate" --help
has 'Approvers:'; has 'Vendors of modules:'

# ---- a daemon as `stepgate dev` runs it ----
"$gate" dev "$folder" >"$folder/daemon.log" 2>&1 &
daemon=$!
for _ in $(seq 100); do "$gate" status >/dev/null 2>&1 && break; sleep 0.1; done
grep -q 'it is no boundary' "$folder/daemon.log" || fail "dev does not say what it is"
ends 0 "$gate" status
has 'journal open'
has 'this is no boundary'
ends 0 "$gate" status --json
has '"mode":"dev"'
ends 0 "$gate" status --run "$folder"
ends 1 "$gate" kill --agent write-helpr
has 'no such agent'

# ---- an agent; text that tries to steer the reader's terminal is shown, not obeyed ----
steering=$(printf '/srv/docs/\033[2Ja\342\200\256')
hold 'open write-report' "act fs.write --resource file:plan --arg path=/srv/docs/a --arg text=$steering"
grep -q 'approval_needed' "$folder/held" || fail "no approval is needed: $(cat "$folder/held")"
ends 0 "$gate" approvals
has 'a-'
approval=$(grep -o 'a-[0-9a-f]*' <<<"$out" | head -n 1)
ends 0 "$gate" approvals show "$approval"
shown=$("$gate" approvals show "$approval")
"$gate" --json approvals show "$approval" | SHOWN="$shown" python3 -c '
import json, os, sys
action = json.load(sys.stdin)["approval"]["action"]
assert set(action) >= {"action", "agent", "arguments", "audience", "credential", "reasons", "resource", "rule"}, action
rest = {k: v for k, v in action.items() if k != "reasons" and v not in (None, "", {}, [])}
for name, value in rest.items():
    assert (value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))) in os.environ["SHOWN"], (name, value)
for reason in action["reasons"]:
    assert reason["rule"] in os.environ["SHOWN"] and reason["say"] in os.environ["SHOWN"], reason' || fail "what is sealed for a person is not all on the screen: $shown"
has '\u001b[2Ja\u202e'
case $out in *$'\033'*) fail "an escape sequence reached the terminal" ;; esac
ends 0 "$gate" approvals deny "$approval"
has denied
ends 1 "$gate" approvals approve "$approval"
ends 0 "$gate" approvals list --all
has denied
ends 1 "$gate" approvals show a-00
let_go

# ---- a task belongs to the process that opened it ----
hold 'open write-report'
out=$(cat "$folder/held")
task=$(grep -o '"id":"t-[0-9a-f]*"' <<<"$out" | cut -d'"' -f4)
token=$(grep -o 'sgt1[^"]*' <<<"$out")
ends 1 "$gate" act "$task" fs.list --resource dir:docs --arg path=/srv/docs/a
has wrong_peer
ends 0 "$gate" act - fs.list --resource dir:docs --arg path=/srv/docs/a --token "$token" --key once
decision=$(grep -o 'd[0-9]*-[0-9a-f]*' <<<"$out")
ends 0 "$gate" outcome "$decision" ok
ends 1 "$gate" outcome "$decision" failed
ends 0 "$gate" why "$decision"
has 'replay      same'
ends 1 "$gate" why d1-0000000000000000
ends 1 "$gate" act "$task" fs.list --arg path=/srv/docs/b --resource dir:docs --token "$token" --key once
has idempotency_conflict

# ---- a credential, and its end ----
ends 0 "$gate" act - fs.read --resource file:plan --arg path=/srv/docs/a --token "$token" --json
bearer=$(grep -o '"token":"[^"]*' <<<"$out" | cut -d'"' -f4)
lease=$(grep -o '"lease":"[^"]*' <<<"$out" | cut -d'"' -f4)
ends 0 "$gate" introspect "$bearer"
has active
ends 0 "$gate" leases
has "$lease"
ends 0 "$gate" leases revoke "$lease"
ends 1 "$gate" introspect "$bearer"
ends 1 "$gate" introspect not.a.token

# ---- try, tasks, kill ----
echo '{"action":"fs.read","arguments":{"path":"/srv/docs/a"},"resource":{"id":"plan","type":"file"}}' >"$folder/request.json"
ends 0 "$gate" try "$folder/request.json" --task "$task"
sed -i 's/fs.read/fs.write/' "$folder/request.json"
ends 2 "$gate" try "$folder/request.json" --task "$task"
echo '{"a":1,"a":2}' >"$folder/request.json"
ends 64 "$gate" try "$folder/request.json"
has 'the same name twice'
ends 0 "$gate" tasks
has "$task"
ends 0 "$gate" tasks show "$task"
has "$task"
let_go

# ---- and ends with it ----
for _ in $(seq 100); do "$gate" tasks show "$task" | grep -q 'closed\|closing' && break; sleep 0.05; done
ends 0 "$gate" tasks show "$task"
has clos
ends 1 "$gate" act - fs.list --resource dir:docs --arg path=/srv/docs/a --token "$token"
has task_closed
hold 'open write-report'
task=$(grep -o '"id":"t-[0-9a-f]*"' "$folder/held" | cut -d'"' -f4)
ends 0 "$gate" kill --agent demo --reason drill
has effective
ends 0 "$gate" status
has KILLED
ends 1 agent 'open write-report'
has killed
ends 0 "$gate" lift --agent demo
ends 0 "$gate" kill --all
ends 1 "$gate" status
ends 0 "$gate" lift --all
ends 1 "$gate" kill --agent nobody
ends 0 "$gate" tasks
case $out in *"$task"*) fail "a killed task is listed as open" ;; esac
let_go
hold 'open write-report'
task=$(grep -o '"id":"t-[0-9a-f]*"' "$folder/held" | cut -d'"' -f4)
ends 0 "$gate" tasks close "$task"
has clos
let_go
ends 0 "$gate" task open write-report --json
ends 0 "$gate" tasks list --all
has closed

# ---- reload, and a policy that is wrong ----
ends 0 "$gate" reload
has 'in force'
grep -q '^step_up  demo fs.write' "$folder/daemon.log" || fail "dev shows no line for a decision"
sleep 0.3
loads=$(grep -c 'reload: in force' "$folder/daemon.log" || true)
touch "$folder/policy.d/files.lua"
for _ in $(seq 50); do [ "$(grep -c 'reload: in force' "$folder/daemon.log")" -gt "$loads" ] && break; sleep 0.1; done
[ "$(grep -c 'reload: in force' "$folder/daemon.log")" -gt "$loads" ] || fail "a saved policy file was not loaded again"
cp "$folder/bad.d/bad.lua" "$folder/policy.d/"
ends 78 "$gate" reload
has bad.lua
has 'kept out'
mv "$folder/policy.d/bad.lua" "$folder/policy.d/bad_test.lua" # tests are none of the daemon's business
ends 0 "$gate" reload
rm "$folder/policy.d/bad_test.lua"

# ---- the record ----
ends 0 "$gate" audit tail
has ' kill '
ends 0 "$gate" audit tail --after 0 --json
[ "$(head -n 1 <<<"$out" | grep -c '"n":1')" = 1 ] || fail "the first leaf is not 1"
ends 0 "$gate" audit verify "$folder" --json
last=$(grep -o '"last":[0-9]*' <<<"$out" | cut -d: -f2)
head=$(grep -o '"head":"[0-9a-f]*' <<<"$out" | cut -d'"' -f4)
[ "$last" -gt 20 ] || fail "only $last leaves"
ends 0 "$gate" audit verify "$folder" --anchor "$last:$head"
ends 1 "$gate" audit verify "$folder" --anchor "$last:${head//[0-9]/a}"
ends 0 "$gate" audit tail --file "$folder/state"

# ---- the daemon ends; what is left can be checked, and a byte that was changed is seen ----
kill "$daemon" && wait "$daemon" || fail "the daemon did not end well"
daemon=
ends 69 "$gate" status
ends 0 "$gate" audit verify "$folder"
segment=$(ls "$folder"/state/journal/*.seg | head -n 1)
size=$(stat -c %s "$segment")
cp "$segment" "$folder/kept"
for byte in X Y; do # what is sealed is random, and one of its bytes in some hundred is that one already
	cmp -s "$folder/kept" "$segment" && printf '%s' "$byte" | dd of="$segment" bs=1 seek=$((size / 2)) conv=notrunc status=none
done
ends 1 "$gate" audit verify "$folder"
has tampered
head -c $((size - 5)) "$folder/kept" >"$segment"
ends 1 "$gate" audit verify "$folder" # the head beside it knows more
has journal_lost
mv "$folder/state/journal/head" "$folder/head"
ends 1 "$gate" audit verify "$folder" # so does the one beside the keys
has journal_lost
mv "$folder/state/keys/head" "$folder/keys-head"
ends 65 "$gate" audit verify "$folder" # without it this may be what a crash left
mv "$folder/head" "$folder/state/journal/head"
mv "$folder/keys-head" "$folder/state/keys/head"
cp "$folder/kept" "$segment"
ends 0 "$gate" audit verify "$folder"
rm "$folder/state/keys/state.key"
ends 78 "$gate" init "$folder"
has 'has a journal but not its key'
echo "all as it should be"
