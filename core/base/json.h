/* SPDX-License-Identifier: Apache-2.0
 * The strict JSON reader (RFC 8259 within I-JSON, RFC 7493): one pass into a flat tape in an arena.
 * Refused, each with its own code: duplicate names, invalid UTF-8, lone surrogates, depth over the limit, integers beyond 2^53,
 * numbers that overflow or underflow a double, leading zeros, control characters, a BOM, anything behind the value.
 * "Integers beyond 2^53" are those in any spelling, 1e20 too: RFC 8785 writes numbers below 1e21 as plain digits, and such a form
 * could not be read back. From 1e21 on a number has an exponent and is a double like any other. */
#ifndef SG_BASE_JSON_H
#define SG_BASE_JSON_H

#include "base/arena.h"

#include <stdbool.h>
#include <stepgate/types.h>

enum sg_json_type { SG_JSON_NULL, SG_JSON_BOOL, SG_JSON_NUMBER, SG_JSON_STRING, SG_JSON_ARRAY, SG_JSON_OBJECT };

/* Bounds of one reading. Zero means the default. */
struct sg_json_limits {
	size_t bytes; /* default SG_JSON_MAX_BYTES */
	size_t depth; /* default and maximum SG_JSON_MAX_DEPTH; a scalar has depth 0, [] depth 1 */
	size_t nodes; /* default SG_JSON_MAX_NODES; every value counts one */
};

enum { SG_JSON_MAX_BYTES = 65536, SG_JSON_MAX_DEPTH = 32, SG_JSON_MAX_NODES = 8192 };

/* One value on the tape. A container is followed by its members; `span` nodes (itself included) belong to it.
 * Everything points into the arena, decoded: escapes are gone, strings may hold NUL.
 * A node means something only where it stands, before its members. Outside base/json it is therefore borrowed through a pointer to const
 * and never held, copied or made: tests/shape/tape.py refuses any other use of the type. */
struct sg_json {
	enum sg_json_type type;
	uint32_t span;      /* nodes of this value, at least 1 */
	uint32_t count;     /* members of an object, elements of an array */
	bool boolean;       /* SG_JSON_BOOL */
	bool sorted;        /* SG_JSON_OBJECT: the members stand in the order of sg_json_name_cmp */
	struct sg_str name; /* the member's name if its parent is an object, else {NULL, 0} */
	double number;      /* SG_JSON_NUMBER; -0 is read as 0 */
	struct sg_str string; /* SG_JSON_STRING: what it says. SG_JSON_NUMBER: its text as it came, for sg_json_line alone */
};

/* Reads `text` whole. On SG_OK `*root` lives as long as the arena. Errors: SG_MALFORMED (json_syntax, json_utf8, json_surrogate,
 * json_duplicate, json_number, json_integer, json_control, json_bom, json_trailing, json_empty), SG_LIMIT (json_bytes, json_depth,
 * json_nodes), SG_NOMEM (json_memory). The text says the byte offset and never repeats input bytes.
 * Takes from the arena: the bytes, one sg_json per value (counted beforehand: commas and opening brackets + 1, at most `nodes`),
 * and 8 bytes a member of objects that are not sorted. So 64 KiB of hostile input take at most about 600 KiB. */
enum sg_status sg_json_parse(struct sg_arena *arena, struct sg_str text, const struct sg_json_limits *limits,
			     const struct sg_json **root, struct sg_err *err);

/* At most so many values are in a text, told by its commas and opening brackets; for asking a bound before anything is read. */
size_t sg_json_most_values(struct sg_str text);

/* The order of names in RFC 8785 3.2.3 (UTF-16 code units), for valid UTF-8: <0, 0, >0. */
int sg_json_name_cmp(struct sg_str a, struct sg_str b);

/* Member by name; NULL if `object` is NULL, not an object, or has none. */
const struct sg_json *sg_json_get(const struct sg_json *object, const char *name);
const struct sg_json *sg_json_get_str(const struct sg_json *object, struct sg_str name);

/* Iteration over members or elements: first, then next until NULL.
 *   for (const struct sg_json *m = sg_json_first(v); m != NULL; m = sg_json_next(v, m)) */
const struct sg_json *sg_json_first(const struct sg_json *container);
const struct sg_json *sg_json_next(const struct sg_json *container, const struct sg_json *member);

/* Typed reads: false (output untouched) if `value` is NULL or of another type. */
bool sg_json_string(const struct sg_json *value, struct sg_str *out);
/* The text of a member, borrowed; empty when there is none or it is no text: only where the two need no telling apart. */
struct sg_str sg_json_text_at(const struct sg_json *object, const char *name);
/* An integer in [-(2^53-1), 2^53-1]; a number with a fraction is not one. */
bool sg_json_int(const struct sg_json *value, int64_t *out);
bool sg_json_bool(const struct sg_json *value, bool *out);

/* True if object member `name` is a string equal to `text`. */
bool sg_json_is(const struct sg_json *object, const char *name, const char *text);

/* An object, an array that has nothing in it: for where one is absent. */
extern const struct sg_json sg_json_no_members, sg_json_no_elements;

/* Deep equality by value, the order of members not counting. What is absent (NULL) equals nothing. */
bool sg_json_eq(const struct sg_json *a, const struct sg_json *b);

#endif
