/* SPDX-License-Identifier: Apache-2.0
 * Leases: which credentials are out, and taking one back. */
#include "ctl/show.h"

#include "base/str.h"

static void
show_line(const struct sg_ctl *ctl, const struct sg_json *lease)
{
	char until[32];
	sg_show_time(until, sg_show_int(lease, "expires_at"));
	sg_show_cell(sg_json_text_at(lease, "id"), 36);
	sg_show_verdict(ctl, sg_json_text_at(lease, "state"), 9);
	sg_show_cell(sg_json_text_at(lease, "agent"), 20);
	sg_show_cell(sg_json_text_at(lease, "issuer"), 12);
	sg_show_cell(sg_json_text_at(lease, "audience"), 24);
	printf("until %s\n", until);
	if (sg_json_text_at(lease, "failed").len > 0)
		sg_show_rowf("", "not taken back after %lld tries: %.*s", (long long)sg_show_int(lease, "tries"), SG_STR_ARG(sg_json_text_at(lease, "failed")));
}

static void
show_leases(const struct sg_ctl *ctl, const struct sg_json *answer)
{
	const struct sg_json *leases = sg_json_get(answer, "leases");
	for (const struct sg_json *l = sg_json_first(leases); l != NULL; l = sg_json_next(leases, l))
		show_line(ctl, l);
	if (leases == NULL || leases->count == 0)
		fprintf(stderr, "no credentials are out\n");
	else if (sg_show_int(answer, "total") > (int64_t)leases->count)
		fprintf(stderr, "%lld more are not shown; --agent NAME shows those of one agent\n", (long long)(sg_show_int(answer, "total") - (int64_t)leases->count));
}

static void
show_lease(const struct sg_ctl *ctl, const struct sg_json *answer)
{
	show_line(ctl, sg_json_get(answer, "lease"));
}

int
sg_ctl_leases_list(struct sg_ctl *ctl)
{
	const char *agent = ctl->option[SG_CTL_OPTION_agent];
	bool all = ctl->option[SG_CTL_OPTION_all] != NULL;
	if (agent != NULL)
		return sg_ctl_asked(ctl, SG_FACE_ADMIN, "GET", all ? "/v1/leases?all=yes&agent=%s" : "/v1/leases?agent=%s", agent, NULL, show_leases);
	return sg_ctl_asked(ctl, SG_FACE_ADMIN, "GET", all ? "/v1/leases?all=yes" : "/v1/leases", NULL, NULL, show_leases);
}

int
sg_ctl_leases_revoke(struct sg_ctl *ctl)
{
	struct sg_buf body;
	sg_buf_init(&body, 64);
	sg_buf_text(&body, "{}");
	int code = sg_ctl_asked(ctl, SG_FACE_ADMIN, "POST", "/v1/leases/%s/revoke", ctl->args[0], &body, show_lease);
	sg_buf_done(&body);
	return code;
}

int
sg_ctl_leases_forget(struct sg_ctl *ctl)
{
	return sg_ctl_word(ctl, "/v1/leases/%s/forget", ctl->args[0], NULL, show_lease);
}
