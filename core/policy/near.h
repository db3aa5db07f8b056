/* SPDX-License-Identifier: Apache-2.0
 * "Did you mean": the candidate nearest to a misspelt word. */
#ifndef SG_POLICY_NEAR_H
#define SG_POLICY_NEAR_H

#include <stepgate/types.h>

enum { SG_NEAR_MAX = 32 };

/* Zeroed but for `word`. After all tries `name` is the nearest within a third of the word's letters (at least one), or
 * NULL. */
struct sg_near {
	struct sg_str word;
	const char *name;
	size_t distance;
};

/* `candidate` must live as long as `near`. Words longer than SG_NEAR_MAX have no neighbours. */
void sg_near_try(struct sg_near *near, const char *candidate);

/* "did you mean 'NAME'?" or "" into `out`; returns `out`. */
const char *sg_near_hint(const struct sg_near *near, char *out, size_t room);

#endif
