#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# `stepgate policy test`: what it finds, what it prints in each form, how it ends.
set -euo pipefail
gate=$STEPGATE_BUILD/core/stepgate
folder=$(mktemp -d /tmp/story.XXXXXX)
export NO_COLOR=1
trap 'rm -rf "$folder"' EXIT
fail() { echo "FAILED: $*"; exit 1; }
ends() {
	local want=$1 got=0
	shift
	out=$("$@" 2>&1) || got=$?
	[ "$got" = "$want" ] || fail "'$*' ended with $got, not $want: $out"
}
has() { case $out in *"$1"*) ;; *) fail "no '$1' in: $out" ;; esac }
has_not() { case $out in *"$1"*) fail "'$1' in: $out" ;; esac }
mkdir "$folder/p"
cd "$folder"

cat >p/pay.lua <<'LUA'
rule { id = "pay-small", on = "pay.*", when = function(r) return r.args.amount <= 100 end,
	effect = allow { ttl = "30s", narrow = { amount = at_most(50) }, taint = { "b", "a" }, obligations = { "log" }, raise = "internal" } }
rule { id = "pay-large", on = "pay.*", needs = { count = { "pay.*", within = "1h" } },
	when = function(r) return r.args.amount > 100 or r.history.count["pay.*"] > 3 end,
	effect = step_up { approvers = "finance", quorum = 2, say = "Large" } }
rule { id = "pay-payee", on = "pay.*", when = function(r) return not r.args.iban.trusted end, effect = deny { code = "payee", freeze = true } }
rule { id = "not-at-night", on = "pay.*", when = function(r) return r.time.hour < 6 end, effect = defer { retry_after = "1h" } }
rule { id = "loops", on = "loop.run", when = function(r) while true do end end, effect = allow {} }
after { id = "fails", on = "deploy.*", effect = function(r) return add { taint = { "x" .. r.args.nope } } end }
after { id = "stands", on = "deploy.*", effect = add { freeze = true, taint = { "lab" } } }
after { id = "failed", on = "pay.*", effect = function(r) return add { freeze = r.outcome.result == "failed", taint = r.outcome.labels } end }
LUA
cat >p/pay_test.lua <<'LUA'
local function pay(amount, more)
	local ask = { action = "pay.transfer", args = { amount = amount, iban = "DE1" }, provenance = { iban = "task" }, enforcer = "gateway" }
	for name, value in pairs(more or {}) do ask[name] = value end
	return ask
end
test { id = "small", ask = pay(100), expect = { verdict = "allow", code = "narrowed", rule = "pay-small", narrowed = { amount = 50 }, ttl = "30s",
	taint = { "a", "b" }, obligations = { "log" }, raise = "internal", silent = { "pay-large" } } }
test { id = "smaller", ask = pay(10), expect = { verdict = "allow", code = "allowed", narrowed = {} } }
test { id = "nobody-logs", ask = { action = "pay.transfer", args = { amount = 10, iban = "DE1" }, provenance = "task" },
	expect = { verdict = "deny", code = "obligation_unsupported" } }
test { id = "payee", ask = pay(1, { provenance = {} }), expect = { verdict = "deny", code = "payee", freeze = true } }
test { id = "large", ask = pay(101), expect = { verdict = "step_up", code = "approval_needed", groups = { finance = 2 }, say = "Large" } }
test { id = "one-is-not-enough", ask = pay(101, { approval = { groups = { "finance" } } }), expect = "step_up" }
test { id = "two-are", ask = pay(101, { approval = { groups = { finance = 2 } } }), expect = "allow" }
test { id = "often", ask = pay(1, { history = { count = { ["pay.*"] = 4 } } }), expect = { spoke = { "pay-large", "pay-small" } } }
test { id = "night", ask = pay(1, { time = "2026-11-28T02:00:00Z" }), expect = { verdict = "defer", retry_after = "1h" } }
test { id = "no-amount", ask = { action = "pay.transfer" }, expect = { verdict = "deny", code = "policy_error" } }
test { id = "loop", ask = { action = "loop.run" }, expect = { verdict = "deny", code = "policy_steps" } }
test { id = "after-the-loop", ask = pay(1), expect = "allow" }
test { id = "nothing", ask = { action = "mail.read" }, expect = { verdict = "deny", code = "policy_none", spoke = {} } }
test { id = "hook", ask = { action = "pay.transfer", outcome = { result = "failed", labels = { "x" } } },
	expect = { verdict = "add", freeze = true, taint = { "x" } } }
test { id = "hook-fails", ask = { action = "deploy.run", outcome = "ok" },
	expect = { verdict = "add", code = "policy_error", freeze = true, taint = { "lab", "policy_error" }, raise = "restricted", spoke = { "stands" } } }
LUA

# ---- as expected ----
ends 0 "$gate" policy test p
[ "$out" = '15 tests, 0 failed' ] || fail "$out"
ends 0 "$gate" policy test p/pay_test.lua
ends 0 "$gate" policy test p/pay.lua
ends 0 "$gate" policy test --tap p
has 'TAP version 14'
has 'ok 1 - p/pay_test.lua:6 small'
has '1..15'
ends 0 "$gate" policy test --json p
printf '%s' "$out" | python3 -c 'import json, sys; d = json.load(sys.stdin); assert d["total"] == 15 and d["wrong"] == 0 and d["tests"][0]["got"]["narrowed"] == {"amount": 50}'
ends 0 "$gate" policy check p
has '1 file, 8 rules: good'
has '1 file of tests: not loaded'

# ---- not as expected, and mistakes ----
cat >p/wrong_test.lua <<'LUA'
test { id = "wrong", ask = { action = "pay.transfer", args = { amount = 1, iban = "DE1" }, provenance = "task", enforcer = "gateway" },
	expect = { verdict = "deny", taint = { "a" } } }
test { id = "misspelt-field", ask = { action = "pay.transfer", task = { taintd = true } }, expect = "deny" }
test { id = "misspelt-verdict", ask = { action = "pay.transfer" }, expect = "denied" }
test { id = "misspelt-member", ask = { action = "pay.transfer" }, expect = { verdct = "deny" } }
test { id = "other-history", ask = { action = "pay.transfer", history = { count = { ["pay.x"] = 4 } } }, expect = "deny" }
LUA
ends 1 "$gate" policy test p
has 'FAIL p/wrong_test.lua:1 wrong'
has '     expected  verdict "deny"'
has '     got       verdict "allow"'
has '     got       taint ["a","b"]'
has '     spoke     allow by pay-small at pay.lua:1'
has 'FAIL p/wrong_test.lua:3 misspelt-field'
has "ask.task has no member 'taintd'"
has "did you mean 'tainted'?"
has "expect: there is no verdict 'denied'"
has "did you mean 'verdict'?"
has "no rule needs history.count of 'pay.x'"
has '20 tests, 5 failed'
ends 1 "$gate" policy test --tap p/wrong_test.lua
has 'not ok 1 - p/wrong_test.lua:1 wrong'
ends 1 "$gate" policy test --json p/wrong_test.lua
printf '%s' "$out" | python3 -c 'import json, sys; d = json.load(sys.stdin); assert d["wrong"] == 5 and d["tests"][0]["wrong"][0]["member"] == "taint"'
rm p/wrong_test.lua

# ---- a spec that is none, a set that does not load, nothing to test ----
printf 'rule { id = "x", on = "a", effect = allow {} }\n' >p/bad_test.lua
ends 1 "$gate" policy test p
has 'a spec declares tests, not rules'
rm p/bad_test.lua
printf 'rule { id = "x", on = "a", efect = allow {} }\n' >p/bad.lua
ends 78 "$gate" policy test p
has "bad.lua:1: rule has no such member: 'efect'"
ends 78 "$gate" policy test --json p
ends 0 "$gate" policy test p/pay.lua p/pay_test.lua
rm p/bad.lua p/pay_test.lua
ends 66 "$gate" policy test p
has 'no tests there'
ends 66 "$gate" policy test nowhere
printf -- '-- none yet\n' >p/pay_test.lua
ends 66 "$gate" policy test p
has 'declare no test'
ends 64 "$gate" policy test --nonsense
ends 0 "$gate" policy test --help

# ---- what the catalogue says ----
cat >stepgate.conf <<CONF
trust_domain = "acme.example"
state_dir = "$folder/state"
run_dir = "$folder/run"
policy_dir = "$folder/p"
attest : { peer : { use = "peer"  control = "required" } }
agents : {
  payer : { owner = "mira@acme.example"  escalate = "mira@acme.example"  review_by = "2099-12-31"  environment = "production"
            match = [ "peer:uid=1" ]  reach = [ "pay.*" ]  autonomy = "propose" }
}
resources : {
  vendors : { type = "account"  patterns = [ "vendors/*" ]  sensitivity = "confidential"  environment = "production"  owner = "finance" }
}
enforcers : {
  gw : { match = [ "peer:uid=1" ]  for_agents = [ "*" ]  obligations = [ "log" ] }
}
actions : {
  pay : { name = "pay.transfer"  class = "payment"  effect = "write"  sensitivity = "restricted"  narrow = [ "amount" ]  authority = [ "iban" ] }
  ask : { name = "pay.ask"  class = "other"  effect = "read"  sensitivity = "public" }
}
CONF
cat >p/class.lua <<'LUA'
rule { id = "class", on = "pay.*", when = function(r) return r.action.class == "payment" and r.sensitivity == "restricted" end,
	effect = allow { narrow = { amount = at_most(5) } } }
rule { id = "logged", on = "pay.transfer", when = function(r) return r.enforcer ~= nil end, effect = allow { obligations = { "log", "seal" } } }
rule { id = "payee", on = "pay.*", when = function(r)
	return table.has(r.action.authority, "iban") and r.args:get("iban") ~= nil and not r.args.iban.trusted end, effect = deny {} }
rule { id = "there", on = "pay.ask", when = function(r)
	return r.resource.known and r.resource.owner == "finance" and r.sensitivity == "confidential" and r.agent.autonomy == "propose" and
		r.task.environment == "production" and r.agent.owner == "mira@acme.example" end, effect = deny {} }
rule { id = "nowhere", on = "pay.ask", when = function(r) return not r.resource.known and r.sensitivity == "restricted" end, effect = deny {} }
rule { id = "asked", on = "pay.ask", effect = allow { narrow = { amount = at_most(5) } } }
LUA
cat >p/class_test.lua <<'LUA'
test { id = "known", ask = { action = "pay.transfer", args = { amount = 9 } }, expect = { narrowed = { amount = 5 } } }
test { id = "cannot-seal", ask = { action = "pay.transfer", args = { amount = 9 }, enforcer = "gw" }, expect = { code = "obligation_unsupported" } }
test { id = "authority", ask = { action = "pay.transfer", args = { amount = 1, iban = "DE1" } }, expect = { spoke = { "payee" } } }
test { id = "resource", ask = { action = "pay.ask", args = { amount = 1 }, resource = "account:vendors/7", agent = { name = "payer" } }, expect = { spoke = { "there" } } }
test { id = "resource-unknown", ask = { action = "pay.ask", args = { amount = 1 }, resource = { type = "account", id = "x" } }, expect = { spoke = { "nowhere" } } }
test { id = "own-word", ask = { action = "pay.ask", args = { amount = 1 }, resource = { type = "account", id = "x", known = true } }, expect = { silent = { "nowhere" } } }
test { id = "not-narrowable", ask = { action = "pay.ask", args = { amount = 9 } }, expect = { verdict = "deny", code = "narrow_forbidden" } }
LUA
ends 0 "$gate" policy test -c stepgate.conf p/class.lua
ends 0 "$gate" policy test p/class.lua --config stepgate.conf
ends 1 "$gate" policy test p/class.lua
printf 'test { id = "x", ask = { action = "pay.transfr" }, expect = "deny" }\n' >p/class_test.lua
ends 1 "$gate" policy test -c stepgate.conf p/class.lua
has "the catalogue has no action 'pay.transfr'"
ends 78 "$gate" policy test -c nowhere.conf p

# With the catalogue a value is put to policy in the one form that the gate would bring it into, a resource likewise.
mkdir f g g/conf.d
cp stepgate.conf g/
cat >g/conf.d/50-forms.conf <<'CONF'
resources : { spelt : { type = "file"  form = "path"  patterns = [ "/srv/key" ]  sensitivity = "restricted" } }
actions : { spelt_pay : { name = "spelt.pay"  effect = "write"  sensitivity = "internal"  arguments = [ "iban:iban", "amount?:number" ]  authority = [ "iban" ] }
            spelt_read : { name = "spelt.read"  effect = "read"  sensitivity = "internal" } }
CONF
cat >f/forms.lua <<'LUA'
rule { id = "never", on = "spelt.pay", when = function(r) return r.args.iban == "DE89370400440532013000" end, effect = deny {} }
rule { id = "pay", on = "spelt.pay", effect = allow {} }
rule { id = "key", on = "spelt.read", when = function(r) return r.resource.id == "/srv/key" end, effect = deny {} }
rule { id = "read", on = "spelt.read", effect = allow {} }
LUA
cat >f/forms_test.lua <<'LUA'
test { id = "blanks", ask = { action = "spelt.pay", args = { iban = "DE89 3704 0044 0532 0130 00" } }, expect = { spoke = { "never", "pay" } } }
test { id = "action-as-object", ask = { action = { name = "spelt.pay" }, args = { iban = "de89370400440532013000", amount = 1 } }, expect = "deny" }
test { id = "other", ask = { action = "spelt.pay", args = { iban = "DE75 5121 0800 1245 1261 99" } }, expect = "allow" }
test { id = "slashes", ask = { action = "spelt.read", resource = "file:/srv//key/" }, expect = "deny" }
test { id = "object", ask = { action = "spelt.read", resource = { type = "file", id = "/srv//key", owner = "me@acme.example" } }, expect = "deny" }
test { id = "no-form", ask = { action = "spelt.read", resource = "thing:/srv//key/" }, expect = "allow" }
LUA
ends 0 "$gate" policy test -c g/stepgate.conf f
ends 1 "$gate" policy test f

# ---- the words that the configuration takes are those that tests take ----
mkdir words
printf 'rule { id = "none", on = "nothing.ever", effect = allow {} }\n' >words/none.lua
for row in 'actions.class action class' 'actions.effect action effect' 'actions.sensitivity action sensitivity' \
	'agents.autonomy agent autonomy' 'agents.identity agent strength'; do
	read -r option of member <<<"$row"
	choices=$("$gate" config explain "$option" -c stepgate.conf | sed -n 's/^  takes    one of //p' | tr '|' ' ')
	[ -n "$choices" ] || fail "no choices of $option"
	for word in $choices not-a-word; do
		printf 'local ask = { action = { name = "a" }, agent = {} } ask.%s.%s = "%s" ' "$of" "$member" "$word"
		printf 'test { id = "%s", ask = ask, expect = "deny" }\n' "$word"
	done >words/words_test.lua
	ends 1 "$gate" policy test words
	has ' 1 failed'
	has "cannot be 'not-a-word'"
done

# ---- the limit of folders, and one more ----
for i in $(seq 65); do
	mkdir "many$i"
	printf 'test { id = "x", ask = { action = "a" }, expect = "deny" }\n' >"many$i/a_test.lua"
done
ends 0 "$gate" policy test $(seq -f 'many%g' 64)
has '64 tests, 0 failed'
ends 66 "$gate" policy test $(seq -f 'many%g' 65)
has 'too many folders'

# ---- the default policy, copied beside other rules ----
pack=$(dirname "$0")/../../lua/stepgate
mkdir policy.d
cp "$pack"/*.lua policy.d/
grep -q '"oncall"' policy.d/*_test.lua || fail 'no test names the group'
printf 'rule { id = "own", on = "**", effect = allow {} }\n' >policy.d/own.lua
sed -i 's/"oncall" -- the group/"people" -- the group/' policy.d/*.lua
cp "$pack"/../examples/*.lua policy.d/
ends 0 "$gate" policy check policy.d
has '12 files, '
ends 0 "$gate" policy test policy.d
for file in policy.d/*_test.lua; do ends 0 "$gate" policy test "$file"; done

# ---- the guide: its last two blocks are a policy and the tests of it ----
mkdir guide
python3 - "$(dirname "$0")/../../lua/README.md" <<'PYTHON'
import re, sys
blocks = re.findall(r"```lua\n(.*?)```", open(sys.argv[1], encoding="utf-8").read(), re.S)
open("guide/pay.lua", "w").write(blocks[-2])
open("guide/pay_test.lua", "w").write(blocks[-1])
PYTHON
ends 0 "$gate" policy test guide
has '8 tests, 0 failed'
echo done
