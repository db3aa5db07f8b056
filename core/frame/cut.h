/* SPDX-License-Identifier: Apache-2.0
 * Where a journal begins whose oldest segments were deleted by retention: a leaf (kind `keep`) says which, and the anchor, a file beside the segments, says where
 * what is left goes on from. An anchor that no leaf bears out is nobody's word: segments that are missing are then missing. */
#ifndef SG_FRAME_CUT_H
#define SG_FRAME_CUT_H

#include "frame/segment.h"

#define SG_CUT_FILE "anchor"
#define SG_CUT_KIND "keep"
#define SG_CUT_EVENT "deleted"

struct sg_cut {
	uint64_t segment, last;               /* the newest segment that is deleted, and the last leaf that counted in it; segment 0: none is */
	uint64_t leaf;                        /* the one that says so */
	int64_t at_ms;                        /* its time */
	unsigned char chain[SG_SHA256_BYTES]; /* behind `last` */
};

/* The anchor of a journal's folder. False, and zeroed: there is none, or it cannot be read as one. */
bool sg_cut_read(int folder, struct sg_cut *cut);
/* Writes it: whole or not at all, synced. 0, or errno. */
int sg_cut_write(int folder, const struct sg_cut *cut);
/* As the anchor's file has it: one object, canonical. */
void sg_cut_object(struct sg_buf *out, const struct sg_cut *cut);
bool sg_cut_of_object(const struct sg_json *json, struct sg_cut *cut);
/* What a leaf says; false: it says nothing of the kind. */
bool sg_cut_of_leaf(const struct sg_json *leaf, struct sg_cut *cut);

/* The segment of that header is the first behind the cut. */
bool sg_cut_ends_at(const struct sg_cut *cut, const struct sg_segment_header *header);
/* `said`, the newest that the record says, goes as far as `anchor`. */
bool sg_cut_bears_out(const struct sg_cut *said, const struct sg_cut *anchor);

#endif
