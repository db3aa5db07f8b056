/* SPDX-License-Identifier: Apache-2.0
 * RFC 8785 (JSON Canonicalization Scheme): one byte string for one value. Numbers as ECMAScript writes them, names in UTF-16 order. */
#ifndef SG_BASE_CANON_H
#define SG_BASE_CANON_H

#include "base/buf.h"
#include "base/json.h"

#include <string.h>

/* Appends the canonical form of `value`. Failure is the buffer's sticky `failed`. Members are sorted here, so the tape may come in any order. */
void sg_canon_write(struct sg_buf *out, const struct sg_json *value);

/* Appends `text` as a canonical JSON string, quotes included. The bytes must be valid UTF-8 (they come from a reader); invalid ones set `failed`. */
void sg_canon_string(struct sg_buf *out, struct sg_str text);

/* The same behind a comma, where there is to be one. */
void sg_canon_string_after(struct sg_buf *out, bool comma, struct sg_str text);

/* Appends a number as ECMAScript's Number::toString does (RFC 8785 3.2.2.3). NaN and infinities set `failed`. */
void sg_canon_number(struct sg_buf *out, double number);
/* The same where it is known how it was written (by the rules of JSON): what has few digits is not searched for. */
void sg_canon_number_as(struct sg_buf *out, double number, struct sg_str text);
/* The same for a whole number within +-2^53. */
void sg_canon_integer(struct sg_buf *out, int64_t number);

/* Reads `text` and refuses it (SG_MALFORMED, json_not_canonical) unless it is, byte for byte, the canonical form of what it says.
 * This is the only reader of the gate and of every process behind it. Other errors as sg_json_parse. */
enum sg_status sg_canon_parse(struct sg_arena *arena, struct sg_str text, const struct sg_json_limits *limits,
			      const struct sg_json **root, struct sg_err *err);

struct sg_json_level {
	struct sg_str last; /* last name written; borrowed from the caller until the object ends */
	uint64_t key;       /* sg_json_name_key of it; 0: none was written */
	bool object;
};

/* The first eight bytes of a name: names of ASCII whose keys rise stand in order, and those of one key must be looked at whole. */
static inline uint64_t
sg_json_name_key(struct sg_str name)
{
#define SG_KEY_BYTE(i) (name.len > (i) ? (uint64_t)(unsigned char)name.ptr[i] << (56 - 8 * (i)) : 0)
	return SG_KEY_BYTE(0) | SG_KEY_BYTE(1) | SG_KEY_BYTE(2) | SG_KEY_BYTE(3) | SG_KEY_BYTE(4) | SG_KEY_BYTE(5) | SG_KEY_BYTE(6) | SG_KEY_BYTE(7);
#undef SG_KEY_BYTE
}

/* A writer that makes canonical objects directly. Names must be given in canonical order; a name out of order sets `failed`,
 * so that a mistake becomes a refusal and not a second spelling. Depth at most SG_JSON_MAX_DEPTH.
 *
 *   struct sg_json_writer w;
 *   sg_jw_begin(&w, &buf);
 *   sg_jw_object(&w);  sg_jw_name(&w, "a");  sg_jw_int(&w, 1);  sg_jw_name(&w, "b");  sg_jw_text(&w, "x");  sg_jw_end(&w);
 */
struct sg_json_writer {
	struct sg_buf *out;
	struct sg_json_level *at; /* the innermost level */
	bool comma, named;        /* what stands there already needs one before the next; a name waits for its value */
	struct sg_str name;        /* the last one that was written, as long as the text is */
	struct sg_json_tape *tape; /* where values are noted as well (json_tape.h); NULL: nowhere */
	struct sg_json_level level[SG_JSON_MAX_DEPTH + 1];
};

void sg_jw_begin(struct sg_json_writer *w, struct sg_buf *out);
void sg_jw_object(struct sg_json_writer *w);
void sg_jw_array(struct sg_json_writer *w);
void sg_jw_end(struct sg_json_writer *w); /* closes the innermost object or array */
void sg_jw_name_str(struct sg_json_writer *w, struct sg_str name); /* `name` must live until the object is closed */
static inline void
sg_jw_name_text(struct sg_json_writer *w, const char *name)
{
	sg_jw_name_str(w, (struct sg_str){name, strlen(name)});
}
void sg_jw_str(struct sg_json_writer *w, struct sg_str text); /* {NULL, 0} writes "" */
void sg_jw_text(struct sg_json_writer *w, const char *text);  /* NULL writes null */
void sg_jw_int(struct sg_json_writer *w, int64_t number);
void sg_jw_number(struct sg_json_writer *w, double number); /* as it was read: neither NaN nor infinite */
void sg_jw_bool(struct sg_json_writer *w, bool value);
void sg_jw_null(struct sg_json_writer *w);
/* A value that was read, or canonical bytes made before (trusted to be canonical). */
void sg_jw_value(struct sg_json_writer *w, const struct sg_json *value);
void sg_jw_raw(struct sg_json_writer *w, struct sg_str canonical);

enum { SG_JSON_LITERAL_MOST = 27 };
/* `quoted` is ,"NAME": and 28 bytes more, so that it may be copied sixteen bytes at a time; `len` and `key` are the name's, which is plain and not empty. */
void sg_jw_literal(struct sg_json_writer *w, const char *quoted, size_t len, uint64_t key);
/* A name that is a constant in the code, which needs no escape (tests/shape/names.py looks at them): anything else does not compile. */
#define sg_jw_name(w, name)                                                                                                    \
	sg_jw_literal((w), ",\"" name "\":\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",                            \
		      sizeof(name) - 1 + 0 * sizeof(char[sizeof(name) - 1 <= SG_JSON_LITERAL_MOST ? 1 : -1]),                     \
		      sg_json_name_key((struct sg_str){"" name, sizeof(name) - 1}))

/* A member: its name and its value, which is written as by the function of that ending. */
#define sg_jw_member_str(w, name, value) (sg_jw_name(w, name), sg_jw_str((w), (value)))
#define sg_jw_member_text(w, name, value) (sg_jw_name(w, name), sg_jw_text((w), (value)))
#define sg_jw_member_int(w, name, value) (sg_jw_name(w, name), sg_jw_int((w), (value)))
#define sg_jw_member_bool(w, name, value) (sg_jw_name(w, name), sg_jw_bool((w), (value)))
#define sg_jw_member_raw(w, name, value) (sg_jw_name(w, name), sg_jw_raw((w), (value)))

/* The same with a name that is none in the code. */
static inline void
sg_jw_named_text(struct sg_json_writer *w, const char *name, const char *value)
{
	sg_jw_name_text(w, name);
	sg_jw_text(w, value);
}

static inline void
sg_jw_named_str(struct sg_json_writer *w, const char *name, struct sg_str value)
{
	sg_jw_name_text(w, name);
	sg_jw_str(w, value);
}

static inline void
sg_jw_named_int(struct sg_json_writer *w, const char *name, int64_t value)
{
	sg_jw_name_text(w, name);
	sg_jw_int(w, value);
}

/* True if exactly one whole value was written: nothing open, nothing failed. */
bool sg_jw_done(const struct sg_json_writer *w);

#endif
