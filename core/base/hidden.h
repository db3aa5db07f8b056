/* SPDX-License-Identifier: Apache-2.0
 * Characters that are not seen where they stand: two names that differ by them are one to whoever looks, and to many a program. */
#ifndef SG_BASE_HIDDEN_H
#define SG_BASE_HIDDEN_H

#include <stdbool.h>
#include <stdint.h>
#include <stepgate/types.h>

/* The first character of a text; returns its length in bytes, or 0 for a byte that begins none (overlong, surrogate, cut). */
size_t sg_utf8_first(struct sg_str text, uint32_t *out);
/* It steers a terminal, turns the direction, or leaves no trace where it stands (C0, C1, fillers, zero widths, overrides, selectors, tags). */
bool sg_is_hidden(uint32_t c);
/* As one line for whoever reads a log: each of those, and each byte that is none of UTF-8, is a question mark; as much as there is room for, ended by NUL. */
void sg_plain_line(char *out, size_t room, struct sg_str text);
/* There is one in it, or it is no UTF-8. */
bool sg_has_hidden(struct sg_str text);
/* White space of whatever width, and the pattern of braille that has no dot. */
bool sg_is_blank(uint32_t c);
/* It begins or ends with a blank of whatever width, which many a reader takes away; or it is no UTF-8 there. */
bool sg_has_blank_end(struct sg_str text);
/* What is left without those, and without bytes at its ends that are none of UTF-8. */
struct sg_str sg_without_blank_ends(struct sg_str text);

/* A reader of compatible forms (NFKC, code pages of Windows) takes it for something of ASCII: a letter, a dot, the end of a name. */
bool sg_is_disguise(uint32_t c);

#endif
