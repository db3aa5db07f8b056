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

/* A row begins with this letter, or with this byte and what may follow it. */
static bool
may_meet(struct sg_str rest)
{
	unsigned char c = (unsigned char)rest.ptr[0], next = rest.len > 1 ? (unsigned char)rest.ptr[1] : 0;
	return ((c == 'i' || c == 'I') && next == 0xcc) || c == 0xc3 || c == 0xc4 || c == 0xc5 || c == 0xe1 || c == 0xe2 || c == 0xef;
}

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
	for (size_t i = 0; may_meet(r->rest) && i < sizeof(meeting) / sizeof(meeting[0]) && *r->more == '\0'; i++)
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

struct named {
	struct sg_str folded;
	const struct sg_json *member;
};

static int
by_text(const void *a, const void *b)
{
	struct sg_str one = ((const struct named *)a)->folded, other = ((const struct named *)b)->folded;
	int order = memcmp(one.ptr, other.ptr, one.len < other.len ? one.len : other.len);
	return order != 0 ? order : (one.len > other.len) - (one.len < other.len);
}

/* What is left of a name is no longer: what stands for two letters is two bytes at least, for three it is three. */
static struct sg_str
fold_into(char *out, struct sg_str name)
{
	struct reading r = {name, ""};
	size_t len = 0;
	for (int c; (c = folded(&r)) >= 0;)
		out[len++] = (char)c;
	return (struct sg_str){out, len};
}

/* Each name is folded once, and what is folded is sorted. */
static const struct sg_json *
collide_in(const struct sg_json *object, struct named *names, char *room)
{
	const struct sg_json *found = NULL;
	size_t count = 0;
	for (const struct sg_json *m = sg_json_first(object); m != NULL; room += m->name.len, m = sg_json_next(object, m))
		names[count++] = (struct named){fold_into(room, m->name), m};
	qsort(names, count, sizeof(*names), by_text);
	for (size_t i = 1; i < count && found == NULL; i++)
		found = by_text(&names[i - 1], &names[i]) == 0 ? names[i].member : NULL;
	return found;
}

enum { FEW = 16, FEW_BYTES = 512 }; /* for those no memory is taken */

static const struct sg_json *
collide_here(const struct sg_json *object)
{
	struct named few[FEW];
	char room[FEW_BYTES];
	size_t bytes = 0;
	if (object->count < 2)
		return NULL;
	for (const struct sg_json *m = sg_json_first(object); m != NULL; m = sg_json_next(object, m))
		bytes += m->name.len;
	if (object->count <= FEW && bytes <= FEW_BYTES)
		return collide_in(object, few, room);
	struct named *names = malloc(object->count * sizeof(*names) + bytes);
	const struct sg_json *found = names == NULL ? object : collide_in(object, names, (char *)(names + object->count));
	free(names);
	return found;
}

const struct sg_json *
sg_names_colliding(const struct sg_json *json)
{
	if (json->type != SG_JSON_OBJECT && json->type != SG_JSON_ARRAY)
		return NULL;
	const struct sg_json *found = json->type == SG_JSON_OBJECT ? collide_here(json) : NULL;
	for (const struct sg_json *m = sg_json_first(json); m != NULL && found == NULL; m = sg_json_next(json, m))
		found = sg_names_colliding(m);
	return found;
}

bool
sg_names_collide(const struct sg_json *json)
{
	return sg_names_colliding(json) != NULL;
}
