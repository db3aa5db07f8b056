/* SPDX-License-Identifier: Apache-2.0
 * Merging what policy says: effects of all matching rules become one verdict, the same whatever their order. */
#ifndef SG_GATE_MERGE_H
#define SG_GATE_MERGE_H

#include "base/buf.h"
#include "gate/state.h"

/* 32-bit constants far apart; deny is what zeroed memory says. Test for the one good answer. */
enum sg_verdict {
	SG_DENY = 0,
	SG_ALLOW = 0x3c5a96f1,
	SG_STEP_UP = 0x5aa5c39e,
	SG_DEFER = 0x6996a55c,
};

const char *sg_verdict_name(enum sg_verdict verdict);

/* One rule's effect as the policy worker returned it. */
struct sg_effect {
	const struct sg_json *json; /* {"kind",...}; see policy/policy.h */
	struct sg_str rule, file;
	int64_t line;
};

enum { SG_EFFECTS_MAX = 256 /* SG_POLICY_ANSWERS */, SG_NARROW_MAX = 16, SG_ONLY_MAX = 64, SG_OBLIGATIONS_MAX = 32, SG_TAINTS_MAX = 32, SG_ASKS_MAX = 64 };

/* Limits on one argument, joined over all rules. */
struct sg_narrowing {
	struct sg_str path; /* "a.b" */
	bool has_most, has_least, has_only;
	double most, least;
	const struct sg_json *only[SG_ONLY_MAX]; /* values every `only` allows */
	size_t only_count;
};

/* A rule that has a person asked, and what it tells them. */
struct sg_ask {
	struct sg_str rule, say;
};

struct sg_merged {
	enum sg_verdict verdict;
	enum sg_reason reason;
	struct sg_str rule, file, say, code; /* the rule that decided: of several the first by id; code: a deny's own word */
	int64_t line;
	struct sg_narrowing narrow[SG_NARROW_MAX];
	size_t narrow_count;
	struct sg_ask asks[SG_ASKS_MAX]; /* by rule */
	size_t ask_count;
	struct sg_requirement requirement; /* of the step-ups, joined; count 0 if there is none */
	struct sg_str obligations[SG_OBLIGATIONS_MAX], taints[SG_TAINTS_MAX];
	size_t obligation_count, taint_count;
	int64_t ttl_ms, retry_ms; /* 0: none */
	bool freeze;               /* some deny says so: the task is stopped */
	bool freeze_whole;         /* with its tree and its domain: some such deny does not say only_task */
	enum sg_sensitivity raise; /* what the task is raised to at commit: the highest that allows and step-ups ask for; SG_PUBLIC unless allowed */
};

/* Reads the worker's answer {"effects":[...],"error":null} into `effects`. SG_MALFORMED (effects_form) for anything that is not exactly that; a policy
 * error is SG_REFUSED with its reason in `*reason`. */
enum sg_status sg_effects_read(const struct sg_json *answer, struct sg_effect *effects, size_t *count,
			       enum sg_reason *reason, struct sg_err *err);

/* Groups in the order in which canonical JSON has them; whoever adds one sorts again. */
void sg_requirement_sort(struct sg_requirement *requirement);
/* There is room for the yes of everybody it asks. */
bool sg_requirement_fits(const struct sg_requirement *requirement);

/* Steps 1, 2 and 3 without the approval: deny, narrowing, requirement; then defer or allow as if every step-up were met. A verdict of SG_STEP_UP
 * means: allow once the requirement is met. Pure; effects may come in any order. */
void sg_merge(const struct sg_effect *effects, size_t count, struct sg_merged *merged);

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
