/* SPDX-License-Identifier: Apache-2.0
 * The four verdicts. */
#ifndef SG_GATE_VERDICT_H
#define SG_GATE_VERDICT_H

/* 32-bit constants far apart; deny is what zeroed memory says. Test for the one good answer. */
enum sg_verdict {
	SG_DENY = 0,
	SG_ALLOW = 0x3c5a96f1,
	SG_STEP_UP = 0x5aa5c39e,
	SG_DEFER = 0x6996a55c,
};

const char *sg_verdict_name(enum sg_verdict verdict);
/* Its place among the four in byte order of their names (allow, defer, deny, step_up), and back. */
unsigned sg_verdict_place(enum sg_verdict verdict);
enum sg_verdict sg_verdict_at(unsigned place);

#endif
