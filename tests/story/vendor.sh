#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The vendor's first hour: from what `cmake --install` laid down and the README in it, in a folder with nothing else, as a user who is not root and
# without a daemon. Each kind: written, configured, built, tested, looked at, checked; the seconds are printed, and the bounds are the issue's.
set -uo pipefail
: "${STEPGATE_BUILD:?}"
here=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d /tmp/stepgate-vendor-XXXXXX)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
bad=0
fail() {
	echo "FAILED: $*"
	bad=1
}

DESTDIR= cmake --install "$STEPGATE_BUILD" --prefix "$work/prefix" >"$work/install.log" 2>&1 || {
	# what is installed by absolute paths (systemd, /etc) stays below the folder
	DESTDIR="$work/dest" cmake --install "$STEPGATE_BUILD" --prefix /usr >"$work/install.log" 2>&1 || { cat "$work/install.log"; exit 1; }
	mv "$work/dest/usr" "$work/prefix"
}

# The hour itself is another script, which knows the prefix and nothing else.
cat >"$work/hour" <<'HOUR'
set -uo pipefail
bad=0
fail() { echo "FAILED: $*"; bad=1; }
now() { date +%s%N; }
took() { echo "$(( ($(now) - $1) / 1000000 )) ms $2"; }
cd "$HOME" || exit 1
umask 022
began=$(now)

# The commands of the README, as they stand in it: each line that begins with $.
readme=$(find "$PREFIX" -path '*modules/README.md' | head -n 1)
[ -n "$readme" ] || fail "no README for modules is installed"
mkdir readme && cd readme || exit 1
count=0
while IFS= read -r line; do
	[ -n "$line" ] || continue
	count=$((count + 1))
	if ! eval "$line" >log 2>&1; then
		cat log
		fail "the README's command: $line"
	fi
done < <(sed -n 's/^    \$ //p' "$readme")
[ "$count" -ge 6 ] || fail "the README has $count commands"
took "$began" "for the $count commands of the README"
cd "$HOME" || exit 1

for kind in attest issue verify audit prove; do
	start=$(now)
	stepgate module new "$kind" "my-$kind" >/dev/null || fail "new $kind"
	for file in CMakeLists.txt "my-$kind.c" "my-$kind.conf" README.md test.c check.cmake .gitignore; do
		[ -s "my-$kind/$file" ] || fail "$kind: no $file"
	done
	grep -rn '@[A-Z]*@' "my-$kind" && fail "$kind: a mark was left"
	cd "my-$kind" || exit 1
	{ cmake -B build && cmake --build build; } >log 2>&1 || { cat log; fail "$kind: build"; }
	grep -n 'warning:' log && fail "$kind: warnings"
	ctest --test-dir build --output-on-failure >log 2>&1 || { cat log; fail "$kind: ctest"; }
	grep -q '100% tests passed, 0 tests failed out of 2' log || { cat log; fail "$kind: not two tests"; }
	stepgate module info "build/modules/$kind-my-$kind.so" >log || { cat log; fail "$kind: info"; }
	grep -q "^name *my-$kind\$" log || fail "$kind: info does not name it"
	ms=$(( ($(now) - start) / 1000000 ))
	echo "$ms ms from nothing to a tested $kind module"
	[ "$ms" -lt 60000 ] || fail "$kind took a minute"
	ctest --test-dir build --verbose -R check >log 2>&1
	grep -q '^.*1\.\.1[0-9]' log || { cat log; fail "$kind: no plan"; }
	# the template of kind verify takes no token until whoever fills it in adds the key: the step says so
	grep SKIP log | grep -v "malloc belongs to a sanitizer" | grep -v "give --token FILE or --chain FILE" && { fail "$kind: a step of the template's check is skipped"; }
	cmake --install build --prefix "$HOME/target" >log 2>&1 || { cat log; fail "$kind: install"; }
	find "$HOME/target" -path "*stepgate/modules/$kind-my-$kind.so" | grep -q . || fail "$kind: not installed where modules lie"
	cd ..
done

# What new refuses, with its hint.
refuses() {
	local code=$1 hint=$2; shift 2
	stepgate module new "$@" >log 2>&1
	[ $? -eq "$code" ] || { cat log; fail "new $*: not exit $code"; }
	grep -q "hint: .*$hint" log || { cat log; fail "new $*: no hint"; }
}
refuses 64 'attest, issue' vet x
refuses 64 'lower case' attest Bad
refuses 64 'lower case' attest ../x
refuses 64 'lower case' attest 9x
refuses 64 'at most 31' attest aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
refuses 73 'nothing is written over' attest my-attest
stepgate module new attest aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa >/dev/null || fail "a name of 31"
mkdir empty && stepgate module new --json audit one empty | grep -q '"made":\["empty/' || fail "an empty folder, --json"

# pkg-config and cc alone.
if command -v pkg-config >/dev/null; then
	export PKG_CONFIG_PATH="$PKGDIR"
	[ "$(pkg-config --variable=module_abi stepgate)" = 1 ] || fail "module_abi"
	case $(pkg-config --variable=moduledir stepgate) in */stepgate/modules) ;; *) fail "moduledir" ;; esac
	[ -d "$(pkg-config --variable=moduledir stepgate)" ] || fail "moduledir is not there"
	cc -shared -fPIC -fvisibility=hidden $(pkg-config --cflags stepgate) -Wl,--version-script="$(pkg-config --variable=module_map stepgate)" \
		-o attest-my-attest.so my-attest/my-attest.c || fail "cc with pkg-config"
	stepgate module check attest-my-attest.so --option prefix=demo >log || { cat log; fail "what cc made"; }
fi
took "$began" "for the whole hour"
exit $bad
HOUR

mkdir "$work/home"
libdir=$(dirname "$(find "$work/prefix" -name stepgateConfig.cmake)")
pkgdir=$(dirname "$(find "$work/prefix" -name stepgate.pc)")
[ -d "$libdir" ] && [ -d "$pkgdir" ] || { cat "$work/install.log"; fail "no package files"; exit 1; }
grep -rlF -e "$here" -e "$STEPGATE_BUILD" "$work/prefix/include" "$libdir" "$pkgdir" && fail "the installed package names the source or build folder"
as=()
if [ "$(id -u)" = 0 ]; then
	chown 65534:65534 "$work/home"
	as=(setpriv --reuid=65534 --regid=65534 --clear-groups --no-new-privs)
fi
env -i "${as[@]}" env -i HOME="$work/home" PREFIX="$work/prefix" PKGDIR="$pkgdir" CMAKE_PREFIX_PATH="$work/prefix" TMPDIR="$work/home" LC_ALL=C \
	PATH="$work/prefix/bin:/usr/local/bin:/usr/bin:/bin" bash "$work/hour" || bad=1
exit $bad
