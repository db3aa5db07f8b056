/* SPDX-License-Identifier: Apache-2.0
 * Provenance of values: which values a tree of tasks has seen, and where first. Values are kept as keyed digests of their forms, never as they are. */
#ifndef SG_GATE_VALUES_H
#define SG_GATE_VALUES_H

#include "base/canon.h"
#include "base/form.h"
#include "gate/state/state.h"

enum {
	SG_FORM_MAX = 256,       /* bytes of one form; a longer value has no form as a whole, only its words */
	SG_FORM_LEAST = 2,       /* a shorter one says nothing about where it came from */
	SG_FORMS_OF_VALUE = 512, /* forms taken from one value; the rest of a long text stays unknown */
	SG_VALUE_DEPTH = 16,     /* arrays and objects within each other that are looked through */
};

/* What one request may cost in looking at its values, asked before each step. What is not looked at is unknown. */
struct sg_value_look {
	size_t values, bytes, forms; /* left */
};
enum {
	SG_LOOK_VALUES = 512,        /* values of arguments, those that come twice counted twice */
	SG_LOOK_BYTES = 16 << 10,    /* bytes of those */
	SG_LOOK_FORMS = 1024,        /* forms of those, each looked up */
	SG_REPORT_VALUES = 4096,     /* of a report or an opening */
	SG_REPORT_BYTES = 64 << 10,
	SG_REPORT_FORMS = 2048,
	SG_KEEP_FORMS = 16384,       /* forms that keeping looks at, those that are kept already too: some more than 64 KiB of common words have */
};
#define SG_LOOK_AT_ARGUMENTS ((struct sg_value_look){SG_LOOK_VALUES, SG_LOOK_BYTES, SG_LOOK_FORMS})
#define SG_LOOK_AT_REPORT ((struct sg_value_look){SG_REPORT_VALUES, SG_REPORT_BYTES, SG_REPORT_FORMS})
/* Takes one scalar from what is left; false: there is not enough, and it is not looked at. */
bool sg_value_look_take(struct sg_value_look *look, const struct sg_json *value);

/* What a form stands for: a part such as a host or a word; all of the value; its normal form, behind the name of that form and a blank; or the value, or a
 * part, without case, blanks and marks in it. The last two are compared with their like alone: 10.5 is not 105. */
enum sg_form_kind { SG_FORM_PART, SG_FORM_WHOLE, SG_FORM_SPELLED, SG_FORM_COMPACT };

/* Calls `each` for every form of one scalar, the whole value first. A form is the value as one would compare it: see sg_value_forms_table. Stops when `each` says false or at SG_FORMS_OF_VALUE, and is
 * false then. */
bool sg_value_forms(struct sg_str value, bool (*each)(void *to, struct sg_str form, enum sg_form_kind kind), void *to);

/* The same without a bound, and `text` for the value and each text that stands in it in another encoding, behind its forms. */
bool sg_value_all_forms(struct sg_str value, bool (*each)(void *to, struct sg_str form, enum sg_form_kind kind), bool (*text)(void *to, struct sg_str text), void *to);

/* Calls `text` for what stands in the value, or in a word of it, in another encoding, twice at most. False: `text` said so. */
bool sg_value_decoded(struct sg_str value, bool (*text)(void *to, struct sg_str text), void *to);

/* "iban DE75512108001245126199": the normal form of a text behind the name of its form, over what stands in `out`. False: it is none. */
bool sg_value_spelled(enum sg_form form, struct sg_str text, struct sg_buf *out, enum sg_spelling *spelling);

/* What is done to a value to find its forms, for tests and documentation. */
struct sg_value_form {
	const char *name, *what;
};
const struct sg_value_form *sg_value_forms_table(size_t *count);

/* The scalar as text; false for what has no provenance: null, true, false, arrays, objects. A number is written as in RFC 8785. */
bool sg_value_text(const struct sg_json *value, struct sg_buf *out);

/* The keyed digest of a form within a tree, of a domain's (kept.h; task NULL) within none; never 0. */
uint64_t sg_value_digest(const struct sg_state *state, const struct sg_task *task, struct sg_str form);
void sg_value_hex(uint64_t digest, char out[17]);
/* 0 for anything but 16 hex digits. */
uint64_t sg_value_unhex(struct sg_str hex);

/* The mark before a short name (named.h); those below it are of forms. */
enum { SG_VALUE_NAMED = 4 };

/* What is written: what another party gives to a task; what its agent says came back; what that agent names, which nobody can place; what an enforcer says came
 * back. Of what came back, a value that holds a short name (named.h) is not said to be from there. */
enum sg_values_of { SG_VALUES_GIVEN, SG_VALUES_TOLD, SG_VALUES_ASKED, SG_VALUES_REPORTED };

/* Appends the digests of all forms of all scalars in `value` (names of members are none) as a JSON array of hex, each once, at most `most`; those
 * that the tree knows already are left out; of SG_VALUES_ASKED and SG_VALUES_REPORTED not those that another task named and nobody could place; of what came back without labels (not `labelled`)
 * those too that a domain of the tree keeps. Returns how many; `*all` (may be NULL): nothing was passed over, for its number, its length, its depth or
 * because `look` was used up. */
size_t sg_values_write(struct sg_json_writer *w, const struct sg_state *state, const struct sg_task *task, const struct sg_json *value, size_t most,
		       struct sg_value_look look, enum sg_values_of of, bool labelled, bool *all);

/* The digest of a form within a tree; a mark before it keeps apart what is compared with its like alone. Of a domain's (kept.h): task NULL. */
uint64_t sg_form_digest(const struct sg_state *state, const struct sg_task *task, struct sg_str form, enum sg_form_kind kind);

/* What the domain of a task keeps (kept.h) of what it read with labels, or named behind that: all forms, names of members too, and the pieces of all texts
 * (letters.h), but for what its tree trusts. What could not be kept whole (too long, too many) is cut. */
struct sg_values_kept {
	const struct sg_state *state;
	const struct sg_task *task;
	struct sg_buf many; /* as it stands in a leaf; empty: nothing */
	struct sg_kept seen; /* that stand there */
	size_t room; /* counted down */
	size_t values, bytes, forms; /* left to look at */
	bool cut;
};
/* `room`: no more of them. */
void sg_values_keep_begin(struct sg_values_kept *kept, const struct sg_state *state, const struct sg_task *task, size_t room);
void sg_values_keep(struct sg_values_kept *kept, const struct sg_json *value);
/* Of one text. */
void sg_text_keep(struct sg_values_kept *kept, struct sg_str text);
/* Into an array that is open; frees. */
void sg_values_keep_end(struct sg_values_kept *kept, struct sg_json_writer *w);
/* A domain that works in the tree keeps the form of a value, or each of its pieces. Pieces come out of `look`; where there is none left it may. */
bool sg_value_is_kept(const struct sg_state *state, const struct sg_task *task, struct sg_str form, enum sg_form_kind kind, struct sg_value_look *look);

/* Where a scalar was first seen: the source of the very same, or of another spelling of it in `form`, if there is one; else, where a part of it (host, address, word) was seen with labels,
 * that one, with *part set (what an action brought before what the inputs said); else NULL. A part trusts nothing: it says what the value may hold. Each form comes out of `look`; where it runs out, what was found so far counts. */
const struct sg_origin *sg_value_origin(const struct sg_state *state, const struct sg_task *task, const struct sg_json *value, enum sg_form form,
					struct sg_value_look *look, bool *part);
/* origins.c: the array "provenance" of a question: values that bear authority first, so that no padding can push them out. */
void sg_write_origins(struct sg_json_writer *w, const struct sg_state *state, const struct sg_task *task, const struct sg_action *action,
		      const struct sg_json *args);

/* The table. Digests of 0 are ignored. False on no memory; full is no error. */
const struct sg_origin *sg_values_find(const struct sg_values *values, uint64_t digest);
/* What a task is to know of it: what a part hands on is its word for itself and for what stands below it alone, and comes behind what is known to the whole tree. NULL: nothing. */
const struct sg_origin *sg_values_known(const struct sg_task *task, uint64_t digest);
/* The digest under which what a part hands on stands; of a root, the same. */
uint64_t sg_value_of_part(uint64_t digest, const struct sg_task *task);
/* Of `most` values (limits.values) a tree gives a quarter to nobody but whoever is told where something came from, by an enforcer; what agents report of themselves
 * gets half. */
enum sg_values_share { SG_VALUES_OWN_WORD = 2, SG_VALUES_NAMED = 3, SG_VALUES_ALL = 4 };
/* How many more the root's tree takes of that share. */
size_t sg_values_room(const struct sg_task *root, size_t most, enum sg_values_share share);
bool sg_values_put(struct sg_values *values, uint64_t digest, uint32_t source);
/* There is room for a source more. Sources never go: once there is none, the table stays as it is. */
bool sg_values_takes_sources(const struct sg_values *values);
/* A source more; `origin` is borrowed for ever, `taint` may be NULL. NULL: no room, or no memory. */
struct sg_origin *sg_values_origin(struct sg_values *values, const char *origin, const char *decision, const struct sg_taint *taint, uint32_t *index);
/* Whose word it is that this task names something: its domain's, for what the kernel keeps together is one mouth. */
uint64_t sg_value_teller(const struct sg_task *task);
/* Nobody could place it, and another domain than `teller` named it, one alone: whoever knows better may say so. */
bool sg_value_unplaced(const struct sg_origin *origin, uint64_t teller);
/* That, or another domain reported it of itself: a word that places nothing against one that does. */
bool sg_value_replaced(const struct sg_origin *origin, uint64_t teller);
/* The same as sg_values_put, over what is replaced. */
bool sg_values_place(struct sg_values *values, uint64_t digest, uint32_t source, uint64_t teller);
void sg_values_free(struct sg_values *values);

#endif
