/* SPDX-License-Identifier: Apache-2.0
 * What stands beside the segments of a journal and says how far it once went: snapshots of the state, made of synced leaves alone, and the head, a line
 * written behind syncs. A journal that ends before one of them has lost leaves. */
#ifndef SG_FRAME_BESIDE_H
#define SG_FRAME_BESIDE_H

#include "base/digest.h"
#include "frame/segment.h"

enum { SG_BESIDE_NAME = 128, SG_BESIDE_MAX = 16 /* looked at, the newest first */ };

#define SG_HEAD_FILE "head"

/* For people. SG_LOST_TEXT takes the journal's last leaf, what stands behind more, and that leaf (two %llu around a %s). */
#define SG_LOST_WAY                                                                                                    \
	"leaves that were on disk are gone, perhaps kills among them. Put the journal back, or take the loss: "            \
	"stepgate audit accept STATE --reason TEXT"
#define SG_LOST_TEXT "the journal ends at leaf %llu, and %s stands behind leaf %llu: " SG_LOST_WAY

struct sg_beside {
	char name[SG_BESIDE_NAME];
	uint64_t leaf;                        /* it stands behind this one, which was on disk then; from its name if it cannot be read */
	unsigned char chain[SG_SHA256_BYTES]; /* behind that leaf */
	bool good;                            /* else err says what is wrong with it, and it proves nothing */
	struct sg_err err;                    /* beside_form, beside_digest, beside_io */
};

/* "snapshot-<20 digits>-<64 hex>.jsonl": the leaf that it stands behind, and its own digest. */
void sg_snapshot_name(char out[SG_BESIDE_NAME], uint64_t leaf, const char digest[SG_SHA256_HEX]);
/* False for every other name; `leaf` and `digest` are then of no use. */
bool sg_snapshot_name_read(const char *name, uint64_t *leaf, char digest[SG_SHA256_HEX]);

/* Reads the newest of them out of the folder of a journal; `out` has room for SG_BESIDE_MAX. The number found; 0 also for a folder that cannot be read. */
size_t sg_beside_read(int folder, struct sg_beside *out);

/* The head alone. False if there is none. */
bool sg_head_read(int folder, struct sg_beside *out);

/* Writes the head {"chain","leaf"} into a folder: whole or not at all, unsynced. False: it was not written, which costs evidence alone. */
bool sg_head_write(int folder, uint64_t leaf, const unsigned char chain[SG_SHA256_BYTES]);

#endif
