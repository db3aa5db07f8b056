/* SPDX-License-Identifier: Apache-2.0
 * The writer for canonical objects made by hand. Any misuse (name out of order, value without a name, too deep, two
 * roots) sets the buffer's `failed`: a mistake becomes a refusal and not a second spelling. */
#include "base/canon.h"

#include "base/json_scan.h"
#include "base/json_tape.h"
#include "base/str.h"

void
sg_jw_begin(struct sg_json_writer *w, struct sg_buf *out)
{
	w->out = out;
	w->at = w->level;
	w->comma = w->named = false;
	w->at->object = false;
	w->tape = NULL;
}

/* The name of the value that was just written. */
static struct sg_str
its_name(const struct sg_json_writer *w)
{
	return w->at->object ? w->name : (struct sg_str){NULL, 0};
}

/* What was written from there on. */
static struct sg_str
since(const struct sg_json_writer *w, size_t from)
{
	return (struct sg_str){w->out->ptr + from, w->out->len - from};
}

static inline size_t
depth_of(const struct sg_json_writer *w)
{
	return (size_t)(w->at - w->level);
}

/* Whether a value may stand here. `comma`: it needs one before it. Behind it another does. */
static inline bool
may_stand(struct sg_json_writer *w, bool *comma)
{
	*comma = w->comma;
	if (w->at->object ? !w->named : w->comma && w->at == w->level)
		w->out->failed = true;
	w->comma = true;
	w->named = false;
	return !w->out->failed;
}

static bool
begin_value(struct sg_json_writer *w)
{
	bool comma;
	if (!may_stand(w, &comma))
		return false;
	if (comma)
		sg_buf_add(w->out, ",", 1);
	return !w->out->failed;
}

static void
open_level(struct sg_json_writer *w, bool object)
{
	bool comma;
	char *to = may_stand(w, &comma) ? sg_buf_reserve(w->out, 2) : NULL;
	if (to == NULL)
		return;
	if (depth_of(w) == SG_JSON_MAX_DEPTH) {
		w->out->failed = true;
		return;
	}
	if (w->tape != NULL)
		sg_json_tape_open(w->tape, its_name(w), object);
	w->at++;
	w->at->object = object;
	w->at->key = 0;
	w->comma = false;
	to[0] = ',';
	to[comma] = object ? '{' : '[';
	w->out->len += 1 + comma;
}

void
sg_jw_object(struct sg_json_writer *w)
{
	open_level(w, true);
}

void
sg_jw_array(struct sg_json_writer *w)
{
	open_level(w, false);
}

void
sg_jw_end(struct sg_json_writer *w)
{
	if (w->at == w->level || w->named)
		w->out->failed = true;
	char *to = sg_buf_reserve(w->out, 1);
	if (to == NULL)
		return;
	*to = w->at->object ? '}' : ']';
	w->out->len++;
	w->at--;
	w->comma = true;
	if (w->tape != NULL)
		sg_json_tape_close(w->tape);
}

/* A name may stand here: then it is the last one, and waits for its value. */
static inline void
take_name(struct sg_json_writer *w, struct sg_str name, uint64_t key)
{
	w->at->last = name;
	w->at->key = key;
	w->named = true;
	w->comma = false; /* it stands before the name */
}

void
sg_jw_name_str(struct sg_json_writer *w, struct sg_str name)
{
	bool comma = w->comma; /* in an object nothing but its first name stands without one */
	if (!w->at->object || w->named || (comma && !sg_json_name_rises(w->at->last, name)))
		w->out->failed = true;
	take_name(w, name, sg_json_name_key(name));
	if (w->out->failed)
		return;
	size_t from = w->out->len + comma;
	sg_canon_string_after(w->out, comma, name);
	if (w->tape != NULL && !w->out->failed)
		w->name = sg_json_tape_kept(w->tape, name, since(w, from)); /* the one before it is still the caller's: the text may move */
	sg_buf_add(w->out, ":", 1);
}

enum { AROUND = 4, COPIED = SG_JSON_LITERAL_MOST + AROUND + 1 };

/* Where it cannot be told by the keys alone, or the buffer has hardly room. */
__attribute__((noinline)) static void
write_literal(struct sg_json_writer *w, const char *quoted, size_t len, uint64_t key)
{
	bool comma = w->comma;
	struct sg_str name = {quoted + 2, len};
	if (!w->at->object || w->named || (comma && !sg_json_name_rises(w->at->last, name)))
		w->out->failed = true;
	take_name(w, name, key);
	w->name = name;
	if (!w->out->failed)
		sg_buf_add(w->out, quoted + !comma, len + AROUND - !comma);
}

/* Of names of which one is ASCII the order of bytes is that of UTF-16. The usual case: what stands before has another key. */
void
sg_jw_literal(struct sg_json_writer *w, const char *quoted, size_t len, uint64_t key)
{
	struct sg_buf *out = w->out;
	bool comma = w->comma, usual = w->at->object && !w->named && (!comma || w->at->key < key);
	if (!usual || out->failed || out->room - out->len < COPIED) {
		write_literal(w, quoted, len, key);
		return;
	}
	char *to = out->ptr + out->len;
	memcpy(to, quoted + !comma, COPIED / 2);
	memcpy(to + COPIED / 2, quoted + !comma + COPIED / 2, COPIED / 2);
	out->len += len + AROUND - !comma;
	w->name = (struct sg_str){quoted + 2, len};
	take_name(w, w->name, key);
}

void
sg_jw_str(struct sg_json_writer *w, struct sg_str text)
{
	bool comma;
	if (!may_stand(w, &comma))
		return;
	size_t from = w->out->len + comma;
	sg_canon_string_after(w->out, comma, text);
	if (w->tape != NULL && !w->out->failed)
		sg_json_tape_text(w->tape, its_name(w), text, since(w, from));
}

void
sg_jw_text(struct sg_json_writer *w, const char *text)
{
	if (text == NULL)
		sg_jw_null(w);
	else
		sg_jw_str(w, sg_str(text));
}

void
sg_jw_int(struct sg_json_writer *w, int64_t number)
{
	if (number > SG_JSON_INTEGER_MAX || number < -SG_JSON_INTEGER_MAX)
		w->out->failed = true;
	if (!begin_value(w))
		return;
	size_t from = w->out->len;
	sg_canon_integer(w->out, number);
	if (w->tape != NULL && !w->out->failed)
		sg_json_tape_number(w->tape, its_name(w), (double)number, since(w, from));
}

void
sg_jw_number(struct sg_json_writer *w, double number)
{
	if (!begin_value(w))
		return;
	size_t from = w->out->len;
	sg_canon_number(w->out, number);
	if (w->tape != NULL && !w->out->failed)
		sg_json_tape_number(w->tape, its_name(w), number, since(w, from));
}

void
sg_jw_raw(struct sg_json_writer *w, struct sg_str canonical)
{
	if (canonical.len == 0)
		w->out->failed = true;
	if (begin_value(w))
		sg_buf_str(w->out, canonical);
	if (w->tape != NULL && !w->out->failed)
		sg_json_tape_raw(w->tape, its_name(w), canonical);
}

void
sg_jw_bool(struct sg_json_writer *w, bool value)
{
	if (w->tape != NULL)
		sg_json_tape_bool(w->tape, its_name(w), value);
	if (begin_value(w))
		value ? sg_buf_add(w->out, "true", 4) : sg_buf_add(w->out, "false", 5);
}

void
sg_jw_null(struct sg_json_writer *w)
{
	if (w->tape != NULL)
		sg_json_tape_null(w->tape, its_name(w));
	if (begin_value(w))
		sg_buf_add(w->out, "null", 4);
}

void
sg_jw_value(struct sg_json_writer *w, const struct sg_json *value)
{
	if (begin_value(w))
		sg_canon_write(w->out, value);
	if (w->tape != NULL && !w->out->failed)
		sg_json_tape_value(w->tape, its_name(w), value);
}

bool
sg_jw_done(const struct sg_json_writer *w)
{
	return !w->out->failed && w->at == w->level && w->comma;
}
