/* SPDX-License-Identifier: Apache-2.0
 * One slot a place; what does not fit into it is searched for. */
#include "base/json_index.h"

void
sg_json_index_make(struct sg_json_index *index, const struct sg_json *object)
{
	*index = (struct sg_json_index){.object = object};
	if (object == NULL || object->type != SG_JSON_OBJECT)
		return;
	for (const struct sg_json *m = sg_json_first(object); m != NULL; m = sg_json_next(object, m)) {
		unsigned place = sg_json_index_place(m->name.ptr, m->name.len);
		if (index->at[place] != NULL)
			index->more |= UINT64_C(1) << place;
		else
			index->at[place] = m;
	}
}

const struct sg_json *
sg_json_index_search(const struct sg_json_index *index, struct sg_str name)
{
	return sg_json_get_str(index->object, name);
}
