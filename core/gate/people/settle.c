/* SPDX-License-Identifier: Apache-2.0
 * A person's yes and no. A yes comes by a socket that knows its user, or with a proof that a module holds against what the person enrolled; who it is that says it
 * is asked for again once that answered. */
#include "gate/people/proving.h"
#include "gate/people/settle.h"
#include "gate/people/sign_in.h"
#include "gate/desk/revoking.h"
#include "gate/decide/sight.h"
#include "gate/state/requirement.h"

#include "base/str.h"

#include <stdio.h>

/* Under this name or another. In mode dev, where all share a user, a user is nobody. */
static bool
said_yes(const struct sg_gate *gate, const struct sg_approval *a, const struct sg_admin *admin)
{
	const struct sg_human *human = sg_catalogue_human_admin(gate->catalogue, admin->name);
	uint64_t person = human != NULL ? sg_person_tag(human->id) : 0;
	for (size_t p = 0; p < a->proof_count; p++)
		if (sg_str_is(admin->name, a->proofs[p].human) || (person != 0 && a->proofs[p].person == person) ||
		    (!gate->catalogue->dev && a->proofs[p].uid == (int64_t)admin->uid))
			return true;
	return false;
}

static int64_t
needed(const struct sg_approval *a, size_t i)
{
	int64_t have = 0;
	for (size_t p = 0; p < a->proof_count; p++)
		have += strcmp(a->proofs[p].group, a->requirement.groups[i].group) == 0;
	return a->requirement.groups[i].quorum - have;
}

/* How many more there are in the group who may say yes and have not than it needs. */
static int64_t
spare(const struct sg_gate *gate, const struct sg_approval *a, size_t i)
{
	int64_t left = -needed(a, i);
	for (size_t n = 0; n < gate->catalogue->admin_count; n++)
		left += sg_admin_in(&gate->catalogue->admins[n], sg_str(a->requirement.groups[i].group)) && !said_yes(gate, a, &gate->catalogue->admins[n]) &&
			sg_may_give(gate, a, &gate->catalogue->admins[n]) == SG_REASON_allowed;
	return left;
}

/* Of the groups that still need somebody and that this human is in the one that can do least without; one human counts in one group. */
static const char *
group_for(const struct sg_gate *gate, const struct sg_approval *a, const struct sg_admin *admin)
{
	const char *found = NULL;
	int64_t least = 0;
	for (size_t i = 0; i < a->requirement.count && !said_yes(gate, a, admin); i++) {
		if (needed(a, i) <= 0 || !sg_admin_in(admin, sg_str(a->requirement.groups[i].group)))
			continue;
		int64_t left = spare(gate, a, i);
		if (found == NULL || left < least) {
			found = a->requirement.groups[i].group;
			least = left;
		}
	}
	return found;
}

/* What a person says, once it stands who they are. */
struct said {
	const char *event, *group, *method;
	const struct sg_enrolment *by; /* what proved it; NULL: the socket alone */
	int64_t counter;               /* of that device */
	const struct sg_task *freezes; /* NULL: none */
};

static bool
record_event(struct sg_gate *gate, struct sg_request *r, const struct sg_admin *admin, const struct said *said, uint64_t *number)
{
	const struct sg_human *person = sg_catalogue_human_admin(gate->catalogue, admin->name);
	struct sg_str comment = sg_json_text_at(r->body, "comment");
	struct sg_buf body;
	struct sg_json_writer w;
	sg_buf_init(&body, 8192);
	sg_jw_begin(&w, &body);
	sg_jw_object(&w);
	sg_jw_member_str(&w, "approval", r->argument);
	if (comment.len > 0)
		sg_jw_member_str(&w, "comment", comment);
	if (said->by != NULL) {
		sg_jw_member_int(&w, "counter", said->counter);
		sg_jw_member_text(&w, "enrolment", said->by->id);
	}
	sg_jw_member_text(&w, "event", said->event);
	sg_jw_member_text(&w, "group", said->group == NULL ? "" : said->group);
	sg_jw_member_str(&w, "human", admin->name);
	sg_jw_member_text(&w, "method", said->method);
	sg_jw_member_str(&w, "person", person != NULL ? person->id : SG_STR(""));
	sg_jw_member_int(&w, "uid", (int64_t)admin->uid);
	sg_jw_end(&w);
	bool good = sg_record(gate, "approval", sg_buf_view(&body), SG_STR(""), number, NULL) == SG_OK;
	sg_buf_done(&body);
	return good;
}

static bool
is_within(struct sg_str group, const char *of)
{
	size_t len = of == NULL ? 0 : strlen(of);
	return len > 0 && sg_str_starts(group, of) && (group.len == len || group.ptr[len] == '/');
}

/* The admin's process (of the page there is none here) is in the control group that is the asker, or in one that holds a task above; groups below count, the asker can make them. */
static bool
shares_group(const struct sg_gate *gate, const struct sg_approval *a, const struct sg_conn *conn)
{
	struct sg_str group = conn == NULL || gate->catalogue->dev || conn->admin == NULL || conn->admin->page ? SG_STR("") : sg_conn_group(gate, conn);
	for (const struct sg_task *t = a->task; group.len > 0 && t != NULL; t = t->parent)
		if (is_within(group, t->instance->group))
			return true;
	return false;
}

static void
settled(struct sg_gate *gate, struct sg_request *r, const struct sg_admin *admin, const struct said *said)
{
	uint64_t number = 0;
	if (!record_event(gate, r, admin, said, &number)) {
		sg_answer_error(gate, r, 503, SG_REASON_audit_unavailable, "");
		return;
	}
	if (said->freezes != NULL && !sg_gate_freeze_by(gate, said->freezes, admin->name, "approver")) {
		sg_answer_error(gate, r, 503, SG_REASON_audit_unavailable, "");
		return;
	}
	sg_leases_revoking(gate); /* what a used one gave goes back with it */
	sg_request_sync(gate, r, said->freezes != NULL ? gate->journal.appended : number, sg_answer_approval);
	sg_wake(gate);
}

/* Who says it, and about what: NULL, and answered, if that is nobody, or nothing that they are asked. */
static struct sg_approval *
asked(struct sg_gate *gate, struct sg_request *r, const struct sg_admin **admin)
{
	struct sg_approval *a = sg_state_approval(&gate->state, r->argument);
	*admin = sg_speaker(gate, r);
	if (a != NULL && *admin != NULL && sg_is_asked(gate, r, *admin, a))
		return a;
	if (*admin == NULL && sg_by_page(gate, r)) {
		sg_answer_error(gate, r, 401, SG_REASON_not_signed_in, "");
		return NULL;
	}
	sg_answer_error(gate, r, 404, SG_REASON_not_found, "stepgate approvals list");
	return NULL;
}

/* Everything that stands between this person and a yes, but for its proof. True: the group that it counts for is in *group. */
static bool
may_say_yes(struct sg_gate *gate, struct sg_request *r, const struct sg_admin *admin, struct sg_approval *a, const char *method, const char **group)
{
	enum sg_reason may = shares_group(gate, a, sg_conn_find(gate, r->conn)) ? SG_REASON_self_approval : sg_may_give(gate, a, admin);
	*group = group_for(gate, a, admin);
	if (a->state != SG_APPROVAL_OPEN || sg_deadline_over(&a->ends, &gate->state.now))
		sg_answer_error(gate, r, 409, a->state == SG_APPROVAL_OPEN ? SG_REASON_approval_expired : SG_REASON_approval_void, sg_approval_word(gate, a));
	else if (may != SG_REASON_allowed)
		sg_answer_error(gate, r, 403, may, "");
	else if (sg_approval_action(gate, a).len == 0)
		sg_answer_error(gate, r, 409, SG_REASON_approval_unreadable, "");
	else if (*group == NULL)
		sg_answer_error(gate, r, 403, SG_REASON_not_approver, "");
	else if (!sg_requirement_takes(&a->requirement, method) || (sg_by_page(gate, r) && strcmp(method, "admin") == 0)) /* no socket says who sits before a browser */
		sg_answer_error(gate, r, 403, SG_REASON_method_refused, "stepgate approvals approve ID --method NAME");
	else
		return true;
	return false;
}

/* The module answered; meanwhile much may have happened. */
static void
proven(struct sg_gate *gate, struct sg_request *r, const struct sg_json *answer)
{
	const struct sg_admin *admin;
	struct sg_approval *a = asked(gate, r, &admin);
	struct sg_enrolment *e = a == NULL ? NULL : sg_enrolment_of(gate, admin, sg_json_text_at(r->body, "method"), r->device);
	struct said said = {.event = "proof", .by = e};
	if (a == NULL)
		return;
	if (e == NULL) {
		sg_answer_error(gate, r, 403, SG_REASON_not_enrolled, "");
		return;
	}
	bool good = sg_json_int(sg_json_get(answer, "counter"), &said.counter) && (said.counter == 0 || said.counter > e->counter);
	if (answer == NULL || good)
		sg_prove_was_none(&e->tries);
	if (!sg_proven(gate, r, answer))
		return;
	said.method = e->method;
	e->challenge.until = 0; /* it served */
	if (!good)
		sg_answer_error(gate, r, 403, SG_REASON_proof_refused, "this was proven before");
	else if (may_say_yes(gate, r, admin, a, said.method, &said.group))
		settled(gate, r, admin, &said);
}

static void
prove(struct sg_gate *gate, struct sg_request *r, const struct sg_admin *admin, const struct sg_approval *a)
{
	struct sg_enrolment *e = sg_enrolment_of(gate, admin, sg_json_text_at(r->body, "method"), sg_json_text_at(r->body, "device"));
	if (e == NULL) {
		sg_answer_error(gate, r, 403, SG_REASON_not_enrolled, "");
		return;
	}
	if (sg_prove_tired(gate, e, &e->tries)) {
		sg_answer_error(gate, r, 429, SG_REASON_proofs_tried, "");
		return;
	}
	sg_prove_tried(gate, &e->tries);
	if (!sg_prove_ask(gate, r, e, "prove", sg_str(a->id), sg_json_text_at(r->body, "response"), proven))
		sg_answer_error(gate, r, 503, SG_REASON_prove_unavailable, "");
}

void
sg_route_approve(struct sg_gate *gate, struct sg_request *r)
{
	const struct sg_admin *admin;
	struct sg_str method = sg_json_text_at(r->body, "method");
	struct sg_approval *a = asked(gate, r, &admin); /* once answered the request is gone */
	struct said said = {.event = "proof", .method = "admin"};
	char name[SG_APPROVAL_METHOD] = "";
	if (a == NULL)
		return;
	snprintf(name, sizeof(name), "%.*s", method.len > 0 ? (int)method.len : 5, method.len > 0 ? method.ptr : said.method);
	if (!may_say_yes(gate, r, admin, a, name, &said.group))
		return;
	if (strcmp(name, said.method) == 0)
		settled(gate, r, admin, &said);
	else
		prove(gate, r, admin, a);
}

/* A no needs no proof: it gives nothing. */
void
sg_route_refuse(struct sg_gate *gate, struct sg_request *r)
{
	const struct sg_admin *admin;
	struct sg_approval *a = asked(gate, r, &admin);
	struct said said = {.method = "admin"};
	bool freeze = false;
	if (a == NULL)
		return;
	if (sg_by_page(gate, r))
		said.method = "page";
	sg_json_bool(sg_json_get(r->body, "freeze"), &freeze);
	said.freezes = freeze ? a->task->root : NULL; /* the others there would ask the same at once */
	if (a->state == SG_APPROVAL_DENIED || a->state == SG_APPROVAL_VOID) {
		sg_answer_error(gate, r, 409, SG_REASON_approval_void, sg_approval_word(gate, a));
		return;
	}
	said.event = a->state == SG_APPROVAL_CONSUMED ? "void" : "denied";
	said.group = group_for(gate, a, admin);
	settled(gate, r, admin, &said);
}

/* ---- what the next proof must be over ---- */

static void
challenged(struct sg_gate *gate, struct sg_request *r, const struct sg_json *answer)
{
	const struct sg_admin *admin = sg_speaker(gate, r);
	const struct sg_enrolment *e = admin == NULL ? NULL : sg_enrolment_of(gate, admin, sg_json_text_at(r->body, "method"), r->device);
	struct sg_buf body;
	struct sg_json_writer w;
	if (e == NULL) {
		sg_answer_error(gate, r, 403, SG_REASON_not_enrolled, "");
		return;
	}
	if (!sg_proven(gate, r, answer))
		return;
	sg_buf_init(&body, 16 << 10);
	sg_jw_begin(&w, &body);
	sg_jw_object(&w);
	sg_jw_member_text(&w, "challenge", e->challenge.text);
	sg_jw_name(&w, "offer");
	sg_jw_value(&w, sg_json_get(answer, "offer"));
	sg_jw_end(&w);
	sg_answer_buf(gate, r, 200, &body);
}

void
sg_route_challenge(struct sg_gate *gate, struct sg_request *r)
{
	const struct sg_admin *admin;
	struct sg_approval *a = asked(gate, r, &admin);
	struct sg_enrolment *e = a == NULL ? NULL : sg_enrolment_of(gate, admin, sg_json_text_at(r->body, "method"), sg_json_text_at(r->body, "device"));
	if (a == NULL)
		return;
	if (e == NULL)
		sg_answer_error(gate, r, 403, SG_REASON_not_enrolled, "");
	else if (!sg_challenge_make(gate, e, sg_str(a->id)) || !sg_prove_ask(gate, r, e, "offer", sg_str(a->id), SG_STR(""), challenged))
		sg_answer_error(gate, r, 503, SG_REASON_prove_unavailable, "");
}
