/* SPDX-License-Identifier: Apache-2.0
 * What a request may wait for. */
#ifndef SG_GATE_DESK_STAGE_H
#define SG_GATE_DESK_STAGE_H

/* What a request waits for. Those that wait for the same stand in one ring of the gate, in the order in which they began to. */
enum sg_stage {
	SG_STAGE_NONE,    /* nothing: it is being worked on */
	SG_STAGE_LOOK,    /* waits for the first look at facts */
	SG_STAGE_JUDGE,   /* waits for policy */
	SG_STAGE_COMMIT,  /* waits for the disk; what then happens is `after_sync` */
	SG_STAGE_ISSUE,   /* waits for the credential and for the second look at facts */
	SG_STAGE_VERIFY,  /* waits for the verify host's reading of what was issued */
	SG_STAGE_CALL,    /* waits for a host on behalf of another route */
	SG_STAGE_RELOAD,  /* waits for the supervisor, which reads configuration and policy again */
	SG_STAGE_SLOWED,  /* refused for its caller's rate; the answer waits until `wait_until` */
	SG_STAGE_POLL,    /* waits for something to happen, until `wait_until` */
	SG_STAGE_TURN,    /* judged, but others were quicker: waits for its turn (turns.h) */
	SG_STAGE_LIST,    /* a list that is made in slices (listing.h) */
	SG_STAGES
};

#endif
