/* SPDX-License-Identifier: Apache-2.0
 * How far a sink has carried the journal, kept over restarts: leaves by number and chain, the newest first, older ones ever further apart. A journal may go back (a backup is restored, a loss
 * is accepted) and go on another way with the same numbers: the newest that is in it is where it is carried on from. */
#ifndef SG_HOST_CURSOR_H
#define SG_HOST_CURSOR_H

#include "base/canon.h"
#include <stepgate/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SG_CURSOR_PLACES = 64 /* two a doubling */, SG_CHAIN_BYTES = 32 };

struct sg_cursor_place {
	uint64_t number;
	unsigned char chain[SG_CHAIN_BYTES];
	bool chained; /* false: a file of before has the number alone */
};

struct sg_cursor {
	struct sg_cursor_place places[SG_CURSOR_PLACES];
	size_t count; /* 0: nothing was carried */
};

/* Reads FOLDER/cursor; none: count 0. SG_MALFORMED sink_cursor. */
enum sg_status sg_cursor_read(struct sg_cursor *cursor, int folder, struct sg_err *err);
/* Puts a place before the others, thins them out (behind each that is kept stands another no further than about three times as far), and writes the file: whole or not at all, synced. SG_UNAVAILABLE sink_cursor. */
enum sg_status sg_cursor_write(struct sg_cursor *cursor, int folder, const struct sg_cursor_place *place, struct sg_err *err);
/* Takes away those that `journal` does not have, from the newest on; whatever retention took is taken for had. True: there was such a one. */
bool sg_cursor_follow(struct sg_cursor *cursor, int journal);

#endif
