/* SPDX-License-Identifier: Apache-2.0
 * The emergency stop, and its end. */
#include "ctl/show.h"

#include "base/str.h"

static void
show_killed(const struct sg_ctl *ctl, const struct sg_json *answer)
{
	int64_t open = sg_show_int(answer, "revoking");
	sg_show_verdict(ctl, sg_json_text_at(answer, "state"), 0);
	if (open > 0)
		printf("; %lld credentials are being revoked; whoever verifies them offline takes them for %lld s more",
		       (long long)open, (long long)((sg_show_int(answer, "residual_ms") + 999) / 1000));
	putchar('\n');
	if (sg_show_int(answer, "ending") > 0)
		printf("Its tasks stand still and are being ended; stepgate status shows how many are open.\n");
	for (const struct sg_json *issuers = sg_json_get(answer, "failing_issuers"), *i = sg_json_first(issuers); i != NULL; i = sg_json_next(issuers, i))
		fprintf(stderr, "issue.%.*s does not take back what it gave; stepgate leases list says why\n", SG_STR_ARG(i->string));
	if (!sg_show_bool(answer, "durable"))
		fprintf(stderr, "It is in force, but could not be recorded: it will be once the disk is back.\n");
}

static int
kill_or_lift(struct sg_ctl *ctl, const char *path)
{
	struct sg_buf body;
	struct sg_json_writer w;
	const char *agent = ctl->option[SG_CTL_OPTION_agent], *reason = ctl->option[SG_CTL_OPTION_reason];
	if ((ctl->option[SG_CTL_OPTION_all] != NULL) == (agent != NULL))
		return sg_ctl_fail(ctl, SG_CTL_USAGE, "usage", "", "say which: --all or --agent NAME");
	sg_buf_init(&body, 4096);
	sg_jw_begin(&w, &body);
	sg_jw_object(&w);
	if (agent != NULL) {
		sg_jw_member_text(&w, "agent", agent);
	} else {
		sg_jw_member_bool(&w, "all", true);
	}
	sg_jw_member_text(&w, "reason", reason != NULL ? reason : "");
	sg_jw_end(&w);
	int code = body.failed ? sg_ctl_fail(ctl, SG_CTL_USAGE, "usage", "", "too long, or no UTF-8")
			       : sg_ctl_asked(ctl, SG_FACE_ADMIN, "POST", path, NULL, &body, show_killed);
	sg_buf_done(&body);
	return code;
}

int
sg_ctl_kill(struct sg_ctl *ctl)
{
	return kill_or_lift(ctl, "/v1/kill");
}

int
sg_ctl_lift(struct sg_ctl *ctl)
{
	return kill_or_lift(ctl, "/v1/kill/lift");
}
