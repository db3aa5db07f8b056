/* SPDX-License-Identifier: Apache-2.0
 * Labels, written: nothing is made for it, so that no want of memory can leave one out. */
#include "gate/state/labels.h"

#include "base/str.h"

void
sg_write_labels(struct sg_json_writer *w, const struct sg_taint *taint)
{
	sg_jw_array(w);
	for (size_t i = 0; taint != NULL && i < taint->count; i++)
		sg_jw_text(w, taint->labels[i]);
	sg_jw_end(w);
}

static void
write_others(struct sg_json_writer *w, const struct sg_taint *taint, const struct sg_taint *one, const struct sg_taint *other)
{
	for (size_t i = 0; taint != NULL && i < taint->count; i++)
		if ((one == NULL || !sg_taint_has(one, sg_str(taint->labels[i]))) && (other == NULL || !sg_taint_has(other, sg_str(taint->labels[i]))))
			sg_jw_text(w, taint->labels[i]);
}

void
sg_write_all_read(struct sg_json_writer *w, const struct sg_task *task, const struct sg_taint *also)
{
	const struct sg_taint *domain = &task->domain->taint;
	sg_jw_array(w);
	write_others(w, domain, NULL, NULL);
	write_others(w, &task->taint, domain, NULL);
	write_others(w, also, domain, &task->taint);
	sg_jw_end(w);
}
