/* SPDX-License-Identifier: Apache-2.0
 * The attestation stack, folded: what each step's word means for the whole, as a table, and the facts of those that count as one set. */
#ifndef SG_GATE_STACK_H
#define SG_GATE_STACK_H

#include "base/buf.h"
#include "base/json.h"
#include "gate/catalogue/reason.h"

enum { SG_STEPS_MAX = 16, SG_STEP_FACTS_MAX = 16 << 10, SG_FACTS_COUNT_MAX = 256 };

/* The control words of a stanza; one that nobody knows is required. */
enum sg_control { SG_REQUIRED, SG_REQUISITE, SG_SUFFICIENT, SG_OPTIONAL, SG_CONTROLS };

/* What came of a step. Silent: refused, away, late, malformed, or asked and without facts. Apart: it cannot apply to this peer, so it was
 * not asked (attest looks at processes, which a network peer is none; verify reads what is presented, and nothing was). */
enum sg_said { SG_SAID_NOTHING, SG_SAID_FACTS, SG_SAID_APART, SG_SAIDS };

/* What that means. */
enum sg_step_act {
	SG_STEP_FAIL,   /* the look fails */
	SG_STEP_STOP,   /* the look fails, and nothing more is waited for */
	SG_STEP_TAKE,   /* its facts count */
	SG_STEP_SETTLE, /* its facts count; sufficient and optional steps behind it do not */
	SG_STEP_SKIP    /* as if it were not there */
};

enum sg_step_act sg_step_act(enum sg_control control, enum sg_said said);

enum sg_control sg_control_named(struct sg_str word);

/* One step's place in the stack, in order. */
struct sg_step {
	struct sg_str name;
	enum sg_control control;
	bool presented; /* kind verify: reads what the peer presents */
	struct sg_str use; /* its module */
};

struct sg_stated {
	struct sg_step step;
	enum sg_said said;
	const struct sg_json *facts[2]; /* {"fact":{"strength","value"},...} each; NULL: none */
};

/* True if the stack holds: no step failed it, and one at least that is not optional stated facts. `taken[i]`: whether step i counts. */
bool sg_stack_fold(const struct sg_stated *steps, size_t count, bool *taken);

/* Folds, and appends the facts that count as canonical JSON {"STEP:fact":{"strength","value"},...}. SG_REASON_allowed, or why not:
 * facts_unavailable (the stack does not hold, or its facts exceed their bounds), facts_conflict (one name stated with two values). */
enum sg_reason sg_stack_facts(const struct sg_stated *steps, size_t count, struct sg_buf *out);

#endif
