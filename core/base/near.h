/* SPDX-License-Identifier: Apache-2.0
 * "Did you mean": the known word nearest to a misspelt one. */
#ifndef SG_BASE_NEAR_H
#define SG_BASE_NEAR_H

#include <stepgate/types.h>

enum { SG_NEAR_MAX = 63 }; /* bytes; longer words have no neighbours */

/* `best` is the nearest word offered so far, empty while none is near enough: one change for a word below three bytes, two below six, else three, and
 * fewer than the known word has bytes. */
struct sg_near {
	struct sg_str word, best;
	size_t distance;
};

/* Begins a search; `word` is borrowed. */
struct sg_near sg_near(struct sg_str word);
/* Offers a known word (borrowed); an empty one is ignored. Of two equally near ones the first stays. */
void sg_near_offer(struct sg_near *near, struct sg_str known);
/* Writes 'did you mean "x"?', with `quote` around the word, if one is near enough, else `otherwise` (NULL: nothing). Returns `out`. */
const char *sg_near_hint(const struct sg_near *near, char quote, const char *otherwise, char *out, size_t room);

#endif
