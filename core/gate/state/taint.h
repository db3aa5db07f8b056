/* SPDX-License-Identifier: Apache-2.0
 * Labels and sensitivity, as tasks, domains, values and memories carry them. */
#ifndef SG_GATE_STATE_TAINT_H
#define SG_GATE_STATE_TAINT_H

#include "base/str.h"
#include "gate/catalogue/catalogue.h"

/* Whose word a label is. Where there is no room, the weaker word makes it. */
enum sg_word {
	SG_WORD_OWN,      /* the agent's, in a report on itself */
	SG_WORD_REPORTED, /* an enforcer's */
	SG_WORD_NAMED,    /* the catalogue's, or a rule's */
};

/* Labels and high-water sensitivity; both only grow. `seq` rises with every change. */
struct sg_taint {
	char **labels;
	uint64_t own, reported; /* sets of places in `labels`; what is in neither is named */
	size_t count, room;
	bool full; /* one that is named found no place: nothing more may be done (labels_full) */
	enum sg_sensitivity sensitivity;
	uint64_t seq;
};

#endif
