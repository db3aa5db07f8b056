/* SPDX-License-Identifier: Apache-2.0
 * What the gate before this one had in force and could not record. */
#include "gate/desk/desk.h"

#include "base/str.h"

#include <stdio.h>

/* What it stands on was lost with it, or was never there: there is nothing that it could stop. */
static void
pass_over(struct sg_gate *gate, const char *kind)
{
	fprintf(stderr, "stepgated: gate: what the gate before this one could not record (%s) stands on what is not there; it is passed over\n", kind);
	gate->holds = gate->ports.hold != NULL;
	gate->held_until = gate->held_until != 0 ? gate->held_until : gate->journal.durable;
}

static bool
take(struct sg_gate *gate, const char *kind, struct sg_str body)
{
	uint64_t number = 0;
	gate->hooks_lost = true; /* a hook that is due behind an outcome of it was asked by a gate that is no more */
	if (!sg_may_be_folded(gate, kind, body)) {
		pass_over(gate, kind);
		return true;
	}
	if (sg_record(gate, kind, body, SG_STR(""), &number, NULL) != SG_OK)
		return sg_owe_folded(gate, kind, body);
	gate->holds = gate->ports.hold != NULL;
	gate->held_until = number;
	return true;
}

bool
sg_gate_held(struct sg_gate *gate, const struct sg_json *held)
{
	char kind[16];
	struct sg_buf body;
	sg_gate_now(gate);
	snprintf(kind, sizeof(kind), "%.*s", SG_STR_ARG(sg_json_text_at(held, "kind")));
	sg_buf_init(&body, SG_LEAF_MAX);
	sg_canon_write(&body, sg_json_get(held, "body"));
	bool good = !body.failed && take(gate, kind, sg_buf_view(&body));
	sg_buf_done(&body);
	return good;
}
