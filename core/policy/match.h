/* SPDX-License-Identifier: Apache-2.0
 * Rules by action: a trie over dotted segments whose edges lie in one hash table, so that the cost follows the action's
 * length and what matches, not the number of rules. */
#ifndef SG_POLICY_MATCH_H
#define SG_POLICY_MATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stepgate/types.h>

struct sg_match;

/* NULL when memory is out. */
struct sg_match *sg_match_new(void);
void sg_match_free(struct sg_match *match);

/* Adds `rule` under `pattern` (valid by sg_pattern_valid with '.'; must outlive the index). False when memory is out.
 */
bool sg_match_add(struct sg_match *match, struct sg_str pattern, uint32_t rule);

/* Every rule with a pattern that fits `action`, each once, ascending. The list belongs to the index and lasts until the
 * next call. An action that is empty or longer than a pattern may be matches nothing. */
const uint32_t *sg_match_find(struct sg_match *match, struct sg_str action, size_t *count);

#endif
