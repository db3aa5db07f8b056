/* SPDX-License-Identifier: Apache-2.0
 * The journal read from its files, by somebody who does not trust them and has no daemon: which segments count, each
 * leaf, and what is wrong. */
#ifndef SG_CTL_SEGMENTS_H
#define SG_CTL_SEGMENTS_H

#include "frame/cut.h"
#include "frame/segment.h"

#include <stdbool.h>

enum sg_verify {
	SG_VERIFY_INTACT,    /* every leaf from the first to the last */
	SG_VERIFY_TAMPERED,  /* something was changed, taken out or put in */
	SG_VERIFY_TORN,      /* the end stops inside a record: a crash (the next start mends it) or a cut */
	SG_VERIFY_UNREADABLE /* a file or folder is missing or may not be read: nothing is known */
};

/* A leaf that was noted elsewhere and must be there. */
struct sg_verify_anchor {
	uint64_t number; /* 0: none */
	unsigned char chain[SG_SHA256_BYTES];
};

struct sg_verify_result {
	enum sg_verify verdict;
	uint64_t segments, leaves, last;      /* last: number of the last good leaf */
	unsigned char chain[SG_SHA256_BYTES]; /* behind it */
	uint64_t void_segments;               /* left behind by syncs that failed: not part of the record */
	uint64_t sealed, opened;              /* sealed inputs; those whose day key still exists and that opened; the others are not reproducible */
	size_t torn;                          /* bytes behind the last good record */
	bool anchored;                        /* the anchor was met */
	unsigned beside, beside_bad;          /* head and snapshots that were held against the journal; those that cannot be read and prove nothing */
	char beside_why[256];                 /* what is wrong with the newest of those */
	struct sg_cut cut;                    /* what retention deleted, as the anchor beside the segments says; segment 0: nothing */
	bool based;                           /* the state behind what was deleted is known: from a snapshot, or nothing was */
	uint64_t ahead;                       /* journal_lost: the leaf that something stands behind */
	char file[64];                        /* where it is wrong */
	struct sg_err err;                    /* what is wrong, unless INTACT */
};

/* Called for each leaf, in order. */
typedef void sg_verify_leaf(void *to, const struct sg_record *record);

/* A journal whose beginning was deleted by retention is intact from there on; journal_anchor where no leaf says so. Head and snapshots beside the segments are held against them: journal_lost, tampered, where one stands behind a leaf that is gone or another one.
 * Reads the journal of the state folder `folder` (holding journal/, perhaps keys/). `anchor` and `each` may be NULL. */
void sg_verify_journal(const char *folder, const struct sg_verify_anchor *anchor, sg_verify_leaf *each, void *to,
		       struct sg_verify_result *result);

/* The same, as if what stands beside it behind leaf `beyond` or a later one were moved away: it is held against nothing, though it still bears the anchor out;
 * `ahead` is then the farthest of it. */
void sg_verify_without(const char *folder, uint64_t beyond, struct sg_verify_result *result);

struct sg_ctl;
/* The state folder that a command's first argument means. */
void sg_ctl_state_folder(const struct sg_ctl *ctl, char *out, size_t room);

/* "intact", "tampered", "torn", "unreadable" */
const char *sg_verify_name(enum sg_verify verdict);

#endif
