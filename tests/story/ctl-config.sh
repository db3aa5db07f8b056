#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# conf.d/README.md, line by line, against what the packages ship; then what it says of config edit, where things go wrong.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
gate=$STEPGATE_BUILD/core/stepgate
folder=$(mktemp -d /tmp/story.XXXXXX)
export STEPGATE_RUN=$folder/run NO_COLOR=1
unset VISUAL
daemon=
clean() {
	[ -n "$daemon" ] && kill "$daemon" 2>/dev/null && wait "$daemon" 2>/dev/null || true
	rm -rf "$folder"
}
trap clean EXIT
fail() { echo "FAILED: $*"; tail -n 20 "$folder/daemon.log" 2>/dev/null; exit 1; }

mkdir -p "$folder/etc/conf.d" "$folder/share" "$folder/run" "$folder/policy.d"
cp "$root/conf.d/stepgate.conf" "$folder/etc/"
cp "$root"/conf.d/[0-9]*.conf "$folder/share/"
cat >"$folder/etc/conf.d/01-here.conf" <<-EOF
	mode = "dev"  run_dir = "$folder/run"  state_dir = "$folder/state"  policy_dir = "$folder/policy.d"
	module_dir = "$STEPGATE_BUILD/modules"
	admins : { me : { uid = $(id -u) } }
EOF
chmod -R go-w "$folder"
"$gate" init --config "$folder/etc/stepgate.conf" --vendor "$folder/share" >"$folder/daemon.log" # a check wants what a start wants: a state

start() {
	"$STEPGATE_BUILD/core/stepgated" -c "$folder/etc/stepgate.conf" --vendor "$folder/share" >>"$folder/daemon.log" 2>&1 &
	daemon=$!
	for _ in $(seq 100); do "$gate" status >/dev/null 2>&1 && return; sleep 0.1; done
	fail "the daemon does not open"
}

# As the page writes it, with /etc/stepgate and the vendor's folder where they are here.
stepgate() {
	case "$1 ${2-}" in
	"reload "*) "$gate" "$@" ;;
	"config check") "$gate" "$@" --vendor "$folder/share" ;;
	*) "$gate" "$@" --config "$folder/etc/stepgate.conf" --vendor "$folder/share" ;;
	esac
}
run() {
	local code=0 line=${1//\/etc\/stepgate/$folder/etc}
	{ eval "$line"; } >"$folder/out" 2>&1 || code=$?
	sed "s|$folder/etc|/etc/stepgate|g; s|$folder/share|/usr/share/stepgate/conf.d|g" "$folder/out"
	[ "$code" = 0 ] || echo "(exit $code)"
}

# ---- the page ----
commands=0 files=0 block= command= want=
check() {
	[ -n "$command" ] || return 0
	case $command in *--running*) [ -n "$daemon" ] || fail "no daemon for: $command" ;; esac
	got=$(run "$command")
	[ "$got" = "$want" ] || fail "'$command' says: $got
--- and not: $want"
	commands=$((commands + 1))
	command= want=
}
while IFS= read -r line; do
	case $block/$line in
	'/```conf '*) block=conf; path=$folder/etc/${line#*conf }; : >"$path"; files=$((files + 1)) ;;
	'/```console') block=console ;;
	conf/'```') block= ;;
	console/'```') check; block= ;;
	conf/*) printf '%s\n' "$line" >>"$path" ;;
	console/'$ '*)
		check
		command=${line#'$ '}
		# what comes in front of the first edit is what will be running
		case $command in *"config edit"*) [ -n "$daemon" ] || start ;; esac ;;
	console/*) want=$want${want:+$'\n'}$line ;;
	esac
done <"$root/conf.d/README.md"
[ "$commands" -ge 10 ] && [ "$files" = 3 ] || fail "only $commands commands and $files files on the page"

# ---- config edit, where it does not go well ----
conf=$folder/etc/conf.d
edit() {
	code=0
	EDITOR=$1 "$gate" config edit "$2" --config "$folder/etc/stepgate.conf" --vendor "$folder/share" "${@:3}" >"$folder/out" 2>&1 </dev/null || code=$?
	[ "$(find "$conf" -name '.*' | wc -l)" = 0 ] || fail "left behind: $(ls -A "$conf")"
}
ends() { [ "$code" = "$1" ] || fail "$code, not $1: $(cat "$folder/out")"; }
has() { grep -qF -- "$1" "$folder/out" || fail "no '$1' in: $(cat "$folder/out")"; }

edit true 90-site; ends 0; has 'nothing was changed'
edit false 90-site; ends 1; has 'nothing was changed'
edit 'no-such-editor' 90-site; ends 1
for name in ../x .hidden a/b '' 'a b' "$(printf 'x%.0s' $(seq 101))"; do
	edit true "$name"; ends 64
done
chmod 640 "$conf/90-site.conf"
[ "$(id -u)" != 0 ] || chown 0:1 "$conf/90-site.conf"
before=$(stat -c '%a %u %g' "$conf/90-site.conf")
edit 'sed -i s/60/70/' 90-site.conf --json; ends 0; has '"changed":true'
[ "$(stat -c '%a %u %g' "$conf/90-site.conf")" = "$before" ] || fail "mode or owner was not kept"
grep -q 'rate = 70' "$conf/90-site.conf" || fail "not in place"
sum=$(sha256sum "$conf/90-site.conf")
edit 'sed -i s/70/7O/' 90-site --json; ends 78; has '"code":"conf_number"'
edit "sed -i 's/production/\\x01/'" 90-site; ends 78; has 'control character 0x01'
edit "rm" 90-site; ends 73
edit "truncate -s 262145" 90-site; ends 73
edit "ln -sf /etc/passwd" 90-site; ends 73
[ "$(sha256sum "$conf/90-site.conf")" = "$sum" ] || fail "the file changed"
edit "both() { sed -i s/70/71/ \"\$1\"; echo '# somebody else' >>$conf/90-site.conf; }; both" 90-site; ends 1; has 'by somebody else'
grep -q 'rate = 70' "$conf/90-site.conf" || fail "somebody else's work is lost"
edit 'printf "limits : { burst = 7 }" >' 95-new; ends 0; has 'is in place'
[ "$(stat -c %a "$conf/95-new.conf")" = 644 ] || fail "mode of a new file"
edit 'printf "agents : { code-helper : { intents = [ \"fix-bag\" ] } }" >' 95-new; ends 78; has 'did you mean "fix-bug"?'
edit true 20-attest; ends 0; has 'nothing was changed'
[ ! -e "$conf/20-attest.conf" ] || fail "a file that masks, though nothing was changed"
edit 'sed -i "1s/^/# ours\n/"' 20-attest; ends 0; has 'is in place'
{ echo '# ours'; cat "$folder/share/20-attest.conf"; } | cmp - "$conf/20-attest.conf" || fail "what masks does not begin with what it masks"
rm "$conf/20-attest.conf"
ln -s /etc/passwd "$conf/96-link"
mv "$conf/96-link" "$conf/96-link.conf"
edit true 96-link; ends 73
rm "$conf/96-link.conf"

# on a terminal it asks, and goes on with what was written
printf '#!/bin/sh\nif grep -q burst=x "$1"; then echo "limits : { burst = 9 }" >"$1"; else echo "limits : { burst=x }" >"$1"; fi\n' >"$folder/twice"
chmod 755 "$folder/twice"
EDITOR=$folder/twice python3 - "$gate" config edit 95-new --config "$folder/etc/stepgate.conf" --vendor "$folder/share" >"$folder/out" <<'PY'
import os, pty, sys
pid, fd = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], sys.argv[1:])
seen, answered = b"", False
while True:
    try:
        part = os.read(fd, 4096)
    except OSError:
        break
    if not part:
        break
    seen += part
    if b"Edit again?" in seen and not answered:
        answered = True
        os.write(fd, b"y\n")
sys.stdout.buffer.write(seen)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
PY
has 'expected a value'; has 'Edit again?'; has 'is in place'
grep -q 'burst = 9' "$conf/95-new.conf" || fail "the second text is not in place"

# ---- the others ----
code=0; "$gate" config diff --config "$folder/etc/stepgate.conf" --vendor "$folder/share" >"$folder/out" 2>&1 || code=$?; ends 64
code=0; "$gate" config diff --running --json --config "$folder/etc/stepgate.conf" --vendor "$folder/share" >"$folder/out" 2>&1 || code=$?; ends 1
has '"key":"limits.burst","running":100'
has '"file":9,"from":{"column":12,'
code=0; "$gate" reload >"$folder/out" 2>&1 || code=$?; ends 0
code=0; "$gate" config diff --running --json --config "$folder/etc/stepgate.conf" --vendor "$folder/share" >"$folder/out" 2>&1 || code=$?; ends 0
has '{"differences":[]}'
code=0; "$gate" config show --for agent=code-helpr --config "$folder/etc/stepgate.conf" --vendor "$folder/share" >"$folder/out" 2>&1 || code=$?; ends 1
has 'did you mean "code-helper"?'
code=0; "$gate" config show --for code-helper --config "$folder/etc/stepgate.conf" --vendor "$folder/share" >"$folder/out" 2>&1 || code=$?; ends 64
code=0; "$gate" config show --json --config "$folder/etc/stepgate.conf" --vendor "$folder/share" >"$folder/out" 2>&1 || code=$?; ends 0
python3 -c 'import json, sys; v = {r["key"]: r for r in json.load(open(sys.argv[1]))["values"]}
assert v["limits.burst"]["value"] == 9 and v["limits.burst"]["from"]["line"] == 1 and v["limits.doors"]["from"] is None and len(v) > 40, len(v)' "$folder/out"
mkdir "$folder/vendor"
cp "$folder/share/20-attest.conf" "$folder/vendor/"
echo 'limits : { doors = 7 }' >"$folder/vendor/10-v.conf"
code=0; "$gate" config explain limits.doors --vendor "$folder/vendor" --config "$folder/etc/stepgate.conf" >"$folder/out" 2>&1 || code=$?; ends 0
has "limits.doors = 7    # $folder/vendor/10-v.conf:1:12"
: >"$conf/10-v.conf"
code=0; "$gate" config explain limits.doors --vendor "$folder/vendor" --config "$folder/etc/stepgate.conf" >"$folder/out" 2>&1 || code=$?; ends 0
has 'limits.doors = 64    # default'
echo 'limits : { doors = "7" }' >"$conf/10-v.conf"
code=0; "$gate" config explain limits.doors --config "$folder/etc/stepgate.conf" --vendor "$folder/share" >"$folder/out" 2>&1 || code=$?; ends 0
has 'doors is a string; a number, such as 10'
has 'default  64'
code=0; "$gate" config show --config "$folder/etc/stepgate.conf" --vendor "$folder/share" >"$folder/out" 2>&1 || code=$?; ends 78
echo "all as it should be: $commands commands of the page"
