/* SPDX-License-Identifier: Apache-2.0
 * What a set and a configuration say of each other that is likely a mistake: it loads, and does not do what it seems to. */
#ifndef SG_POLICY_ADVISE_H
#define SG_POLICY_ADVISE_H

#include "base/json.h"
#include "policy/policy.h"

/* Adds warnings to a loaded set. `conf`: a document as conf/ makes it. Looked at:
 *   - patterns in `on` and `needs` that no action of the catalogue fits
 *   - comparisons of class, effect, result, or of the names of agents, intents and roles with a word that none of them is
 *   - groups in `approvers` that nobody is in, and quorums larger than their group
 *   - .trusted of an argument that no action of the rule declares, :ends and :starts of one that has a form */
void sg_policy_advise(struct sg_policy *policy, const struct sg_policy_source *sources, size_t count, const struct sg_json *conf);

#endif
