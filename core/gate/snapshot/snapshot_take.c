/* SPDX-License-Identifier: Apache-2.0
 * What several kinds of lines of a snapshot have in common, read. */
#include "gate/snapshot/snapshot_in.h"

#include "base/str.h"
#include "gate/state/values.h"

#include <stdlib.h>

void
sg_take_taint(struct sg_fold *f, struct sg_taint *taint)
{
	int64_t word = SG_WORD_NAMED;
	const struct sg_json *list = sg_fold_get(f, "labels");
	for (const struct sg_json *l = sg_json_first(list); l != NULL; l = sg_json_next(list, l)) {
		const struct sg_json *next = sg_json_next(list, l);
		struct sg_str label;
		if (sg_json_int(l, &word) && next == NULL && word == SG_WORD_NAMED)
			sg_taint_fill(taint);
		else if (sg_json_int(l, &word) && next != NULL && word >= SG_WORD_OWN && word < SG_WORD_NAMED)
			continue; /* of the label behind it */
		else if (!sg_json_string(l, &label) || !sg_taint_add(taint, label, (enum sg_word)word))
			f->missing = "labels";
		word = SG_WORD_NAMED;
	}
	taint->sensitivity = sg_sensitivity_named(sg_fold_text(f, "sensitivity"));
}

void
sg_take_ints(struct sg_fold *f, const char *name, int64_t *out, size_t count)
{
	const struct sg_json *list = sg_fold_get(f, name), *e = sg_json_first(list);
	for (size_t i = 0; i < count; i++, e = e == NULL ? NULL : sg_json_next(list, e))
		if (!sg_json_int(e, &out[i]))
			f->missing = name;
}

void
sg_take_times(struct sg_fold *f, const char *name, struct sg_times *times)
{
	const struct sg_json *list = sg_fold_get(f, name);
	for (const struct sg_json *e = sg_json_first(list); e != NULL; e = sg_json_next(list, e)) {
		int64_t at = 0;
		if (!sg_json_int(e, &at))
			f->missing = name;
		sg_times_note(times, at);
	}
}

uint64_t
sg_take_hex(const struct sg_json *json)
{
	struct sg_str hex = {"", 0};
	sg_json_string(json, &hex);
	return sg_value_unhex(hex);
}

void *
sg_take_fresh(struct sg_fold *f, size_t size)
{
	void *out = calloc(1, size);
	if (out == NULL)
		f->missing = "memory";
	return out;
}

void
sg_take_place(struct sg_fold *f, struct sg_table *table, const char *key, void *value, void (*end)(void *))
{
	if (f->missing == NULL && key != NULL && sg_table_get(table, sg_str(key)) == NULL && sg_table_put(table, sg_str(key), value) == SG_OK)
		return;
	if (f->missing == NULL)
		f->missing = "a key of its own";
	end(value);
}
