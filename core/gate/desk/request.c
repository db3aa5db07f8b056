/* SPDX-License-Identifier: Apache-2.0
 * A request's life: made, found, waiting, ended. Ids are never used twice, so a late answer finds nothing. */
#include "gate/desk/desk.h"
#include "gate/desk/turns.h"
#include "gate/desk/wall.h"

#include "base/line.h"
#include "base/spare.h"
#include "base/str.h"

#include <stdio.h>
#include <stdlib.h>

const struct sg_json_limits sg_request_limits = {.bytes = SG_FRAME_MAX};

/* All of it zero but the lists of what policy said: twelve kilobytes that most requests never fill. */
static struct sg_request *
empty(void)
{
	struct sg_request *r = sg_spare_take(sg_spare_room(sizeof(*r)));
	if (r == NULL)
		return NULL;
	memset(r, 0, offsetof(struct sg_request, merged));
	sg_merged_clear(&r->merged);
	return r;
}

struct sg_request *
sg_request_new(struct sg_gate *gate, struct sg_conn *conn, const struct sg_route_row *route, struct sg_str argument)
{
	struct sg_request *r = empty();
	if (r == NULL)
		return NULL;
	r->id = gate->next_id++;
	r->conn = conn->id;
	r->route = route;
	sg_arena_init(&r->arena, SG_REQUEST_BUDGET);
	r->argument = sg_arena_copy(&r->arena, argument);
	if (sg_table_put(&gate->requests, sg_number_key(&r->id), r) != SG_OK) {
		sg_arena_done(&r->arena);
		sg_spare_give(r, sg_spare_room(sizeof(*r)));
		return NULL;
	}
	conn->request = r->id;
	sg_conn_place(gate, conn);
	sg_request_renew(gate, r);
	return r;
}

void
sg_request_renew(struct sg_gate *gate, struct sg_request *request)
{
	if (request->under != NULL)
		request->under->users--;
	request->under = gate->catalogue;
	request->under->users++;
}

bool
sg_request_fly(struct sg_gate *gate, struct sg_request *request)
{
	struct sg_line line = sg_line_begin(request->flight, sizeof(request->flight), request->attempt);
	sg_line_str(&line, SG_STR(" "));
	sg_line_str(&line, request->task);
	bool mine = sg_table_get(&gate->flights, sg_str(request->flight)) == NULL && sg_table_put(&gate->flights, sg_str(request->flight), request) == SG_OK;
	if (!mine)
		request->flight[0] = '\0';
	return mine;
}

/* Once, and never taken back: what was decided and is withheld before it is answered was no answer. */
static void
count(struct sg_gate *gate, const struct sg_request *r)
{
	gate->decided++;
	gate->by_reason[r->reason]++;
	gate->by_verdict[sg_verdict_place(r->verdict)]++;
}

void
sg_request_end(struct sg_gate *gate, struct sg_request *request)
{
	struct sg_conn *conn = sg_conn_find(gate, request->conn);
	sg_work_spent(gate, request);
	if (conn != NULL && conn->request == request->id)
		conn->request = 0;
	sg_conn_place(gate, conn);
	sg_turn_leave(gate, request);
	if (request->counts)
		count(gate, request);
	free(request->listing);
	sg_ring_leave(&request->waits);
	request->under->users--;
	if (request->flight[0] != '\0')
		sg_table_take(&gate->flights, sg_str(request->flight));
	sg_table_take(&gate->requests, sg_number_key(&request->id));
	sg_arena_done(&request->arena);
	sg_spare_give(request, sg_spare_room(sizeof(*request)));
}

void
sg_request_sync(struct sg_gate *gate, struct sg_request *request, uint64_t leaf,
		void (*then)(struct sg_gate *, struct sg_request *))
{
	if (leaf <= gate->journal.durable) {
		then(gate, request); /* on disk already */
		return;
	}
	sg_request_wait(gate, request, SG_STAGE_COMMIT);
	request->wait_leaf = leaf;
	request->after_sync = then;
}
