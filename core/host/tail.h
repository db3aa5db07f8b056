/* SPDX-License-Identifier: Apache-2.0
 * Following the journal while it is written: leaf after leaf behind a cursor, never beyond what is durable, over the ends of segments, past
 * segments that were left behind by syncs that failed. */
#ifndef SG_HOST_TAIL_H
#define SG_HOST_TAIL_H

#include "frame/segment.h"

#include <sys/types.h>

enum { SG_TAIL_WINDOW = 4 << 20, SG_TAIL_SEGMENTS = 1 << 16 };

struct sg_tail {
	int folder; /* of the journal; borrowed */
	int fd;     /* of the segment being read; -1 before the first */
	off_t from; /* where `window` stands in it */
	struct sg_segment_reader reader;
	struct sg_buf window;
	uint64_t cursor;  /* the last leaf that was handed out, or that need not be */
	uint64_t missing; /* leaves behind the cursor that can no longer be read, not yet told */
};

/* Begins behind leaf `cursor` (0: before the first, also of a journal that has no segment yet). `folder` stays the caller's. Errors: SG_UNAVAILABLE journal_io; SG_MALFORMED journal_header. */
enum sg_status sg_tail_open(struct sg_tail *tail, int folder, uint64_t cursor, struct sg_err *err);
void sg_tail_done(struct sg_tail *tail);

/* The next leaf up to `durable`; `segment` is the one being written now. `record` points into the tail and `arena` and is good until the next call;
 * `*missing` says how many leaves before it are gone. SG_AGAIN: nothing more up to `durable`. Errors: those of sg_segment_next, journal_io. */
enum sg_status sg_tail_next(struct sg_tail *tail, uint64_t durable, uint64_t segment, struct sg_arena *arena,
			    struct sg_record *record, uint64_t *missing, struct sg_err *err);

#endif
