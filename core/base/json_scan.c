/* SPDX-License-Identifier: Apache-2.0
 * JSON's small print: which bytes are UTF-8, which name comes first. */
#include "base/json_scan.h"

#include <stdlib.h>

static bool
follows(const char *at, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (((unsigned char)at[i] & 0xC0) != 0x80)
			return false;
	return true;
}

size_t
sg_json_utf8(const char *at, const char *end)
{
	size_t left = (size_t)(end - at);
	unsigned char first = left > 0 ? (unsigned char)at[0] : 0, second = left > 1 ? (unsigned char)at[1] : 0;
	if (first >= 0xC2 && first <= 0xDF)
		return left >= 2 && follows(at + 1, 1) ? 2 : 0;
	if (first >= 0xE0 && first <= 0xEF) {
		bool overlong = first == 0xE0 && second < 0xA0, surrogate = first == 0xED && second > 0x9F;
		return left >= 3 && !overlong && !surrogate && follows(at + 1, 2) ? 3 : 0;
	}
	if (first >= 0xF0 && first <= 0xF4) {
		bool overlong = first == 0xF0 && second < 0x90, beyond = first == 0xF4 && second > 0x8F;
		return left >= 4 && !overlong && !beyond && follows(at + 1, 3) ? 4 : 0;
	}
	return 0;
}

int
sg_json_name_cmp(struct sg_str a, struct sg_str b)
{
	size_t shorter = a.len < b.len ? a.len : b.len, i = 0;
	while (i < shorter && a.ptr[i] == b.ptr[i])
		i++;
	if (i == shorter)
		return a.len < b.len ? -1 : a.len > b.len;
	unsigned char x = (unsigned char)a.ptr[i], y = (unsigned char)b.ptr[i];
	if (x >= 0xEE && y >= 0xEE && (x >= 0xF0) != (y >= 0xF0)) /* UTF-16 surrogates sort below U+E000..U+FFFF */
		return x >= 0xF0 ? -1 : 1;
	return x < y ? -1 : 1;
}

static int
compare_members(const void *a, const void *b)
{
	return sg_json_name_cmp((*(const struct sg_json *const *)a)->name, (*(const struct sg_json *const *)b)->name);
}

void
sg_json_sort(const struct sg_json **members, size_t count)
{
	if (count > 16) {
		qsort(members, count, sizeof(struct sg_json *), compare_members);
		return;
	}
	for (size_t i = 1; i < count; i++) {
		const struct sg_json *moved = members[i];
		size_t to = i;
		for (; to > 0 && sg_json_name_cmp(members[to - 1]->name, moved->name) > 0; to--)
			members[to] = members[to - 1];
		members[to] = moved;
	}
}
