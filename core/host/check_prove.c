/* SPDX-License-Identifier: Apache-2.0
 * Steps about proofs: offers that are the same twice; rubbish of every size and shape, with which nobody enrols and nothing is proven. */
#include "host/check_step.h"

#include "base/err.h"
#include "base/str.h"

#include <stepgate/prove.h>

enum { CHALLENGE_TEXT = 43 };

static bool
ask(struct sg_check *c, const char *verb, const char *key, struct sg_str response, struct sg_buf *answer, struct sg_err *why)
{
	struct sg_buf request;
	sg_buf_init(&request, SG_REQUEST_MAX);
	sg_buf_printf(&request, "{\"challenge\":\"%.*s\",\"counter\":0,\"enrolment\":\"check-1\",\"person\":\"check@example.org\",\"site\":\"https://check.example.org\",\"verb\":\"%s\",\"key\":",
		      CHALLENGE_TEXT, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", verb);
	sg_canon_string(&request, sg_str(key));
	sg_buf_text(&request, ",\"response\":");
	sg_canon_string(&request, response);
	sg_buf_text(&request, "}");
	sg_check_at(c, "%s with %zu bytes", verb, response.len);
	bool ok = sg_check_ask(c, sg_buf_view(&request), -1, answer, why);
	sg_buf_done(&request);
	return ok;
}

bool
sg_check_prove_offer(struct sg_check *c)
{
	struct sg_buf first, second;
	struct sg_err why = {.code = ""};
	if (!sg_check_begin(c))
		return false;
	sg_buf_init(&first, SG_ANSWER_MAX);
	sg_buf_init(&second, SG_ANSWER_MAX);
	bool good = ask(c, "offer", "", SG_STR(""), &first, &why) && ask(c, "offer", "", SG_STR(""), &second, &why);
	if (!good)
		sg_check_fail(c, SG_PROMISE_offer, "offer: %s: %s", why.code, why.text);
	else if (!sg_str_eq(sg_buf_view(&first), sg_buf_view(&second)))
		good = sg_check_fail(c, SG_PROMISE_offer, "offer answers differently the second time");
	sg_buf_done(&first);
	sg_buf_done(&second);
	sg_check_stop(c);
	return good;
}

static bool
one(struct sg_check *c, struct sg_str response)
{
	static const char *const keys[] = {"", "x", "{}", "AAAA", "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE"};
	struct sg_buf answer;
	bool good = true;
	sg_buf_init(&answer, SG_ANSWER_MAX);
	for (size_t i = 0; good && i <= sizeof(keys) / sizeof(keys[0]); i++) {
		struct sg_err why = {.code = ""};
		bool enrol = i == sizeof(keys) / sizeof(keys[0]);
		if (ask(c, enrol ? "enrol" : "prove", enrol ? "" : keys[i], response, &answer, &why))
			good = sg_check_fail(c, enrol ? SG_PROMISE_enrol : SG_PROMISE_proof, "%s takes %zu bytes that no device made", enrol ? "enrol" : "prove", response.len);
		else
			good = sg_check_in_bounds(c, enrol ? "enrol" : "prove", &why);
	}
	sg_buf_done(&answer);
	return good;
}

bool
sg_check_prove_rubbish(struct sg_check *c)
{
	static const size_t sizes[] = {0, 1, 2, 5, 6, 7, 8, 10, 16, 255, 4096, SG_RESPONSE_MAX - 1, SG_RESPONSE_MAX};
	static const char *const shapes[] = {"{}", "[]", "null", "12345a", " 12345", "-12345", "{\"id\":\"AAAA\",\"response\":{}}", "{\"id\":\"AAAA\",\"response\":{\"clientDataJSON\":\"e30\"}}"};
	static char bytes[SG_RESPONSE_MAX];
	bool good = sg_check_begin(c);
	if (!good)
		return false;
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]) && good; i++)
		good = one(c, sg_str(shapes[i]));
	for (size_t fill = 0; fill < 3; fill++)
		for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]) && good; i++) {
			memset(bytes, "a{."[fill], sizeof(bytes));
			good = one(c, (struct sg_str){bytes, sizes[i]});
		}
	sg_check_stop(c);
	return good;
}

void
sg_check_prove_call(struct sg_check *c)
{
	struct sg_buf answer;
	struct sg_err why = {0};
	sg_buf_init(&answer, SG_ANSWER_MAX);
	ask(c, "offer", "", SG_STR(""), &answer, &why);
	ask(c, "prove", "x", SG_STR("000000"), &answer, &why);
	sg_buf_done(&answer);
}
