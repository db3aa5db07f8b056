/* SPDX-License-Identifier: Apache-2.0
 * What a person presents, held against what was enrolled. What the module answers is kept to its bounds. */
#include "base/err.h"
#include "base/str.h"
#include "host/call.h"
#include "token/base64url.h"

#include <stepgate/prove.h>

enum { OFFER_BUDGET = 1 << 20, MEMBERS = 8, PERSON_MAX = 255, SITE_MAX = 255, SEEN = SG_PROOF_BOUND | SG_PROOF_USER | SG_PROOF_BACKED_UP };

static bool
read_texts(const struct sg_call *call, struct sg_prove_in *in)
{
	const struct {
		const char *name;
		struct sg_str *text;
		size_t most;
	} rows[] = {{"enrolment", &in->enrolment, SG_ENROLMENT_MAX}, {"key", &in->key, SG_PROVE_KEY_MAX},
		    {"person", &in->person, PERSON_MAX},	     {"response", &in->response, SG_RESPONSE_MAX},
		    {"site", &in->site, SITE_MAX}};
	bool good = call->request->count == MEMBERS && sg_json_int(sg_json_get(call->request, "counter"), &in->counter) && in->counter >= 0;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		good = good && sg_json_string(sg_json_get(call->request, rows[i].name), rows[i].text) && rows[i].text->len <= rows[i].most;
	return good && in->enrolment.len > 0 && in->person.len > 0;
}

static bool
read_request(const struct sg_call *call, struct sg_prove_in *in, char challenge[SG_B64U_BYTES(64)])
{
	struct sg_str text;
	size_t len = 0;
	*in = (struct sg_prove_in){.size = sizeof(*in), .deadline = sg_call_deadline(call->instance)};
	if (!read_texts(call, in) || !sg_json_string(sg_json_get(call->request, "challenge"), &text) || text.len > 64 ||
	    !sg_b64u_read(text, challenge, SG_B64U_BYTES(64), &len) || len != SG_CHALLENGE_BYTES)
		return false;
	in->challenge = (struct sg_str){challenge, len};
	return true;
}

static enum sg_status
write_offer(const struct sg_call *call, struct sg_str offer, struct sg_err *err)
{
	struct sg_arena arena;
	const struct sg_json *json = NULL;
	struct sg_json_limits limits = {.bytes = SG_OFFER_MAX};
	sg_arena_init(&arena, OFFER_BUDGET);
	bool good = offer.ptr != NULL && sg_json_parse(&arena, offer, &limits, &json, NULL) == SG_OK && json->type == SG_JSON_OBJECT;
	if (good) {
		sg_jw_object(call->answer);
		sg_jw_name(call->answer, "offer");
		sg_jw_value(call->answer, json);
		sg_jw_member_bool(call->answer, "ok", true);
		sg_jw_end(call->answer);
	}
	sg_arena_done(&arena);
	return good ? SG_OK : sg_fail(err, SG_BUG, "module_proof", "the module's offer is no JSON object of %d bytes", SG_OFFER_MAX);
}

static bool
is_shown(struct sg_str text, size_t most)
{
	bool good = text.ptr != NULL && text.len > 0 && text.len <= most;
	for (size_t i = 0; good && i < text.len; i++)
		good = text.ptr[i] >= 0x20 && text.ptr[i] <= 0x7E;
	return good;
}

/* A counter that stands still or goes back would let one proof serve twice; one that is always 0 says nothing, and the challenge has to. */
static bool
counts_on(const struct sg_prove_in *in, const struct sg_prove_out *out)
{
	bool still = out->counter == 0 && in->counter == 0 && (out->seen & SG_PROOF_BOUND) != 0;
	return still || (out->counter > in->counter && out->counter <= INT64_C(9007199254740991));
}

static enum sg_status
write_proof(const struct sg_call *call, const struct sg_prove_in *in, const struct sg_prove_out *out, bool enrolled, struct sg_err *err)
{
	struct sg_json_writer *w = call->answer;
	if ((out->seen & ~(unsigned)SEEN) != 0 || (enrolled && (!is_shown(out->fingerprint, SG_FINGERPRINT_MAX) || !is_shown(out->key, SG_PROVE_KEY_MAX))))
		return sg_fail(err, SG_BUG, "module_proof", "the module's key, fingerprint or marks are out of bounds");
	if (!counts_on(in, out))
		return sg_fail(err, SG_REFUSED, "proof_again", "this was proven before, or the device's counter went back");
	sg_jw_object(w);
	sg_jw_member_int(w, "counter", out->counter);
	if (enrolled) {
		sg_jw_member_str(w, "fingerprint", out->fingerprint);
		sg_jw_member_str(w, "key", out->key);
	}
	sg_jw_member_bool(w, "ok", true);
	sg_jw_member_int(w, "seen", out->seen);
	sg_jw_end(w);
	return SG_OK;
}

enum sg_status
sg_call_prove(const struct sg_call *call, struct sg_err *err)
{
	const struct sg_prove_ops *ops = call->instance->module->prove;
	bool offer = sg_str_is(call->verb, "offer"), enrol = sg_str_is(call->verb, "enrol");
	struct sg_prove_out out = {.size = sizeof(out)};
	struct sg_prove_in in;
	struct sg_err why = {0};
	char challenge[SG_B64U_BYTES(64)];
	if (!offer && !enrol && !sg_str_is(call->verb, "prove"))
		return sg_fail(err, SG_REFUSED, "call_verb", "a prove module knows offer, enrol and prove");
	if (!read_request(call, &in, challenge))
		return sg_fail(err, SG_MALFORMED, "call_malformed", "a member is missing, wrong or too long");
	if (offer && ops->offer == NULL)
		return write_offer(call, SG_STR("{}"), err);
	enum sg_status status = (offer ? ops->offer : enrol ? ops->enrol : ops->prove)(call->instance->state, &in, &out, &why);
	if (status != SG_OK) {
		sg_module_err(err, &why, status);
		return err->status;
	}
	return offer ? write_offer(call, out.offer, err) : write_proof(call, &in, &out, enrol, err);
}
