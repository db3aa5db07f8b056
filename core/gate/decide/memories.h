/* SPDX-License-Identifier: Apache-2.0
 * Resources with memory: how many may be kept, and an operator's word on what one agent wrote. Gate thread only. */
#ifndef SG_GATE_MEMORIES_H
#define SG_GATE_MEMORIES_H

#include "gate/decide/decide.h"

/* False: this would leave something in a memory that is not kept, and its agent has its share of limits.memories while what is common is used
 * (base/shares.h: an agent's share is its own). A writer with nothing to leave needs no room. */
bool sg_memory_room(const struct sg_gate *gate, const struct sg_request *request);

/* Member "memories": {"kept","most"}. */
void sg_write_memories(struct sg_json_writer *w, const struct sg_gate *gate);
/* The same, and "agents": those of the catalogue that have some, each with its name and "kept". */
void sg_route_memories(struct sg_gate *gate, struct sg_request *request);
/* {"reason"}: what the agent of the path wrote carries nothing any more. 404 where nothing of it is kept. */
void sg_route_memories_forget(struct sg_gate *gate, struct sg_request *request);

#endif
