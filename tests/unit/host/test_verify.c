/* SPDX-License-Identifier: Apache-2.0
 * The verify modules that are part of the program, through the calls a host makes: options, grants, forms that are not theirs. What tokens and
 * chains must be is tested in token/. */
#include "base/str.h"
#include "host/call.h"
#include "host/load.h"
#include "unit/cases.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

static const char key_set[] = "{\"keys\":[{\"crv\":\"Ed25519\",\"kid\":\"k\",\"kty\":\"OKP\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}]}";

/* Starts a module with these options and with `file` granted under `name`; the code, or "ok". */
static const char *
start(struct sg_instance *instance, const char *module, const char *options, const char *name, const char *file)
{
	static struct sg_err err;
	struct sg_arena arena;
	const struct sg_json *json = NULL;
	sg_instance_init(instance);
	err = (struct sg_err){0};
	if (file != NULL) {
		int fd = memfd_create(name, MFD_CLOEXEC);
		CU_ASSERT_EQUAL_FATAL(write(fd, file, strlen(file)), (ssize_t)strlen(file));
		instance->grants.list[0] = (struct sg_open_grant){.kind = SG_GRANT_file, .fd = fd};
		snprintf(instance->grants.list[0].name, sizeof(instance->grants.list[0].name), "%s", name);
		instance->grants.count = 1;
	}
	sg_arena_init(&arena, 1 << 20);
	CU_ASSERT_EQUAL_FATAL(sg_json_parse(&arena, sg_str(options), NULL, &json, NULL), SG_OK);
	enum sg_status status = sg_instance_start(instance, sg_built_in(SG_KIND_verify, module), json, &err);
	sg_arena_done(&arena);
	return status == SG_OK ? "ok" : err.code;
}

static void
options(void)
{
#define IDP "\"audience\":\"stepgate\",\"issuer\":\"https://idp.example\""
	static const struct {
		const char *module, *options, *name, *file, *want;
	} rows[] = {
		{"jwt", "{}", NULL, NULL, "ok"}, /* our own tokens alone */
		{"jwt", "{" IDP "}", "jwks", key_set, "ok"},
		{"jwt", "{" IDP "}", NULL, NULL, "jwks_unreadable"},
		{"jwt", "{" IDP "}", "keys", key_set, "jwks_unreadable"},
		{"jwt", "{}", "jwks", key_set, "option_audience"},
		{"jwt", "{\"issuer\":\"https://idp.example\"}", "jwks", key_set, "option_audience"},
		{"jwt", "{\"audience\":\"stepgate\"}", "jwks", key_set, "option_issuer"},
		{"jwt", "{" IDP ",\"profile\":\"saml\"}", "jwks", key_set, "option_profile"},
		{"jwt", "{" IDP ",\"trust_domain\":\"acme.example\"}", "jwks", key_set, "option_trust_domain"},
		{"jwt", "{\"audience\":\"s\",\"profile\":\"jwt-svid\"}", "jwks", key_set, "option_trust_domain"},
		{"jwt", "{\"audience\":\"s\",\"profile\":\"jwt-svid\",\"trust_domain\":\"acme.example/x\"}", "jwks", key_set, "option_trust_domain"},
		{"jwt", "{\"audience\":\"s\",\"profile\":\"jwt-svid\",\"trust_domain\":\"acme.example\"}", "jwks", key_set, "ok"},
		{"jwt", "{" IDP ",\"leeway\":\"31\"}", "jwks", key_set, "option_range"},
		{"jwt", "{" IDP ",\"lifetime\":\"86401\"}", "jwks", key_set, "option_range"},
		{"jwt", "{" IDP "}", "jwks", "{\"keys\":[]}", "outside_none"},
		{"jwt", "{" IDP "}", "jwks", "no JSON", "json_syntax"},
		{"x509", "{}", "ca", "x", "option_trust_domain"},
		{"x509", "{\"dns\":\"true\"}", NULL, NULL, "ca_unreadable"},
		{"x509", "{\"trust_domain\":\"acme.example\"}", "ca", "no PEM", "anchor_pem"},
		{"x509", "{\"trust_domain\":\"acme.example\",\"depth\":\"9\"}", "ca", "x", "option_range"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sg_instance instance;
		const char *got = start(&instance, rows[i].module, rows[i].options, rows[i].name, rows[i].file);
		if (strcmp(got, rows[i].want) != 0)
			fprintf(stderr, "  %s %s: %s, not %s\n", rows[i].module, rows[i].options, got, rows[i].want);
		CU_ASSERT_STRING_EQUAL(got, rows[i].want);
		sg_instance_done(&instance);
	}
	CU_ASSERT_PTR_NULL(sg_built_in(SG_KIND_attest, "jwt"));
	CU_ASSERT_PTR_NULL(sg_built_in(SG_KIND_verify, "saml"));
}

static void
forms(void)
{
	static const struct {
		const char *options, *request, *want;
	} rows[] = {
		{"{" IDP "}", "{\"bytes\":\"YQ\",\"form\":\"chain\",\"verb\":\"identify\"}", "{\"facts\":{},\"ok\":true}"},
		{"{" IDP "}", "{\"bytes\":\"YQ\",\"form\":\"token\",\"verb\":\"identify\"}", "\"code\":\"token_parts\""},
		{"{}", "{\"bytes\":\"YQ\",\"form\":\"token\",\"verb\":\"identify\"}", "\"code\":\"identify_unset\""},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sg_instance instance;
		struct sg_buf answer;
		bool set = strcmp(rows[i].options, "{}") != 0;
		CU_ASSERT_STRING_EQUAL_FATAL(start(&instance, "jwt", rows[i].options, "jwks", set ? key_set : NULL), "ok");
		sg_buf_init(&answer, SG_ANSWER_MAX);
		sg_call(&instance, sg_str(rows[i].request), -1, &answer);
		sg_buf_add(&answer, "", 1);
		if (strstr(answer.ptr, rows[i].want) == NULL)
			fprintf(stderr, "  %s lacks %s\n", answer.ptr, rows[i].want);
		CU_ASSERT_PTR_NOT_NULL(strstr(answer.ptr, rows[i].want));
		sg_buf_done(&answer);
		sg_instance_done(&instance);
	}
}

SG_CASES("host.verify", {"options and grants", options}, {"forms", forms})
