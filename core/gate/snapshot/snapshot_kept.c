/* SPDX-License-Identifier: Apache-2.0
 * Lines of a snapshot about what domains keep (kept.h), written and read. */
#include "gate/snapshot/snapshot_in.h"
#include "gate/snapshot/snapshot_out.h"

#include <stdlib.h>

enum { VALUES_OF_LINE = 4096 };

static int
by_number(const void *a, const void *b)
{
	uint64_t one = *(const uint64_t *)a, other = *(const uint64_t *)b;
	return (one > other) - (one < other);
}

static size_t
write_line(struct sg_snapshot_out *o, const struct sg_domain *d, const uint64_t *values, size_t count)
{
	size_t i = 0;
	sg_line_begin(o);
	sg_jw_member_text(&o->w, "domain", d->id);
	sg_jw_member_text(&o->w, "k", "kept");
	sg_jw_member_bool(&o->w, "unseen", d->kept.unseen);
	sg_jw_name(&o->w, "values");
	sg_jw_array(&o->w);
	for (; i < count && i < VALUES_OF_LINE; i++)
		sg_line_hex(&o->w, values[i]);
	sg_jw_end(&o->w);
	sg_line_end(o);
	return i;
}

void
sg_snapshot_kept(struct sg_snapshot_out *o, const void *value)
{
	const struct sg_domain *d = value;
	uint64_t *all = sg_kept_any(&d->kept) ? malloc((d->kept.count + 1) * sizeof(*all)) : NULL;
	size_t count = 0, at = 0;
	o->failed |= all == NULL && sg_kept_any(&d->kept);
	for (size_t i = 0; all != NULL && i < d->kept.size; i++)
		if (d->kept.slots[i] != 0)
			all[count++] = d->kept.slots[i];
	if (all != NULL)
		qsort(all, count, sizeof(*all), by_number);
	while (all != NULL) {
		at += write_line(o, d, all + at, count - at);
		if (at == count || o->failed || o->stopped)
			break;
	}
	free(all);
}

/* Domains that had met had one set, and have again. */
static void
share(const struct sg_state *state, struct sg_domain *d)
{
	size_t at = 0;
	for (const struct sg_domain *other; (other = sg_table_next(&state->domains, &at)) != NULL;)
		if (other != d && d->kept.count > 0 && sg_kept_share(&d->kept, &other->kept))
			return;
}

void
sg_read_kept_line(struct sg_fold *f)
{
	struct sg_domain *d = sg_table_get(&f->state->domains, sg_fold_text(f, "domain"));
	const struct sg_json *list = sg_fold_get(f, "values");
	if (d == NULL) {
		f->missing = "domain";
		return;
	}
	d->kept.unseen = sg_fold_flag(f, "unseen");
	for (const struct sg_json *v = list == NULL ? NULL : sg_json_first(list); v != NULL && f->missing == NULL; v = sg_json_next(list, v))
		if (!sg_kept_put(&d->kept, sg_take_hex(v)))
			f->missing = "memory";
	if (list != NULL && list->count < VALUES_OF_LINE)
		share(f->state, d);
}
