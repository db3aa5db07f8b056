/* SPDX-License-Identifier: Apache-2.0
 * Edit distance (insert, drop, change, swap of neighbours) between short words. */
#include "base/near.h"

#include "base/str.h"

#include <stdio.h>

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Optimal string alignment over three rows. */
static size_t
distance(struct sg_str a, struct sg_str b)
{
	size_t rows[3][SG_NEAR_MAX + 1];
	for (size_t j = 0; j <= b.len; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= a.len; i++) {
		size_t *row = rows[i % 3], *above = rows[(i + 2) % 3], *second = rows[(i + 1) % 3];
		row[0] = i;
		for (size_t j = 1; j <= b.len; j++) {
			row[j] = least(above[j - 1] + (a.ptr[i - 1] != b.ptr[j - 1]), 1 + least(above[j], row[j - 1]));
			if (i > 1 && j > 1 && a.ptr[i - 1] == b.ptr[j - 2] && a.ptr[i - 2] == b.ptr[j - 1])
				row[j] = least(row[j], second[j - 2] + 1);
		}
	}
	return rows[a.len % 3][b.len];
}

struct sg_near
sg_near(struct sg_str word)
{
	size_t most = word.len < 3 ? 1 : word.len < 6 ? 2 : 3;
	return (struct sg_near){.word = word, .distance = most + 1};
}

void
sg_near_offer(struct sg_near *near, struct sg_str known)
{
	if (known.len == 0 || known.len > SG_NEAR_MAX || near->word.len == 0 || near->word.len > SG_NEAR_MAX)
		return;
	size_t found = distance(near->word, known);
	if (found >= near->distance || found >= known.len)
		return;
	near->distance = found;
	near->best = known;
}

const char *
sg_near_hint(const struct sg_near *near, char quote, const char *otherwise, char *out, size_t room)
{
	if (near->best.len > 0)
		snprintf(out, room, "did you mean %c%.*s%c?", quote, SG_STR_ARG(near->best), quote);
	else
		snprintf(out, room, "%s", otherwise == NULL ? "" : otherwise);
	return out;
}
