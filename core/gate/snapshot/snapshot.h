/* SPDX-License-Identifier: Apache-2.0
 * The state as lines of canonical JSON, and back. What is written is a function of the state alone, in one order, so its digest names the state: two
 * gates that folded the same journal write the same bytes. What only this process knows (which peers it saw when) is not in it.
 *
 * First line {"at","chain","format":1,"k":"snapshot","key","killed_all","leaf","steady","steady_at"}, last line {"k":"end","lines":n}; between them, in this order:
 * what retention deleted last, instances, tasks (those above before those below), trees with their values and pasts, accounts, attempts (oldest first), leases, approvals, pasts of
 * agents, memories, agents, humans, kills. */
#ifndef SG_GATE_SNAPSHOT_H
#define SG_GATE_SNAPSHOT_H

#include "gate/state/fold.h"

enum { SG_SNAPSHOT_LINE = 256 << 10 }; /* bytes of one line */

struct sg_snapshot_head {
	uint64_t leaf; /* the last one folded */
	int64_t at_ms; /* its time */
	unsigned char chain[SG_SHA256_BYTES];
};

/* Calls `line` for each, without its line end. SG_OK; SG_NOMEM; SG_UNAVAILABLE when `line` says false. */
enum sg_status sg_snapshot_write(const struct sg_state *state, const struct sg_snapshot_head *head, bool (*line)(void *to, struct sg_str line), void *to,
				 struct sg_err *err);

/* SHA-256 over all lines, each with its line end. */
enum sg_status sg_snapshot_digest(const struct sg_state *state, const struct sg_snapshot_head *head, char out[SG_SHA256_HEX], struct sg_err *err);

/* Fills an empty state (sg_state_init done) from the text of a snapshot. SG_MALFORMED: snapshot_form, snapshot_key (another state's). The caller throws
 * the state away on any failure. */
enum sg_status sg_snapshot_read(struct sg_state *state, struct sg_str text, struct sg_snapshot_head *head, struct sg_err *err);

#endif
