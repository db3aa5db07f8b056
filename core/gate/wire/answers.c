/* SPDX-License-Identifier: Apache-2.0
 * What workers and hosts answer, for the requests that wait for it. */
#include "gate/wire/wire.h"

#include "base/str.h"
#include "gate/decide/merge.h"
#include "gate/decide/moved.h"
#include "gate/desk/revoking.h"
#include "gate/desk/turns.h"

static bool
read_answer(struct sg_request *r, struct sg_str answer, enum sg_reason why)
{
	const struct sg_json *json = NULL;
	struct sg_json_limits limits = {.bytes = 1 << 20};
	r->reason = why;
	r->effect_count = 0;
	if (answer.len == 0)
		return false;
	r->reason = SG_REASON_policy_error;
	r->answer = sg_arena_copy(&r->arena, answer);
	if (r->answer.ptr == NULL || sg_canon_parse(&r->arena, r->answer, &limits, &json, NULL) != SG_OK) {
		r->answer = (struct sg_str){NULL, 0};
		return false;
	}
	const struct sg_json *list = sg_json_get(json, "effects");
	size_t most = list != NULL && list->type == SG_JSON_ARRAY && list->count < SG_EFFECTS_MAX ? list->count : SG_EFFECTS_MAX;
	r->effects = sg_arena_alloc(&r->arena, (most + 1) * sizeof(*r->effects));
	if (r->effects == NULL || sg_effects_read(json, r->effects, &r->effect_count, &r->reason, NULL) != SG_OK)
		return false;
	r->reads = sg_reads_of(json);
	r->reason = SG_REASON_allowed;
	return true;
}

void
sg_gate_judged(struct sg_gate *gate, uint64_t id, struct sg_str answer, enum sg_reason why)
{
	sg_gate_now(gate);
	struct sg_request *r = sg_request_find(gate, id);
	if (r == NULL || r->stage != SG_STAGE_JUDGE)
		return;
	sg_work_begin(gate, r);
	bool good = read_answer(r, answer, why);
	if (r->hook) {
		sg_afterwards(gate, r);
		sg_request_end(gate, r);
	} else if (r->replay) {
		sg_replayed(gate, r);
	} else if (good) {
		sg_judged(gate, r);
	} else {
		sg_deny(gate, r, r->reason);
	}
	sg_work_end(gate);
	sg_turns_pump(gate);
}

bool
sg_gate_wants(struct sg_gate *gate, uint64_t id)
{
	const struct sg_request *r = sg_request_find(gate, id);
	const struct sg_lease *lease = r == NULL || r->stage != SG_STAGE_ISSUE ? NULL : sg_state_lease(&gate->state, sg_str(r->lease));
	return r != NULL && (lease == NULL || lease->state == SG_LEASE_PENDING);
}

/* For whoever waits for it still. */
static void
hear_call(struct sg_gate *gate, uint64_t id, struct sg_str answer)
{
	const struct sg_json *json = NULL;
	struct sg_request *r = sg_request_find(gate, id);
	if (r == NULL)
		return;
	sg_work_begin(gate, r);
	struct sg_str copy = sg_arena_copy(&r->arena, answer);
	if (answer.len == 0 || copy.ptr == NULL || sg_canon_parse(&r->arena, copy, NULL, &json, NULL) != SG_OK)
		json = NULL;
	if (r->stage == SG_STAGE_CALL)
		r->after_call(gate, r, json);
	else if ((r->stage == SG_STAGE_ISSUE && !r->made) || r->stage == SG_STAGE_VERIFY)
		sg_issue_called(gate, r, json);
	sg_work_end(gate);
}

void
sg_gate_called(struct sg_gate *gate, uint64_t id, struct sg_str answer)
{
	sg_gate_now(gate);
	sg_making_over(gate, id);
	hear_call(gate, id, answer);
}

void
sg_gate_unanswered(struct sg_gate *gate, uint64_t id)
{
	hear_call(gate, id, (struct sg_str){NULL, 0});
}
