/* SPDX-License-Identifier: Apache-2.0
 * The writer for canonical objects made by hand. Any misuse (name out of order, value without a name, too deep, two
 * roots) sets the buffer's `failed`: a mistake becomes a refusal and not a second spelling. */
#include "base/canon.h"

#include "base/json_scan.h"
#include "base/str.h"

void
sg_jw_begin(struct sg_json_writer *w, struct sg_buf *out)
{
	w->out = out;
	w->depth = 0;
	w->level[0].object = w->level[0].started = w->level[0].named = false;
}

/* Puts the comma and says whether a value may stand here. */
static bool
begin_value(struct sg_json_writer *w)
{
	bool object = w->level[w->depth].object, started = w->level[w->depth].started;
	if (object ? !w->level[w->depth].named : started && w->depth == 0)
		w->out->failed = true;
	if (!object && started)
		sg_buf_add(w->out, ",", 1);
	w->level[w->depth].started = true;
	w->level[w->depth].named = false;
	return !w->out->failed;
}

static void
open_level(struct sg_json_writer *w, bool object)
{
	if (!begin_value(w))
		return;
	if (w->depth == SG_JSON_MAX_DEPTH) {
		w->out->failed = true;
		return;
	}
	w->depth++;
	w->level[w->depth].object = object;
	w->level[w->depth].started = w->level[w->depth].named = false;
	sg_buf_add(w->out, object ? "{" : "[", 1);
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
	if (w->depth == 0 || w->level[w->depth].named)
		w->out->failed = true;
	if (w->out->failed)
		return;
	sg_buf_add(w->out, w->level[w->depth].object ? "}" : "]", 1);
	w->depth--;
}

static inline void
write_plain_name(struct sg_buf *out, struct sg_str name, bool comma)
{
	char *to = sg_buf_reserve(out, name.len + 4);
	if (to == NULL)
		return;
	to[0] = ',';
	to += comma;
	to[0] = '"';
	sg_copy_few(to + 1, name.ptr, name.len);
	memcpy(to + 1 + name.len, "\":", 2);
	out->len += name.len + 3 + comma;
}

static void
write_name(struct sg_buf *out, struct sg_str name, bool comma)
{
	if (comma)
		sg_buf_add(out, ",", 1);
	sg_canon_string(out, name);
	sg_buf_add(out, ":", 1);
}

/* A name may stand here: then it is the last one, and waits for its value. */
static inline bool
begin_name(struct sg_json_writer *w, struct sg_str name)
{
	struct sg_json_level *level = &w->level[w->depth];
	if (!level->object || level->named || (level->started && !sg_json_name_rises(level->last, name)))
		w->out->failed = true;
	level->last = name;
	level->named = true;
	return !w->out->failed;
}

void
sg_jw_name_str(struct sg_json_writer *w, struct sg_str name)
{
	if (begin_name(w, name))
		write_name(w->out, name, w->level[w->depth].started);
}

void
sg_jw_name_plain(struct sg_json_writer *w, struct sg_str name)
{
	if (begin_name(w, name))
		write_plain_name(w->out, name, w->level[w->depth].started);
}

void
sg_jw_str(struct sg_json_writer *w, struct sg_str text)
{
	if (begin_value(w))
		sg_canon_string(w->out, text);
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
	if (begin_value(w))
		sg_canon_integer(w->out, number);
}

void
sg_jw_number(struct sg_json_writer *w, double number)
{
	if (begin_value(w))
		sg_canon_number(w->out, number);
}

void
sg_jw_raw(struct sg_json_writer *w, struct sg_str canonical)
{
	if (canonical.len == 0)
		w->out->failed = true;
	if (begin_value(w))
		sg_buf_str(w->out, canonical);
}

void
sg_jw_bool(struct sg_json_writer *w, bool value)
{
	sg_jw_raw(w, value ? SG_STR("true") : SG_STR("false"));
}

void
sg_jw_null(struct sg_json_writer *w)
{
	sg_jw_raw(w, SG_STR("null"));
}

void
sg_jw_value(struct sg_json_writer *w, const struct sg_json *value)
{
	if (begin_value(w))
		sg_canon_write(w->out, value);
}

bool
sg_jw_done(const struct sg_json_writer *w)
{
	return !w->out->failed && w->depth == 0 && w->level[0].started;
}
