/* SPDX-License-Identifier: Apache-2.0
 * A module's options: the stanza's strings against the module's table. */
#include "base/err.h"
#include "base/str.h"
#include "host/instance.h"

static size_t
rows_of(const struct sg_option *table)
{
	size_t count = 0;
	while (table != NULL && count <= SG_OPTIONS_MAX && table[count].name != NULL)
		count++;
	return count;
}

static enum sg_status
read_value(const struct sg_option *row, struct sg_value *value, struct sg_err *err)
{
	switch (row->type) {
	case SG_OPTION_TEXT:
		if ((int64_t)value->text.len < row->min || (int64_t)value->text.len > row->max)
			return sg_fail(err, SG_MALFORMED, "option_range", "%s has %lld to %lld bytes", row->name,
				       (long long)row->min, (long long)row->max);
		return SG_OK;
	case SG_OPTION_INTEGER:
		if (!sg_str_int(value->text, INT64_MIN, INT64_MAX, &value->number))
			return sg_fail(err, SG_MALFORMED, "option_type", "%s is a number", row->name);
		if (value->number < row->min || value->number > row->max)
			return sg_fail(err, SG_MALFORMED, "option_range", "%s is %lld to %lld", row->name,
				       (long long)row->min, (long long)row->max);
		return SG_OK;
	case SG_OPTION_BOOL:
		value->number = sg_str_is(value->text, "true");
		if (value->number == 0 && !sg_str_is(value->text, "false"))
			return sg_fail(err, SG_MALFORMED, "option_type", "%s is true or false", row->name);
		return SG_OK;
	}
	return sg_fail(err, SG_MALFORMED, "option_table", "the module's table of options is wrong");
}

static enum sg_status
read_row(struct sg_arena *arena, const struct sg_option *row, const struct sg_json *given, struct sg_value *value,
	 struct sg_err *err)
{
	const struct sg_json *json = sg_json_get(given, row->name);
	struct sg_str text = sg_str(row->standard);
	if (json != NULL && (!sg_json_string(json, &text) || memchr(text.ptr, '\0', text.len) != NULL))
		return sg_fail(err, SG_MALFORMED, "option_type", "%s is not a text", row->name);
	if (json == NULL && row->standard == NULL)
		return sg_fail(err, SG_MALFORMED, "option_missing", "%s must be given", row->name);
	value->text = sg_arena_copy(arena, text);
	return read_value(row, value, err);
}

static enum sg_status
refuse_unknown(const struct sg_option *table, size_t rows, const struct sg_json *given, struct sg_err *err)
{
	for (const struct sg_json *m = sg_json_first(given); m != NULL; m = sg_json_next(given, m)) {
		size_t i = 0;
		while (i < rows && !sg_str_is(m->name, table[i].name))
			i++;
		if (i == rows)
			return sg_fail(err, SG_MALFORMED, "option_unknown", "the module has no option \"%.*s\"",
				       (int)(m->name.len < 64 ? m->name.len : 64), m->name.ptr);
	}
	return SG_OK;
}

enum sg_status
sg_options_read(struct sg_arena *arena, const struct sg_option *table, const struct sg_json *given,
		struct sg_options *options, struct sg_err *err)
{
	size_t rows = rows_of(table);
	if (rows > SG_OPTIONS_MAX)
		return sg_fail(err, SG_MALFORMED, "option_table", "the module's table of options is wrong");
	if (given != NULL && given->type != SG_JSON_OBJECT)
		return sg_fail(err, SG_MALFORMED, "option_form", "options are an object");
	struct sg_value *values = sg_arena_alloc(arena, rows * sizeof(*values));
	if (values == NULL)
		return sg_fail(err, SG_NOMEM, "no_memory", "no memory for options");
	enum sg_status status = refuse_unknown(table, rows, given, err);
	for (size_t i = 0; status == SG_OK && i < rows; i++)
		status = read_row(arena, &table[i], given, &values[i], err);
	if (status == SG_OK && arena->overflow)
		status = sg_fail(err, SG_NOMEM, "no_memory", "no memory for options");
	if (status == SG_OK)
		*options = (struct sg_options){sizeof(*options), rows, values};
	return status;
}
