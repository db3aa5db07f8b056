/* SPDX-License-Identifier: Apache-2.0
 * Encodings that values are looked at through, and the words of a text. Any thread. */
#ifndef SG_GATE_VALUE_DECODE_H
#define SG_GATE_VALUE_DECODE_H

#include <stddef.h>
#include <stepgate/types.h>

enum { SG_DECODERS = 3 /* percent, hexadecimal, base64 */, SG_ENCODED_MAX = 1024 /* bytes; a longer text is in none */ };

/* The text undone, in `out`; {NULL, 0}: it is not in that encoding, or what it says is no text. */
struct sg_str sg_value_plain(size_t decoder, struct sg_str text, char out[SG_ENCODED_MAX]);
/* The word that begins at `at`, without what ends a sentence; *at behind it and what parts it from the next. Words lie between blanks, brackets, quotes and commas. */
struct sg_str sg_value_word(struct sg_str text, size_t *at);

#endif
