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

static int
by_hands(const void *a, const void *b)
{
	const struct sg_hands *one = a, *other = b;
	int agents = strcmp(one->agent, other->agent), roles = strcmp(one->role, other->role);
	return agents != 0 ? agents : roles != 0 ? roles : (one->uid > other->uid) - (one->uid < other->uid);
}

/* `instance` "": whichever it was. */
static void
duty_line(struct sg_snapshot_out *o, const struct sg_task *root, struct sg_hands of, const char *instance)
{
	sg_line_begin(o);
	sg_jw_member_text(&o->w, "agent", of.agent);
	sg_jw_member_text(&o->w, "instance", instance);
	sg_jw_member_text(&o->w, "k", "duty");
	sg_jw_member_text(&o->w, "role", of.role);
	sg_jw_member_text(&o->w, "task", root->id);
	sg_jw_member_int(&o->w, "uid", of.uid);
	sg_line_end(o);
}

static void
hands_lines(struct sg_snapshot_out *o, const struct sg_task *root, const struct sg_duties *duties)
{
	struct sg_hands *all = malloc(duties->hand_count * sizeof(*all));
	o->failed |= all == NULL;
	if (all == NULL)
		return;
	memcpy(all, duties->hands, duties->hand_count * sizeof(*all));
	qsort(all, duties->hand_count, sizeof(*all), by_hands);
	for (size_t i = 0; i < duties->hand_count && !o->failed && !o->stopped; i++)
		duty_line(o, root, all[i], "");
	free(all);
}

static void
instance_lines(struct sg_snapshot_out *o, const struct sg_task *root, const struct sg_duties *duties)
{
	size_t count = 0, i = 0;
	for (const struct sg_duty *d = duties->first; d != NULL; d = d->next)
		count++;
	const struct sg_duty **all = malloc((count + 1) * sizeof(*all));
	o->failed |= all == NULL;
	if (all == NULL)
		return;
	for (const struct sg_duty *d = duties->first; d != NULL; d = d->next)
		all[i++] = d;
	qsort(all, count, sizeof(*all), by_instance);
	for (i = 0; i < count && !o->failed && !o->stopped; i++)
		duty_line(o, root, (struct sg_hands){all[i]->agent, all[i]->role, all[i]->uid}, all[i]->instance);
	free(all);
}

/* First whose hands, then which instances, each sorted: in what order they came is kept by nobody. */
void
sg_snapshot_duties(struct sg_snapshot_out *o, const void *value)
{
	const struct sg_task *root = value;
	if (root->tree == NULL || root->tree->duties.hand_count == 0)
		return;
	hands_lines(o, root, &root->tree->duties);
	instance_lines(o, root, &root->tree->duties);
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
