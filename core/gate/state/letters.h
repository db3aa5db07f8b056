/* SPDX-License-Identifier: Apache-2.0
 * A text as who acts on it may have it again: its letters and digits, whatever their case, and what stands between them. */
#ifndef SG_GATE_LETTERS_H
#define SG_GATE_LETTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stepgate/types.h>

enum {
	SG_RUN_MAX = 256,  /* bytes of one run; a longer one is passed over */
	SG_RUN_LEAST = 3,  /* a shorter one says nothing by itself */
	SG_PAIR_SIDE = 120 /* bytes of each of two: the end of the first, the beginning of the second */
};

/* Letters and digits of any script one after the other are a run. A word goes from one blank, bracket, quote, comma or mark outside ASCII to the next. */
enum sg_piece_kind {
	SG_PIECE_RUN,  /* beside others in its word */
	SG_PIECE_LONE, /* all that its word has */
	SG_PIECE_PAIR  /* two that follow each other in a word, and what stands between them */
};

/* Appends no more than `room` bytes of letters and digits of `text`, without case (also beyond ASCII) and nothing else; characters that nobody sees are
 * passed over, letters of full width are those of ASCII. Returns how many; `room` + 1: there are more. */
size_t sg_letters(struct sg_str text, char *out, size_t room);

struct sg_piece {
	enum sg_piece_kind kind;
	struct sg_str run, next; /* as they stand in the text, borrowed; next: of two, else it has no bytes */
};

/* Calls `each` for each piece. `escaped`: what stands for one character (\n, \u003d, %3D, =3D) is a mark. False: `each` said so, or a run was too long. Any
 * thread. */
bool sg_pieces(struct sg_str text, bool escaped, bool (*each)(void *to, const struct sg_piece *piece), void *to);
/* Something may stand for one character in it. */
bool sg_may_be_escaped(struct sg_str text);

enum { SG_PIECE_MAX = SG_RUN_MAX + 1 };
/* What a piece comes to: letters and digits without case; of two "a.b", which nothing else comes to. `out`: SG_PIECE_MAX bytes. */
struct sg_str sg_piece_text(const struct sg_piece *piece, char *out);

#endif
