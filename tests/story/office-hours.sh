#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Where the office is, and when it is open: what a check refuses a start and a reload refuse; rules see it; the record has it as values, so that a decision is asked
# again by them whatever became of the zone; tests set it.
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
ends() { # EXIT COMMAND...
	local want=$1 got=0
	shift
	out=$("$@" 2>&1) || got=$?
	[ "$got" = "$want" ] || fail "'$*' ended with $got, not $want: $out"
}
has() { case $out in *"$1"*) ;; *) fail "no '$1' in: $out" ;; esac }
has_not() { case $out in *"$1"*) fail "'$1' in: $out" ;; esac }
office() { printf 'office : { %s }\n' "$1" >"$folder/conf.d/70-office.conf"; }

"$gate" init "$folder" >/dev/null
mkdir -p "$folder/conf.d"
rm "$folder"/policy.d/*.lua
cat >"$folder/policy.d/hours.lua" <<'LUA'
rule { id = "hours", on = "fs.*", effect = function(r)
	local here = r.time.here
	return deny { say = here.zone .. (here.office and " open " or " closed ") .. (here.holiday and "holiday " or "workday ") .. here.offset }
end }
LUA

# ---- one check for all who read it ----
office 'zone = "Europe/Berln"'
ends 78 "$gate" config check "$folder/stepgate.conf"
has '70-office.conf:1:19: there is no zone "Europe/Berln"'
has 'did you mean "Europe/Berlin"?'
ends 78 timeout 20 "$gate" dev "$folder"
has 'did you mean "Europe/Berlin"?'
office 'zone = "Pacific/Kiritimati"  hours = [ "mon-sun 00:00-24:00" ]'
ends 0 "$gate" config check "$folder/stepgate.conf"
ends 0 "$gate" config show --config "$folder/stepgate.conf"
has 'office.zone = "Pacific/Kiritimati"'
has_not offsets
ends 0 "$gate" config explain office --config "$folder/stepgate.conf"
has 'hours                    when it is open'
has_not '  offsets '

# ---- on real requests ----
"$gate" dev "$folder" >"$folder/daemon.log" 2>&1 &
daemon=$!
for _ in $(seq 100); do "$gate" status >/dev/null 2>&1 && break; sleep 0.1; done
mkfifo "$folder/in"
"$gate" agent <"$folder/in" >"$folder/out" 2>&1 &
exec 7>"$folder/in"
asked=0
act() { # its decision is in $decision
	asked=$((asked + 1))
	echo "act fs.list --resource dir:docs --arg path=/srv/docs" >&7
	for _ in $(seq 100); do [ "$(grep -c 'd[0-9]*-[0-9a-f]\{16\}' "$folder/out")" -ge "$asked" ] && break; sleep 0.1; done
	decision=$(grep -o 'd[0-9]*-[0-9a-f]\{16\}' "$folder/out" | tail -n 1)
	out=$("$gate" why "$decision"; "$gate" why --json "$decision")
}
echo "open write-report" >&7
act
has 'Pacific/Kiritimati open workday 50400'
has 'replay      same'
has '"office":true,"offset":50400'
first=$decision

# ---- another zone, and a holiday: today there ----
office "zone = \"America/Phoenix\"  hours = [ \"mon-sun 00:00-24:00\" ]  holidays = [ \"$(TZ=:America/Phoenix date +%F)\", \"$(TZ=:America/Phoenix date -d 'now + 1 minute' +%F)\" ]"
ends 0 "$gate" reload
act
has 'America/Phoenix closed holiday -25200'
has 'replay      same'
ends 0 "$gate" why "$first"
has 'Pacific/Kiritimati open workday 50400'
has 'replay      same'

# ---- what is wrong is kept out ----
office 'zone = "America/Phoenix"  hours = [ "Mon 8-18" ]'
ends 78 "$gate" reload
has 'the days are mon, tue'
act
has 'America/Phoenix closed holiday'

# ---- asked with only where a file has its name ----
office 'hours = [ ]'
echo 'rule { id = "plain", on = "fs.*", effect = deny "no" }' >"$folder/policy.d/hours.lua"
ends 0 "$gate" reload
act
has_not '"here"'
ends 0 "$gate" policy check -c "$folder/stepgate.conf" "$folder/policy.d"
has_not office.hours
echo 'rule { id = "plain", on = "fs.*", when = function(r) return r.time["he" .. "re"].office end, effect = deny "no" }' >"$folder/policy.d/hours.lua"
ends 0 "$gate" reload
act
has policy_error
echo 'rule { id = "plain", on = "fs.*", when = function(r) return r.time.here.office end, effect = deny "no" }' >"$folder/policy.d/hours.lua"
ends 0 "$gate" policy check -c "$folder/stepgate.conf" "$folder/policy.d"
has 'the configuration has no office.hours'
echo 'rule { id = "plain", on = "fs.*", when = function(r) local t = r.time return not t["here"].office and t.here.zone == "UTC" and t.here.hour == t.hour end, effect = deny { code = "shut" } }' >"$folder/policy.d/hours.lua"
ends 0 "$gate" reload
act
has '"here"'
has shut
exec 7>&-

# ---- tests of policy ----
mkdir "$folder/p"
cp "$(dirname "$0")/../../lua/examples/deny-at-night.lua" "$folder/p/night.lua"
cat >"$folder/p/night_test.lua" <<'LUA'
local function deploy(time) return { action = "deploy.run", time = time } end
test { id = "by-day", ask = deploy(nil), expect = "allow" }
test { id = "saturday", ask = deploy("2026-11-28T10:00:00Z"), expect = { verdict = "deny", code = "night" } }
test { id = "seven", ask = deploy("2026-11-27T07:30:00Z"), expect = { verdict = "deny", code = "night" } }
test { id = "said", ask = deploy { here = { office = false } }, expect = { verdict = "deny", code = "night" } }
test { id = "friday", ask = { action = "infra.dns", time = { unix = 1795793400 } }, expect = { verdict = "step_up", rule = "friday-afternoon" } }
LUA
ends 0 "$gate" policy test "$folder/p"
office 'zone = "Europe/Berlin"  hours = [ "mon-fri 08:00-18:00" ]  holidays = [ "2026-12-25" ]'
cat >"$folder/p/night_test.lua" <<'LUA'
local function deploy(time) return { action = { name = "deploy.run" }, time = time } end
test { id = "first-minute", ask = deploy("2026-11-27T07:00:00Z"), expect = "allow" }
test { id = "before", ask = deploy("2026-11-27T06:59:59Z"), expect = "deny" }
test { id = "last-minute", ask = deploy("2026-11-27T16:59:59Z"), expect = "allow" }
test { id = "behind", ask = deploy("2026-11-27T17:00:00Z"), expect = "deny" }
test { id = "christmas", ask = deploy("2026-12-25T10:00:00Z"), expect = "deny" }
LUA
ends 0 "$gate" policy test -c "$folder/stepgate.conf" "$folder/p"
ends 1 "$gate" policy test "$folder/p" # in UTC it is another hour
echo done
