/* SPDX-License-Identifier: Apache-2.0
 * Short names under which something was looked up, in whatever spelling a tool gives them back. Whoever has read chose the name: what is found under it may be
 * trusted, the name itself is not, with other case, marks, zeros before it, or as a host or a word within more. */
#ifndef SG_GATE_NAMED_H
#define SG_GATE_NAMED_H

#include "gate/state/values.h"

enum {
	SG_NAME_SHORT = 8,   /* bytes of a name that holds little but itself; a longer one makes all that comes back suspect (carry.c) */
	SG_NAME_WORD = 3,    /* letters and digits of a word of it that is looked out for by itself, too */
	SG_NAME_COMPACT = 16 /* letters and digits of two that stand side by side: a type nobody declared, and the name */
};

/* Short, of letters, digits and marks of ASCII. */
bool sg_name_is_short(struct sg_str name);
/* Appends the keyed digest of what `one` and `other` come to side by side, without marks; nothing where that is less than two letters or digits or too long.
 * Returns how many. */
size_t sg_named_write(struct sg_json_writer *w, const struct sg_state *state, const struct sg_task *task, struct sg_str one, struct sg_str other);
/* The same for the words of a name that has several. */
size_t sg_named_words_write(struct sg_json_writer *w, const struct sg_state *state, const struct sg_task *task, struct sg_str name);
/* Does the value hold one of those that the tree has? Each that is tried comes out of `look`; where that runs out it may. */
bool sg_value_is_named(const struct sg_state *state, const struct sg_task *task, struct sg_str value, struct sg_value_look *look);

#endif
