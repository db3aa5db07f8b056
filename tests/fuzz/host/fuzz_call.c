/* SPDX-License-Identifier: Apache-2.0
 * Calls: whatever the payload, one answer that is canonical JSON with `ok`. The first byte chooses the kind of module.
 */
#include "base/canon.h"
#include "host/call.h"
#include "host/load.h"

#include <stepgate/attest.h>
#include <stepgate/issue.h>

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static enum sg_status
look(void *state, const struct sg_attest_in *in, struct sg_attest_out *out, struct sg_err *err)
{
	(void)state;
	if (in->pid == 0)
		return sg_refuse(err, SG_REFUSED, "peer_gone", "gone");
	sg_fact(out, "a", "b", SG_FACT_HINT);
	return SG_OK;
}

static enum sg_status
make(void *state, const struct sg_issue_in *in, struct sg_issue_out *out, struct sg_err *err)
{
	(void)state, (void)err;
	out->token = in->sub.ptr != NULL ? in->sub : in->lease;
	return SG_OK;
}

static const struct sg_attest_ops attest = {sizeof(attest), look};
static const struct sg_issue_ops issue = {
	.size = sizeof(issue), .revocation = SG_REVOKE_INSTANT, .make = make, .revoke = make};
static const struct sg_module looker = {.size = sizeof(looker), .kind = SG_KIND_attest, .name = "a", .attest = &attest};
static const struct sg_module issuer = {.size = sizeof(issuer), .kind = SG_KIND_issue, .name = "i", .issue = &issue};

static void
call(struct sg_instance *instance, struct sg_str request)
{
	struct sg_buf answer;
	struct sg_arena arena;
	const struct sg_json *json = NULL;
	struct sg_json_limits limits = {.bytes = SG_ANSWER_MAX};
	bool ok;
	sg_buf_init(&answer, SG_ANSWER_MAX);
	sg_arena_init(&arena, 8 << 20);
	sg_call(instance, request, 0, &answer);
	if (sg_canon_parse(&arena, sg_buf_view(&answer), &limits, &json, NULL) != SG_OK ||
	    !sg_json_bool(sg_json_get(json, "ok"), &ok))
		abort();
	sg_arena_done(&arena);
	sg_buf_done(&answer);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	const struct sg_module *const modules[] = {&looker, &issuer, sg_built_in(SG_KIND_verify, "jwt")};
	struct sg_instance instance;
	struct sg_err err = {0};
	if (len == 0)
		return 0;
	sg_instance_init(&instance);
	if (sg_instance_start(&instance, modules[bytes[0] % 3], NULL, &err) != SG_OK)
		abort();
	call(&instance, (struct sg_str){(const char *)bytes + 1, len - 1});
	sg_instance_done(&instance);
	return 0;
}
