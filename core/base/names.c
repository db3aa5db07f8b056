/* SPDX-License-Identifier: Apache-2.0
 * Folding by what meets ASCII, and of other letters by the ranges in which a large one stands at a fixed distance from its small one. */
#include "base/names.h"

#include "base/hidden.h"
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

/* Letters of which the large ones stand so far before the small ones (Unicode, UnicodeData.txt); by 1: large and small in turns, the large one even or (odd) odd. */
static const struct range {
	uint32_t first, last;
	unsigned by;
	bool odd;
} ranges[] = {
	{0xC0, 0xDE, 32, false}, {0x100, 0x12F, 1, false}, {0x132, 0x137, 1, false}, {0x139, 0x148, 1, true}, {0x14A, 0x177, 1, false}, {0x179, 0x17E, 1, true}, {0x1CD, 0x1DC, 1, true},
	{0x1DE, 0x1EF, 1, false}, {0x1F8, 0x21F, 1, false}, {0x222, 0x233, 1, false}, {0x370, 0x373, 1, false}, {0x391, 0x3AB, 32, false}, {0x3D8, 0x3EF, 1, false}, {0x400, 0x40F, 80, false},
	{0x410, 0x42F, 32, false}, {0x460, 0x481, 1, false}, {0x48A, 0x4BF, 1, false}, {0x4C1, 0x4CE, 1, true}, {0x4D0, 0x52F, 1, false}, {0x531, 0x556, 48, false}, {0x1E00, 0x1E95, 1, false},
	{0x1EA0, 0x1EFF, 1, false}, {0x2160, 0x216F, 16, false}, {0x24B6, 0x24CF, 26, false}, {0x2C00, 0x2C2F, 48, false}, {0x2C80, 0x2CE3, 1, false}, {0xA640, 0xA66D, 1, false}, {0xFF21, 0xFF3A, 32, false},
};

static uint32_t
small(uint32_t c)
{
	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]) && c >= ranges[i].first; i++)
		if (c <= ranges[i].last && c != 0xD7)
			return ranges[i].by > 1 ? c + ranges[i].by : (c % 2 == 1) == ranges[i].odd ? c + 1 : c;
	return c == 0x3C2 ? 0x3C3 : c == 0x178 ? 0xFF : c; /* a sigma at an end is one */
}

/* A name as it is read: what is left of it, and of the letters that its last character became. */
struct reading {
	struct sg_str rest;
	const char *more;
	char other[5]; /* where `more` points for a letter that is none of ASCII */
};

/* A row begins with this letter, or with this byte and what may follow it. */
static bool
may_meet(struct sg_str rest)
{
	unsigned char c = (unsigned char)rest.ptr[0], next = rest.len > 1 ? (unsigned char)rest.ptr[1] : 0;
	return ((c == 'i' || c == 'I') && next == 0xcc) || c == 0xc3 || c == 0xc4 || c == 0xc5 || c == 0xe1 || c == 0xe2 || c == 0xef;
}

/* Its bytes to come; how many it had. What is no UTF-8 is a byte by itself. */
static size_t
other_letter(struct reading *r)
{
	uint32_t c, to;
	size_t len = sg_utf8_first(r->rest, &c);
	to = len > 1 ? small(c) : 0;
	if (len < 2 || to == c || to < 0x80)
		return 1;
	size_t at = 0;
	if (to >= 0x800)
		r->other[at++] = (char)(0xE0 | to >> 12);
	r->other[at] = (char)(to >= 0x800 ? 0x80 | (to >> 6 & 0x3F) : 0xC0 | to >> 6);
	r->other[at + 1] = (char)(0x80 | (to & 0x3F));
	r->other[at + 2] = '\0';
	r->more = r->other;
	return len;
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
	if (c >= 0xc3 && *r->more == '\0')
		len = other_letter(r);
	r->rest = (struct sg_str){r->rest.ptr + len, r->rest.len - len};
	return *r->more != '\0' ? (unsigned char)*r->more++ : c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

static int
compare(struct sg_str one, struct sg_str other)
{
	struct reading a = {.rest = one, .more = ""}, b = {.rest = other, .more = ""};
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

/* What is left of a name is no longer: what stands for two letters is two bytes at least, for three it is three; a small letter has the bytes of its large one. */
static struct sg_str
fold_into(char *out, struct sg_str name)
{
	struct reading r = {.rest = name, .more = ""};
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

/* Folded, it is what it is: two such are one only where they are the same. */
static bool
folds_to_itself(struct sg_str name)
{
	bool itself = true;
	for (size_t i = 0; i < name.len && itself; i++)
		itself = (unsigned char)name.ptr[i] < 0x80 && (name.ptr[i] < 'A' || name.ptr[i] > 'Z');
	return itself;
}

static const struct sg_json *
collide_here(const struct sg_json *object)
{
	struct named few[FEW];
	char room[FEW_BYTES];
	size_t bytes = 0;
	bool plain = true;
	if (object->count < 2)
		return NULL;
	for (const struct sg_json *m = sg_json_first(object); m != NULL; m = sg_json_next(object, m)) {
		bytes += m->name.len;
		plain = plain && folds_to_itself(m->name);
	}
	if (plain)
		return NULL; /* an object has each name once */
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
