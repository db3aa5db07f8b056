/* SPDX-License-Identifier: Apache-2.0
 * What whoever asks brought up: if it comes back in a result, that is no proof of where it came from. */
#include "gate/decide/decide_leaf.h"
#include "gate/state/named.h"

#include "base/str.h"

enum { SEEN_MAX = 512 /* digests of arguments, and of a resource */, NAMED_MAX = 64 /* digests of one short name and its type */, DIGEST_BYTES = 32 };

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* An array of the forms in `value` (NULL: nothing is named) that the tree does not know, or that another of its tasks alone has named. False: some were passed over. */
static bool
write_forms(struct sg_buf *out, size_t *room, const struct sg_gate *gate, const struct sg_task *task, const struct sg_json *value)
{
	bool all = true;
	struct sg_json_writer w;
	sg_jw_begin(&w, out);
	if (value == NULL)
		sg_jw_raw(&w, SG_STR("[]"));
	else
		*room -= sg_values_write(&w, &gate->state, task, value, least(*room, SEEN_MAX), SG_LOOK_AT_ARGUMENTS, SG_VALUES_ASKED, false, &all);
	return all;
}

/* A type that the catalogue does not have is named as well. `task`: NULL for the domain's. */
static size_t
write_names(struct sg_json_writer *w, const struct sg_gate *gate, const struct sg_request *r, const struct sg_task *task)
{
	struct sg_str none = {"", 0}, id = r->resource_id, type = r->found == NULL && sg_name_is_short(r->resource_type) ? r->resource_type : none;
	size_t count = sg_named_write(w, &gate->state, task, id, none) + sg_named_words_write(w, &gate->state, task, id);
	if (type.len > 0)
		count += sg_named_write(w, &gate->state, task, type, none) + sg_named_words_write(w, &gate->state, task, type) +
			 sg_named_write(w, &gate->state, task, type, id) + sg_named_write(w, &gate->state, task, id, type);
	return count;
}

/* What whoever has read named, in whatever spelling it comes back. False: there is no room for all of it, and none of it is written. */
static bool
write_named(struct sg_buf *out, size_t *room, const struct sg_gate *gate, const struct sg_request *r, const struct sg_task *task, bool read)
{
	struct sg_json_writer w;
	size_t count = 0;
	sg_jw_begin(&w, out);
	sg_jw_array(&w);
	if (read && sg_name_is_short(r->resource_id))
		count = write_names(&w, gate, r, task);
	sg_jw_end(&w);
	if (count <= *room) {
		*room -= count;
		return true;
	}
	sg_buf_clear(out);
	sg_jw_begin(&w, out);
	sg_jw_raw(&w, SG_STR("[]"));
	return false;
}

/* What the domain of whoever has read keeps of it. */
static void
write_kept(struct sg_buf *out, const struct sg_gate *gate, const struct sg_request *r, const struct sg_task *task)
{
	struct sg_json_writer w;
	struct sg_values_kept kept;
	size_t room = sg_task_keep_room(task, (size_t)gate->catalogue->limits.values);
	sg_jw_begin(&w, out);
	sg_jw_array(&w);
	size_t count = sg_name_is_short(r->resource_id) ? write_names(&w, gate, r, NULL) : 0;
	sg_values_keep_begin(&kept, &gate->state, task, least(room - least(room, count), SG_KEPT_OF_ACTION));
	kept.cut = count > room;
	sg_values_keep(&kept, r->effective_args);
	for (const struct sg_json *m = sg_json_first(r->resource); m != NULL; m = sg_json_next(r->resource, m))
		sg_values_keep(&kept, m);
	sg_values_keep_end(&kept, &w);
	sg_jw_end(&w);
}

void
sg_leaf_seen(struct sg_leaf_seen *seen, const struct sg_gate *gate, const struct sg_request *r, const struct sg_task *task)
{
	bool names = task != NULL && r->verdict == SG_ALLOW, read = names && (task->taint.count > 0 || task->domain->taint.count > 0);
	size_t room = task == NULL ? 0 : sg_values_room(task->root, (size_t)gate->catalogue->limits.values, SG_VALUES_NAMED);
	sg_buf_init(&seen->named, DIGEST_BYTES * NAMED_MAX);
	sg_buf_init(&seen->args, DIGEST_BYTES * SEEN_MAX);
	sg_buf_init(&seen->resource, DIGEST_BYTES * SEEN_MAX);
	sg_buf_init(&seen->kept, DIGEST_BYTES * (NAMED_MAX + 1) + SG_KEPT_CHARS * SG_KEPT_OF_ACTION);
	bool named = write_named(&seen->named, &room, gate, r, task, read);
	bool all = write_forms(&seen->args, &room, gate, task, names ? r->effective_args : NULL);
	all &= write_forms(&seen->resource, &room, gate, task, names ? r->resource : NULL);
	seen->cut = !named || !all;
	if (read)
		write_kept(&seen->kept, gate, r, task);
}

void
sg_leaf_seen_done(struct sg_leaf_seen *seen)
{
	sg_buf_done(&seen->named);
	sg_buf_done(&seen->args);
	sg_buf_done(&seen->resource);
	sg_buf_done(&seen->kept);
}
