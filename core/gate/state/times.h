/* SPDX-License-Identifier: Apache-2.0
 * When things happened that may not happen too often. Steady milliseconds; gate thread only. */
#ifndef SG_GATE_TIMES_H
#define SG_GATE_TIMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	SG_TIMES_MAX = 64,       /* moments remembered of what freezes when it happens too often */
	SG_COUNTED_MAX = 1024,   /* moments remembered of a domain: a power of two */
};

/* When something last happened, up to SG_TIMES_MAX times. */
struct sg_times {
	int64_t at_ms[SG_TIMES_MAX];
	uint64_t next;
};

/* The same, up to SG_COUNTED_MAX times, with memory for as many as there were. */
struct sg_counted {
	int64_t *at_ms;
	size_t room;
	uint64_t next;
};

/* How many there were in each of the last seconds, however many. */
enum { SG_BURST_SECONDS = 10 };
struct sg_burst {
	int64_t second; /* the newest that counts */
	uint32_t of[SG_BURST_SECONDS + 1]; /* by second, modulo their number */
};

void sg_burst_note(struct sg_burst *burst, int64_t at_ms);
/* Within SG_BURST_SECONDS, rounded up to a whole one. NULL: none. */
int64_t sg_burst_count(const struct sg_burst *burst, int64_t now_ms);

void sg_times_note(struct sg_times *times, int64_t at_ms);
/* False on no memory. */
bool sg_counted_note(struct sg_counted *counted, int64_t at_ms);
int64_t sg_counted_within(const struct sg_counted *counted, int64_t now_ms, int64_t within_ms);
void sg_counted_free(struct sg_counted *counted);
/* How many of `times` lie within the last `within_ms`. */
int64_t sg_times_count(const struct sg_times *times, int64_t now_ms, int64_t within_ms);

#endif
