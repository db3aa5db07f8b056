/* SPDX-License-Identifier: Apache-2.0
 * What the journal has of what was handed over. Private to inherit.c and held.c. */
#ifndef SG_GATE_DESK_INHERITED_H
#define SG_GATE_DESK_INHERITED_H

#include "gate/desk/gate.h"

/* What stands behind the leaf after which it began to be held, in order. */
struct sg_inherited {
	struct leaf {
		uint64_t tag; /* of kind and body; 0: one that was handed over was found here */
	} *leaves;
	size_t count, room, at; /* at: those before it were handed over, one after the other */
	bool others;            /* something was handed over that is not there: what follows may be there for another reason */
};

#endif
