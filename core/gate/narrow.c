/* SPDX-License-Identifier: Apache-2.0
 * Narrowing, applied: the arguments are written again with each limited value brought inside its limit. Nothing is dropped, nothing added. */
#include "base/canon.h"
#include "base/err.h"
#include "base/str.h"
#include "gate/merge.h"

#include <stdio.h>

struct narrowing_run {
	const struct sg_merged *merged;
	struct sg_json_writer out;
	bool changed, empty;
	uint64_t applied; /* set of the limits that met their argument */
};

enum { PATH_MAX_BYTES = 256 };

static const struct sg_narrowing *
limit_at(const struct narrowing_run *run, const char *path)
{
	for (size_t i = 0; i < run->merged->narrow_count; i++)
		if (sg_str_is(run->merged->narrow[i].path, path))
			return &run->merged->narrow[i];
	return NULL;
}

static bool
allowed_value(const struct sg_narrowing *n, const struct sg_json *value)
{
	for (size_t i = 0; i < n->only_count; i++)
		if (sg_json_eq(n->only[i], value))
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
	run->empty |= kept == 0;
	run->changed |= kept < list->count;
}

/* A number outside its range becomes the end of the range; anything but a number leaves nothing. */
static void
write_ranged(struct narrowing_run *run, const struct sg_narrowing *n, const struct sg_json *value)
{
	struct sg_json copy = *value;
	if (value->type != SG_JSON_NUMBER)
		run->empty = true;
	else if (n->has_most && value->number > n->most)
		copy.number = n->most;
	else if (n->has_least && value->number < n->least)
		copy.number = n->least;
	run->changed |= copy.number != value->number;
	run->empty |= n->has_only && !allowed_value(n, &copy);
	sg_jw_value(&run->out, &copy);
}

/* A value that is not in `only` becomes the only one left, if there is just one. */
static void
write_limited(struct narrowing_run *run, const struct sg_narrowing *n, const struct sg_json *value)
{
	run->applied |= UINT64_C(1) << (n - run->merged->narrow);
	if (n->has_only && value->type == SG_JSON_ARRAY && !n->has_most && !n->has_least) {
		write_kept(run, n, value);
		return;
	}
	if (n->has_only && !allowed_value(n, value)) {
		run->empty |= n->only_count != 1;
		run->changed = true;
		value = n->only[0];
	}
	if (n->has_most || n->has_least)
		write_ranged(run, n, value);
	else
		sg_jw_value(&run->out, value);
}

/* Members come sorted from the canonical reader, so they are written in the order they are read. */
static void
write_value(struct narrowing_run *run, const struct sg_json *value, const char *path)
{
	const struct sg_narrowing *n = path[0] == '\0' ? NULL : limit_at(run, path);
	if (n != NULL) {
		write_limited(run, n, value);
		return;
	}
	if (value->type != SG_JSON_OBJECT) {
		sg_jw_value(&run->out, value);
		return;
	}
	sg_jw_object(&run->out);
	for (const struct sg_json *m = sg_json_first(value); m != NULL; m = sg_json_next(value, m)) {
		char below[PATH_MAX_BYTES];
		if (run->merged->narrow_count > 0 && memchr(m->name.ptr, '.', m->name.len) != NULL)
			run->empty = true; /* a name with a dot could stand for a path that is limited, or pretend to be it */
		int len = snprintf(below, sizeof(below), "%s%s%.*s", path, path[0] == '\0' ? "" : ".", SG_STR_ARG(m->name));
		sg_jw_name_str(&run->out, m->name);
		if (len > 0 && (size_t)len < sizeof(below))
			write_value(run, m, below);
		else
			sg_jw_value(&run->out, m);
	}
	sg_jw_end(&run->out);
}

static uint64_t
all_of(const struct sg_merged *merged)
{
	return (UINT64_C(1) << merged->narrow_count) - 1;
}

enum sg_status
sg_narrow(const struct sg_json *args, const struct sg_merged *merged, const struct sg_strings *may, struct sg_buf *out,
	  bool *changed, enum sg_reason *reason)
{
	struct narrowing_run run = {.merged = merged};
	*changed = false;
	for (size_t i = 0; i < merged->narrow_count; i++)
		if (!sg_strings_have(may, merged->narrow[i].path)) {
			*reason = SG_REASON_narrow_forbidden;
			return SG_REFUSED;
		}
	sg_jw_begin(&run.out, out);
	write_value(&run, args, "");
	/* a limit on an argument that is not there would let the caller leave it out and get the default of whoever executes */
	if (run.empty || run.applied != all_of(merged) || out->failed) {
		*reason = SG_REASON_narrow_empty;
		return SG_REFUSED;
	}
	*changed = run.changed;
	return SG_OK;
}
