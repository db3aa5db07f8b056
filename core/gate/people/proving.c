/* SPDX-License-Identifier: Apache-2.0
 * What a person presents goes to the module of its method, with what that must know; nothing is believed but its ok. */
#include "gate/people/proving.h"

#include "base/line.h"
#include "base/str.h"
#include "token/base64url.h"

enum { CALL_MAX = 64 << 10, RANDOM = 32 };

static bool
may_prove(const struct sg_gate *gate, const struct sg_enrolment *e, const struct sg_admin *admin, struct sg_str method)
{
	return e->state == SG_ENROLMENT_confirmed && sg_str_is(admin->name, e->admin) && sg_str_is(method, e->method) && sg_enrolment_stands(gate, e);
}

static bool
is_newer(const struct sg_enrolment *e, const struct sg_enrolment *than)
{
	return than == NULL || e->at_ms > than->at_ms || (e->at_ms == than->at_ms && strcmp(e->id, than->id) > 0);
}

struct sg_enrolment *
sg_enrolment_of(const struct sg_gate *gate, const struct sg_admin *admin, struct sg_str method, struct sg_str device)
{
	struct sg_enrolment *found = NULL;
	size_t at = 0;
	for (struct sg_enrolment *e; (e = sg_table_next(&gate->state.enrolments, &at)) != NULL;)
		if (may_prove(gate, e, admin, method) && (device.len > 0 ? sg_str_is(device, e->id) : is_newer(e, found)))
			found = e;
	return found;
}

/* Told to operators once a rest: somebody may be guessing. */
static void
tell_tired(struct sg_gate *gate, const struct sg_enrolment *e, struct sg_tries *tries)
{
	if (!tries->told)
		sg_alert(gate, sg_reason_code(SG_REASON_proofs_tried), sg_str(e->admin), SG_STR(""), SG_STR(""));
	tries->told = true;
}

bool
sg_prove_tired(struct sg_gate *gate, const struct sg_enrolment *e, struct sg_tries *tries)
{
	if (gate->state.now.boot - tries->at >= gate->catalogue->limits.proof_rest * SG_MSEC)
		tries->count = 0, tries->told = false;
	if (tries->count < gate->catalogue->limits.proof_tries)
		return false;
	tell_tired(gate, e, tries);
	return true;
}

void
sg_prove_tried(const struct sg_gate *gate, struct sg_tries *tries)
{
	tries->count++;
	tries->at = gate->state.now.boot;
}

void
sg_prove_was_none(struct sg_tries *tries)
{
	tries->count -= tries->count > 0;
}

static bool
write_random(struct sg_gate *gate, char text[48], struct sg_str what)
{
	unsigned char random[RANDOM], digest[SG_SHA256_BYTES];
	struct sg_buf out;
	if (!sg_gate_random(gate, random, sizeof(random)))
		return false;
	sg_sha256_two(digest, what, (struct sg_str){(const char *)random, sizeof(random)});
	sg_buf_init(&out, 64);
	sg_b64u_write(&out, (struct sg_str){(const char *)digest, sizeof(digest)});
	sg_line_join(text, 48, "", sg_buf_view(&out));
	sg_buf_done(&out);
	return true;
}

struct sg_challenge *
sg_challenge_of(struct sg_enrolment *e, struct sg_str what)
{
	return sg_str_is(what, SG_SIGN_IN_WHAT) ? &e->sign_in_challenge : &e->challenge;
}

bool
sg_challenge_stands(const struct sg_gate *gate, struct sg_enrolment *e, struct sg_str what)
{
	const struct sg_challenge *c = sg_challenge_of(e, what);
	return gate->state.now.boot < c->until && sg_str_is(what, c->what);
}

bool
sg_challenge_make(struct sg_gate *gate, struct sg_enrolment *e, struct sg_str what)
{
	struct sg_challenge *c = sg_challenge_of(e, what);
	sg_line_join(c->what, sizeof(c->what), "", what);
	c->until = gate->state.now.boot + SG_CHALLENGE_MS * SG_MSEC;
	return write_random(gate, c->text, what);
}

/* Where none stands, one that nobody was told: no proof is over it. */
static bool
challenge_for(struct sg_gate *gate, struct sg_enrolment *e, struct sg_str what, char text[48])
{
	if (!sg_challenge_stands(gate, e, what))
		return write_random(gate, text, what);
	memcpy(text, sg_challenge_of(e, what)->text, 48);
	return true;
}

bool
sg_prove_ask(struct sg_gate *gate, struct sg_request *r, struct sg_enrolment *e, const char *verb, struct sg_str what, struct sg_str response,
	     void (*then)(struct sg_gate *, struct sg_request *, const struct sg_json *))
{
	char challenge[48];
	struct sg_buf call;
	struct sg_json_writer w;
	if (!challenge_for(gate, e, what, challenge))
		return false;
	sg_buf_init(&call, CALL_MAX);
	sg_jw_begin(&w, &call);
	sg_jw_object(&w);
	sg_jw_member_text(&w, "challenge", challenge);
	sg_jw_member_int(&w, "counter", e->counter);
	sg_jw_member_text(&w, "enrolment", e->id);
	sg_jw_member_text(&w, "key", e->key != NULL ? e->key : "");
	sg_jw_member_text(&w, "person", e->admin);
	sg_jw_member_str(&w, "response", response);
	sg_jw_member_str(&w, "site", gate->catalogue->web.origin);
	sg_jw_member_text(&w, "verb", verb);
	sg_jw_end(&w);
	sg_request_wait(gate, r, SG_STAGE_CALL);
	r->after_call = then;
	r->device = sg_arena_copy(&r->arena, sg_str(e->id));
	bool asked = !call.failed && gate->ports.call(gate->ports.self, r->id, "prove", sg_str(e->method), 0, sg_buf_view(&call)) == SG_CALL_TAKEN;
	sg_buf_done(&call);
	return asked;
}

bool
sg_proven(struct sg_gate *gate, struct sg_request *r, const struct sg_json *answer)
{
	bool ok = false;
	struct sg_str code = sg_json_text_at(answer, "code");
	sg_json_bool(sg_json_get(answer, "ok"), &ok);
	if (ok)
		return true;
	if (answer == NULL || sg_json_is(answer, "fault", "module"))
		sg_answer_error(gate, r, 503, SG_REASON_prove_unavailable, "");
	else
		sg_answer_error(gate, r, 403, SG_REASON_proof_refused, sg_arena_printf(&r->arena, "%.*s", SG_STR_ARG(code)));
	return false;
}
