#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A node of the JSON tape means something only where it stands, before its members. Outside base/json it is borrowed through a pointer to const: no
variable, array, member, cast or size of the type itself, and no pointer through which one could be written."""
import os
import re
from tree import end, files

CODE = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'', re.S)
TYPE = re.compile(r"\bstruct\s+sg_json\b(?!_)")
NAMED = "__typeof__(r->groups[0])"  # in merge.c: a group of approvers, which has no name
GUESSED = re.compile(r"\b(?:__auto_type|__typeof__|__typeof|typeof|auto)\b")


def faults(text):
    """Offsets of what is neither `const struct sg_json *` nor a declaration ahead."""
    text = CODE.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text)
    for m in TYPE.finditer(text):
        before, after = text[:m.start()].rstrip(), text[m.end():].lstrip()
        borrowed = re.search(r"\bconst$", before) and after.startswith("*")
        ahead = after.startswith(";") and (before == "" or text[:m.start()].endswith("\n"))
        if not (borrowed or ahead):
            yield m.start()
    for m in GUESSED.finditer(text):
        if not text.startswith(NAMED, m.start()):
            yield m.start()


CASES = (  # what must be seen, whoever writes it and however
    "struct sg_json copy = *value;", "const struct sg_json copy = *value;", "static const struct sg_json empty = {.span = 1};", "struct sg_json *out = room;",
    "struct sg_json nodes[3];", "use(&(struct sg_json){.type = 1});", "use((struct sg_json *)value);", "memcpy(room, value, sizeof(struct sg_json));",
    "struct x { struct sg_json value; };", "__auto_type copy = *value;", "typeof(*value) copy = *value;", "struct\nsg_json copy;", "typedef struct sg_json node;",
    "const struct /* no */ sg_json copy;", "struct sg_json read(void);",
)
FINE = ("struct sg_json;\n", "const struct sg_json *value;", "const struct sg_json *const *list;", "/* struct sg_json copy */", "const struct sg_json\n*far(void);",
        "struct sg_json_writer w;", 'puts("struct sg_json x");')


def main():
    bad, seen = [], 0
    for case in CASES:
        if not list(faults(case)):
            bad.append("the check does not see: %r" % case)
    for case in FINE:
        if list(faults(case)):
            bad.append("the check refuses what is fine: %r" % case)
    os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
    for path in files("core", "modules", "tests", "lua"):
        if path.startswith("core/base/json"):
            continue
        seen += 1
        text = open(path, encoding="utf-8").read()
        for at in faults(text):
            bad.append("%s:%d: a node of the tape is borrowed through `const struct sg_json *`, never held, copied or made" % (path, text.count("\n", 0, at) + 1))
    print("%d files hold no node of the tape" % seen)
    end(bad, {})


main()
