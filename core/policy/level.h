/* SPDX-License-Identifier: Apache-2.0
 * Fields of the request whose words have an order. */
#ifndef SG_POLICY_LEVEL_H
#define SG_POLICY_LEVEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stepgate/types.h>

/* Is a field of this name one of them? */
bool sg_level_field(struct sg_str field);
/* Is it a word of one of them? */
bool sg_level_word(struct sg_str word);
/* NULL if the word is one of that field's; else what was meant, in `out`. */
const char *sg_level_hint(struct sg_str field, struct sg_str word, char *out, size_t room);

#endif
