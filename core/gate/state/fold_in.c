/* SPDX-License-Identifier: Apache-2.0
 * Reading the body of a leaf that is folded. */
#include "gate/state/fold_in.h"

#include "base/str.h"

#include <stdlib.h>

#define TIME_MOST (INT64_C(1) << 42) /* milliseconds: the year 2109, and nanoseconds of it still fit twice */

struct sg_str
sg_fold_text(struct sg_fold *f, const char *name)
{
	struct sg_str out = {"", 0};
	if (!sg_json_string(sg_fold_get(f, name), &out))
		f->missing = name;
	return out;
}

struct sg_str
sg_fold_text_or(const struct sg_fold *f, const char *name)
{
	struct sg_str out = {"", 0};
	sg_json_string(sg_fold_get(f, name), &out);
	return out;
}

bool
sg_fold_flag(struct sg_fold *f, const char *name)
{
	bool out = false;
	if (!sg_json_bool(sg_fold_get(f, name), &out))
		f->missing = name;
	return out;
}

bool
sg_fold_flag_or(const struct sg_fold *f, const char *name, bool otherwise)
{
	bool out = otherwise;
	sg_json_bool(sg_fold_get(f, name), &out);
	return out;
}

int64_t
sg_fold_int(struct sg_fold *f, const char *name)
{
	int64_t out = 0;
	if (!sg_json_int(sg_fold_get(f, name), &out))
		f->missing = name;
	return out;
}

int64_t
sg_fold_int_or(const struct sg_fold *f, const char *name, int64_t otherwise)
{
	int64_t out = otherwise;
	sg_json_int(sg_fold_get(f, name), &out);
	return out;
}

char *
sg_fold_keep(struct sg_fold *f, const char *name)
{
	struct sg_str from = sg_fold_text(f, name);
	char *copy = strndup(from.len == 0 ? "" : from.ptr, from.len);
	if (copy == NULL)
		f->missing = "memory";
	return copy;
}

const char *
sg_fold_word(struct sg_fold *f, const char *name)
{
	const char *word = sg_state_word(f->state, sg_fold_text_or(f, name));
	if (word == NULL)
		f->missing = "memory";
	return word != NULL ? word : "";
}

void
sg_fold_id(struct sg_fold *f, const char *name, char *out, size_t room)
{
	struct sg_str from = sg_fold_text(f, name);
	if (from.len >= room) {
		f->missing = name;
		return;
	}
	memcpy(out, from.ptr, from.len);
	out[from.len] = '\0';
}

bool
sg_fold_time(int64_t ms)
{
	return ms > -TIME_MOST && ms < TIME_MOST;
}

struct sg_deadline
sg_fold_deadline(struct sg_fold *f, const char *name)
{
	const struct sg_json *pair = sg_fold_get(f, name);
	int64_t wall_ms = 0, boot_ms = 0;
	struct sg_str boot;
	if (!sg_json_int(sg_json_get(pair, "wall"), &wall_ms) || !sg_json_int(sg_json_get(pair, "boot"), &boot_ms) ||
	    !sg_json_string(sg_json_get(pair, "boot_id"), &boot)) {
		f->missing = name;
		return (struct sg_deadline){0, 0};
	}
	if (!sg_fold_time(boot_ms) || !sg_fold_time(wall_ms)) {
		f->missing = name;
		return (struct sg_deadline){0, 0};
	}
	if (sg_str_is(boot, f->state->boot_id))
		return (struct sg_deadline){wall_ms, boot_ms * SG_MSEC};
	return (struct sg_deadline){wall_ms, f->state->now.boot + (wall_ms - f->state->now.wall_ms) * SG_MSEC};
}

struct sg_task *
sg_fold_task_of(struct sg_fold *f)
{
	struct sg_task *task = sg_state_task(f->state, sg_fold_text(f, "task"));
	if (task == NULL)
		f->missing = "task";
	return task;
}

void
sg_fold_put(struct sg_fold *f, struct sg_table *table, const char *key, void *value)
{
	if (sg_table_put(table, sg_str(key), value) != SG_OK)
		f->missing = "memory";
}
