/* SPDX-License-Identifier: Apache-2.0
 * What an operator has to look at, in the log: so many lines within a time, so that an agent that makes more of them fills no disk. */
#include "gate/loop/loop.h"

#include <stdio.h>

enum { WARNED_EACH = 20, WARNED_S = 10 };

/* False: this one is counted and not said. */
static bool
has_turn(sg_time now)
{
	static sg_time since;
	static unsigned count;
	if (now - since >= WARNED_S * SG_SEC) {
		if (count > WARNED_EACH)
			fprintf(stderr, "stepgated: ALERT    and %u more within %d s; the record has them\n", count - WARNED_EACH, WARNED_S);
		since = now;
		count = 0;
	}
	return count++ < WARNED_EACH;
}

/* What a module or a name holds makes no line of its own. */
static void
one_line(char out[512], const char *line)
{
	size_t len = 0;
	for (; len < 511 && line[len] != '\0'; len++)
		out[len] = (char)((unsigned char)line[len] < ' ' || line[len] == 0x7f ? '?' : line[len]);
	out[len] = '\0';
}

void
sg_loop_warn(void *self, const char *line)
{
	struct sg_loop *loop = self;
	char text[512];
	one_line(text, line);
	bool dev = loop->gate != NULL && loop->gate->catalogue != NULL && loop->gate->catalogue->dev;
	if (dev || has_turn(loop->sys->boot_time(loop->sys)))
		fprintf(dev ? stdout : stderr, dev ? "%s\n" : "stepgated: %s\n", text);
	fflush(stdout);
}
