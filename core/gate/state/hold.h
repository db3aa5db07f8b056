/* SPDX-License-Identifier: Apache-2.0
 * An operator's word that nothing of the record is deleted, until one takes it back. */
#ifndef SG_GATE_STATE_HOLD_H
#define SG_GATE_STATE_HOLD_H

#include <stdint.h>

/* As the leaves say it: kind admin, verb. */
#define SG_VERB_HOLD "hold"
#define SG_VERB_RESTORE "restore"         /* behind a restore into an older state */
#define SG_VERB_ACCEPT_LOSS "accept-loss" /* leaves that are lost were given up */
#define SG_VERB_RELEASE "release"

enum { SG_HOLD_REASON = 256, SG_HOLD_BY = 64 };

struct sg_hold_word {
	uint64_t leaf; /* that says so; 0: nothing is held */
	int64_t at_ms;
	char by[SG_HOLD_BY + 1], reason[SG_HOLD_REASON + 1];
};

#endif
