/* SPDX-License-Identifier: Apache-2.0
 * Snapshots as files beside the segments: "snapshot-<leaf>-<SHA-256>.jsonl". A copy of the gate (fork) writes one while the gate goes on; once it is
 * there a leaf names it. What no leaf names counts for nothing: recovery takes a snapshot only if the journal behind it says that it was so. */
#ifndef SG_GATE_SNAPSHOT_FILE_H
#define SG_GATE_SNAPSHOT_FILE_H

#include "gate/journal/journal.h"
#include "gate/snapshot/snapshot.h"

enum { SG_SNAPSHOTS_KEPT = 2, SG_SNAPSHOT_MAX = 1 << 30 };

struct sg_snapshot_file {
	uint64_t leaf; /* 0: none */
	char digest[SG_SHA256_HEX];
};

/* Writes and syncs one; blocking. `file` says which. SG_UNAVAILABLE (snapshot_write), SG_NOMEM. */
enum sg_status sg_snapshot_save(const struct sg_state *state, const struct sg_snapshot_head *head, int folder, struct sg_snapshot_file *file, struct sg_err *err);

/* The newest file behind leaf `before` (UINT64_MAX: any); leaf 0 if there is none. */
void sg_snapshot_newest(int folder, uint64_t before, struct sg_snapshot_file *file);

/* Reads one into an empty state. SG_MALFORMED (snapshot_form, snapshot_digest), SG_UNAVAILABLE. */
enum sg_status sg_snapshot_load(int folder, const struct sg_snapshot_file *file, struct sg_state *state, struct sg_snapshot_head *head, struct sg_err *err);

/* Removes all but the SG_SNAPSHOTS_KEPT newest, and what a copy that died left behind. */
void sg_snapshot_tidy(int folder);

#endif
