/* SPDX-License-Identifier: Apache-2.0
 * How many, how long: what the state holds of anything. */
#ifndef SG_GATE_STATE_BOUNDS_H
#define SG_GATE_STATE_BOUNDS_H

enum {
	SG_ID_MAX = 64,          /* ids: "t-", "a-", "l-" and 32 hex digits; decisions "d<leaf>-<16 hex>" */
	SG_LABELS_MAX = 64,      /* labels of one task or instance; one more and it carries "overflow" and the highest sensitivity, and lacks the one that is the weakest word (sg_word) */
	SG_LABEL_MAX = 128,      /* bytes of a label */
	SG_DEPTH_MAX = 8,        /* tasks above a task */
	SG_CHARGES_MAX = 256,    /* accounts that one decision may charge: those of its budgets, and of windows of theirs that reloads took out */
	SG_QUARANTINE_MAX = 64,  /* tools in quarantine for one tree; one more and every pinned tool is */
	SG_PLAN_STEPS_MAX = 256, /* steps of a signed plan */
	SG_PLAN_TIMES_MAX = 1000000, /* times that a step may be done */
	SG_SLOTS = 64,           /* parts that an account's window is counted in */
	SG_APPROVAL_GROUPS = 8,  /* groups one approval may need */
	SG_APPROVAL_PROOFS = 32, /* yes-sayers one approval may gather */
	SG_DOMAIN_NAME = 400,    /* bytes of a domain's name, as people read it */
	SG_DIGEST_V = 2,         /* form of an action's digest (JOINTS, canonical bytes and digest); 1 had no credential in it */
};

#endif
