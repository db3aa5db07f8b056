/* SPDX-License-Identifier: Apache-2.0
 * What an operator has to look at, in the log: so many lines within a time of each whom they are about, so that nobody's many fill the disk or keep another's out. */
#include "gate/loop/loop.h"

#include "base/hidden.h"
#include "base/str.h"

#include <stdio.h>

enum { WARNED_EACH = 5, WARNED_OURS = 30 /* about no agent: disk, clock, issuers */, WARNED_S = 10 };

/* Whose lines were counted since when. `about` "": of no agent. */
static struct row {
	char about[96];
	sg_time since; /* 0: free */
	unsigned count;
} rows[SG_WARNED];

static unsigned
most_of(const struct row *row)
{
	return row->about[0] == '\0' ? WARNED_OURS : WARNED_EACH;
}

static void
over(struct row *row)
{
	if (row->since != 0 && row->count > most_of(row))
		fprintf(stderr, "stepgated: ALERT    and %u more%s%s within %d s; the record has them\n", row->count - most_of(row), row->about[0] != '\0' ? " about " : "", row->about,
			WARNED_S);
	row->since = 0;
	row->count = 0;
}

static struct row *
row_of(const char *about, sg_time now)
{
	struct row *oldest = &rows[0];
	for (size_t i = 0; i < SG_WARNED; i++) {
		if (rows[i].since != 0 && strcmp(rows[i].about, about) == 0)
			return &rows[i];
		if (rows[i].since < oldest->since)
			oldest = &rows[i];
	}
	over(oldest);
	snprintf(oldest->about, sizeof(oldest->about), "%s", about);
	oldest->since = now;
	return oldest;
}

void
sg_loop_warn_turn(const struct sg_loop *loop)
{
	sg_time now = loop->sys->boot_time(loop->sys);
	for (size_t i = 0; i < SG_WARNED; i++)
		if (rows[i].since != 0 && now - rows[i].since >= WARNED_S * SG_SEC)
			over(&rows[i]);
}

void
sg_loop_warn(void *self, struct sg_str about, const char *line)
{
	struct sg_loop *loop = self;
	char text[512], whom[sizeof(rows[0].about)];
	sg_plain_line(text, sizeof(text), sg_str(line));
	sg_plain_line(whom, sizeof(whom), about);
	if (loop->gate != NULL && loop->gate->catalogue != NULL && loop->gate->catalogue->dev) {
		fprintf(stdout, "%s\n", text);
		fflush(stdout);
		return;
	}
	sg_loop_warn_turn(loop);
	struct row *row = row_of(whom, loop->sys->boot_time(loop->sys));
	if (row->count++ < most_of(row))
		fprintf(stderr, "stepgated: %s\n", text);
}
