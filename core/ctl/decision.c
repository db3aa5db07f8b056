/* SPDX-License-Identifier: Apache-2.0
 * A decision as the one who asked sees it, and the exit code it means. */
#include "ctl/show.h"

#include "base/str.h"

#include <time.h>

static void
show_approval(const struct sg_json *approval)
{
	char until[32];
	if (approval == NULL)
		return;
	struct sg_str id = sg_json_text_at(approval, "id"), state = sg_json_text_at(approval, "state");
	sg_show_time(until, sg_show_int(approval, "expires_at"));
	sg_show_rowf("approval", "%.*s  %.*s until %s", SG_STR_ARG(id), SG_STR_ARG(state), until);
	sg_show_member("needs", approval, "groups");
}

/* The token itself is for programs: --json. */
static void
show_credential(const struct sg_json *credential)
{
	if (credential == NULL)
		return;
	struct sg_str lease = sg_json_text_at(credential, "lease"), token = sg_json_text_at(credential, "token");
	long long left = (long long)(sg_show_int(credential, "expires_at") - (int64_t)time(NULL));
	sg_show_rowf("credential", "%.*s, %zu bytes, for %lld s, lease %.*s",
		     SG_STR_ARG(sg_json_text_at(credential, "type")), token.len, left > 0 ? left : 0, SG_STR_ARG(lease));
}

static int
exit_of(struct sg_str verdict, struct sg_str code)
{
	if (sg_str_is(verdict, "allow"))
		return SG_CTL_OK;
	if (sg_str_is(verdict, "step_up"))
		return SG_CTL_STEP_UP;
	return sg_str_is(code, "approval_refused") || sg_str_is(code, "approval_expired") ? SG_CTL_REFUSED
											  : SG_CTL_DENIED;
}

int
sg_ctl_decided(const struct sg_ctl *ctl, const struct sg_json *answer)
{
	struct sg_str verdict = sg_json_text_at(answer, "verdict"), code = sg_json_text_at(answer, "code");
	if (ctl->json)
		return exit_of(verdict, code);
	sg_show_verdict(ctl, verdict, 8);
	sg_show_cell(code, 0);
	printf(": ");
	sg_show_cell(sg_json_text_at(answer, "reason"), 0);
	putchar('\n');
	sg_show_member("policy says", answer, "say");
	if (sg_show_bool(answer, "narrowed"))
		sg_show_member("narrowed to", sg_json_get(answer, "effective"), "arguments");
	show_approval(sg_json_get(answer, "approval"));
	show_credential(sg_json_get(answer, "credential"));
	const struct sg_json *obligations = sg_json_get(answer, "obligations");
	if (obligations != NULL && obligations->count > 0)
		sg_show_member("must also", answer, "obligations");
	if (sg_json_get(answer, "retry_after_ms") != NULL)
		sg_show_rowf("retry after", "%lld ms", (long long)sg_show_int(answer, "retry_after_ms"));
	sg_show_member("decision", answer, "decision_id");
	return exit_of(verdict, code);
}
