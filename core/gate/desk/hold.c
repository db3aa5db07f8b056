/* SPDX-License-Identifier: Apache-2.0
 * Connections in the order in which they give way, kept as they change, so that whoever comes looks at none of them but the one that goes. */
#include "gate/desk/desk.h"

#include "base/str.h"

#include <stdio.h>
#include <stdlib.h>

/* Nobody's work is lost with it: it asked for nothing, or waits. */
static bool
is_idle(struct sg_gate *gate, const struct sg_conn *conn)
{
	const struct sg_request *r = sg_request_find(gate, conn->request);
	return r == NULL || r->stage == SG_STAGE_POLL || r->stage == SG_STAGE_SLOWED;
}

static enum sg_hold
hold_of(struct sg_gate *gate, const struct sg_conn *conn)
{
	bool known = conn->known && !conn->changed;
	if (conn->peer.network)
		return known ? SG_HOLD_FAR_KNOWN : SG_HOLD_FAR;
	if (conn->named || conn->face == SG_FACE_ADMIN)
		return SG_HOLD_NAMED;
	bool idle = is_idle(gate, conn);
	return known ? (idle ? SG_HOLD_KNOWN_IDLE : SG_HOLD_KNOWN) : (idle ? SG_HOLD_IDLE : SG_HOLD_STRANGE);
}

void
sg_conn_place(struct sg_gate *gate, struct sg_conn *conn)
{
	enum sg_hold hold = conn == NULL || conn->crowd == NULL ? SG_HOLD_NONE : hold_of(gate, conn);
	if (hold == SG_HOLD_NONE || hold == conn->hold)
		return;
	conn->hold = hold;
	sg_heap_join(&gate->places[hold], &conn->place, (int64_t)conn->id);
	if (hold == SG_HOLD_FAR)
		sg_heap_join(&conn->crowd->far, &conn->crowd_place, (int64_t)conn->id);
	else
		sg_heap_leave(&conn->crowd_place);
}

bool
sg_conn_joins(struct sg_gate *gate, struct sg_conn *conn)
{
	char name[SG_CONN_NAME];
	sg_conn_name(conn, name);
	struct sg_crowd *crowd = sg_table_get(&gate->crowds, sg_str(name));
	if (crowd == NULL) {
		crowd = calloc(1, sizeof(*crowd));
		if (crowd == NULL)
			return false;
		snprintf(crowd->name, sizeof(crowd->name), "%s", name);
		if (sg_table_put(&gate->crowds, sg_str(crowd->name), crowd) != SG_OK) {
			free(crowd);
			return false;
		}
	}
	conn->crowd = crowd;
	crowd->count++;
	crowd->operators += conn->face == SG_FACE_ADMIN;
	gate->people += conn->face == SG_FACE_ADMIN;
	gate->operators += conn->operates;
	sg_conn_place(gate, conn);
	return true;
}

void
sg_conn_leaves(struct sg_gate *gate, struct sg_conn *conn)
{
	struct sg_crowd *crowd = conn->crowd;
	sg_heap_leave(&conn->place);
	sg_heap_leave(&conn->crowd_place);
	conn->crowd = NULL;
	if (crowd == NULL)
		return;
	crowd->operators -= conn->face == SG_FACE_ADMIN;
	gate->people -= conn->face == SG_FACE_ADMIN;
	gate->operators -= conn->operates;
	if (--crowd->count > 0)
		return;
	sg_table_take(&gate->crowds, sg_str(crowd->name));
	free(crowd);
}

const struct sg_crowd *
sg_crowd_find(const struct sg_gate *gate, const char *name)
{
	return sg_table_get(&gate->crowds, sg_str(name));
}
