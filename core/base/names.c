/* SPDX-License-Identifier: Apache-2.0
 * Folding by what meets ASCII; other letters keep their case: no field of the protocol has any. */
#include "base/names.h"

#include "base/str.h"

#include <stdlib.h>

/* Whatever becomes ASCII when its case is changed, by folding it or by writing it large (Unicode, CaseFolding.txt, SpecialCasing.txt, UnicodeData.txt). */
static const struct meets {
	const char *bytes, *letters;
} meeting[] = {
	{"\xc5\xbf", "s"}, /* U+017F long s */
	{"\xe2\x84\xaa", "k"}, /* U+212A Kelvin */
	{"\xc4\xb0", "i"},  {"\xc4\xb1", "i"}, {"i\xcc\x87", "i"}, {"I\xcc\x87", "i"}, /* U+0130, U+0131: with a dot, without one; what the first is in lower case */
	{"\xc3\x9f", "ss"}, {"\xe1\xba\x9e", "ss"}, /* U+00DF, U+1E9E sharp s */
	{"\xef\xac\x80", "ff"}, {"\xef\xac\x81", "fi"}, {"\xef\xac\x82", "fl"}, {"\xef\xac\x83", "ffi"}, {"\xef\xac\x84", "ffl"}, {"\xef\xac\x85", "st"}, {"\xef\xac\x86", "st"}, /* U+FB00 to U+FB06 ligatures */
};

/* A name as it is read: what is left of it, and of the letters that its last character became. */
struct reading {
	struct sg_str rest;
	const char *more;
};

/* The next letter, folded; -1 at the end. */
static int
folded(struct reading *r)
{
	if (*r->more != '\0')
		return (unsigned char)*r->more++;
	if (r->rest.len == 0)
		return -1;
	unsigned char c = (unsigned char)r->rest.ptr[0];
	size_t len = 1;
	for (size_t i = 0; (c >= 0xc3 || c == 'i' || c == 'I') && i < sizeof(meeting) / sizeof(meeting[0]) && *r->more == '\0'; i++)
		if (sg_str_starts(r->rest, meeting[i].bytes)) {
			len = strlen(meeting[i].bytes);
			r->more = meeting[i].letters;
		}
	r->rest = (struct sg_str){r->rest.ptr + len, r->rest.len - len};
	return *r->more != '\0' ? (unsigned char)*r->more++ : c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

static int
compare(struct sg_str one, struct sg_str other)
{
	struct reading a = {one, ""}, b = {other, ""};
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
