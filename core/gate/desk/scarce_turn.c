/* SPDX-License-Identifier: Apache-2.0
 * Into want of room, and out of it. */
#include "gate/desk/desk.h"
#include "gate/desk/scarce.h"

#include "base/str.h"

#include <stdio.h>
#include <string.h>

static void
tell(struct sg_gate *gate, const char *line)
{
	sg_gate_warn(gate, SG_STR(""), line);
	sg_alert(gate, "disk_full", SG_STR("stepgate"), SG_STR(""), SG_STR(""));
}

void
sg_gate_scarce(struct sg_gate *gate)
{
	if (!gate->journal.scarce)
		return;
	tell(gate, "ALERT    the disk is full: what operators say is recorded in the room that was held for it, what agents ask is refused, what the daemon itself would say waits");
}

static void
want(struct sg_gate *gate, int error)
{
	char line[240];
	gate->journal.scarce = true;
	snprintf(line, sizeof(line), "ALERT    the disk has no room to hold for operators (%s): what agents ask is refused until it has", strerror(error));
	tell(gate, line);
}

void
sg_gate_reserved(struct sg_gate *gate, bool made, int error, uint64_t room)
{
	struct sg_journal *journal = &gate->journal;
	journal->room = room > journal->pending.len ? room - journal->pending.len : 0;
	if (!made && !journal->scarce)
		want(gate, error);
	if (!made || !journal->scarce)
		return;
	journal->scarce = false;
	sg_gate_warn(gate, SG_STR(""), "there is room on the disk again");
	if (journal->closed)
		return; /* all of this is done once it opens */
	sg_gate_write_gaps(gate);
	gate->reopened(gate);
}
