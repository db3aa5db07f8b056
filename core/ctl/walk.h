/* SPDX-License-Identifier: Apache-2.0
 * The journal's files under the eyes of who does not trust them. Private to segments.c and walk.c. */
#ifndef SG_CTL_WALK_H
#define SG_CTL_WALK_H

#include "ctl/segments.h"
#include "frame/beside.h"

enum { SG_WALK_SEGMENTS = 1 << 16, SG_WALK_NAME = 32 };

struct sg_walk {
	int journal, keys; /* folders; keys may be -1 */
	uint64_t *all;     /* segment numbers: found, then those that count */
	size_t count;
	uint64_t segment;
	struct sg_cut said; /* the newest that a leaf says is deleted */
	const struct sg_verify_anchor *anchor;
	struct sg_beside beside[SG_BESIDE_MAX]; /* the newest first */
	size_t beside_count;
	unsigned named;  /* bits: a leaf names that snapshot */
	uint64_t beyond; /* what stands behind this leaf or a later one is not held against the journal */
	sg_verify_leaf *each;
	void *to;
	struct sg_verify_result *result;
};

/* Notes what is wrong and where; false, so that a failing check is one line. */
bool sg_walk_wrong(struct sg_walk *w, enum sg_verify verdict, const char *file);
bool sg_walk_unreadable(struct sg_walk *w, const char *file, int error);

/* "00000042.seg" */
void sg_walk_name(char out[SG_WALK_NAME], uint64_t segment);
/* Reads at most `most` bytes of a file of the journal. 0 or errno. */
int sg_walk_read(struct sg_walk *w, const char *name, struct sg_buf *out, size_t most);
/* A segment's header. `*torn`: it was never whole, as a crash while it was made leaves it. */
bool sg_walk_header(struct sg_walk *w, uint64_t segment, struct sg_segment_header *out, bool *torn);
/* Fills `all`: every segment; then those alone that count. */
bool sg_walk_list(struct sg_walk *w);
bool sg_walk_choose(struct sg_walk *w);

#endif
