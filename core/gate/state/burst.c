/* SPDX-License-Identifier: Apache-2.0
 * Counting what comes in bursts, second by second. */
#include "gate/state/times.h"

#include <string.h>

enum { SLOTS = SG_BURST_SECONDS + 1 };

static void
go_on(struct sg_burst *burst, int64_t second)
{
	if (second - burst->second >= SLOTS) {
		memset(burst->of, 0, sizeof(burst->of));
		burst->second = second;
	}
	while (burst->second < second)
		burst->of[++burst->second % SLOTS] = 0;
}

void
sg_burst_note(struct sg_burst *burst, int64_t at_ms)
{
	int64_t second = at_ms < 0 ? 0 : at_ms / 1000;
	go_on(burst, second);
	if (burst->second - second < SLOTS && burst->of[second % SLOTS] < UINT32_MAX)
		burst->of[second % SLOTS]++;
}

int64_t
sg_burst_count(const struct sg_burst *burst, int64_t now_ms)
{
	int64_t count = 0, now = now_ms / 1000;
	for (int64_t s = burst == NULL ? 1 : burst->second, last = burst == NULL ? 2 : s - SG_BURST_SECONDS; s >= last && s >= 0; s--)
		count += now - s <= SG_BURST_SECONDS ? burst->of[s % SLOTS] : 0;
	return count;
}
