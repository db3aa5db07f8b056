/* SPDX-License-Identifier: Apache-2.0
 * prove/totp through the calls a host makes: the digits of RFC 6238, what enrols and proves, what serves once, and calls that are none. */
#include "../modules/prove/totp/totp.c"

#include "base/str.h"
#include "host/call.h"
#include "unit/cases.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

enum { T0 = 1790000000 };

static sg_time wall_now;

static sg_time
wall(const struct sg_host *host)
{
	(void)host;
	return wall_now;
}

static const char *
start_totp(struct sg_instance *instance, const char *options, const char *key)
{
	static struct sg_err err;
	struct sg_arena arena;
	const struct sg_json *json = NULL;
	sg_instance_init(instance);
	instance->host.wall = wall;
	err = (struct sg_err){0};
	if (key != NULL) {
		int fd = memfd_create("key", MFD_CLOEXEC);
		CU_ASSERT_EQUAL_FATAL(write(fd, key, strlen(key)), (ssize_t)strlen(key));
		CU_ASSERT_EQUAL(sg_instance_secret(instance, "key", fd, &err), SG_OK);
		close(fd);
	}
	sg_arena_init(&arena, 1 << 20);
	CU_ASSERT_EQUAL_FATAL(sg_json_parse(&arena, sg_str(options), NULL, &json, NULL), SG_OK);
	enum sg_status status = sg_instance_start(instance, &sg_module, json, &err);
	sg_arena_done(&arena);
	return status == SG_OK ? "ok" : err.code;
}

static char answer_text[8192];

#define CHALLENGE "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

static const char *
raw(struct sg_instance *instance, const char *request)
{
	struct sg_buf answer;
	sg_buf_init(&answer, SG_ANSWER_MAX);
	sg_call(instance, sg_str(request), -1, &answer);
	snprintf(answer_text, sizeof(answer_text), "%.*s", SG_STR_ARG(sg_buf_view(&answer)));
	sg_buf_done(&answer);
	return answer_text;
}

static const char *
call(struct sg_instance *instance, const char *verb, const char *enrolment, const char *key, long counter, const char *response)
{
	char request[4096];
	snprintf(request, sizeof(request), "{\"challenge\":\"" CHALLENGE "\",\"counter\":%ld,\"enrolment\":\"%s\",\"key\":\"%s\",\"person\":\"priya\",\"response\":\"%s\",\"site\":\"\",\"verb\":\"%s\"}",
		 counter, enrolment, key, response, verb);
	return raw(instance, request);
}

/* RFC 6238 appendix B, SHA-1, eight digits. */
static void
vectors(void)
{
	static const struct {
		int64_t second;
		const char *code;
	} rows[] = {{59, "94287082"}, {1111111109, "07081804"}, {1111111111, "14050471"}, {1234567890, "89005924"}, {2000000000, "69279037"}, {20000000000, "65353130"}};
	struct state self = {.digits = 8};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char code[9];
		CU_ASSERT_TRUE(code_of(&self, (const unsigned char *)"12345678901234567890", rows[i].second / STEP_S, code));
		CU_ASSERT_STRING_EQUAL(code, rows[i].code);
	}
}

static void
digits_of(const char *enrolment, int64_t second, char code[9])
{
	static const char key[] = "0123456789abcdef0123456789abcdef";
	struct state self = {.digits = 6, .key = {key, sizeof(key) - 1}};
	unsigned char secret[SECRET];
	CU_ASSERT_TRUE(secret_of(&self, sg_str(enrolment), secret));
	CU_ASSERT_TRUE(code_of(&self, secret, second / STEP_S, code));
}

static void
a_life(void)
{
	struct sg_instance instance;
	char now[9], before[9], old[9], other[9];
	CU_ASSERT_STRING_EQUAL_FATAL(start_totp(&instance, "{}", "0123456789abcdef0123456789abcdef"), "ok");
	wall_now = T0 * SG_SEC;
	CU_ASSERT_PTR_NOT_NULL(strstr(call(&instance, "offer", "e-1", "", 0, ""), "otpauth://totp/Stepgate:priya?secret="));
	CU_ASSERT_STRING_EQUAL(call(&instance, "offer", "e-1", "x", 0, ""), "{\"offer\":{\"digits\":6},\"ok\":true}");
	digits_of("e-1", T0, now);
	digits_of("e-1", T0 - 30, before);
	digits_of("e-1", T0 - 60, old);
	digits_of("e-2", T0, other);
	CU_ASSERT_PTR_NOT_NULL(strstr(call(&instance, "enrol", "e-1", "", 0, now), "\"key\":\"totp sha1 6 30\",\"ok\":true,\"seen\":0}"));
	CU_ASSERT_PTR_NOT_NULL(strstr(call(&instance, "prove", "e-1", "k", 0, now), "\"ok\":true"));
	CU_ASSERT_PTR_NOT_NULL(strstr(call(&instance, "prove", "e-1", "k", 0, before), "\"ok\":true"));
	CU_ASSERT_PTR_NOT_NULL(strstr(call(&instance, "prove", "e-1", "k", T0 / 30, now), "\"code\":\"totp_again\",\"fault\":\"request\""));
	CU_ASSERT_PTR_NOT_NULL(strstr(call(&instance, "prove", "e-1", "k", T0 / 30, before), "totp_again"));
	CU_ASSERT_PTR_NOT_NULL(strstr(call(&instance, "prove", "e-1", "k", 0, old), "totp_code"));
	CU_ASSERT_PTR_NOT_NULL(strstr(call(&instance, "prove", "e-1", "k", 0, other), "totp_code"));
	static const char *const wrong[] = {"", "1", "12345", "1234567", "12345a", "+12345", " 12345", "1234 5", "12345\\n", "٣٣٣"};
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		CU_ASSERT_PTR_NOT_NULL(strstr(call(&instance, "prove", "e-1", "k", 0, wrong[i]), "totp_code"));
	sg_instance_done(&instance);
}

static void
no_calls(void)
{
	struct sg_instance instance;
	char request[SG_RESPONSE_MAX + 512];
	CU_ASSERT_STRING_EQUAL_FATAL(start_totp(&instance, "{}", "0123456789abcdef0123456789abcdef"), "ok");
#define BUT(challenge, counter, enrolment, key, person, verb)                                                                                                                         \
	"{\"challenge\":" challenge ",\"counter\":" counter ",\"enrolment\":" enrolment ",\"key\":" key ",\"person\":" person ",\"response\":\"1\",\"site\":\"\",\"verb\":" verb "}"
	static const char *const rows[] = {
		BUT("\"AAAA\"", "0", "\"e\"", "\"k\"", "\"p\"", "\"prove\""),	       BUT("1", "0", "\"e\"", "\"k\"", "\"p\"", "\"prove\""),
		BUT("\"" CHALLENGE "\"", "-1", "\"e\"", "\"k\"", "\"p\"", "\"prove\""), BUT("\"" CHALLENGE "\"", "\"0\"", "\"e\"", "\"k\"", "\"p\"", "\"prove\""),
		BUT("\"" CHALLENGE "\"", "0", "\"\"", "\"k\"", "\"p\"", "\"prove\""),   BUT("\"" CHALLENGE "\"", "0", "\"e\"", "null", "\"p\"", "\"prove\""),
		BUT("\"" CHALLENGE "\"", "0", "\"e\"", "\"k\"", "\"\"", "\"prove\""),   BUT("\"" CHALLENGE "A\"", "0", "\"e\"", "\"k\"", "\"p\"", "\"prove\""),
		BUT("\"" CHALLENGE "\"", "0", "[\"e\"]", "\"k\"", "\"p\"", "\"prove\""), "{\"verb\":\"prove\"}", "{\"verb\":\"offer\"}", "{\"verb\":\"enrol\"}"};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CU_ASSERT_PTR_NOT_NULL(strstr(raw(&instance, rows[i]), "call_malformed"));
	CU_ASSERT_PTR_NOT_NULL(strstr(raw(&instance, BUT("\"" CHALLENGE "\"", "0", "\"e\"", "\"k\"", "\"p\"", "\"Prove\"")), "call_verb"));
	for (int more = 0; more < 2; more++) {
		char *response = calloc(1, SG_RESPONSE_MAX + 2);
		memset(response, '1', SG_RESPONSE_MAX + (size_t)more);
		snprintf(request, sizeof(request), "{\"challenge\":\"" CHALLENGE "\",\"counter\":0,\"enrolment\":\"e\",\"key\":\"k\",\"person\":\"p\",\"response\":\"%s\",\"site\":\"\",\"verb\":\"prove\"}", response);
		CU_ASSERT_PTR_NOT_NULL(strstr(raw(&instance, request), more ? "call_malformed" : "totp_code"));
		free(response);
	}
	sg_instance_done(&instance);
}

static void
starts(void)
{
	static const struct {
		const char *options, *key, *want;
	} rows[] = {{"{}", NULL, "totp_key"},
		    {"{}", "0123456789abcdef0123456789abcde", "totp_key"},
		    {"{}", "0123456789abcdef0123456789abcdef", "ok"},
		    {"{\"digits\":\"9\"}", "0123456789abcdef0123456789abcdef", "option_range"},
		    {"{\"digits\":\"8\"}", "0123456789abcdef0123456789abcdef", "ok"},
		    {"{\"drift\":\"6\"}", "0123456789abcdef0123456789abcdef", "option_range"},
		    {"{\"issuer\":\"a&b\"}", "0123456789abcdef0123456789abcdef", "totp_issuer"}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sg_instance instance;
		CU_ASSERT_STRING_EQUAL(start_totp(&instance, rows[i].options, rows[i].key), rows[i].want);
		sg_instance_done(&instance);
	}
}

SG_CASES("host.prove", {"digits of RFC 6238", vectors}, {"enrolled, proven, once", a_life}, {"calls that are none", no_calls}, {"what it needs to start", starts})
