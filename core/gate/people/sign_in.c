/* SPDX-License-Identifier: Apache-2.0
 * Signing in on the approvers' page, and out of it. */
#include "gate/people/sign_in.h"

#include "base/line.h"
#include "base/secret.h"
#include "base/str.h"
#include "gate/people/proving.h"
#include "token/base64url.h"

#include <stdio.h>
#include <stdlib.h>

enum { BODY_MAX = 64 << 10, TOKEN_BYTES = 32 };

/* ---- in ---- */

static void
end(struct sg_gate *gate, struct sg_sign_in *s)
{
	sg_table_take(&gate->sign_ins, sg_str(s->digest));
	sg_wipe(s, sizeof(*s));
	free(s);
}

/* Those that stand no more are no more; of the others the one that was idle longest, of this person ("": of all). */
static struct sg_sign_in *
count_others(struct sg_gate *gate, const char *admin, size_t *count)
{
	struct sg_sign_in *idle = NULL;
	size_t at = 0;
	*count = 0;
	for (struct sg_sign_in *s; (s = sg_table_next(&gate->sign_ins, &at)) != NULL;) {
		if (!sg_sign_in_stands(gate, s) || (admin[0] != '\0' && strcmp(admin, s->admin) != 0))
			continue;
		++*count;
		if (idle == NULL || s->used < idle->used)
			idle = s;
	}
	return idle;
}

static void
drop_fallen(struct sg_gate *gate)
{
	size_t at = 0;
	for (struct sg_sign_in *s; (s = sg_table_next(&gate->sign_ins, &at)) != NULL;)
		if (!sg_sign_in_stands(gate, s)) {
			end(gate, s);
			at = 0; /* what stood behind it may have moved */
		}
}

static void
make_room(struct sg_gate *gate, const char *admin)
{
	size_t own, all;
	struct sg_sign_in *idle;
	drop_fallen(gate);
	if ((idle = count_others(gate, admin, &own)) != NULL && own >= SG_SIGN_INS_EACH)
		end(gate, idle);
	if ((idle = count_others(gate, "", &all)) != NULL && all >= SG_SIGN_INS)
		end(gate, idle);
}

static bool
make_token(struct sg_gate *gate, char token[SG_SIGN_IN_TOKEN])
{
	unsigned char random[TOKEN_BYTES];
	struct sg_buf out;
	if (!sg_gate_random(gate, random, sizeof(random)))
		return false;
	sg_buf_init(&out, SG_SIGN_IN_TOKEN);
	sg_b64u_write(&out, (struct sg_str){(const char *)random, sizeof(random)});
	sg_line_join(token, SG_SIGN_IN_TOKEN, "", sg_buf_view(&out));
	sg_buf_done(&out);
	return token[0] != '\0';
}

static struct sg_sign_in *
begin(struct sg_gate *gate, const struct sg_enrolment *e, const char *token)
{
	struct sg_sign_in *s = calloc(1, sizeof(*s));
	if (s == NULL)
		return NULL;
	make_room(gate, e->admin);
	sg_sha256_hex(s->digest, sg_str(token));
	sg_line_join(s->admin, sizeof(s->admin), "", sg_str(e->admin));
	sg_line_join(s->enrolment, sizeof(s->enrolment), "", sg_str(e->id));
	s->began = s->used = gate->state.now.boot;
	if (sg_table_put(&gate->sign_ins, sg_str(s->digest), s) == SG_OK)
		return s;
	free(s);
	return NULL;
}

static void
write_sign_in(struct sg_json_writer *w, const struct sg_gate *gate, const struct sg_sign_in *s, const char *token)
{
	struct sg_str id = {s->digest, SG_SIGN_IN_ID};
	int64_t idle_ms = (gate->state.now.boot - s->used) / SG_MSEC, since_ms = (gate->state.now.boot - s->began) / SG_MSEC;
	sg_jw_object(w);
	sg_jw_member_text(w, "admin", s->admin);
	sg_jw_member_text(w, "enrolment", s->enrolment);
	sg_jw_member_str(w, "id", id);
	sg_jw_member_int(w, "idle_s", idle_ms / 1000);
	sg_jw_member_int(w, "left_s", (gate->catalogue->web.total_ms - since_ms) / 1000);
	if (token != NULL)
		sg_jw_member_text(w, "token", token);
	sg_jw_end(w);
}

/* r->answer: the token, said once, when the leaf that says who showed what is on disk. */
static void
answer_signed_in(struct sg_gate *gate, struct sg_request *r)
{
	const struct sg_sign_in *s = sg_sign_in_by_token(gate, r->answer);
	struct sg_buf body;
	struct sg_json_writer w;
	if (s == NULL) {
		sg_answer_error(gate, r, 401, SG_REASON_not_signed_in, "");
		return;
	}
	sg_buf_init(&body, BODY_MAX);
	sg_jw_begin(&w, &body);
	sg_jw_object(&w);
	sg_jw_name(&w, "sign_in");
	write_sign_in(&w, gate, s, r->answer.ptr);
	sg_jw_end(&w);
	sg_answer_buf(gate, r, 200, &body);
}

/* The leaf is lost, and what was shown would be good once more. */
static void
lost(struct sg_gate *gate, struct sg_request *r)
{
	struct sg_sign_in *s = sg_sign_in_by_token(gate, r->answer);
	if (s != NULL)
		end(gate, s);
	sg_answer_error(gate, r, 503, SG_REASON_audit_unavailable, "");
}

static bool
record_used(struct sg_gate *gate, const struct sg_enrolment *e, int64_t counter, uint64_t *number)
{
	struct sg_buf body;
	struct sg_json_writer w;
	sg_buf_init(&body, 1024);
	sg_jw_begin(&w, &body);
	sg_jw_object(&w);
	sg_jw_member_text(&w, "by", e->admin);
	sg_jw_member_int(&w, "counter", counter);
	sg_jw_member_text(&w, "enrolment", e->id);
	sg_jw_member_text(&w, "event", "used");
	sg_jw_end(&w);
	bool good = sg_record(gate, "enrolment", sg_buf_view(&body), SG_STR(""), number, NULL) == SG_OK;
	sg_buf_done(&body);
	return good;
}

/* Whose device it is, for this method. Nobody's, a stranger learns, is like a wrong answer. */
static struct sg_enrolment *
shown_by(struct sg_gate *gate, const struct sg_request *r, struct sg_str device)
{
	const struct sg_admin *admin = sg_catalogue_admin(gate->catalogue, sg_json_text_at(r->body, "admin"));
	bool may = admin != NULL && !admin->page && !admin->watches_only && !sg_admin_gone(gate, admin->name);
	return may ? sg_enrolment_of(gate, admin, sg_json_text_at(r->body, "method"), device) : NULL;
}

static void
shown(struct sg_gate *gate, struct sg_request *r, const struct sg_json *answer)
{
	struct sg_enrolment *e = sg_by_page(gate, r) ? shown_by(gate, r, r->device) : NULL;
	char token[SG_SIGN_IN_TOKEN];
	int64_t counter = 0;
	uint64_t number = 0;
	if (e == NULL) {
		sg_answer_error(gate, r, 403, SG_REASON_proof_refused, "");
		return;
	}
	bool good = sg_json_int(sg_json_get(answer, "counter"), &counter) && (counter == 0 || counter > e->counter);
	if (answer == NULL || good)
		sg_prove_was_none(&e->sign_in_tries);
	if (!sg_proven(gate, r, answer))
		return;
	e->sign_in_challenge.until = 0; /* it served */
	if (!good)
		sg_answer_error(gate, r, 403, SG_REASON_proof_refused, "this was shown before: wait for the next one");
	else if (!make_token(gate, token) || !record_used(gate, e, counter, &number) || begin(gate, e, token) == NULL)
		sg_answer_error(gate, r, 503, SG_REASON_audit_unavailable, "");
	else {
		r->answer = sg_arena_copy(&r->arena, sg_str(token));
		r->lost = lost;
		sg_request_sync(gate, r, number, answer_signed_in);
	}
	sg_wipe(token, sizeof(token));
}

/* The device that somebody on the page would sign in by. NULL: answered. */
static struct sg_enrolment *
asked_of(struct sg_gate *gate, struct sg_request *r)
{
	bool page = sg_by_page(gate, r), open = page && gate->catalogue->web.origin.len > 0;
	struct sg_enrolment *e = open ? shown_by(gate, r, sg_json_text_at(r->body, "device")) : NULL;
	if (!open)
		sg_answer_error(gate, r, 403, SG_REASON_not_permitted, page ? "web.origin says where the page is" : "people sign in on the page; here the socket knows who it is");
	else if (e == NULL)
		sg_answer_error(gate, r, 403, SG_REASON_proof_refused, "");
	else if (sg_prove_tired(gate, e, &e->sign_in_tries))
		sg_answer_error(gate, r, 429, SG_REASON_proofs_tried, "");
	else
		return e;
	return NULL;
}

void
sg_route_sign_in(struct sg_gate *gate, struct sg_request *r)
{
	struct sg_enrolment *e = asked_of(gate, r);
	if (e == NULL)
		return;
	sg_prove_tried(gate, &e->sign_in_tries);
	if (!sg_prove_ask(gate, r, e, "prove", SG_STR(SG_SIGN_IN_WHAT), sg_json_text_at(r->body, "response"), shown))
		sg_answer_error(gate, r, 503, SG_REASON_prove_unavailable, "");
}

/* ---- what a browser must sign ---- */

static void
challenged(struct sg_gate *gate, struct sg_request *r, const struct sg_json *answer)
{
	const struct sg_enrolment *e = shown_by(gate, r, r->device);
	struct sg_buf body;
	struct sg_json_writer w;
	if (e == NULL) {
		sg_answer_error(gate, r, 403, SG_REASON_proof_refused, "");
		return;
	}
	if (!sg_proven(gate, r, answer))
		return;
	sg_buf_init(&body, BODY_MAX);
	sg_jw_begin(&w, &body);
	sg_jw_object(&w);
	sg_jw_member_text(&w, "challenge", e->sign_in_challenge.text);
	sg_jw_name(&w, "offer");
	sg_jw_value(&w, sg_json_get(answer, "offer"));
	sg_jw_end(&w);
	sg_answer_buf(gate, r, 200, &body);
}

/* One that stands goes on standing: a stranger who asks does not take it from the person. */
void
sg_route_sign_in_challenge(struct sg_gate *gate, struct sg_request *r)
{
	const struct sg_str what = SG_STR(SG_SIGN_IN_WHAT);
	struct sg_enrolment *e = asked_of(gate, r);
	if (e != NULL && ((!sg_challenge_stands(gate, e, what) && !sg_challenge_make(gate, e, what)) || !sg_prove_ask(gate, r, e, "offer", what, SG_STR(""), challenged)))
		sg_answer_error(gate, r, 503, SG_REASON_prove_unavailable, "");
}

/* ---- what the page must know ---- */

void
sg_route_page(struct sg_gate *gate, struct sg_request *r)
{
	const struct sg_catalogue *c = gate->catalogue;
	struct sg_buf body;
	struct sg_json_writer w;
	if (!sg_by_page(gate, r)) {
		sg_answer_error(gate, r, 403, SG_REASON_not_permitted, "of the page alone");
		return;
	}
	sg_buf_init(&body, BODY_MAX);
	sg_jw_begin(&w, &body);
	sg_jw_object(&w);
	sg_jw_member_int(&w, "idle_s", c->web.idle_ms / 1000);
	sg_jw_name(&w, "methods");
	sg_jw_array(&w);
	for (size_t i = 0; i < c->methods.count; i++)
		sg_jw_str(&w, c->methods.items[i]);
	sg_jw_end(&w);
	sg_jw_member_str(&w, "origin", c->web.origin);
	sg_jw_member_int(&w, "total_s", c->web.total_ms / 1000);
	sg_jw_end(&w);
	sg_answer_buf(gate, r, 200, &body);
}

/* ---- who is, and out ---- */

/* Operators see all, a person on the page their own. NULL: answered. */
static bool
whose(struct sg_gate *gate, struct sg_request *r, struct sg_str *admin)
{
	const struct sg_admin *speaker = sg_speaker(gate, r);
	const struct sg_conn *conn = sg_conn_find(gate, r->conn);
	if (speaker == NULL || conn == NULL) {
		sg_answer_error(gate, r, 401, SG_REASON_not_signed_in, "");
		return false;
	}
	*admin = sg_approves_only(conn) ? speaker->name : SG_STR("");
	return true;
}

void
sg_route_sign_ins(struct sg_gate *gate, struct sg_request *r)
{
	struct sg_str admin;
	struct sg_buf body;
	struct sg_json_writer w;
	size_t at = 0;
	if (!whose(gate, r, &admin))
		return;
	sg_buf_init(&body, SG_SIGN_INS * 256);
	sg_jw_begin(&w, &body);
	sg_jw_object(&w);
	sg_jw_name(&w, "sign_ins");
	sg_jw_array(&w);
	for (const struct sg_sign_in *s; (s = sg_table_next(&gate->sign_ins, &at)) != NULL;)
		if (sg_sign_in_stands(gate, s) && (admin.len == 0 || sg_str_is(admin, s->admin)))
			write_sign_in(&w, gate, s, NULL);
	sg_jw_end(&w);
	sg_jw_end(&w);
	sg_answer_buf(gate, r, 200, &body);
}

static struct sg_sign_in *
named(const struct sg_gate *gate, const struct sg_request *r, struct sg_str admin)
{
	size_t at = 0;
	if (sg_str_is(r->argument, "this"))
		return sg_sign_in_by_token(gate, sg_json_text_at(r->body, "session"));
	for (struct sg_sign_in *s; (s = sg_table_next(&gate->sign_ins, &at)) != NULL;)
		if (sg_str_eq(r->argument, (struct sg_str){s->digest, SG_SIGN_IN_ID}) && (admin.len == 0 || sg_str_is(admin, s->admin)))
			return s;
	return NULL;
}

void
sg_route_sign_out(struct sg_gate *gate, struct sg_request *r)
{
	struct sg_str admin;
	struct sg_buf body;
	if (!whose(gate, r, &admin))
		return;
	struct sg_sign_in *s = named(gate, r, admin);
	if (s == NULL) {
		sg_answer_error(gate, r, 404, SG_REASON_not_found, "stepgate people sessions");
		return;
	}
	end(gate, s);
	sg_buf_init(&body, 64);
	sg_buf_text(&body, "{\"ended\":true}");
	sg_answer_buf(gate, r, 200, &body);
}

void
sg_sign_ins_done(struct sg_gate *gate)
{
	size_t at = 0;
	for (struct sg_sign_in *s; (s = sg_table_next(&gate->sign_ins, &at)) != NULL;) {
		sg_wipe(s, sizeof(*s));
		free(s);
	}
	sg_table_done(&gate->sign_ins);
}
