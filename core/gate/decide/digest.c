/* SPDX-License-Identifier: Apache-2.0
 * The digest of an action: over what was asked, and over what is effective. */
#include "gate/decide/decide.h"

#include "base/str.h"

/* What a credential of this decision will say and for whom; its life as the longest that it may be, never as a clock cuts it. */
void
sg_write_credential(struct sg_json_writer *w, const struct sg_request *r)
{
	if (r->action == NULL || r->action->credential.len == 0) {
		sg_jw_null(w);
		return;
	}
	sg_jw_object(w);
	sg_jw_member_str(w, "audience", r->audience);
	sg_jw_member_str(w, "issuer", r->action->credential);
	sg_jw_member_str(w, "scope", r->action_name);
	sg_jw_member_int(w, "ttl", r->life_ms);
	sg_jw_end(w);
}

/* The issuer's and the limit's bound; policy's where it is shorter. Where policy is shorter still than what the approval at hand was given for, that one's
 * bound stands: what a person allowed for longer may be done for shorter. */
void
sg_bind_life(const struct sg_gate *gate, struct sg_request *r, int64_t policy_ms)
{
	const struct sg_issuer *issuer = r->action == NULL ? NULL : sg_catalogue_issuer(gate->catalogue, r->action->credential);
	const struct sg_approval *a = sg_state_approval(&gate->state, sg_str(r->sight));
	int64_t most = gate->catalogue->limits.credential_ttl_max;
	r->life_ms = issuer == NULL ? 0 : issuer->ttl_ms < most ? issuer->ttl_ms : most;
	if (policy_ms > 0 && policy_ms < r->life_ms)
		r->life_ms = a != NULL && a->life_ms >= policy_ms && a->life_ms <= r->life_ms ? a->life_ms : policy_ms;
}

static void
find_action(const struct sg_gate *gate, struct sg_request *r)
{
	if (r->action == NULL)
		r->action = sg_catalogue_action(gate->catalogue, r->action_name);
}

/* Formats other than tokens are for whoever the issuer serves: without a list the audience is the issuer's own name. */
static void
bind_audience(const struct sg_gate *gate, struct sg_request *r)
{
	const struct sg_issuer *issuer = r->action == NULL ? NULL : sg_catalogue_issuer(gate->catalogue, r->action->credential);
	if (issuer != NULL && r->audience.len == 0)
		r->audience = issuer->audience.count > 0 ? issuer->audience.items[0] : issuer->name;
}

void
sg_write_action(struct sg_buf *out, const struct sg_gate *gate, const struct sg_request *r, struct sg_str args,
		const struct sg_task *task)
{
	unsigned char nonce[16];
	char hex[33];
	struct sg_json_writer w;
	sg_task_nonce(&gate->state, sg_str(task->id), nonce);
	sg_hex(hex, nonce, sizeof(nonce));
	sg_jw_begin(&w, out);
	sg_jw_object(&w);
	sg_jw_member_str(&w, "action", r->action_name);
	sg_jw_member_str(&w, "agent", r->agent->id);
	sg_jw_member_raw(&w, "arguments", args);
	sg_jw_name(&w, "credential");
	sg_write_credential(&w, r);
	sg_jw_name(&w, "enforcer");
	r->enforcer != NULL ? sg_jw_str(&w, r->enforcer->name) : sg_jw_null(&w);
	sg_jw_member_text(&w, "environment", task->environment);
	sg_jw_member_text(&w, "instance", task->instance->id);
	sg_jw_member_text(&w, "nonce", hex);
	sg_jw_name(&w, "resource");
	r->resource != NULL ? sg_jw_value(&w, r->resource) : sg_jw_null(&w);
	sg_jw_member_text(&w, "task", task->id);
	sg_jw_name(&w, "tool");
	r->tool.len > 0 ? sg_jw_str(&w, r->tool) : sg_jw_null(&w);
	sg_jw_member_int(&w, "v", SG_DIGEST_V);
	sg_jw_end(&w);
}

bool
sg_digest_of(struct sg_gate *gate, struct sg_request *r, struct sg_str args, const struct sg_task *task, char out[SG_SHA256_HEX])
{
	struct sg_buf bytes;
	sg_buf_init(&bytes, SG_INPUT_MAX);
	sg_write_action(&bytes, gate, r, args, task);
	bool good = !bytes.failed;
	sg_sha256_hex(out, sg_buf_view(&bytes));
	sg_buf_done(&bytes);
	return good;
}

bool
sg_digest_bound(struct sg_gate *gate, struct sg_request *r, const struct sg_json *args, const struct sg_task *task, char out[SG_SHA256_HEX])
{
	struct sg_buf left;
	struct sg_json_writer w;
	sg_buf_init(&left, SG_INPUT_MAX);
	sg_jw_begin(&w, &left);
	sg_jw_object(&w);
	for (const struct sg_json *m = sg_json_first(args); m != NULL; m = sg_json_next(args, m))
		if (!sg_strings_have(&r->action->unbound, m->name)) {
			sg_jw_name_str(&w, m->name);
			sg_jw_value(&w, m);
		}
	sg_jw_end(&w);
	bool good = !left.failed && sg_digest_of(gate, r, sg_buf_view(&left), task, out);
	sg_buf_done(&left);
	return good;
}

void
sg_digest_asked(struct sg_gate *gate, struct sg_request *r, const struct sg_task *task)
{
	struct sg_buf args;
	sg_buf_init(&args, SG_INPUT_MAX);
	sg_canon_write(&args, r->args);
	find_action(gate, r);
	bind_audience(gate, r);
	sg_bind_life(gate, r, 0);
	r->effective = sg_arena_copy(&r->arena, sg_buf_view(&args));
	sg_digest_of(gate, r, sg_buf_view(&args), task, r->asked);
	r->asked_under = gate->configured;
	memcpy(r->digest, r->asked, sizeof(r->digest));
	if (sg_leaves_out(r) && !sg_digest_bound(gate, r, r->args, task, r->asked_bound))
		memcpy(r->asked_bound, r->asked, sizeof(r->asked_bound));
	if (sg_leaves_out(r))
		memcpy(r->bound, r->asked_bound, sizeof(r->bound));
	sg_buf_done(&args);
}
