/* SPDX-License-Identifier: Apache-2.0
 * Room among resources with memory, agent by agent, and the way out of one that is full. */
#include "gate/decide/decide.h"
#include "gate/decide/memories.h"

#include "base/shares.h"
#include "base/str.h"
#include "gate/state/fold_memory.h"

enum { BODY_MAX = 1 << 20 };

static bool
leaves_something(const struct sg_request *r, const struct sg_task *task)
{
	return task == NULL || sg_taint_carries(&task->taint) || r->level > SG_PUBLIC || r->action->taints.count > 0 || r->merged.taint_count > 0;
}

static bool
writes_anew(const struct sg_gate *gate, const struct sg_request *r)
{
	char id[33];
	bool memory = false;
	for (const struct sg_resource *f = NULL; !r->action->reads && (f = sg_next_found(gate, r, f)) != NULL;)
		memory |= f->memory;
	if (!memory)
		return false;
	sg_state_handle(&gate->state, r->resource_type, sg_resource_bare(r->resource_id), id); /* whatever it is asked with, it is one memory */
	return sg_state_memory(&gate->state, id) == NULL && leaves_something(r, sg_state_task(&gate->state, r->task));
}

bool
sg_memory_room(const struct sg_gate *gate, const struct sg_request *r)
{
	const struct sg_catalogue *c = gate->catalogue;
	struct sg_shares s = sg_shares_of((size_t)c->limits.memories, c->agent_count);
	if (!writes_anew(gate, r) || sg_memory_written(&gate->state, r->agent->name) < s.share)
		return true;
	size_t known = 0, beyond = 0;
	for (size_t i = 0; i < c->agent_count; i++) {
		size_t own = sg_memory_written(&gate->state, c->agents[i].name);
		known += own;
		beyond += own > s.share ? own - s.share : 0;
	}
	return sg_shares_admit(&s, s.share, beyond + gate->state.memories.count - known); /* those that no agent of today wrote take what is common */
}

void
sg_write_memories(struct sg_json_writer *w, const struct sg_gate *gate)
{
	sg_jw_name(w, "memories");
	sg_jw_object(w);
	sg_jw_member_int(w, "kept", (int64_t)gate->state.memories.count);
	sg_jw_member_int(w, "most", gate->catalogue->limits.memories);
	sg_jw_end(w);
}

static void
answer_memories(struct sg_gate *gate, struct sg_request *r)
{
	struct sg_buf body;
	struct sg_json_writer w;
	const struct sg_catalogue *c = gate->catalogue;
	sg_buf_init(&body, BODY_MAX);
	sg_jw_begin(&w, &body);
	sg_jw_object(&w);
	sg_jw_name(&w, "agents");
	sg_jw_array(&w);
	for (size_t i = 0; i < c->agent_count; i++) {
		size_t kept = sg_memory_written(&gate->state, c->agents[i].name);
		if (kept == 0)
			continue;
		sg_jw_object(&w);
		sg_jw_member_int(&w, "kept", (int64_t)kept);
		sg_jw_member_str(&w, "name", c->agents[i].name);
		sg_jw_end(&w);
	}
	sg_jw_end(&w);
	sg_write_memories(&w, gate);
	sg_jw_end(&w);
	sg_answer_buf(gate, r, 200, &body);
}

void
sg_route_memories(struct sg_gate *gate, struct sg_request *r)
{
	answer_memories(gate, r);
}

static bool
record(struct sg_gate *gate, const struct sg_request *r, struct sg_str reason, uint64_t *number)
{
	struct sg_buf body;
	struct sg_json_writer w;
	sg_buf_init(&body, 4096);
	sg_jw_begin(&w, &body);
	sg_jw_object(&w);
	sg_jw_member_str(&w, "agent", r->argument);
	sg_jw_member_bool(&w, "alone", true);
	sg_jw_member_str(&w, "by", sg_conn_operator(sg_conn_find(gate, r->conn)));
	sg_jw_member_text(&w, "event", "forgotten");
	sg_jw_member_str(&w, "reason", reason);
	sg_jw_end(&w);
	bool good = sg_record(gate, "memory", sg_buf_view(&body), SG_STR(""), number, NULL) == SG_OK;
	sg_buf_done(&body);
	return good;
}

void
sg_route_memories_forget(struct sg_gate *gate, struct sg_request *r)
{
	uint64_t number = 0;
	if (!sg_memory_wrote(&gate->state, r->argument))
		sg_answer_error(gate, r, 404, SG_REASON_not_found, "stepgate memories list");
	else if (!record(gate, r, sg_json_text_at(r->body, "reason"), &number))
		sg_answer_error(gate, r, 503, SG_REASON_audit_unavailable, "");
	else
		sg_request_sync(gate, r, number, answer_memories);
}
