/* SPDX-License-Identifier: Apache-2.0
 * Buckets of users that come. */
#include "enforce/pace.h"

#include <stddef.h>

static void
refill(struct sg_pace_row *row, int64_t rate, int64_t burst, int64_t now_ms)
{
	int64_t passed = row->used && now_ms > row->at_ms ? now_ms - row->at_ms : 0;
	int64_t gained = passed > 3600000 ? burst * 1000 : passed * rate;
	row->milli = !row->used || row->milli + gained > burst * 1000 ? burst * 1000 : row->milli + gained;
	row->at_ms = now_ms;
	row->used = true;
}

/* NULL: it is not there. */
static struct sg_pace_row *
find(struct sg_pace *pace, long uid)
{
	for (size_t i = 0; i < SG_PACE_USERS; i++)
		if (pace->rows[i].used && pace->rows[i].uid == uid)
			return &pace->rows[i];
	return NULL;
}

static bool
goes_before(const struct sg_pace_row *one, const struct sg_pace_row *other)
{
	if (one->used != other->used)
		return !one->used;
	return one->known != other->known ? !one->known : one->at_ms < other->at_ms;
}

static struct sg_pace_row *
make(struct sg_pace *pace, long uid)
{
	struct sg_pace_row *row = &pace->rows[0];
	for (size_t i = 1; i < SG_PACE_USERS; i++)
		if (goes_before(&pace->rows[i], row))
			row = &pace->rows[i];
	*row = (struct sg_pace_row){.uid = uid};
	return row;
}

bool
sg_pace_take(struct sg_pace *pace, long uid, int64_t now_ms)
{
	struct sg_pace_row *row = find(pace, uid);
	row = row != NULL ? row : make(pace, uid);
	refill(row, row->known ? SG_PACE_KNOWN_RATE : SG_PACE_RATE, row->known ? SG_PACE_KNOWN_BURST : SG_PACE_BURST, now_ms);
	refill(&pace->all, SG_PACE_ALL_RATE, SG_PACE_ALL_BURST, now_ms);
	if (row->milli < 1000 || (!row->known && pace->all.milli < 1000))
		return false;
	row->milli -= 1000;
	pace->all.milli -= row->known ? 0 : 1000;
	return true;
}

void
sg_pace_known(struct sg_pace *pace, long uid)
{
	struct sg_pace_row *row = find(pace, uid);
	if (row == NULL || row->known)
		return;
	row->known = true;
	row->milli = SG_PACE_KNOWN_BURST * 1000;
}
