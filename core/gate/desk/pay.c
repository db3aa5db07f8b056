/* SPDX-License-Identifier: Apache-2.0
 * What is owed is written once the journal is open again: the state is made anew first, so that it is folded once, as recorded (I1). */
#include "gate/desk/again.h"
#include "gate/desk/owed.h"
#include "gate/desk/record.h"

#include <stdlib.h>

void
sg_gate_pay(struct sg_gate *gate)
{
	if (gate->owed == NULL || gate->journal.closed || gate->journal.appended != gate->journal.durable || !sg_state_again(gate))
		return; /* it stays owed until the next tick */
	sg_owed_turn(gate);
	while (gate->owed != NULL) {
		struct sg_owed *owed = gate->owed;
		uint64_t number;
		if (sg_record_paid(gate, owed->kind, owed->body, &number) != SG_OK)
			break;
		gate->held_until = number;
		gate->owed = owed->next;
		free(owed);
	}
	sg_owed_turn(gate);
	sg_owed_fold(gate); /* what is left of it is in force all the same */
}
