/* SPDX-License-Identifier: Apache-2.0
 * Calls: reading the request, choosing the kind, turning failure into an answer. */
#include "host/call.h"

#include "base/err.h"
#include "base/str.h"

enum { REQUEST_BUDGET = 8 << 20 };

static const struct sg_json_limits request_limits = {.bytes = SG_REQUEST_MAX, .nodes = 32768};

static enum sg_status
dispatch(const struct sg_call *call, struct sg_err *err)
{
	switch (call->instance->module->kind) {
	case SG_KIND_attest:
		return sg_call_attest(call, err);
	case SG_KIND_issue:
		return sg_call_issue(call, err);
	case SG_KIND_verify:
		return sg_call_verify(call, err);
	case SG_KIND_prove:
		return sg_call_prove(call, err);
	default:
		return sg_fail(err, SG_REFUSED, "call_verb", "this kind is not called");
	}
}

/* What is wrong with the one request, and says nothing of the module. Taking a credential back has no content that could be wrong. */
static bool
is_requests(const struct sg_call *call, enum sg_status status)
{
	bool making = sg_str_is(call->verb, "make") || sg_str_is(call->verb, "verify") || sg_str_is(call->verb, "look") || call->instance->module->kind == SG_KIND_prove;
	return making && (status == SG_REFUSED || status == SG_MALFORMED || status == SG_NOT_FOUND || status == SG_LIMIT);
}

static void
answer_failure(const struct sg_call *call, struct sg_buf *answer, const struct sg_err *err)
{
	struct sg_json_writer w;
	struct sg_str lease = {"", 0};
	sg_json_string(sg_json_get(call->request, "lease"), &lease);
	sg_buf_clear(answer);
	sg_jw_begin(&w, answer);
	sg_jw_object(&w);
	sg_jw_member_text(&w, "code", err->code);
	sg_jw_member_text(&w, "fault", is_requests(call, err->status) ? "request" : "module");
	if (lease.len > 0)
		sg_jw_member_str(&w, "lease", lease);
	sg_jw_member_bool(&w, "ok", false);
	sg_jw_member_text(&w, "text", err->text);
	sg_jw_end(&w);
}

void
sg_call(struct sg_instance *instance, struct sg_str request, int pidfd, struct sg_buf *answer)
{
	struct sg_err err = {0};
	struct sg_json_writer w;
	struct sg_arena arena;
	struct sg_call call = {.instance = instance, .pidfd = pidfd, .answer = &w};
	sg_arena_init(&arena, REQUEST_BUDGET);
	sg_buf_clear(answer);
	sg_jw_begin(&w, answer);
	sg_instance_begin(instance);

	enum sg_status status = SG_OK;
	if (sg_canon_parse(&arena, request, &request_limits, &call.request, NULL) != SG_OK ||
	    !sg_json_string(sg_json_get(call.request, "verb"), &call.verb))
		status = sg_fail(&err, SG_MALFORMED, "call_malformed", "the call is not canonical JSON with a verb");
	if (status == SG_OK)
		status = dispatch(&call, &err);
	if (!sg_instance_end(instance) && status == SG_OK)
		status = sg_fail(&err, SG_NOMEM, "module_memory", "the module wants more memory than it may have");
	if (status == SG_OK && !sg_jw_done(&w))
		status = sg_fail(&err, SG_BUG, "module_error", "the module's answer cannot be written down");
	if (status != SG_OK) {
		err.status = status;
		answer_failure(&call, answer, &err);
	}
	sg_arena_done(&arena);
}
