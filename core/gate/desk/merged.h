/* SPDX-License-Identifier: Apache-2.0
 * What policy said: the effect of each matching rule, and what they come to together. */
#ifndef SG_GATE_MERGED_H
#define SG_GATE_MERGED_H

#include "gate/state/state.h"
#include "gate/catalogue/verdict.h"

#include <stddef.h>
#include <string.h>

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
	size_t narrow_count, ask_count, obligation_count, taint_count;
	struct sg_requirement requirement; /* of the step-ups, joined; count 0 if there is none */
	int64_t ttl_ms, retry_ms; /* 0: none */
	bool freeze;               /* some deny says so: the task is stopped */
	bool freeze_whole;         /* with its tree and its domain: some such deny does not say only_task */
	enum sg_sensitivity raise; /* what the task is raised to at commit: the highest that allows and step-ups ask for; SG_PUBLIC unless allowed */
	/* beyond their counts these hold nothing, not even zeros */
	struct sg_narrowing narrow[SG_NARROW_MAX];
	struct sg_ask asks[SG_ASKS_MAX]; /* by rule */
	struct sg_str obligations[SG_OBLIGATIONS_MAX], taints[SG_TAINTS_MAX];
};

/* A deny of nobody; the lists are left as they are. */
static inline void
sg_merged_clear(struct sg_merged *merged)
{
	memset(merged, 0, offsetof(struct sg_merged, narrow));
}

#endif
