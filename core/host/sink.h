/* SPDX-License-Identifier: Apache-2.0
 * Carrying leaves from the journal to an audit module, behind a durable cursor. */
#ifndef SG_HOST_SINK_H
#define SG_HOST_SINK_H

#include "frame/link.h"
#include "host/cursor.h"
#include "host/instance.h"
#include "host/tail.h"

enum {
	SG_SINK_BATCH = 256,      /* leaves at most between two flushes */
	SG_SINK_FLUSH_MS = 100,   /* a module that is not done is asked again this often */
	SG_SINK_CURSOR_MS = 1000, /* the cursor's file is written at most this often; after a crash so many leaves may come again */
};

struct sg_sink {
	struct sg_instance *instance;
	struct sg_tail tail;
	int folder;                /* of the cursor; borrowed */
	uint64_t written, durable; /* handed to the module; what it says is safe */
	struct sg_cursor cursor;   /* as its file says */
	struct sg_cursor_place last, mark, safe; /* handed over last; on the way; of what is durable, the last one whose chain is known */
	uint64_t target, segment;  /* how far the journal is durable; the segment being written */
	uint64_t gaps;             /* leaves that were gone before they could be carried */
	sg_time stored_at;
};

/* Reads the cursor in `folder` (none: from the first leaf) and finds its place in `journal`; where that has gone another way since, the last place that it still has, and says so. Both stay the caller's. SG_MALFORMED sink_cursor;
 * sg_tail_open's. */
enum sg_status sg_sink_open(struct sg_sink *sink, struct sg_instance *instance, int journal, int folder, struct sg_err *err);
void sg_sink_done(struct sg_sink *sink);

/* Answers SG_FRAME_H_TAIL with SG_FRAME_H_CURSOR until the gate closes the link: SG_UNAVAILABLE then. Everything else ends the process: the
 * module's refusals, SG_BUG module_durable (it says that more is safe than it was given), sg_tail_next's errors, SG_UNAVAILABLE sink_cursor. */
enum sg_status sg_sink_serve(struct sg_sink *sink, struct sg_link *link, struct sg_err *err);

/* One batch: hands over up to SG_SINK_BATCH leaves, flushes, writes the cursor if it is time. `*more`: there is more up to the target. */
enum sg_status sg_sink_batch(struct sg_sink *sink, bool *more, struct sg_err *err);

#endif
