/* SPDX-License-Identifier: Apache-2.0
 * Merging what policy says: effects of all matching rules become one verdict, the same whatever their order. */
#ifndef SG_GATE_MERGE_H
#define SG_GATE_MERGE_H

#include "base/buf.h"
#include "gate/desk/merged.h"

/* Reads the worker's answer {"effects":[...],"error":null} into `effects`. SG_MALFORMED (effects_form) for anything that is not exactly that, without effects; a
 * policy error is SG_REFUSED with its reason in `*reason`, and the effects of those hooks that did not fail (of rules there are none then). */
enum sg_status sg_effects_read(const struct sg_json *answer, struct sg_effect *effects, size_t *count,
			       enum sg_reason *reason, struct sg_err *err);

/* Steps 1, 2 and 3 without the approval: deny, narrowing, requirement; then defer or allow as if every step-up were met. A verdict of SG_STEP_UP
 * means: allow once the requirement is met. `methods`: the proofs that there are beside "admin", of which others count for nothing; NULL: whatever rules name.
 * Pure; effects may come in any order. */
void sg_merge(const struct sg_effect *effects, size_t count, const struct sg_strings *methods, struct sg_merged *merged);

/* Methods intersect; a rule that lists none takes any. `known` as above. SG_REASON_allowed; methods_empty: none is left; policy_bad_effect: the first to list
 * some lists more that there are than an approval has room for. */
enum sg_reason sg_join_methods(struct sg_requirement *requirement, const struct sg_json *methods, const struct sg_strings *known);

/* What came of narrowing. Refused: which argument, and why it cannot be brought inside its limit; the path lives as long as the limits. */
struct sg_narrowed {
	bool changed;
	enum sg_reason reason;
	struct sg_str path;
	const char *why;
};

/* Applies the narrowing to the arguments and appends the effective arguments, canonical. `may` names the paths that the catalogue lets policy
 * narrow. SG_OK with `changed`; SG_REFUSED with the reason narrow_empty or narrow_forbidden, path and why. */
enum sg_status sg_narrow(const struct sg_json *args, const struct sg_merged *merged, const struct sg_strings *may, struct sg_buf *out,
			 struct sg_narrowed *narrowed);

#endif
