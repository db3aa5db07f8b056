#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# module_dir is a path of folders: a vendor's own is looked into behind the package's, the first that has the module counts, and one that may not be trusted is not passed over.
set -euo pipefail
gate=$STEPGATE_BUILD/core/stepgate
folder=$(mktemp -d /tmp/story.XXXXXX)
trap 'rm -rf "$folder"' EXIT
checks=0
fail() { echo "FAILED: $*"; exit 1; }
mkdir -p "$folder/a" "$folder/b"
cp "$STEPGATE_BUILD/modules/attest-peer.so" "$folder/b"
chmod -R go-w "$folder"
say() { # EXIT MODULE_DIR
	printf 'state_dir = "%s/state"  run_dir = "%s/run"  policy_dir = "%s/policy.d"  module_dir = "%s"  trust_domain = "acme.example"\nattest : { peer : { use = "peer"  control = "required" } }\nadmins : { root : { uid = 0 } }\n' "$folder" "$folder" "$folder" "$2" >"$folder/stepgate.conf"
	[ -e "$folder/state" ] || "$gate" init --config "$folder/stepgate.conf" >/dev/null
	mkdir -p "$folder/policy.d"
	local code=0
	"$gate" config check "$folder/stepgate.conf" >"$folder/out" 2>&1 </dev/null || code=$?
	checks=$((checks + 1))
	[ "$code" = "$1" ] || fail "module_dir \"$2\": $code, not $1: $(cat "$folder/out")"
}
has() { grep -qF -- "$1" "$folder/out" || fail "no '$1' in: $(cat "$folder/out")"; }

say 0 "$folder/b"
say 0 "$folder/a:$folder/b"
say 0 "$folder/none:$folder/a:$folder/b"
say 0 "$folder/b:$folder/none"
say 78 "$folder/a"; has 'path_missing'
say 78 "$folder/a:$folder/none"; has 'lies in none of'
for bad in "$folder/a::$folder/b" ":$folder/b" "$folder/b:" "relative:$folder/b" "$folder/b:relative" "$folder/a:$folder/../b" ":"; do say 78 "$bad"; has 'module_dir'; has 'absolute paths'; done
cp "$folder/b/attest-peer.so" "$folder/a"; chmod 0777 "$folder/a/attest-peer.so"
say 78 "$folder/a:$folder/b"; has 'path_writable'
say 0 "$folder/b:$folder/a"
rm "$folder/a/attest-peer.so"; ln -s "$folder/b/attest-peer.so" "$folder/a/attest-peer.so"
say 78 "$folder/a:$folder/b"; has 'path_link'
rm "$folder/a/attest-peer.so"; echo no module >"$folder/a/attest-peer.so"
say 78 "$folder/a:$folder/b"
say 78 "$(printf '/%s:' $(seq 400) | sed 's/:$//')"; has 'module_dir'
echo "$checks passed, 0 failed"
