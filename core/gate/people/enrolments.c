/* SPDX-License-Identifier: Apache-2.0
 * People's devices: an operator begins an enrolment and gives the person its code; the person shows the device; an operator confirms its fingerprint, as the person reads it
 * out. Before that it proves nothing. */
#include "gate/people/proving.h"
#include "gate/people/review.h"
#include "gate/people/sign_in.h"
#include "gate/desk/listing.h"

#include "base/str.h"

#include <stdio.h>
#include <string.h>

enum { BODY_MAX = 16 << 10, LIST_MOST = 200, LIST_STOPS = 256 << 10, CODE_BYTES = 10 };

static void
write_enrolment(struct sg_json_writer *w, struct sg_gate *gate, const struct sg_enrolment *e, const char *code)
{
	bool over = e->state == SG_ENROLMENT_begun && sg_deadline_over(&e->ends, &gate->state.now);
	sg_jw_object(w);
	sg_jw_member_text(w, "admin", e->admin);
	sg_jw_member_int(w, "at", e->at_ms / 1000);
	if (code != NULL)
		sg_jw_member_text(w, "code", code);
	sg_jw_member_int(w, "ends_at", e->ends.wall_ms / 1000);
	sg_jw_member_text(w, "fingerprint", e->fingerprint);
	sg_jw_member_text(w, "id", e->id);
	sg_jw_member_text(w, "method", e->method);
	sg_jw_member_bool(w, "stands", sg_enrolment_stands(gate, e));
	sg_jw_member_text(w, "state", over ? "expired" : sg_enrolment_state_name(e->state));
	sg_jw_end(w);
}

/* r->answer: the code, said once and never again. */
static void
answer_enrolment(struct sg_gate *gate, struct sg_request *r)
{
	const struct sg_enrolment *e = sg_state_enrolment(&gate->state, r->argument);
	struct sg_buf body;
	struct sg_json_writer w;
	if (e == NULL) {
		sg_answer_error(gate, r, 404, SG_REASON_not_found, "stepgate people list");
		return;
	}
	sg_buf_init(&body, BODY_MAX);
	sg_jw_begin(&w, &body);
	sg_jw_object(&w);
	sg_jw_name(&w, "enrolment");
	write_enrolment(&w, gate, e, r->answer.len > 0 ? r->answer.ptr : NULL);
	sg_jw_end(&w);
	sg_answer_buf(gate, r, 200, &body);
}

static uint64_t
enrolment_rank(const struct sg_gate *gate, const struct sg_request *r, const void *thing)
{
	(void)gate, (void)r;
	return (uint64_t)((const struct sg_enrolment *)thing)->at_ms + 1;
}

static const char *
enrolment_id(const void *thing)
{
	return ((const struct sg_enrolment *)thing)->id;
}

static void
list_enrolment(struct sg_json_writer *w, struct sg_gate *gate, void *thing)
{
	write_enrolment(w, gate, thing, NULL);
}

void
sg_route_enrolments(struct sg_gate *gate, struct sg_request *r)
{
	static const struct sg_listing_of enrolments = {"enrolments", offsetof(struct sg_state, enrolments), LIST_MOST, LIST_STOPS, enrolment_rank, enrolment_id, list_enrolment};
	sg_list(gate, r, &enrolments);
}

/* ---- begun ---- */

/* RFC 4648 section 6 in small letters, in fours: what a person reads from a screen and types. */
static bool
make_code(struct sg_gate *gate, char code[SG_ENROL_CODE])
{
	static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";
	unsigned char random[CODE_BYTES];
	size_t at = 0;
	if (!sg_gate_random(gate, random, sizeof(random)))
		return false;
	for (size_t bit = 0; bit < CODE_BYTES * 8; bit += 5) {
		unsigned two = (unsigned)random[bit / 8] << 8 | (bit / 8 + 1 < CODE_BYTES ? random[bit / 8 + 1] : 0);
		if (bit > 0 && bit % 20 == 0)
			code[at++] = '-';
		code[at++] = alphabet[two >> (11 - bit % 8) & 31];
	}
	code[at] = '\0';
	return true;
}

/* So many there are once this one is begun, of the admin (""; of all): what it replaces, and what nobody finished in time, is gone then. */
static size_t
count_beside(const struct sg_gate *gate, struct sg_str admin, struct sg_str begins, struct sg_str method)
{
	size_t count = 0, at = 0;
	for (const struct sg_enrolment *e; (e = sg_table_next(&gate->state.enrolments, &at)) != NULL;)
		count += (admin.len == 0 || sg_str_is(admin, e->admin)) && !sg_enrolment_gives_way(e, begins, method, gate->state.now.wall_ms);
	return count;
}

static bool
record_begun(struct sg_gate *gate, struct sg_request *r, const struct sg_admin *admin, struct sg_str method, const char *code, uint64_t *number)
{
	const struct sg_human *person = sg_catalogue_human_admin(gate->catalogue, admin->name);
	struct sg_deadline ends = sg_deadline_in(&gate->state.now, SG_ENROL_MS);
	char id[SG_ID_MAX], digest[SG_SHA256_HEX];
	struct sg_buf body;
	struct sg_json_writer w;
	if (!sg_random_id(gate, "e", id))
		return false;
	r->argument = sg_arena_copy(&r->arena, sg_str(id));
	sg_sha256_hex(digest, sg_str(code));
	sg_buf_init(&body, BODY_MAX);
	sg_jw_begin(&w, &body);
	sg_jw_object(&w);
	sg_jw_member_str(&w, "admin", admin->name);
	sg_jw_member_str(&w, "by", sg_conn_operator(sg_conn_find(gate, r->conn)));
	sg_jw_member_text(&w, "code", digest);
	sg_jw_name(&w, "ends");
	sg_write_deadline(&w, gate, &ends);
	sg_jw_member_str(&w, "enrolment", r->argument);
	sg_jw_member_text(&w, "event", "begun");
	sg_jw_member_str(&w, "method", method);
	sg_jw_member_str(&w, "person", person != NULL ? person->id : SG_STR(""));
	sg_jw_member_int(&w, "uid", (int64_t)admin->uid);
	sg_jw_end(&w);
	bool good = sg_record(gate, "enrolment", sg_buf_view(&body), SG_STR(""), number, NULL) == SG_OK;
	sg_buf_done(&body);
	return good;
}

void
sg_route_enrol(struct sg_gate *gate, struct sg_request *r)
{
	struct sg_str name = sg_json_text_at(r->body, "admin"), method = sg_json_text_at(r->body, "method");
	const struct sg_admin *admin = sg_catalogue_admin(gate->catalogue, name);
	char code[SG_ENROL_CODE];
	uint64_t number = 0;
	if (admin == NULL)
		sg_answer_error(gate, r, 404, SG_REASON_not_found, "no such stanza in admins");
	else if (!sg_strings_have(&gate->catalogue->methods, method))
		sg_answer_error(gate, r, 404, SG_REASON_not_found, "no such stanza in prove");
	else if (count_beside(gate, name, name, method) >= SG_ENROLMENTS_EACH || count_beside(gate, SG_STR(""), name, method) >= SG_ENROLMENTS)
		sg_answer_error(gate, r, 409, SG_REASON_bad_request, "too many devices: stepgate people revoke ID");
	else if (!make_code(gate, code) || !record_begun(gate, r, admin, method, code, &number))
		sg_answer_error(gate, r, 503, SG_REASON_audit_unavailable, "");
	else {
		r->answer = sg_arena_copy(&r->arena, sg_str(code));
		sg_request_sync(gate, r, number, answer_enrolment);
	}
}

/* ---- shown by the person ---- */

/* `again`: the module has answered. The one that this person, by its code, may finish; NULL, and answered: whether the id, the person or the code is wrong is not told. */
static struct sg_enrolment *
mine(struct sg_gate *gate, struct sg_request *r, bool again)
{
	const struct sg_admin *admin = sg_by_page(gate, r) ? NULL : sg_speaker(gate, r);
	struct sg_enrolment *e = sg_state_enrolment(&gate->state, r->argument);
	char digest[SG_SHA256_HEX];
	sg_sha256_hex(digest, sg_json_text_at(r->body, "code"));
	bool person = e != NULL && (sg_by_page(gate, r) || (admin != NULL && sg_str_is(admin->name, e->admin))) && sg_enrolment_stands(gate, e);
	if (person && !again && e->state == SG_ENROLMENT_begun && sg_prove_tired(gate, e, &e->tries)) {
		sg_answer_error(gate, r, 429, SG_REASON_proofs_tried, "");
		return NULL;
	}
	if (person && e->state == SG_ENROLMENT_begun && !sg_deadline_over(&e->ends, &gate->state.now) && strcmp(digest, e->code) == 0)
		return e;
	if (person)
		sg_prove_tried(gate, &e->tries);
	sg_answer_error(gate, r, 404, SG_REASON_not_found, "nothing is to be enrolled by this code; ask who gave it for another");
	return NULL;
}

static void
offered(struct sg_gate *gate, struct sg_request *r, const struct sg_json *answer)
{
	const struct sg_enrolment *e = mine(gate, r, true);
	struct sg_buf body;
	struct sg_json_writer w;
	if (e == NULL || !sg_proven(gate, r, answer))
		return;
	sg_buf_init(&body, BODY_MAX);
	sg_jw_begin(&w, &body);
	sg_jw_object(&w);
	sg_jw_member_text(&w, "challenge", e->challenge.text);
	sg_jw_name(&w, "offer");
	sg_jw_value(&w, sg_json_get(answer, "offer"));
	sg_jw_end(&w);
	sg_answer_buf(gate, r, 200, &body);
}

void
sg_route_enrol_offer(struct sg_gate *gate, struct sg_request *r)
{
	struct sg_enrolment *e = mine(gate, r, false);
	if (e != NULL && (!sg_challenge_make(gate, e, sg_str(e->id)) || !sg_prove_ask(gate, r, e, "offer", sg_str(e->id), SG_STR(""), offered)))
		sg_answer_error(gate, r, 503, SG_REASON_prove_unavailable, "");
}

static bool
record_done(struct sg_gate *gate, const struct sg_request *r, const struct sg_enrolment *e, const struct sg_json *answer, uint64_t *number)
{
	struct sg_buf body;
	struct sg_json_writer w;
	int64_t counter = 0;
	sg_json_int(sg_json_get(answer, "counter"), &counter);
	sg_buf_init(&body, BODY_MAX);
	sg_jw_begin(&w, &body);
	sg_jw_object(&w);
	sg_jw_member_int(&w, "counter", counter);
	sg_jw_member_text(&w, "enrolment", e->id);
	sg_jw_member_text(&w, "event", "enrolled");
	sg_jw_member_str(&w, "fingerprint", sg_json_text_at(answer, "fingerprint"));
	sg_jw_member_str(&w, "key", sg_json_text_at(answer, "key"));
	sg_jw_member_bool(&w, "own", !sg_by_page(gate, r));
	sg_jw_end(&w);
	bool good = sg_record(gate, "enrolment", sg_buf_view(&body), SG_STR(""), number, NULL) == SG_OK;
	sg_buf_done(&body);
	return good;
}

static void
shown(struct sg_gate *gate, struct sg_request *r, const struct sg_json *answer)
{
	struct sg_enrolment *e = mine(gate, r, true);
	uint64_t number = 0;
	bool ok = false;
	if (e == NULL)
		return;
	sg_json_bool(sg_json_get(answer, "ok"), &ok);
	if (answer == NULL || ok)
		sg_prove_was_none(&e->tries);
	if (!sg_proven(gate, r, answer))
		return;
	struct sg_str print = sg_json_text_at(answer, "fingerprint"), key = sg_json_text_at(answer, "key");
	if (print.len == 0 || print.len > SG_FINGERPRINT_MAX || key.len == 0 || key.len > SG_PROVE_KEY_MAX)
		sg_answer_error(gate, r, 503, SG_REASON_prove_unavailable, "");
	else if (!record_done(gate, r, e, answer, &number))
		sg_answer_error(gate, r, 503, SG_REASON_audit_unavailable, "");
	else
		sg_request_sync(gate, r, number, answer_enrolment);
}

void
sg_route_enrol_finish(struct sg_gate *gate, struct sg_request *r)
{
	struct sg_enrolment *e = mine(gate, r, false);
	if (e != NULL)
		sg_prove_tried(gate, &e->tries);
	if (e != NULL && !sg_prove_ask(gate, r, e, "enrol", sg_str(e->id), sg_json_text_at(r->body, "response"), shown))
		sg_answer_error(gate, r, 503, SG_REASON_prove_unavailable, "");
}

/* ---- confirmed, revoked ---- */

static bool
record_word(struct sg_gate *gate, struct sg_request *r, const char *event, uint64_t *number)
{
	struct sg_buf body;
	struct sg_json_writer w;
	sg_buf_init(&body, BODY_MAX);
	sg_jw_begin(&w, &body);
	sg_jw_object(&w);
	sg_jw_member_str(&w, "by", sg_conn_operator(sg_conn_find(gate, r->conn)));
	sg_jw_member_str(&w, "enrolment", r->argument);
	sg_jw_member_text(&w, "event", event);
	if (sg_json_text_at(r->body, "reason").len > 0)
		sg_jw_member_str(&w, "reason", sg_json_text_at(r->body, "reason"));
	sg_jw_end(&w);
	bool good = sg_record(gate, "enrolment", sg_buf_view(&body), SG_STR(""), number, NULL) == SG_OK;
	sg_buf_done(&body);
	return good;
}

static bool
is_one_person(const struct sg_gate *gate, struct sg_str a, struct sg_str b)
{
	const struct sg_human *one = sg_catalogue_human_admin(gate->catalogue, a), *two = sg_catalogue_human_admin(gate->catalogue, b);
	return sg_str_eq(a, b) || (one != NULL && one == two);
}

/* Whoever began it had the code, and may have shown a device of their own on the page: two operators stand for somebody's device, or the person does. Root may write
 * whoever it likes into the configuration. */
static bool
vouches_for_itself(const struct sg_gate *gate, const struct sg_request *r, const struct sg_enrolment *e)
{
	const struct sg_conn *conn = sg_conn_find(gate, r->conn);
	struct sg_str who = sg_conn_operator(conn);
	bool root = conn != NULL && !conn->peer.network && conn->peer.uid == 0;
	return e->begun_by[0] != '\0' && !root && !gate->catalogue->dev && is_one_person(gate, who, sg_str(e->begun_by)) && !is_one_person(gate, who, sg_str(e->admin));
}

void
sg_route_enrol_confirm(struct sg_gate *gate, struct sg_request *r)
{
	const struct sg_enrolment *e = sg_state_enrolment(&gate->state, r->argument);
	uint64_t number = 0;
	if (e == NULL)
		sg_answer_error(gate, r, 404, SG_REASON_not_found, "stepgate people list");
	else if (e->state != SG_ENROLMENT_enrolled || !sg_enrolment_stands(gate, e))
		sg_answer_error(gate, r, 409, SG_REASON_bad_request, e->state == SG_ENROLMENT_begun ? "the person has not shown the device yet" : "it is confirmed, or not this person's any more");
	else if (vouches_for_itself(gate, r, e))
		sg_answer_error(gate, r, 403, SG_REASON_self_approval, "who began it on the page does not confirm it: another operator, root, or the person by their own socket (stepgate people finish)");
	else if (!sg_str_is(sg_json_text_at(r->body, "fingerprint"), e->fingerprint))
		sg_answer_error(gate, r, 409, SG_REASON_bad_request, "this is not the device's fingerprint: revoke it if the person reads out another one");
	else if (!record_word(gate, r, "confirmed", &number))
		sg_answer_error(gate, r, 503, SG_REASON_audit_unavailable, "");
	else
		sg_request_sync(gate, r, number, answer_enrolment);
}

static void
answer_revoked(struct sg_gate *gate, struct sg_request *r)
{
	struct sg_buf body;
	sg_buf_init(&body, 256);
	sg_buf_printf(&body, "{\"durable\":%s,\"revoked\":\"%.*s\"}", gate->journal.closed ? "false" : "true", SG_STR_ARG(r->argument));
	sg_answer_buf(gate, r, 200, &body);
}

void
sg_route_enrol_revoke(struct sg_gate *gate, struct sg_request *r)
{
	uint64_t number = 0;
	if (sg_state_enrolment(&gate->state, r->argument) == NULL)
		sg_answer_error(gate, r, 404, SG_REASON_not_found, "stepgate people list");
	else if (!record_word(gate, r, "revoked", &number))
		sg_answer_error(gate, r, 503, SG_REASON_audit_unavailable, "");
	else {
		sg_gate_review(gate); /* what it said yes to falls with it */
		sg_wake(gate);
		sg_request_sync(gate, r, number, answer_revoked);
	}
}
