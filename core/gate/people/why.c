/* SPDX-License-Identifier: Apache-2.0
 * Why: one decision from its record, judged again by the policy in force, so that the answer is shown to follow. */
#include "gate/people/people.h"
#include "gate/desk/late.h"
#include "gate/desk/domain.h"

#include "base/str.h"

#include <stdio.h>

enum { BODY_MAX = 4 << 20 };

/* The domain that it was decided in, as it is now. */
static void
write_domain(struct sg_buf *out, const struct sg_gate *gate, const struct sg_request *r)
{
	struct sg_json_writer w;
	sg_jw_begin(&w, out);
	sg_write_domain_now(&w, r->domain.len > 0 ? sg_table_get(&gate->state.domains, r->domain) : NULL);
}

static void
write_why(struct sg_buf *out, const struct sg_gate *gate, const struct sg_request *r, const char *replay)
{
	sg_buf_text(out, "{\"domain\":");
	write_domain(out, gate, r);
	sg_buf_printf(out, ",\"input\":%.*s,\"leaf\":%.*s,\"replay\":{\"result\":\"%s\"", SG_STR_ARG(r->input.len > 0 ? r->input : SG_STR("null")),
		      SG_STR_ARG(r->claims), replay);
	if (r->token.len > 0) {
		sg_buf_text(out, ",\"said\":");
		sg_buf_str(out, r->token);
	}
	sg_buf_text(out, "}}");
}

static void
answer_why(struct sg_gate *gate, struct sg_request *r, const char *replay)
{
	struct sg_buf body;
	sg_buf_init(&body, BODY_MAX);
	write_why(&body, gate, r, replay);
	sg_answer_buf(gate, r, 200, &body);
}

/* Policy answered again: byte for byte the same, or not. */
void
sg_replayed(struct sg_gate *gate, struct sg_request *r)
{
	r->token = r->answer;
	bool same = r->answer.len > 0 && sg_str_eq(r->answer, r->effective); /* an error of policy's own is an answer, too */
	answer_why(gate, r, same ? "same" : r->reason != SG_REASON_allowed ? "failed" : "different");
}

static bool
same_policy(const struct sg_gate *gate, const struct sg_record *record)
{
	struct sg_str policy = {"", 0};
	sg_json_string(sg_json_get(record->json, "policy"), &policy);
	return sg_str_is(policy, gate->policy);
}

static struct sg_str
raw(struct sg_request *r, const struct sg_json *value)
{
	struct sg_buf bytes;
	sg_buf_init(&bytes, SG_SEALED_MAX);
	if (value == NULL)
		sg_buf_text(&bytes, "null");
	else
		sg_canon_write(&bytes, value);
	struct sg_str copy = sg_arena_copy(&r->arena, sg_buf_view(&bytes));
	sg_buf_done(&bytes);
	return copy;
}

void
sg_route_decision(struct sg_gate *gate, struct sg_request *r)
{
	uint64_t number;
	struct sg_record record;
	struct sg_str sealed = {NULL, 0}, kind = {"", 0}, tail = {"", 0};
	const struct sg_json *seal = NULL;
	char id[SG_ID_MAX] = "";
	if (!sg_decision_leaf(r->argument, &number) ||
	    sg_leaf_read(gate, number, &r->arena, &record, &sealed, NULL) != SG_OK) {
		bool deleted = sg_decision_leaf(r->argument, &number) && number <= gate->journal.base.last;
		sg_answer_error(gate, r, 404, SG_REASON_not_found, deleted ? "its record was deleted by retention (limits.keep_days, limits.keep_bytes)" : "a decision id is d<leaf>-<16 hex digits>");
		return;
	}
	sg_json_string(sg_json_get(record.json, "kind"), &kind);
	sg_json_string(sg_json_get(sg_json_get(record.json, "body"), "tail"), &tail);
	snprintf(id, sizeof(id), "d%llu-%.*s", (unsigned long long)number, SG_STR_ARG(tail));
	if (!sg_str_is(kind, "decision") || !sg_str_is(r->argument, id)) {
		sg_answer_error(gate, r, 404, SG_REASON_not_found, "no decision has this id");
		return;
	}
	r->claims = record.leaf;
	sg_json_string(sg_json_get(sg_json_get(record.json, "body"), "domain"), &r->domain);
	if (sealed.len == 0 || sg_canon_parse(&r->arena, sealed, &(struct sg_json_limits){.bytes = SG_SEALED_MAX, .nodes = 1 << 16}, &seal, NULL) != SG_OK) {
		answer_why(gate, r, "not_reproducible");
		return;
	}
	const struct sg_json *input = sg_json_get(seal, "input");
	r->input = raw(r, seal);
	if (input == NULL || input->type == SG_JSON_NULL) {
		answer_why(gate, r, "decided_by_ceiling");
		return;
	}
	r->effective = raw(r, sg_json_get(seal, "answer"));
	r->replay = true;
	sg_request_wait(gate, r, SG_STAGE_JUDGE);
	if (!same_policy(gate, &record))
		answer_why(gate, r, "other_policy");
	else if (!gate->ports.judge(gate->ports.self, r->id, SG_FRAME_P_JUDGE, raw(r, input)))
		answer_why(gate, r, "failed");
}
