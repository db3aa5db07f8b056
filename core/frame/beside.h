/* SPDX-License-Identifier: Apache-2.0
 * What stands beside the segments of a journal and says how far it once went: snapshots of the state, made of synced leaves alone, and the head, a line
 * written behind syncs. A journal that ends before one of them has lost leaves. */
#ifndef SG_FRAME_BESIDE_H
#define SG_FRAME_BESIDE_H

#include "base/digest.h"
#include "frame/cut.h"
#include "frame/segment.h"

enum { SG_BESIDE_NAME = 128, SG_BESIDE_MAX = 16 /* looked at, the newest first */ };

#define SG_HEAD_FILE "head"
#define SG_HEAD_BY_KEYS "keys/" SG_HEAD_FILE /* as the one beside the keys is called */

/* For people. SG_LOST_TEXT takes the journal's last leaf, what stands behind more, and that leaf (two %llu around a %s). */
#define SG_LOST_WAY                                                                                                    \
	"leaves that were on disk are gone, perhaps kills among them. Put the journal back, or take the loss: "            \
	"stepgate audit accept STATE --reason TEXT"
#define SG_LOST_TEXT "the journal ends at leaf %llu, and %s stands behind leaf %llu: " SG_LOST_WAY

struct sg_beside {
	char name[SG_BESIDE_NAME];
	uint64_t leaf;                        /* it stands behind this one, which was on disk then; from its name if it cannot be read */
	unsigned char chain[SG_SHA256_BYTES]; /* behind that leaf */
	struct sg_cut cut;                    /* a snapshot: what it says was deleted; segment 0: nothing */
	bool good;                            /* else err says what is wrong with it, and it proves nothing */
	struct sg_err err;                    /* beside_form, beside_digest, beside_io */
};

/* "snapshot-<20 digits>-<64 hex>.jsonl": the leaf that it stands behind, and its own digest. */
void sg_snapshot_name(char out[SG_BESIDE_NAME], uint64_t leaf, const char digest[SG_SHA256_HEX]);
/* False for every other name; `leaf` and `digest` are then of no use. */
bool sg_snapshot_name_read(const char *name, uint64_t *leaf, char digest[SG_SHA256_HEX]);

/* Reads the newest of them out of the folders of a journal and of its keys (-1: none); `out` has room for SG_BESIDE_MAX. The number found, the newest first; 0 also
 * for folders that cannot be read. */
size_t sg_beside_read(int journal, int keys, struct sg_beside *out);
/* There is a good reason to believe an anchor: `said`, the newest that the record says, goes as far; or the leaf that it names stood behind `last`, the record's end,
 * and is lost, which an operator's word says (loss.h), or something beside the journal that was made when it was on disk. */
bool sg_cut_borne_out(int journal, int keys, const struct sg_cut *said, uint64_t last, const struct sg_cut *anchor);

/* The head alone. False if there is none. */
bool sg_head_read(int folder, struct sg_beside *out);

/* Writes the head {"chain","leaf"} into a folder: whole or not at all, unsynced. False: it was not written, which costs evidence alone. */
bool sg_head_write(int folder, uint64_t leaf, const unsigned char chain[SG_SHA256_BYTES]);

#endif
