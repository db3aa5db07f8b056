/* SPDX-License-Identifier: Apache-2.0
 * The members of one object by name, where many of them are asked for: each is found at once, and so is that there is none. */
#ifndef SG_BASE_JSON_INDEX_H
#define SG_BASE_JSON_INDEX_H

#include "base/json.h"
#include "base/str.h"

#include <string.h>

enum { SG_JSON_INDEX = 64 };

/* Zeroed memory is the index of nothing. Borrows the object. Not thread-safe. */
struct sg_json_index {
	const struct sg_json *object;
	const struct sg_json *at[SG_JSON_INDEX]; /* the first member of that place */
	uint64_t more;                           /* places that several members have */
};

void sg_json_index_make(struct sg_json_index *index, const struct sg_json *object);
/* A member whose place has several. */
const struct sg_json *sg_json_index_search(const struct sg_json_index *index, struct sg_str name);

static inline unsigned
sg_json_index_place(const char *name, size_t len)
{
	return len == 0 ? 0 : ((unsigned)len * 5 + (unsigned char)name[0] * 3 + (unsigned char)name[len - 1] * 7 + (unsigned char)name[len / 2]) % SG_JSON_INDEX;
}

/* As sg_json_get of that object. */
static inline const struct sg_json *
sg_json_index_get(const struct sg_json_index *index, const char *name)
{
	size_t len = strlen(name);
	unsigned place = sg_json_index_place(name, len);
	const struct sg_json *m = index->at[place];
	if (m == NULL || (m->name.len == len && sg_same_few(m->name.ptr, name, len)))
		return m;
	return (index->more >> place & 1) != 0 ? sg_json_index_search(index, (struct sg_str){name, len}) : NULL;
}

#endif
