/* SPDX-License-Identifier: Apache-2.0
 * The state of a gate against the fold of its journal (I1), line by line. */
#ifndef SG_TESTS_SAME_H
#define SG_TESTS_SAME_H

#include "base/str.h"
#include "gate/snapshot/refold.h"
#include "gate/snapshot/snapshot.h"
#include "gate/wire/wire.h"

#include <stdio.h>
#include <stdlib.h>

enum { SAME_ROOM = 64 << 20 };

static inline bool
same_line(void *to, struct sg_str line)
{
	sg_buf_str(to, line);
	sg_buf_text(to, "\n");
	return !((struct sg_buf *)to)->failed;
}

static inline bool
same_write(struct sg_state *state, struct sg_buf *out)
{
	struct sg_snapshot_head head = {.leaf = 1};
	while (sg_state_sweep(state, 600 * 1000, 100000) > 0) { /* forgetting is no leaf: both forget what is due */
	}
	return sg_snapshot_write(state, &head, same_line, out, NULL) == SG_OK;
}

static inline void
same_tell(const char *who, struct sg_str text, struct sg_str other)
{
	struct sg_str line;
	while (text.len > 0) {
		line = sg_str_cut(&text, '\n');
		if (memmem(other.ptr, other.len, line.ptr, line.len) == NULL)
			fprintf(stderr, "  %s alone: %.*s\n", who, SG_STR_ARG(line));
	}
}

/* Needs a gate with nothing on its way to the disk. */
static inline bool
same_as_journal(struct sg_gate *gate)
{
	struct sg_state again;
	struct sg_buf live, folded;
	struct sg_err err = {0};
	sg_buf_init(&live, SAME_ROOM);
	sg_buf_init(&folded, SAME_ROOM);
	bool good = sg_refold(&again, &gate->state, &gate->journal, 0, &err) == SG_OK;
	if (!good)
		fprintf(stderr, "  the journal does not fold: %s: %s\n", err.code, err.text);
	good = good && same_write(&gate->state, &live) && same_write(&again, &folded);
	bool same = good && sg_str_eq(sg_buf_view(&live), sg_buf_view(&folded));
	if (good && !same) {
		same_tell("memory", sg_buf_view(&live), sg_buf_view(&folded));
		same_tell("journal", sg_buf_view(&folded), sg_buf_view(&live));
	}
	sg_state_done(&again);
	sg_buf_done(&live);
	sg_buf_done(&folded);
	return same;
}

#endif
