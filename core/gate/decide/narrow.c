/* SPDX-License-Identifier: Apache-2.0
 * Narrowing, applied: the arguments are written again with each limited value brought inside its limit. Nothing is dropped, nothing added. */
#include "gate/decide/decide.h"
#include "base/canon.h"
#include "base/err.h"
#include "base/str.h"
#include "gate/decide/merge.h"

#include <stdio.h>

struct narrowing_run {
	const struct sg_merged *merged;
	struct sg_json_writer out;
	bool changed;
	struct sg_str path; /* of the first argument that cannot be brought inside its limit, and why */
	const char *why;
	uint64_t applied; /* set of the limits that met their argument */
};

enum { PATH_MAX_BYTES = 256 };

static const struct sg_narrowing *
limit_at(const struct narrowing_run *run, struct sg_str path)
{
	for (size_t i = 0; i < run->merged->narrow_count; i++)
		if (sg_str_eq(run->merged->narrow[i].path, path))
			return &run->merged->narrow[i];
	return NULL;
}

static void
leaves_nothing(struct narrowing_run *run, struct sg_str path, const char *why)
{
	if (run->why == NULL) {
		run->path = path;
		run->why = why;
	}
}

static bool
allowed_value(const struct sg_narrowing *n, const struct sg_json *value)
{
	for (size_t i = 0; i < n->only_count; i++)
		if (sg_json_eq(n->only[i], value))
			return true;
	return false;
}

static bool
allowed_number(const struct sg_narrowing *n, double number)
{
	for (size_t i = 0; i < n->only_count; i++)
		if (n->only[i]->type == SG_JSON_NUMBER && n->only[i]->number == number)
			return true;
	return false;
}

/* A list keeps those of its elements that may stay. */
static void
write_kept(struct narrowing_run *run, const struct sg_narrowing *n, const struct sg_json *list)
{
	size_t kept = 0;
	sg_jw_array(&run->out);
	for (const struct sg_json *e = sg_json_first(list); e != NULL; e = sg_json_next(list, e))
		if (allowed_value(n, e)) {
			sg_jw_value(&run->out, e);
			kept++;
		}
	sg_jw_end(&run->out);
	if (kept == 0)
		leaves_nothing(run, n->path, "none of its elements may stay");
	run->changed |= kept < list->count;
}

/* A number outside its range becomes the end of the range. One below zero is refused where no least is named: to many who execute, -1 rows are
 * all rows, and a negative amount is paid the other way. */
static void
write_ranged(struct narrowing_run *run, const struct sg_narrowing *n, double asked)
{
	double left = n->has_most && asked > n->most ? n->most : n->has_least && asked < n->least ? n->least : asked;
	if (n->has_most && !n->has_least && asked < 0)
		leaves_nothing(run, n->path, "it is below zero, and the rule that limits it names no least");
	else if (n->has_only && !allowed_number(n, left))
		leaves_nothing(run, n->path, "no value of it is within all limits");
	run->changed |= left != asked;
	sg_jw_number(&run->out, left);
}

/* A value that is not in `only` becomes the only one left, if there is just one. */
static void
write_limited(struct narrowing_run *run, const struct sg_narrowing *n, const struct sg_json *value)
{
	bool ranged = n->has_most || n->has_least;
	run->applied |= UINT64_C(1) << (n - run->merged->narrow);
	if (n->has_only && value->type == SG_JSON_ARRAY && !ranged) {
		write_kept(run, n, value);
		return;
	}
	if (n->has_only && !allowed_value(n, value)) {
		if (n->only_count != 1)
			leaves_nothing(run, n->path, "it is none of the values that may stay");
		run->changed = true;
		value = n->only_count > 0 ? n->only[0] : value;
	}
	if (ranged && value->type == SG_JSON_NUMBER) {
		write_ranged(run, n, value->number);
		return;
	}
	if (ranged)
		leaves_nothing(run, n->path, "only a number can be brought inside a range");
	sg_jw_value(&run->out, value);
}

/* {NULL, 0}: it is longer than any path that is looked for. */
static struct sg_str
path_below(struct sg_str path, struct sg_str name, char out[PATH_MAX_BYTES])
{
	size_t dot = path.len > 0;
	if (path.len + dot + name.len > PATH_MAX_BYTES)
		return (struct sg_str){NULL, 0};
	if (dot != 0)
		memcpy(out, path.ptr, path.len), out[path.len] = '.';
	memcpy(out + path.len + dot, name.ptr, name.len);
	return (struct sg_str){out, path.len + dot + name.len};
}

/* Members come sorted from the canonical reader, so they are written in the order they are read. */
static void
write_value(struct narrowing_run *run, const struct sg_json *value, struct sg_str path)
{
	bool free = run->merged->narrow_count == 0; /* no path of it is looked for */
	const struct sg_narrowing *n = free || path.len == 0 ? NULL : limit_at(run, path);
	if (n != NULL) {
		write_limited(run, n, value);
		return;
	}
	if (free || value->type != SG_JSON_OBJECT) {
		sg_jw_value(&run->out, value);
		return;
	}
	sg_jw_object(&run->out);
	for (const struct sg_json *m = sg_json_first(value); m != NULL; m = sg_json_next(value, m)) {
		char below[PATH_MAX_BYTES];
		if (memchr(m->name.ptr, '.', m->name.len) != NULL)
			leaves_nothing(run, run->merged->narrow[0].path, "a name with a dot stands beside it"); /* and could pretend to be a path */
		struct sg_str its = path_below(path, m->name, below);
		sg_jw_name_str(&run->out, m->name);
		if (its.len > 0)
			write_value(run, m, its);
		else
			sg_jw_value(&run->out, m);
	}
	sg_jw_end(&run->out);
}

/* A limit on an argument that is not there would let the caller leave it out and get the default of whoever executes. */
static void
check_applied(struct narrowing_run *run)
{
	for (size_t i = 0; i < run->merged->narrow_count; i++)
		if ((run->applied >> i & 1) == 0)
			leaves_nothing(run, run->merged->narrow[i].path, "a rule limits it, and it is not there");
}

static enum sg_status
refuse(struct sg_narrowed *narrowed, enum sg_reason reason, struct sg_str path, const char *why)
{
	*narrowed = (struct sg_narrowed){.reason = reason, .path = path, .why = why};
	return SG_REFUSED;
}

enum sg_status
sg_narrow(const struct sg_json *args, const struct sg_merged *merged, const struct sg_strings *may, struct sg_buf *out,
	  struct sg_narrowed *narrowed)
{
	struct narrowing_run run = {.merged = merged};
	for (size_t i = 0; i < merged->narrow_count; i++)
		if (!sg_strings_have(may, merged->narrow[i].path))
			return refuse(narrowed, SG_REASON_narrow_forbidden, merged->narrow[i].path, "the catalogue does not let rules narrow it");
	sg_jw_begin(&run.out, out);
	write_value(&run, args, SG_STR(""));
	check_applied(&run);
	if (out->failed)
		leaves_nothing(&run, SG_STR("arguments"), "they are too large to be narrowed");
	if (run.why != NULL)
		return refuse(narrowed, SG_REASON_narrow_empty, run.path, run.why);
	*narrowed = (struct sg_narrowed){.changed = run.changed, .reason = SG_REASON_allowed};
	return SG_OK;
}
