/* SPDX-License-Identifier: Apache-2.0
 * Words of the configuration as values. */
#ifndef SG_GATE_CATALOGUE_WORDS_H
#define SG_GATE_CATALOGUE_WORDS_H

#include "gate/catalogue/catalogue.h"

/* An unknown word is the least. */
enum sg_autonomy sg_autonomy_named(struct sg_str word);
/* "2027-01-31" to the end of that day, milliseconds since 1970. What is no day is long over: 0. */
int64_t sg_day_end_ms(struct sg_str day);
/* Patterns as ids of that form are written, in `arena`. Items NULL: no memory. */
struct sg_strings sg_patterns_in_form(struct sg_arena *arena, const struct sg_strings *patterns, enum sg_form form);

#endif
