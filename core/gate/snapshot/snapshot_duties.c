/* SPDX-License-Identifier: Apache-2.0
 * Lines of a snapshot about roles that were had in a tree. */
#include "gate/snapshot/snapshot_in.h"
#include "gate/snapshot/snapshot_out.h"

#include "base/str.h"

#include <stdlib.h>
#include <string.h>

static int
by_instance(const void *a, const void *b)
{
	return strcmp((*(const struct sg_duty *const *)a)->instance, (*(const struct sg_duty *const *)b)->instance);
}

static void
duty_line(struct sg_snapshot_out *o, const struct sg_task *root, const struct sg_duty *d)
{
	sg_line_begin(o);
	sg_jw_member_text(&o->w, "agent", d->agent);
	sg_jw_member_text(&o->w, "instance", d->instance);
	sg_jw_member_text(&o->w, "k", "duty");
	sg_jw_member_text(&o->w, "role", d->role);
	sg_jw_member_text(&o->w, "task", root->id);
	sg_jw_member_int(&o->w, "uid", d->uid);
	sg_line_end(o);
}

/* By their ids: in what order they came is kept by nobody. */
void
sg_snapshot_duties(struct sg_snapshot_out *o, const void *value)
{
	const struct sg_task *root = value;
	size_t count = 0;
	for (const struct sg_duty *d = root->tree != NULL ? root->tree->duties.first : NULL; d != NULL; d = d->next)
		count++;
	const struct sg_duty **all = count == 0 ? NULL : malloc(count * sizeof(*all));
	o->failed |= count > 0 && all == NULL;
	size_t i = 0;
	for (const struct sg_duty *d = all != NULL ? root->tree->duties.first : NULL; d != NULL; d = d->next)
		all[i++] = d;
	if (all != NULL)
		qsort(all, count, sizeof(*all), by_instance);
	for (i = 0; all != NULL && i < count && !o->failed && !o->stopped; i++)
		duty_line(o, root, all[i]);
	free(all);
}

void
sg_read_duty_line(struct sg_fold *f)
{
	struct sg_tree *tree = sg_take_tree(f);
	char instance[SG_ID_MAX];
	const char *agent = sg_fold_word(f, "agent"), *role = sg_fold_word(f, "role");
	int64_t uid = sg_fold_int(f, "uid");
	sg_fold_id(f, "instance", instance, sizeof(instance));
	if (tree != NULL && f->missing == NULL && !sg_duties_note(&tree->duties, agent, role, uid, instance))
		f->missing = "memory";
}
