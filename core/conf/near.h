/* SPDX-License-Identifier: Apache-2.0
 * Which known word someone probably meant. */
#ifndef SG_CONF_NEAR_H
#define SG_CONF_NEAR_H

#include <stepgate/types.h>

struct sg_conf_near {
	struct sg_str word, best;
	size_t distance;
};

/* Begins a search; `word` is borrowed. */
struct sg_conf_near sg_conf_near(struct sg_str word);
/* Offers a known word (borrowed); NULL text is allowed and ignored. */
void sg_conf_near_offer(struct sg_conf_near *near, struct sg_str known);
/* Writes 'did you mean "x"?' if a known word is near enough, else `otherwise` (NULL: nothing). Returns `out`. */
const char *sg_conf_near_hint(const struct sg_conf_near *near, const char *otherwise, char *out, size_t room);

#endif
