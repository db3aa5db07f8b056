/* SPDX-License-Identifier: Apache-2.0
 * Steps about what stands in the file: note, names, descriptor, the table of options. */
#include "host/check_step.h"

#include "base/err.h"
#include "base/str.h"
#include "host/inspect.h"

static const struct {
	const char *code;
	enum sg_promise promise;
} loading[] = {{"module_symbols", SG_PROMISE_symbol}, {"module_abi", SG_PROMISE_abi},	     {"module_load", SG_PROMISE_alone},   {"module_needs", SG_PROMISE_alone},
	       {"module_name", SG_PROMISE_descriptor}, {"module_kind", SG_PROMISE_descriptor}, {"module_descriptor", SG_PROMISE_descriptor}};

static enum sg_promise
operations_of(enum sg_kind kind)
{
	return kind == SG_KIND_attest ? SG_PROMISE_look : kind == SG_KIND_issue ? SG_PROMISE_make : kind == SG_KIND_audit ? SG_PROMISE_write : kind == SG_KIND_prove ? SG_PROMISE_proof : SG_PROMISE_one_of;
}

static bool
refused(struct sg_check *c, const struct sg_err *err)
{
	enum sg_promise promise = strcmp(err->code, "module_operations") == 0 ? operations_of(c->kind) : SG_PROMISE_note;
	for (size_t i = 0; i < sizeof(loading) / sizeof(loading[0]); i++)
		if (strcmp(loading[i].code, err->code) == 0)
			promise = loading[i].promise;
	return sg_check_fail(c, promise, "%s: %s; %s", err->code, err->text, sg_host_hint(err->code));
}

bool
sg_check_file(struct sg_check *c)
{
	struct sg_err err = {0};
	return sg_load_file(c->fd, c->kind_name, c->name, &c->loaded, &err) == SG_OK || refused(c, &err);
}

bool
sg_check_load(struct sg_check *c)
{
	struct sg_err err = {0};
	sg_check_at(c, "loading");
	if (sg_load_file(c->fd, c->kind_name, c->name, &c->loaded, &err) != SG_OK)
		return sg_check_skip(c, "the file is not taken");
	return sg_load_run(&c->loaded, c->kind_name, c->name, &err) == SG_OK || refused(c, &err);
}

/* ---- the table ---- */

/* Keys that a stanza has whatever its module is. */
static const char *const kept[] = {"use", "grants", "control", "ttl", "audience", "required", "lag_leaves", "lag_time", "kind", "uid", "gid", "log_level"};

static bool
good_name(const char *name)
{
	size_t len = strnlen(name, 49);
	return len > 0 && len <= 48 && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == len && name[0] >= 'a' && name[0] <= 'z';
}

static bool
check_name(struct sg_check *c, const struct sg_option *table, size_t i)
{
	if (!good_name(table[i].name))
		return sg_check_fail(c, SG_PROMISE_option_name, "row %zu: the name is not [a-z][a-z0-9_]*", i);
	for (size_t k = 0; k < sizeof(kept) / sizeof(kept[0]); k++)
		if (strcmp(kept[k], table[i].name) == 0)
			return sg_check_fail(c, SG_PROMISE_option_name, "\"%s\" is a key that stanzas have already", kept[k]);
	for (size_t k = 0; k < i; k++)
		if (strcmp(table[k].name, table[i].name) == 0)
			return sg_check_fail(c, SG_PROMISE_option_name, "\"%s\" stands twice", table[i].name);
	return true;
}

/* One row, read by the host as a stanza's value would be. */
static bool
reads(const struct sg_option *row, struct sg_str value, struct sg_err *err)
{
	struct sg_option table[2] = {*row, {NULL}};
	struct sg_options options;
	struct sg_arena arena;
	struct sg_buf text;
	const struct sg_json *json = NULL;
	sg_arena_init(&arena, 8 << 20);
	sg_buf_init(&text, 1 << 20);
	sg_buf_text(&text, "{");
	sg_canon_string(&text, sg_str(row->name));
	sg_buf_text(&text, ":");
	sg_canon_string(&text, value);
	sg_buf_text(&text, "}");
	bool good = sg_json_parse(&arena, sg_buf_view(&text), &(struct sg_json_limits){.bytes = 1 << 20}, &json, err) == SG_OK &&
		    sg_options_read(&arena, table, json, &options, err) == SG_OK;
	sg_buf_done(&text);
	sg_arena_done(&arena);
	return good;
}

static bool
check_row(struct sg_check *c, const struct sg_option *row)
{
	struct sg_err err = {0};
	if (row->type != SG_OPTION_TEXT && row->type != SG_OPTION_INTEGER && row->type != SG_OPTION_BOOL)
		return sg_check_fail(c, SG_PROMISE_option_bounds, "\"%s\" has no type", row->name);
	if (row->type != SG_OPTION_BOOL && (row->min > row->max || (row->type == SG_OPTION_TEXT && row->min < 0)))
		return sg_check_fail(c, SG_PROMISE_option_bounds, "\"%s\": min %lld, max %lld", row->name, (long long)row->min, (long long)row->max);
	if (row->standard != NULL && !reads(row, sg_str(row->standard), &err))
		return sg_check_fail(c, SG_PROMISE_option_standard, "\"%s\": its own standard value is refused: %s", row->name, err.text);
	if (row->help == NULL || row->help[0] == '\0' || strpbrk(row->help, "\n\r\t") != NULL)
		return sg_check_fail(c, SG_PROMISE_option_rows, "\"%s\" has no help of one line", row->name);
	return true;
}

bool
sg_check_table(struct sg_check *c)
{
	const struct sg_option *table = c->loaded.module->options;
	size_t rows = 0;
	sg_check_at(c, "reading the table of options");
	while (table != NULL && rows <= SG_OPTIONS_MAX && table[rows].name != NULL)
		rows++;
	if (rows > SG_OPTIONS_MAX)
		return sg_check_fail(c, SG_PROMISE_option_rows, "more than %d rows, or no end", SG_OPTIONS_MAX);
	for (size_t i = 0; i < rows; i++)
		if (!check_name(c, table, i) || !check_row(c, &table[i]))
			return false;
	return true;
}

/* ---- values at the bounds and beyond ---- */

static bool
refused_value(struct sg_check *c, const struct sg_option *row, struct sg_str value, const char *what)
{
	struct sg_err err = {0};
	return !reads(row, value, &err) || sg_check_fail(c, SG_PROMISE_option_bounds, "\"%s\" takes %s", row->name, what);
}

static bool
check_integer(struct sg_check *c, const struct sg_option *row)
{
	char below[32] = "-", above[32] = "-";
	if (row->min > INT64_MIN)
		snprintf(below, sizeof(below), "%lld", (long long)row->min - 1);
	if (row->max < INT64_MAX)
		snprintf(above, sizeof(above), "%lld", (long long)row->max + 1);
	return refused_value(c, row, sg_str(below), "less than min") && refused_value(c, row, sg_str(above), "more than max") &&
	       refused_value(c, row, SG_STR("1x"), "what is no number");
}

static bool
check_text(struct sg_check *c, const struct sg_option *row)
{
	static char text[65537];
	memset(text, 'a', sizeof(text));
	if (row->min > 0 && !refused_value(c, row, (struct sg_str){text, (size_t)row->min - 1 < sizeof(text) ? (size_t)row->min - 1 : 0}, "less than min"))
		return false;
	return row->max >= (int64_t)sizeof(text) || refused_value(c, row, (struct sg_str){text, (size_t)row->max + 1}, "more than max");
}

bool
sg_check_options(struct sg_check *c)
{
	const struct sg_option *table = c->loaded.module->options;
	struct sg_options options;
	struct sg_arena arena;
	struct sg_err err = {0};
	const struct sg_json *json = NULL;
	sg_check_at(c, "reading options");
	sg_arena_init(&arena, 1 << 20);
	sg_json_parse(&arena, SG_STR("{\"zz_no_such_option\":\"1\"}"), NULL, &json, &err);
	bool good = sg_options_read(&arena, table, json, &options, &err) != SG_OK || sg_check_fail(c, SG_PROMISE_option_rows, "an option that is not there is taken");
	for (const struct sg_option *row = table; good && row != NULL && row->name != NULL && row < table + SG_OPTIONS_MAX; row++)
		good = row->standard != NULL || sg_options_read(&arena, table, NULL, &options, &err) != SG_OK ||
		       sg_check_fail(c, SG_PROMISE_option_standard, "\"%s\" must be given, and need not be", row->name);
	for (const struct sg_option *row = table; good && row != NULL && row->name != NULL && row < table + SG_OPTIONS_MAX; row++)
		good = row->type == SG_OPTION_INTEGER ? check_integer(c, row)
		       : row->type == SG_OPTION_TEXT  ? check_text(c, row)
						      : refused_value(c, row, SG_STR("yes"), "what is neither true nor false");
	sg_arena_done(&arena);
	return good;
}
