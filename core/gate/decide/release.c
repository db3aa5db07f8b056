/* SPDX-License-Identifier: Apache-2.0
 * Releasing: the credential is made and read again, the world is looked at a second time, and in the same step the answer leaves or is
 * withheld. */
#include "gate/state/mask_line.h"
#include "gate/decide/decide.h"
#include "gate/decide/sight.h"
#include "gate/desk/revoking.h"

#include "base/str.h"

#include <stdio.h>

enum {
	CALL_MAX = 2 << 20, /* claims and arguments, as long as a request may be */
	ISSUER_SAID = 200   /* bytes of what an issuer says to a refusal */
};

static void
named_or_null(struct sg_json_writer *w, const char *name, struct sg_str value)
{
	sg_jw_name_text(w, name);
	value.len > 0 ? sg_jw_str(w, value) : sg_jw_null(w);
}

/* Enough for a resource server to recompute the digest of what it is asked to do (JOINTS: canonical bytes and digest). */
static void
write_binding(struct sg_json_writer *w, const struct sg_gate *gate, const struct sg_request *r, const struct sg_task *task)
{
	unsigned char nonce[16];
	char hex[33];
	sg_task_nonce(&gate->state, sg_str(task->id), nonce);
	sg_hex(hex, nonce, sizeof(nonce));
	sg_jw_object(w);
	sg_jw_name(w, "credential");
	sg_write_credential(w, r);
	sg_jw_member_str(w, "decision", sg_str(r->decision));
	sg_jw_member_str(w, "digest", sg_str(r->digest));
	named_or_null(w, "enforcer", r->enforcer != NULL ? r->enforcer->name : SG_STR(""));
	sg_jw_member_str(w, "environment", sg_str(task->environment));
	sg_jw_member_str(w, "instance", sg_str(task->instance->id));
	sg_jw_member_str(w, "mode", gate->catalogue->dev ? SG_STR("dev") : SG_STR("enforce"));
	sg_jw_member_str(w, "nonce", sg_str(hex));
	sg_jw_member_str(w, "task", sg_str(task->id));
	named_or_null(w, "tool", r->tool);
	sg_jw_member_int(w, "v", SG_DIGEST_V);
	sg_jw_end(w);
}

/* RFC 9068 section 2.2, and `sg`. */
static void
write_claims(struct sg_json_writer *w, const struct sg_gate *gate, struct sg_request *r, const struct sg_task *task)
{
	int64_t now = gate->state.now.wall_ms / 1000;
	sg_jw_object(w);
	sg_jw_member_str(w, "aud", r->audience);
	sg_jw_member_str(w, "client_id", r->agent->id);
	sg_jw_member_int(w, "exp", r->lease_ends.wall_ms / 1000);
	sg_jw_member_int(w, "iat", now);
	sg_jw_member_str(w, "iss", sg_str(sg_arena_printf(&r->arena, "spiffe://%.*s", SG_STR_ARG(gate->catalogue->trust_domain))));
	sg_jw_member_str(w, "jti", sg_str(r->lease));
	sg_jw_member_str(w, "scope", r->action_name);
	sg_jw_name(w, "sg");
	write_binding(w, gate, r, task);
	sg_jw_member_str(w, "sub", r->agent->id);
	sg_jw_end(w);
}

/* What was decided, for an issuer whose format says more than claims do. */
static void
write_request(struct sg_json_writer *w, const struct sg_request *r)
{
	sg_jw_object(w);
	sg_jw_member_str(w, "action", r->action_name);
	sg_jw_member_raw(w, "arguments", r->effective);
	sg_jw_member_str(w, "decision", sg_str(r->decision));
	sg_jw_name(w, "resource");
	r->resource != NULL ? sg_jw_value(w, r->resource) : sg_jw_null(w);
	sg_jw_end(w);
}

static bool
ask_issuer(struct sg_gate *gate, struct sg_request *r, const struct sg_task *task)
{
	struct sg_buf claims, call;
	struct sg_json_writer w;
	sg_buf_init(&claims, CALL_MAX);
	sg_buf_init(&call, CALL_MAX);
	sg_jw_begin(&w, &claims);
	write_claims(&w, gate, r, task);
	r->claims = sg_arena_copy(&r->arena, sg_buf_view(&claims));
	sg_jw_begin(&w, &call);
	sg_jw_object(&w);
	sg_jw_member_text(&w, "asker", r->enforcer != NULL ? "enforcer" : "agent");
	sg_jw_member_raw(&w, "claims", r->claims);
	sg_jw_member_str(&w, "lease", sg_str(r->lease));
	sg_jw_name(&w, "request");
	write_request(&w, r);
	sg_jw_member_str(&w, "verb", SG_STR("make"));
	sg_jw_end(&w);
	struct sg_lease *lease = sg_state_lease(&gate->state, sg_str(r->lease));
	bool asked = !claims.failed && !call.failed && r->claims.ptr != NULL && lease != NULL && sg_making_begin(gate, r->id, lease);
	if (asked && gate->ports.call(gate->ports.self, r->id, "issue", r->issuer->name, lease->by, sg_buf_view(&call)) != SG_CALL_TAKEN) {
		sg_making_over(gate, r->id);
		asked = false;
	}
	sg_buf_done(&claims);
	sg_buf_done(&call);
	return asked;
}

static void
withhold(struct sg_gate *gate, struct sg_request *r, enum sg_reason reason)
{
	struct sg_lease *lease = sg_state_lease(&gate->state, sg_str(r->lease));
	bool taken_back = sg_record_withheld(gate, r, reason); /* in force also where it cannot be recorded now */
	sg_becomes_denial(r, reason);
	r->token = (struct sg_str){NULL, 0};
	if (lease != NULL && taken_back)
		sg_lease_revoke(gate, lease, SG_STR("stepgate"), sg_reason_code(reason));
	gate->ports.say(gate->ports.self, "withheld: the answer above was taken back");
	sg_answer_decision(gate, r);
}

/* Everything that was true at commit must be true in the step that lets the answer go, and before somebody is asked to make anything. */
static bool
still_stands(struct sg_gate *gate, struct sg_request *r, enum sg_reason *reason)
{
	const struct sg_task *task = sg_state_task(&gate->state, r->task);
	const struct sg_conn *conn = sg_conn_find(gate, r->conn);
	const struct sg_lease *lease = sg_state_lease(&gate->state, sg_str(r->lease));
	const struct sg_approval *a = sg_state_approval(&gate->state, sg_str(r->approval));
	*reason = SG_REASON_withheld_kill;
	if (sg_state_killed(&gate->state, r->agent->name) || (task != NULL && task->state == SG_TASK_KILLED))
		return false;
	*reason = SG_REASON_withheld_task;
	if (task == NULL || !sg_task_live(&gate->state, task))
		return false;
	*reason = SG_REASON_audit_unavailable;
	if (r->anew)
		return false;
	*reason = SG_REASON_use_by_passed;
	if (sg_deadline_over(&r->use_by, &gate->state.now))
		return false; /* disk or issuer took longer than it may be used */
	*reason = SG_REASON_withheld_taint;
	if (task->taint.seq != r->task_seq || task->domain->taint.seq != r->instance_seq)
		return false;
	*reason = SG_REASON_withheld_approval;
	if (r->approval[0] != '\0' && (a == NULL || a->state != SG_APPROVAL_CONSUMED || !sg_givers_stand(gate, a)))
		return false;
	*reason = SG_REASON_withheld_facts;
	if (conn == NULL || conn->changed || r->facts_changed || !sg_peer_lives(gate, &conn->peer))
		return false;
	enum sg_reason who;
	if (!sg_who_stands(gate, r, &who)) {
		*reason = who == SG_REASON_match_changed ? who : SG_REASON_withheld_facts;
		return false;
	}
	if (gate->catalogue != r->judged_catalogue && !sg_in_force(gate, r, reason))
		return false; /* a reload took away what this rests on */
	*reason = SG_REASON_withheld_task;
	if (!sg_said_stands(gate, task, r->agent->name, r->action->name, r->approval))
		return false;
	*reason = SG_REASON_issue_unavailable;
	if (lease != NULL && gate->catalogue != r->judged_catalogue && (!sg_lease_stands(gate, lease) || r->level > lease->level))
		return false; /* or what the credential does */
	if ((*reason = sg_wall_good(gate)) != SG_REASON_allowed)
		return false;
	*reason = SG_REASON_withheld_task;
	return r->lease[0] == '\0' || (lease != NULL && lease->state == SG_LEASE_PENDING);
}

static bool
still_true(struct sg_gate *gate, struct sg_request *r, enum sg_reason *reason)
{
	if (!still_stands(gate, r, reason))
		return false;
	*reason = SG_REASON_internal;
	return r->lease[0] == '\0' || r->token.len > 0;
}

static void
say_allow(const struct sg_gate *gate, const struct sg_request *r)
{
	char line[256];
	snprintf(line, sizeof(line), "allow    %.*s %.*s  %s  %s", SG_STR_ARG(r->agent->name), SG_STR_ARG(r->action_name), sg_reason_code(r->reason), r->decision);
	gate->ports.say(gate->ports.self, line);
}

void
sg_release(struct sg_gate *gate, struct sg_request *r)
{
	enum sg_reason reason = SG_REASON_internal;
	if (!still_true(gate, r, &reason)) {
		withhold(gate, r, reason);
		return;
	}
	const struct sg_task *task = sg_state_task(&gate->state, r->task);
	if (task->root->tree != NULL && !sg_mask_room(&task->root->tree->mask, r->secret)) { /* others took the room meanwhile */
		withhold(gate, r, SG_REASON_masks_full);
		return;
	}
	if (r->lease[0] != '\0' && !sg_record_handed(gate, r)) {
		withhold(gate, r, SG_REASON_audit_unavailable);
		return;
	}
	if (gate->catalogue->dev)
		say_allow(gate, r);
	sg_answer_decision(gate, r);
}

bool
sg_ask_verify(struct sg_gate *gate, const struct sg_request *r, enum sg_issue_format format, struct sg_str keys, struct sg_str lease)
{
	struct sg_buf call;
	struct sg_json_writer w;
	sg_buf_init(&call, CALL_MAX);
	sg_jw_begin(&w, &call);
	sg_jw_object(&w);
	sg_jw_name(&w, "jwks");
	keys.len > 0 ? sg_jw_raw(&w, keys) : sg_jw_null(&w);
	sg_jw_member_str(&w, "lease", lease);
	sg_jw_member_str(&w, "token", r->token);
	sg_jw_member_str(&w, "verb", SG_STR("verify"));
	sg_jw_end(&w);
	bool asked = !call.failed &&
		     gate->ports.call(gate->ports.self, r->id, "verify", sg_str(sg_issue_format_reader(format)), 0, sg_buf_view(&call)) == SG_CALL_TAKEN;
	sg_buf_done(&call);
	return asked;
}

/* With the issuer's own keys: one that signs with another's is found out. */
static void
verify(struct sg_gate *gate, struct sg_request *r)
{
	const struct sg_issuer_told *told = sg_issuer_told(gate, r->issuer->name);
	enum sg_issue_format format = told != NULL ? told->format : SG_ISSUE_none;
	struct sg_str keys = told != NULL ? sg_buf_view(&told->keys) : SG_STR("");
	sg_request_wait(gate, r, SG_STAGE_VERIFY);
	if (format == SG_ISSUE_opaque) {
		r->secret = sg_mask_of(sg_mask_key(&gate->state), r->token);
		sg_release(gate, r);
	} else if (format == SG_ISSUE_none || !sg_ask_verify(gate, r, format, keys, sg_str(r->lease)))
		withhold(gate, r, SG_REASON_issue_unavailable);
}

static void
both_in(struct sg_gate *gate, struct sg_request *r)
{
	if (!r->looked_again || !r->made)
		return;
	if (r->lease[0] != '\0')
		verify(gate, r);
	else
		sg_release(gate, r);
}

static void
looked_again(struct sg_gate *gate, struct sg_request *r, bool same)
{
	r->looked_again = true;
	r->facts_changed = !same;
	both_in(gate, r);
}

void
sg_issue(struct sg_gate *gate, struct sg_request *r)
{
	const struct sg_task *task = sg_state_task(&gate->state, r->task);
	sg_request_wait(gate, r, SG_STAGE_ISSUE);
	r->looked_at = looked_again;
	r->made = r->lease[0] == '\0';
	if (task == NULL) {
		withhold(gate, r, SG_REASON_withheld_task);
		return;
	}
	enum sg_reason reason = SG_REASON_internal;
	if (!r->made && !still_stands(gate, r, &reason)) { /* what is not made need not be taken back */
		withhold(gate, r, reason);
		return;
	}
	if (!r->made && !ask_issuer(gate, r, task)) {
		withhold(gate, r, SG_REASON_issue_unavailable);
		return;
	}
	if (!gate->ports.look(gate->ports.self, r->id, r->conn))
		withhold(gate, r, SG_REASON_withheld_facts);
}

static bool
as_decided(const struct sg_gate *gate, struct sg_request *r, const struct sg_json *made)
{
	const struct sg_json *claims = NULL, *arguments = NULL;
	const struct sg_issuer_told *told = sg_issuer_told(gate, r->issuer->name);
	return told != NULL && sg_canon_parse(&r->arena, r->claims, NULL, &claims, NULL) == SG_OK &&
	       sg_canon_parse(&r->arena, r->effective, &sg_request_limits, &arguments, NULL) == SG_OK &&
	       sg_issued_as_decided(told->format, claims, arguments, made);
}

/* An asker hears what is wrong with their own request; what is wrong with the issuer is the operator's, its code alone is told. */
static void
note_refusal(struct sg_request *r, const struct sg_json *answer)
{
	struct sg_str code = sg_json_text_at(answer, "code"), text = sg_json_text_at(answer, "text");
	if (code.len == 0)
		return;
	text = sg_str_most(text, ISSUER_SAID);
	r->issuer_said = sg_str(sg_arena_printf(&r->arena, "%.*s: %.*s", SG_STR_ARG(code), SG_STR_ARG(text)));
	r->issuer_told = sg_json_is(answer, "fault", "request") ? r->issuer_said : sg_arena_copy(&r->arena, code);
}

/* A call that was dropped in line, or came to nothing, for what has ended meanwhile: that is why. */
static enum sg_reason
why_unanswered(struct sg_gate *gate, struct sg_request *r)
{
	enum sg_reason reason;
	bool stands = still_stands(gate, r, &reason);
	return !stands && (reason == SG_REASON_withheld_kill || reason == SG_REASON_withheld_task) ? reason : SG_REASON_issue_unavailable;
}

void
sg_issue_called(struct sg_gate *gate, struct sg_request *r, const struct sg_json *answer)
{
	bool ok = false;
	struct sg_str token = {NULL, 0};
	sg_json_bool(sg_json_get(answer, "ok"), &ok);
	if (r->stage == SG_STAGE_VERIFY) {
		if (ok && as_decided(gate, r, sg_json_get(answer, "claims")))
			sg_release(gate, r);
		else
			withhold(gate, r, SG_REASON_credential_wrong);
		return;
	}
	sg_json_string(sg_json_get(answer, "token"), &token);
	if (!ok || token.len == 0 || token.len > SG_TOKEN_MAX) {
		note_refusal(r, answer);
		withhold(gate, r, answer == NULL ? why_unanswered(gate, r) : SG_REASON_issue_failed);
		return;
	}
	r->token = sg_arena_copy(&r->arena, token);
	r->made = true;
	both_in(gate, r);
}
