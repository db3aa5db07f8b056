/* SPDX-License-Identifier: Apache-2.0
 * Approvals as they are shown, listed and waited for. */
#include "gate/people/people.h"
#include "gate/people/settle.h"
#include "gate/people/sign_in.h"
#include "gate/desk/listing.h"
#include "gate/desk/late.h"
#include "gate/desk/buckets.h"
#include "gate/state/requirement.h"
#include "gate/state/labels.h"
#include "gate/desk/revoking.h"
#include "gate/decide/sight.h"

#include "base/str.h"

#include <stdio.h>
#include <stdlib.h>

enum { BODY_MAX = SG_FRAME_MAX - (64 << 10), LIST_MOST = 200, LIST_STOPS = 2 << 20 /* bytes: labels are as long as those who report them make them */, LIST_ACTION = 8 << 10 /* bytes of one that is shown in a list */, WAIT_MAX_S = 60 }; /* what is asked may be as long as limits.max_body lets it */

static void
write_proofs(struct sg_json_writer *w, const struct sg_approval *a)
{
	sg_jw_array(w);
	for (size_t i = 0; i < a->proof_count; i++) {
		sg_jw_object(w);
		sg_jw_member_int(w, "at", a->proofs[i].at_ms / 1000);
		sg_jw_member_text(w, "comment", a->proofs[i].comment != NULL ? a->proofs[i].comment : "");
		sg_jw_member_str(w, "group", sg_str(a->proofs[i].group));
		sg_jw_member_str(w, "human", sg_str(a->proofs[i].human));
		sg_jw_member_text(w, "method", a->proofs[i].method);
		sg_jw_end(w);
	}
	sg_jw_end(w);
}

const char *
sg_approval_word(const struct sg_gate *gate, const struct sg_approval *a)
{
	bool over = (a->state == SG_APPROVAL_OPEN || a->state == SG_APPROVAL_GRANTED) &&
		    sg_deadline_over(&a->ends, &gate->state.now);
	return over ? "expired" : sg_approval_state_name(a->state);
}

/* What the person is shown. After a restart it is read from the journal; empty where nothing is left of it: nobody says yes to what cannot be shown. */
struct sg_str
sg_approval_action(struct sg_gate *gate, struct sg_approval *a)
{
	struct sg_arena arena;
	struct sg_record record;
	struct sg_str input = {NULL, 0};
	sg_arena_init(&arena, 8 << 20);
	if (a->action == NULL && sg_leaf_read(gate, a->leaf, &arena, &record, &input, NULL) == SG_OK && input.len > 0)
		a->action = strndup(input.ptr, input.len);
	sg_arena_done(&arena);
	return a->action != NULL ? sg_str(a->action) : SG_STR("");
}

enum seen { SEEN_STATE, SEEN_LISTED, SEEN_WHOLE };

/* In a list a long one is there by its name and its length: none keeps another from being seen. */
static void
write_action(struct sg_json_writer *w, struct sg_str action, enum seen seen)
{
	struct sg_arena arena;
	const struct sg_json *json = NULL;
	sg_jw_name(w, "action");
	if (action.len == 0 || seen == SEEN_WHOLE || action.len <= LIST_ACTION) {
		sg_jw_raw(w, action.len > 0 ? action : SG_STR("{}"));
		return;
	}
	sg_arena_init(&arena, 64 << 20);
	sg_json_parse(&arena, action, &sg_request_limits, &json, NULL);
	sg_jw_object(w);
	sg_jw_member_str(w, "action", sg_json_text_at(json, "action"));
	sg_jw_member_int(w, "bytes", (int64_t)action.len);
	sg_jw_end(w);
	sg_arena_done(&arena);
}

/* `seen` from LISTED on shows what a person needs to judge; an agent sees the state alone. */
static void
write_approval(struct sg_json_writer *w, struct sg_gate *gate, struct sg_approval *a, enum seen seen)
{
	bool full = seen != SEEN_STATE;
	sg_jw_object(w);
	if (full) {
		write_action(w, sg_approval_action(gate, a), seen);
		sg_jw_member_str(w, "agent", sg_str(a->agent));
		sg_jw_member_str(w, "digest", sg_str(a->digest));
	}
	sg_jw_member_int(w, "expires_at", a->ends.wall_ms / 1000);
	sg_write_groups(w, &a->requirement);
	sg_jw_member_str(w, "id", sg_str(a->id));
	sg_write_methods(w, &a->requirement);
	if (full) {
		sg_jw_member_str(w, "owner", sg_str(a->owner));
		sg_jw_name(w, "proofs");
		write_proofs(w, a);
	}
	if (a->state == SG_APPROVAL_DENIED && a->refusal != NULL) /* the agent's, too: a person says it to the agent */
		sg_jw_member_text(w, "refusal", a->refusal);
	if (full) {
		sg_jw_member_str(w, "say", sg_str(a->say));
	}
	sg_jw_member_str(w, "state", sg_str(sg_approval_word(gate, a)));
	if (full) {
		sg_jw_name(w, "tainted");
		sg_write_labels(w, &a->task->taint);
		sg_jw_member_str(w, "task", sg_str(a->task->id));
	}
	sg_jw_end(w);
}

void
sg_answer_approval(struct sg_gate *gate, struct sg_request *r)
{
	struct sg_buf body;
	struct sg_json_writer w;
	struct sg_approval *a = sg_state_approval(&gate->state, r->argument);
	if (a == NULL) {
		sg_answer_error(gate, r, 404, SG_REASON_not_found, "");
		return;
	}
	sg_buf_init(&body, BODY_MAX);
	sg_jw_begin(&w, &body);
	sg_jw_object(&w);
	sg_jw_name(&w, "approval");
	write_approval(&w, gate, a, r->route->face == SG_FACE_ADMIN ? SEEN_WHOLE : SEEN_STATE);
	sg_jw_end(&w);
	sg_answer_buf(gate, r, 200, &body);
}

/* Who may approve and nothing else sees what they are asked for. */
bool
sg_is_asked(const struct sg_gate *gate, const struct sg_request *r, const struct sg_admin *admin, const struct sg_approval *a)
{
	const struct sg_conn *conn = sg_conn_find(gate, r->conn);
	bool asked = conn != NULL && conn->face == SG_FACE_ADMIN && !sg_approves_only(conn);
	for (size_t i = 0; admin != NULL && !asked && i < a->requirement.count; i++)
		asked = sg_admin_in(admin, sg_str(a->requirement.groups[i].group));
	return asked;
}

static bool
may_see(struct sg_gate *gate, struct sg_request *r, const struct sg_approval *a, enum sg_reason *reason)
{
	const struct sg_conn *conn = sg_conn_find(gate, r->conn);
	*reason = SG_REASON_not_found;
	if (conn == NULL || a == NULL)
		return false;
	const char *why;
	if (conn->face == SG_FACE_ADMIN) {
		if (!sg_is_asked(gate, r, sg_speaker(gate, r), a) || !sg_may_ask(conn, r->route->route, &why)) /* also of whoever waited, and may no more */
			return false;
		*reason = SG_REASON_not_permitted;
		return sg_is_operator(gate, conn) && !sg_operator_gone(gate, conn);
	}
	if (conn->face == SG_FACE_ENFORCER)
		return sg_who_enforcer(gate, r, conn, reason) &&
		       sg_strings_match(&r->enforcer->for_agents, sg_str(a->agent), '.');
	return sg_who_agent(gate, r, conn, reason) && sg_str_is(r->agent->name, a->agent) && sg_who_owns(r, a->task);
}

/* Whoever waited may be nobody by now, or somebody else's: a reload came. */
static void
answer_who_may_see(struct sg_gate *gate, struct sg_request *r)
{
	enum sg_reason reason;
	if (may_see(gate, r, sg_state_approval(&gate->state, r->argument), &reason))
		sg_answer_approval(gate, r);
	else
		sg_answer_error(gate, r, 404, reason, "");
}

static void
review(struct sg_gate *gate, struct sg_request *r)
{
	enum sg_reason reason;
	if (!may_see(gate, r, sg_state_approval(&gate->state, r->argument), &reason))
		sg_answer_error(gate, r, 404, reason, "");
}

/* The disk does not answer: operators see what is in force, of anybody else nothing is told before it is durable. */
static void
unsynced(struct sg_gate *gate, struct sg_request *r)
{
	if (r->route->face == SG_FACE_ADMIN)
		answer_who_may_see(gate, r);
	else
		sg_answer_error(gate, r, 503, SG_REASON_audit_unavailable, "the disk does not answer; look again");
}

static void
polled(struct sg_gate *gate, struct sg_request *r)
{
	const struct sg_approval *a = sg_state_approval(&gate->state, r->argument);
	bool settled = a == NULL || a->state != SG_APPROVAL_OPEN || sg_deadline_over(&a->ends, &gate->state.now);
	r->lost = unsynced;
	if (settled || gate->state.now.boot >= r->wait_until)
		sg_request_sync(gate, r, gate->journal.appended, answer_who_may_see); /* nothing is told before it is durable, but for what a failed disk owes (gate/README.md, "When a gate ends") */
	else
		sg_request_wait(gate, r, SG_STAGE_POLL);
}

static void
show(struct sg_gate *gate, struct sg_request *r)
{
	enum sg_reason reason;
	struct sg_str wait = {"", 0};
	int64_t seconds = 0;
	sg_json_string(sg_json_get(r->body, "wait"), &wait);
	if (sg_by_page(gate, r) && sg_speaker(gate, r) == NULL) {
		sg_answer_error(gate, r, 401, SG_REASON_not_signed_in, "");
		return;
	}
	if (!may_see(gate, r, sg_state_approval(&gate->state, r->argument), &reason)) {
		sg_answer_error(gate, r, 404, reason, "");
		return;
	}
	if (!sg_behind_afford(gate, r, sg_state_approval(&gate->state, r->argument)->task))
		return;
	if (wait.len > 0 && !sg_str_int(wait, 0, WAIT_MAX_S, &seconds)) {
		sg_answer_error(gate, r, 400, SG_REASON_bad_request, "wait is 0 to 60 seconds");
		return;
	}
	r->wait_until = gate->state.now.boot + seconds * SG_SEC;
	r->polled = polled;
	r->reviewed = review;
	polled(gate, r);
}

void
sg_route_approval(struct sg_gate *gate, struct sg_request *request)
{
	if (request->route->face == SG_FACE_ADMIN)
		show(gate, request);
	else
		sg_look_first(gate, request, show);
}

/* Those that are asked for, oldest first: who came first is seen first. */
static uint64_t
approval_rank(const struct sg_gate *gate, const struct sg_request *r, const void *thing)
{
	const struct sg_approval *a = thing;
	bool all = sg_str_is(sg_json_text_at(r->body, "all"), "yes");
	return sg_is_asked(gate, r, sg_catalogue_admin(gate->catalogue, r->speaks_as), a) && (all || sg_approval_live(&gate->state, a)) ? a->leaf + 1 : SG_LISTED_NOT;
}

static const char *
approval_id(const void *thing)
{
	return ((const struct sg_approval *)thing)->id;
}

static void
list_approval(struct sg_json_writer *w, struct sg_gate *gate, void *thing)
{
	write_approval(w, gate, thing, SEEN_LISTED);
}

void
sg_route_approvals(struct sg_gate *gate, struct sg_request *r)
{
	static const struct sg_listing_of approvals = {"approvals", offsetof(struct sg_state, approvals), LIST_MOST, LIST_STOPS, approval_rank, approval_id, list_approval};
	const struct sg_admin *admin = sg_speaker(gate, r);
	if (admin == NULL) {
		sg_answer_error(gate, r, 401, SG_REASON_not_signed_in, "");
		return;
	}
	r->speaks_as = sg_arena_copy(&r->arena, admin->name);
	sg_list(gate, r, &approvals);
}
