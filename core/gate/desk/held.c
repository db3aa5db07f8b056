/* SPDX-License-Identifier: Apache-2.0
 * What is in force and not recorded is held outside the process, so that it does not die with it. */
#include "gate/desk/desk.h"
#include "gate/desk/inherited.h"

#include "base/str.h"

#include <stdio.h>
#include <stdlib.h>

/* Of what stops nothing an agent could bring about any amount. */
enum { HELD_MOST = 1 << 20 };

bool
sg_kind_stops(const char *kind)
{
	static const char *const kinds[] = {"kill", "human", "agent", "task_end", "domain", "lease", "withheld"};
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (sg_str_is(sg_str(kind), kinds[i]))
			return true;
	return false;
}

/* Nobody was told of them, and the next gate says its own. */
static bool
dies_with_it(const char *kind)
{
	struct sg_str is = sg_str(kind);
	return sg_str_is(is, "start") || sg_str_is(is, "stop") || sg_str_is(is, "snapshot") || sg_str_is(is, "keep") || sg_str_is(is, "ended");
}

static bool
has_room(struct sg_gate *gate, const char *kind, size_t len)
{
	if (sg_kind_stops(kind))
		return true;
	if (len > HELD_MOST - gate->held_bytes) {
		if (!gate->held_full)
			fprintf(stderr, "stepgated: gate: more waits for the disk than is held beside it: if this gate ends before it is recorded, some of it is lost\n");
		gate->held_full = true;
		return false;
	}
	gate->held_bytes += len;
	return true;
}

void
sg_gate_hold(struct sg_gate *gate, const char *kind, struct sg_str body)
{
	struct sg_buf held;
	if (gate->ports.hold == NULL || dies_with_it(kind) || !has_room(gate, kind, body.len))
		return;
	gate->held_until = 0;
	gate->held_after = gate->holds ? gate->held_after : gate->journal.durable;
	sg_buf_init(&held, SG_LEAF_MAX + 96);
	sg_buf_printf(&held, "{\"after\":%llu,\"body\":%.*s,\"kind\":\"%s\"}", (unsigned long long)gate->held_after, SG_STR_ARG(body), kind);
	if (!held.failed) { /* else it is in force as long as this gate lives */
		gate->holds = true;
		gate->ports.hold(gate->ports.self, sg_buf_view(&held));
	}
	sg_buf_done(&held);
}

void
sg_gate_inherited_all(struct sg_gate *gate)
{
	if (gate->inherited != NULL)
		free(gate->inherited->leaves);
	free(gate->inherited);
	gate->inherited = NULL;
}

void
sg_gate_release_held(struct sg_gate *gate)
{
	if (!gate->holds || gate->held_until == 0 || gate->owed != NULL || gate->journal.durable < gate->held_until)
		return;
	sg_gate_inherited_all(gate);
	gate->holds = gate->held_full = false;
	gate->held_bytes = 0;
	gate->ports.hold(gate->ports.self, SG_STR("{}"));
}
