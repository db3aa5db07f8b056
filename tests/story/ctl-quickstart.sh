#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The first README command, on what is built already: it ends with 0 only if each step came out as it should. And it cleans up.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
export TMPDIR
TMPDIR=$(mktemp -d /tmp/story.XXXXXX)
trap 'rm -rf "$TMPDIR"' EXIT

NO_COLOR=1 "$root/packaging/quickstart" >"$TMPDIR/out" 2>&1 || { cat "$TMPDIR/out"; exit 1; }
cat "$TMPDIR/out"
for line in 'allow (allowed)' 'allow (narrowed)' 'deny (policy_denied)' 'step_up (approval_needed)' 'deny (approval_used)' \
	'not active; it refuses' 'replay      same' 'intact:'; do
	grep -qF "$line" "$TMPDIR/out" || { echo "missing: $line"; exit 1; }
done
grep -q $'\e' "$TMPDIR/out" && { echo "colour in spite of NO_COLOR"; exit 1; }
left=$(find "$TMPDIR" -mindepth 1 -maxdepth 1 -name 'stepgate.*')
[ -z "$left" ] || { echo "left behind: $left"; exit 1; }

# It can fail: with any one expectation changed it must not end with 0.
root_quickstart=$root/packaging/quickstart
for line in $(grep -nE '^	expect ' "$root_quickstart" | cut -d: -f1); do
	sed "${line}s/expect .*/expect allow nothing/" "$root_quickstart" >"$TMPDIR/changed"
	if bash "$TMPDIR/changed" >"$TMPDIR/out" 2>&1; then
		echo "line $line of quickstart can say anything"
		exit 1
	fi
	grep -q 'expected allow (nothing)' "$TMPDIR/out" || { cat "$TMPDIR/out"; exit 1; }
done
