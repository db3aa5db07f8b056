/* SPDX-License-Identifier: Apache-2.0
 * Who waits for what: each kind of waiting has a ring, so that what comes is brought to those who wait for it and nobody else is looked at. */
#include "gate/desk/desk.h"

#include "base/spare.h"

void
sg_request_wait(struct sg_gate *gate, struct sg_request *request, enum sg_stage stage)
{
	request->stage = stage;
	request->waits_since = gate->state.now.boot;
	sg_ring_join(&gate->waiting[stage], &request->waits);
	sg_conn_place(gate, sg_conn_find(gate, request->conn));
}

struct sg_request *
sg_request_first(struct sg_gate *gate, enum sg_stage stage)
{
	struct sg_ring *first = sg_ring_first(&gate->waiting[stage]);
	return first == NULL ? NULL : SG_RING_OF(first, struct sg_request, waits);
}

struct sg_ids
sg_requests_collect(struct sg_gate *gate, enum sg_stage stage, bool (*wanted)(const struct sg_gate *, const struct sg_request *))
{
	const struct sg_ring *head = &gate->waiting[stage];
	struct sg_ids ids = {.room = sg_spare_room((gate->requests.count + 1) * sizeof(*ids.at))};
	ids.at = sg_ring_first(head) == NULL ? NULL : sg_spare_take(ids.room);
	for (struct sg_ring *at = ids.at == NULL ? NULL : sg_ring_first(head); at != NULL; at = sg_ring_after(head, at)) {
		const struct sg_request *r = SG_RING_OF(at, struct sg_request, waits);
		if (wanted(gate, r))
			ids.at[ids.count++] = r->id;
	}
	return ids;
}

void
sg_ids_done(struct sg_ids *ids)
{
	sg_spare_give(ids->at, ids->room);
	*ids = (struct sg_ids){NULL, 0, 0};
}
