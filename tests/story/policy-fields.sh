#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What the reference promises, the daemon sends: a rule reads every field of it, and a need of every kind, on real requests.
set -euo pipefail
gate=$STEPGATE_BUILD/core/stepgate
folder=$(mktemp -d /tmp/story.XXXXXX)
export STEPGATE_RUN=$folder NO_COLOR=1
daemon=
clean() {
	[ -n "$daemon" ] && kill "$daemon" 2>/dev/null && wait "$daemon" 2>/dev/null || true
	rm -rf "$folder"
}
trap clean EXIT
fail() { echo "FAILED: $*"; tail -n 20 "$folder/daemon.log" 2>/dev/null; exit 1; }
has() { case $out in *"$1"*) ;; *) fail "no '$1' in: $out" ;; esac }

"$gate" init "$folder" >/dev/null
rm "$folder"/policy.d/*.lua
python3 - "$(dirname "$0")/../../lua/REFERENCE.md" >"$folder/policy.d/fields.lua" <<'PYTHON'
import re, sys
fields = re.findall(r"^\| `(r\.[a-z_.\[\]i]+)` \|", open(sys.argv[1], encoding="utf-8").read(), re.M)
reads = [f.replace("[i]", "[1]") for f in fields if not re.match(r"r\.(history|approval|outcome)\.", f)]
needs = {"count": '"fs.*"', "did": '"fs.*"', "since": '"fs.*"', "sum": '"calls:fs.*"', "order": '"fs.list > fs.read"', "never_together": '"fs.read + fs.list"'}
missing = [k for k in re.findall(r"`r\.history\.([a-z_]+)` \|", open(sys.argv[1]).read()) if k not in needs]
assert len(reads) >= 60 and not missing, (len(reads), missing)
print("local function look(value) return value == nil or type(value) ~= 'effect' end")
print('rule { id = "fields", on = "fs.*", effect = allow {}, needs = {')
print('\tcount = { "fs.*", within = "1h" }, did = { "fs.*", scope = "tree" }, since = { "fs.*", scope = "agent" },')
print('\tsum = { "fs.*", of = "calls", scope = "task" }, order = { "fs.list", "fs.read", scope = "instance" }, never_together = { "fs.read", "fs.list" } },')
print("\twhen = function(r)")
for name in reads:
    print("\t\tif not look(%s) then return false end" % (name + ' .. ""' if re.search("sensitivity|autonomy|strength", name) else name))
for kind, key in needs.items():
    print("\t\tif not look(r.history.%s[%s]) then return false end" % (kind, key))
for member in ("origin", "labels", "source", "trusted"):
    print("\t\tif not look(r.args.path.%s) then return false end" % member)
print("\t\treturn r.action.name ~= 'fs.list' or r.history.never_together[\"fs.read + fs.list\"] and r.history.count[\"fs.*\"] == 1")
print("\tend }")
print('after { id = "outcome", on = "fs.*", effect = function(r) return add { taint = { "hook:" .. r.outcome.result .. #r.outcome.labels } } end }')
PYTHON
"$gate" policy check "$folder/policy.d" >"$folder/check" || fail "$(cat "$folder/check")"

"$gate" dev "$folder" >"$folder/daemon.log" 2>&1 &
daemon=$!
for _ in $(seq 100); do "$gate" status >/dev/null 2>&1 && break; sleep 0.1; done
mkfifo "$folder/in"
"$gate" agent <"$folder/in" >"$folder/out" 2>&1 &
agent=$!
exec 7>"$folder/in"
say() { echo "$*" >&7; sleep 0.3; out=$(cat "$folder/out"); }
say open write-report
say act fs.read --resource file:plan --arg path=/srv/docs/plan.txt
has allow
decision=$(grep -o 'd[0-9]*-[0-9a-f]\{16\}' "$folder/out" | tail -n 1)
say act fs.list --resource dir:docs --arg path=/srv/docs
[ "$(grep -c '^allow\|allowed' "$folder/out")" -ge 2 ] || fail "the second was not allowed: $out"
say outcome "$decision" ok
sleep 0.5
out=$("$gate" tasks list)
task=$(grep -o 't-[0-9a-f]*' <<<"$out" | head -n 1)
out=$("$gate" tasks show "$task")
has 'hook:ok0'
exec 7>&-
wait "$agent" || true
echo done
