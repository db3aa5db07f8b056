/* SPDX-License-Identifier: Apache-2.0
 * Fields of a question that the gate itself changes while policy thinks. A worker names those that its rules read, in its answer's member "read";
 * the gate compares these before it commits. */
#ifndef SG_FRAME_MOVING_H
#define SG_FRAME_MOVING_H

/*     within    field         name in the answer */
#define SG_MOVING_FIELDS(X)                                                                                            \
	X(REQUEST, "approval", approval)                                                                               \
	X(REQUEST, "provenance", provenance)                                                                           \
	X(TASK, "budget", budget)                                                                                      \
	X(TASK, "classes", classes)                                                                                    \
	X(TASK, "denied", denied)                                                                                      \
	X(TASK, "step_ups", step_ups)                                                                                  \
	X(TASK, "steps", steps)

enum sg_moving {
#define X(within, field, name) SG_MOVING_##name,
	SG_MOVING_FIELDS(X)
#undef X
	SG_MOVING_COUNT
};

#endif
