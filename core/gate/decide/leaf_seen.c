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

/* What the tree, and what the domain takes. */
struct room {
	size_t tree;
	struct sg_values_kept kept;
};

/* An array of the forms in `value` (NULL: nothing is named) that the tree does not know, or that another of its tasks alone has named. False: some were passed over. */
static bool
write_forms(struct sg_buf *out, struct room *room, const struct sg_gate *gate, const struct sg_task *task, const struct sg_json *value)
{
	bool all = true;
	struct sg_json_writer w;
	sg_jw_begin(&w, out);
	if (value == NULL)
		sg_jw_raw(&w, SG_STR("[]"));
	else
		room->tree -= sg_values_write(&w, &gate->state, task, value, least(room->tree, SEEN_MAX), SG_LOOK_AT_ARGUMENTS, SG_VALUES_ASKED, &room->kept, &all);
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

/* The same for the domain, whose list goes on. */
static void
keep_named(struct sg_values_kept *kept, const struct sg_gate *gate, const struct sg_request *r)
{
	size_t count = kept->w == NULL || !sg_name_is_short(r->resource_id) ? 0 : write_names(kept->w, gate, r, NULL);
	kept->cut |= count > kept->room;
	kept->room -= count < kept->room ? count : kept->room;
}

void
sg_leaf_seen(struct sg_leaf_seen *seen, const struct sg_gate *gate, const struct sg_request *r, const struct sg_task *task)
{
	bool names = task != NULL && r->verdict == SG_ALLOW, read = names && (task->taint.count > 0 || task->domain->taint.count > 0);
	size_t values = (size_t)gate->catalogue->limits.values;
	struct sg_json_writer kept;
	struct room room = {.tree = task == NULL ? 0 : sg_values_room(task->root, values, SG_VALUES_NAMED)};
	sg_buf_init(&seen->named, DIGEST_BYTES * NAMED_MAX);
	sg_buf_init(&seen->args, DIGEST_BYTES * SEEN_MAX);
	sg_buf_init(&seen->resource, DIGEST_BYTES * SEEN_MAX);
	sg_buf_init(&seen->kept, DIGEST_BYTES * (SEEN_MAX + NAMED_MAX + 1));
	if (read) {
		sg_jw_begin(&kept, &seen->kept);
		sg_jw_array(&kept);
		room.kept = (struct sg_values_kept){&kept, least(sg_task_keep_room(task, values), SEEN_MAX), false};
	}
	bool named = write_named(&seen->named, &room.tree, gate, r, task, read);
	keep_named(&room.kept, gate, r);
	bool all = write_forms(&seen->args, &room, gate, task, names ? r->effective_args : NULL);
	all &= write_forms(&seen->resource, &room, gate, task, names ? r->resource : NULL);
	seen->cut = !named || !all;
	if (read && room.kept.cut)
		sg_jw_text(&kept, SG_KEPT_CUT);
	if (read)
		sg_jw_end(&kept);
}

void
sg_leaf_seen_done(struct sg_leaf_seen *seen)
{
	sg_buf_done(&seen->named);
	sg_buf_done(&seen->args);
	sg_buf_done(&seen->resource);
	sg_buf_done(&seen->kept);
}
