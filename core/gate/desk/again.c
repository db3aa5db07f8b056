/* SPDX-License-Identifier: Apache-2.0
 * What a lost sync leaves in memory that no start would find is not taken back by hand: nothing of it is kept. */
#include "gate/desk/again.h"

#include "base/str.h"
#include "gate/desk/request.h"
#include "gate/snapshot/refold.h"

#include <stdio.h>

/* Which hooks are being asked about is in memory alone. */
static void
go_on(struct sg_gate *gate)
{
	size_t at = 0;
	for (struct sg_request *r; (r = sg_table_next(&gate->requests, &at)) != NULL;) {
		struct sg_attempt *attempt = r->hook ? sg_state_decision(&gate->state, r->argument) : NULL;
		r->anew = true; /* what it was judged on is counted anew */
		if (attempt != NULL)
			attempt->hooks_asked++;
	}
}

bool
sg_state_again(struct sg_gate *gate)
{
	struct sg_state again;
	struct sg_err err = {0};
	uint64_t carried = gate->state.carried;
	if (sg_refold(&again, &gate->state, &gate->journal, gate->snapshot_last, &err) != SG_OK) {
		fprintf(stderr, "stepgated: gate: the journal cannot be read again: %s (%s); starting again from it\n", err.text, err.code);
		sg_state_done(&again);
		if (gate->ports.end != NULL)
			gate->ports.end(gate->ports.self);
		return false;
	}
	sg_state_done(&gate->state);
	gate->state = again;
	gate->state.carried = carried;
	gate->made_anew++;
	gate->ending = (struct sg_ending_walk){.kind = 0};
	go_on(gate);
	return true;
}
