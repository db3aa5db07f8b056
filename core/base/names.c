/* SPDX-License-Identifier: Apache-2.0
 * Folding by what meets ASCII; other letters keep their case: no field of the protocol has any. */
#include "base/names.h"

#include "base/str.h"

#include <stdlib.h>

/* The next letter, folded; -1 at the end. */
static int
folded(struct sg_str *rest)
{
	if (rest->len == 0)
		return -1;
	unsigned char c = (unsigned char)rest->ptr[0];
	size_t len = rest->len >= 2 && memcmp(rest->ptr, "\xc5\xbf", 2) == 0 ? 2 : rest->len >= 3 && memcmp(rest->ptr, "\xe2\x84\xaa", 3) == 0 ? 3 : 1;
	*rest = (struct sg_str){rest->ptr + len, rest->len - len};
	if (len > 1)
		return len == 2 ? 's' : 'k';
	return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

static int
compare(struct sg_str a, struct sg_str b)
{
	int x, y;
	do {
		x = folded(&a);
		y = folded(&b);
	} while (x == y && x >= 0);
	return x - y;
}

static int
by_name(const void *a, const void *b)
{
	return compare((*(const struct sg_json *const *)a)->name, (*(const struct sg_json *const *)b)->name);
}

bool
sg_names_alike(struct sg_str one, struct sg_str other)
{
	return !sg_str_eq(one, other) && compare(one, other) == 0;
}

bool
sg_name_folds_to(struct sg_str name, const char *word)
{
	return compare(name, sg_str(word)) == 0;
}

static bool
collide_here(const struct sg_json *object)
{
	const struct sg_json **members = object->count < 2 ? NULL : calloc(object->count, sizeof(*members));
	size_t count = 0;
	bool found = object->count >= 2 && members == NULL;
	for (const struct sg_json *m = sg_json_first(object); members != NULL && m != NULL; m = sg_json_next(object, m))
		members[count++] = m;
	if (members != NULL)
		qsort(members, count, sizeof(*members), by_name);
	for (size_t i = 1; i < count; i++)
		found |= by_name(&members[i - 1], &members[i]) == 0;
	free(members);
	return found;
}

bool
sg_names_collide(const struct sg_json *json)
{
	if (json->type != SG_JSON_OBJECT && json->type != SG_JSON_ARRAY)
		return false;
	if (json->type == SG_JSON_OBJECT && collide_here(json))
		return true;
	for (const struct sg_json *m = sg_json_first(json); m != NULL; m = sg_json_next(json, m))
		if (sg_names_collide(m))
			return true;
	return false;
}
