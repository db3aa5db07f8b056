/* SPDX-License-Identifier: Apache-2.0
 * Other ways to write a number, an address, a letter: whoever looks something up in one may get it back in another. */
#ifndef SG_GATE_NOTATION_H
#define SG_GATE_NOTATION_H

#include "base/buf.h"

enum { SG_NOTATION_MOST = 64 /* bytes of one; a longer text has none */ };

/* Calls `each` for each plain way to write what stands in `text`, but for the text itself: a whole number in digits (3.1337e4, 0x7a69, 0o75151, 075151 in both
 * readings, 0b111, 31_337, 31337L), an address of four numbers (8.526344, 134744072, ::ffff:808:808, 2002:808:808::: inet_aton(3), RFC 4291) or as RFC 5952 writes
 * it, letters in percent, twice at most. The text given to `each` is borrowed. Any thread. */
void sg_notations(struct sg_str text, void (*each)(void *to, struct sg_str plain), void *to);

/* The pieces of a value that may be such a number or address: from each beginning of a word that can begin one to each end of a word behind it, at most
 * SG_NOTATION_MOST bytes. False: `each` said so, and nothing more was looked at. */
bool sg_notation_pieces(struct sg_str value, bool (*each)(void *to, struct sg_str piece), void *to);

/* What stands in percent as what it stands for, a NUL as a blank; `out` has room for text.len bytes. False: nothing does, and `out` is the text. */
bool sg_percent_decode(struct sg_str text, char *out, size_t *len);

#endif
