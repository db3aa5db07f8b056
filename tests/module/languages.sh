#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The examples in C++ and Rust are built with what the package gives and pass the conformance check; so does the template's C under a C++ compiler's eyes where the headers are concerned. A compiler
# that is not there is said.
set -euo pipefail
: "${STEPGATE_BUILD:?}"
here=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d /tmp/stepgate-languages-XXXXXX)
trap 'rm -rf "$work"' EXIT
passed=0 bad=0
good() { # WHAT COMMAND...
	local what=$1
	shift
	if "$@" >"$work/said" 2>&1; then passed=$((passed + 1)); else echo "FAILED: $what"; tail -n 40 "$work/said"; bad=$((bad + 1)); fi
}
quiet() { "$@" >"$work/out" 2>&1 && [ ! -s "$work/out" ] || { cat "$work/out"; return 1; }; }
said() { grep -q -- "$1" "$work/kept"; }
check() { "$STEPGATE_BUILD/core/stepgate-module" check "$@" >"$work/kept" 2>&1 || { cat "$work/kept"; return 1; }; }
refuses() { ! "$STEPGATE_BUILD/core/stepgate-module" check "$@" >"$work/kept" 2>&1; }
map=$here/modules/cmake/only_sg_module.map shared=(-shared -fPIC -fvisibility=hidden -I"$here/core/include" "-Wl,--version-script=$map" -Wl,-z,relro,-z,now)

if command -v g++ >/dev/null; then
	for standard in 11 14 17 20; do
		printf '#include <stepgate/attest.h>\n#include <stepgate/issue.h>\n#include <stepgate/verify.h>\n#include <stepgate/audit.h>\n' >"$work/headers.cc"
		good "C++$standard: the headers, without a warning" quiet g++ "-std=c++$standard" -Wall -Wextra -pedantic -I"$here/core/include" -fsyntax-only "$work/headers.cc"
		good "C++$standard: the example" quiet g++ "-std=c++$standard" -Wall -Wextra -Wno-missing-field-initializers "${shared[@]}" -static-libstdc++ -static-libgcc -o "$work/attest-shell.so" "$here/modules/example/cxx/shell.cc"
	done
	good "C++: the conformance check" check "$work/attest-shell.so"
	good "C++: nothing of it is skipped but what needs more" sh -c "! grep SKIP '$work/kept' | grep -v 'sanitizer\|no grant\|asks for no'"
else
	echo "NOT RUN: C++ (no g++)"
fi
if command -v rustc >/dev/null; then
	good "Rust: the example" quiet rustc --edition 2021 --crate-type cdylib -O -C panic=abort -C "link-arg=-Wl,--version-script=$map" -o "$work/attest-user.so" "$here/modules/example/rust/user.rs"
	good "Rust: the conformance check, one step declared impossible" check "$work/attest-user.so" --without 'malloc=Rust aborts'
	good "Rust: with its reason" said 'SKIP Rust aborts'
else
	echo "NOT RUN: Rust (no rustc)"
fi
peer=$STEPGATE_BUILD/modules/attest-peer.so
for wrong in malloc malloc= alloc=x deadline=x "malloc=$(printf 'a\nb')" 'malloc=a # b' "malloc=$(printf 'x%.0s' $(seq 201))"; do good "--without $wrong is refused" refuses "$peer" --without "$wrong"; done
good "a reason is no format" check "$peer" --without 'malloc=50%s %n'
good "and stands as it is" said 'SKIP 50%s %n'
good "one at the limit is taken" check "$peer" --without "malloc=$(printf 'x%.0s' $(seq 200))"
echo "$passed passed, $bad failed"
[ "$bad" = 0 ]
