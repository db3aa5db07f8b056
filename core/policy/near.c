/* SPDX-License-Identifier: Apache-2.0
 * Edit distance (insert, delete, replace, swap of neighbours) on short words. */
#include "policy/near.h"

#include "base/str.h"

#include <stdio.h>

static size_t
least(size_t a, size_t b, size_t c)
{
	size_t ab = a < b ? a : b;
	return ab < c ? ab : c;
}

static size_t
distance(struct sg_str a, struct sg_str b)
{
	size_t rows[3][SG_NEAR_MAX + 1];
	for (size_t j = 0; j <= b.len; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= a.len; i++) {
		size_t *now = rows[i % 3], *before = rows[(i + 2) % 3], *twice = rows[(i + 1) % 3];
		now[0] = i;
		for (size_t j = 1; j <= b.len; j++) {
			size_t same = a.ptr[i - 1] != b.ptr[j - 1];
			now[j] = least(now[j - 1] + 1, before[j] + 1, before[j - 1] + same);
			if (i > 1 && j > 1 && a.ptr[i - 1] == b.ptr[j - 2] && a.ptr[i - 2] == b.ptr[j - 1])
				now[j] = least(now[j], twice[j - 2] + 1, now[j]);
		}
	}
	return rows[a.len % 3][b.len];
}

void
sg_near_try(struct sg_near *near, const char *candidate)
{
	struct sg_str other = sg_str(candidate);
	if (near->word.len > SG_NEAR_MAX || other.len > SG_NEAR_MAX)
		return;
	size_t d = distance(near->word, other), allowed = near->word.len < 6 ? 1 : near->word.len / 3;
	if (d > allowed || (near->name != NULL && d >= near->distance))
		return;
	near->name = candidate;
	near->distance = d;
}

const char *
sg_near_hint(const struct sg_near *near, char *out, size_t room)
{
	if (near->name == NULL)
		out[0] = '\0';
	else
		snprintf(out, room, "did you mean '%s'?", near->name);
	return out;
}
