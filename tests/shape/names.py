#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""sg_jw_name takes a name that stands in the code as it is, unlooked at (base/canon.h). So each such name has letters, digits, '_', '.', '-', '/', ':' and '$' alone, and one at
least; none stands in two pieces."""
import re, sys
from tree import files, text

CALL = re.compile(r'\bsg_jw_(?:name|member_\w+)\(\s*[^,()"]+(?:\([^()]*\))?\s*,\s*((?:[A-Z_]+\s*)?"(?:\\.|[^"\\])*"(?:\s*"(?:\\.|[^"\\])*")*)')
PLAIN = re.compile(r'"[A-Za-z0-9_.:/$-]+"$')


def wrong(source):
    return [m.group(1) for m in CALL.finditer(source) if not PLAIN.match(m.group(1))]


# what it must find, and what it must not
assert wrong('sg_jw_name(&w, "a\\"b");') and wrong('sg_jw_member_text(w, "", x);') and wrong('sg_jw_member_int(&o->w, "\xe9", 1);') and wrong('sg_jw_name(w, "a" "b");')
assert not wrong('sg_jw_name(&w, "agent"); sg_jw_member_raw(w, "dev.stepgate/decision", x);')

seen, bad = 0, []
for path in files("core", "modules"):
    source = text(path)
    seen += len(CALL.findall(source))
    bad += ["%s: %s" % (path, name) for name in wrong(source)]
for line in bad:
    print("FAILED: not plain: " + line)
print("%d names" % seen)
sys.exit(bool(bad) or seen < 300)
