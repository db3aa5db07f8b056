/* SPDX-License-Identifier: Apache-2.0
 * Approvals: what waits, everything about one, yes and no. What is shown was written by an agent: every character is
 * made visible. */
#include "ctl/show.h"
#include "ctl/typed.h"

#include "base/canon.h"
#include "base/str.h"

static void
show_proofs(const struct sg_json *proofs)
{
	for (const struct sg_json *p = sg_json_first(proofs); p != NULL; p = sg_json_next(proofs, p)) {
		char at[32];
		sg_show_time(at, sg_show_int(p, "at"));
		sg_show_rowf("yes from", "%.*s of %.*s, %s, by %.*s", SG_STR_ARG(sg_json_text_at(p, "human")),
			     SG_STR_ARG(sg_json_text_at(p, "group")), at, SG_STR_ARG(sg_json_text_at(p, "method")));
		if (sg_json_text_at(p, "comment").len > 0)
			sg_show_member("  who says", p, "comment");
	}
}

/* Every rule that asks, the first too: a yes is a yes to all of them. */
static void
show_reasons(const struct sg_json *a, const struct sg_json *reasons)
{
	if (reasons == NULL || reasons->count == 0)
		sg_show_member("policy says", a, "say");
	for (const struct sg_json *r = sg_json_first(reasons); r != NULL; r = sg_json_next(reasons, r)) {
		struct sg_str say = sg_json_text_at(r, "say");
		sg_show_row("policy says", say.len > 0 ? say : SG_STR("nothing"));
		sg_show_member("  by rule", r, "rule");
	}
}

/* All that was sealed for a person to see, whatever it is called: what is in the digest and not on the screen is what a yes is stolen with. */
static void
show_sealed(const struct sg_json *a, const struct sg_json *action)
{
	show_reasons(a, sg_json_get(action, "reasons"));
	for (const struct sg_json *m = sg_json_first(action); m != NULL; m = sg_json_next(action, m)) {
		char name[64];
		snprintf(name, sizeof(name), "%.*s", SG_STR_ARG(m->name));
		bool told = sg_str_is(m->name, "reasons") || (sg_str_is(m->name, "rule") && sg_json_get(action, "reasons") != NULL);
		if (!told && !sg_str_is(m->name, "agent"))
			sg_show_member(sg_str_is(m->name, "unbound") ? "no part of a yes" : name, action, name);
	}
}

void
sg_ctl_approval_show(const struct sg_ctl *ctl, const struct sg_json *a)
{
	char until[32];
	const struct sg_json *action = sg_json_get(a, "action");
	sg_show_time(until, sg_show_int(a, "expires_at"));
	sg_show_cell(sg_json_text_at(a, "id"), 0);
	printf("  ");
	sg_show_verdict(ctl, sg_json_text_at(a, "state"), 0);
	putchar('\n');
	sg_show_member("agent", a, "agent");
	show_sealed(a, action);
	sg_show_member("owner", a, "owner");
	sg_show_member("task", a, "task");
	const struct sg_json *tainted = sg_json_get(a, "tainted");
	if (tainted != NULL && tainted->count > 0)
		sg_show_member("tainted by", a, "tainted");
	sg_show_member("needs", a, "groups");
	if (sg_json_get(a, "methods") != NULL && sg_json_get(a, "methods")->count > 0)
		sg_show_member("proven by", a, "methods");
	show_proofs(sg_json_get(a, "proofs"));
	if (sg_json_get(a, "refusal") != NULL)
		sg_show_member("no, since", a, "refusal");
	sg_show_row("until", sg_str(until));
	sg_show_member("digest", a, "digest");
}

static void
show_approval(const struct sg_ctl *ctl, const struct sg_json *answer)
{
	sg_ctl_approval_show(ctl, sg_json_get(answer, "approval"));
}

static void
show_approvals(const struct sg_ctl *ctl, const struct sg_json *answer)
{
	const struct sg_json *list = sg_json_get(answer, "approvals");
	for (const struct sg_json *a = sg_json_first(list); a != NULL; a = sg_json_next(list, a)) {
		sg_show_cell(sg_json_text_at(a, "id"), 36);
		sg_show_verdict(ctl, sg_json_text_at(a, "state"), 9);
		sg_show_cell(sg_json_text_at(a, "agent"), 20);
		sg_show_cell(sg_json_text_at(sg_json_get(a, "action"), "action"), 20);
		sg_show_cell(sg_json_text_at(a, "say"), 0);
		putchar('\n');
	}
	if (list == NULL || list->count == 0)
		fprintf(stderr, "nothing waits\n");
	else if (sg_show_int(answer, "total") > (int64_t)list->count)
		fprintf(stderr, "%lld more wait; these are the oldest\n", (long long)(sg_show_int(answer, "total") - (int64_t)list->count));
}

int
sg_ctl_approvals_list(struct sg_ctl *ctl)
{
	const char *path = ctl->option[SG_CTL_OPTION_all] != NULL ? "/v1/approvals?all=yes" : "/v1/approvals";
	return sg_ctl_asked(ctl, SG_FACE_ADMIN, "GET", path, NULL, NULL, show_approvals);
}

static int
show_one(struct sg_ctl *ctl, enum sg_face face)
{
	char path[64] = "/v1/approvals/%s";
	const char *wait = ctl->option[SG_CTL_OPTION_wait];
	int64_t seconds = 0;
	if (wait != NULL && !sg_str_int(sg_str(wait), 0, 60, &seconds))
		return sg_ctl_fail(ctl, SG_CTL_USAGE, "usage", "", "--wait takes 0 to 60 seconds");
	if (wait != NULL)
		snprintf(path, sizeof(path), "/v1/approvals/%%s?wait=%lld", (long long)seconds);
	return sg_ctl_asked(ctl, face, "GET", path, ctl->args[0], NULL, show_approval);
}

int
sg_ctl_approvals_show(struct sg_ctl *ctl)
{
	return show_one(ctl, SG_FACE_ADMIN);
}

int
sg_ctl_session_approval(struct sg_ctl *ctl)
{
	return show_one(ctl, SG_FACE_AGENT);
}

/* {"comment","method","response"}: those that are given. Without an answer the terminal is asked. */
static bool
write_said(struct sg_ctl *ctl, struct sg_buf *body)
{
	const char *comment = ctl->option[SG_CTL_OPTION_comment], *method = ctl->option[SG_CTL_OPTION_method], *answer = ctl->option[SG_CTL_OPTION_answer];
	char typed[SG_CTL_TYPED] = "";
	if (method != NULL && answer == NULL && (answer = sg_ctl_typed("what your device shows", typed)) == NULL)
		return false;
	sg_buf_text(body, "{");
	const struct {
		const char *name, *value;
	} rows[] = {{"comment", comment}, {"device", ctl->option[SG_CTL_OPTION_device]}, {"method", method}, {"response", method != NULL ? answer : NULL}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].value == NULL)
			continue;
		sg_buf_printf(body, "%s\"%s\":", body->len > 1 ? "," : "", rows[i].name);
		sg_canon_string(body, sg_str(rows[i].value));
	}
	sg_buf_text(body, "}");
	return true;
}

static int
settle(struct sg_ctl *ctl, const char *path)
{
	struct sg_buf body;
	sg_buf_init(&body, 32 << 10);
	if (ctl->option[SG_CTL_OPTION_answer] != NULL && ctl->option[SG_CTL_OPTION_method] == NULL)
		return sg_ctl_fail(ctl, SG_CTL_USAGE, "usage", "--method NAME", "--answer is what a device shows: of which method?");
	int code = write_said(ctl, &body) ? sg_ctl_asked(ctl, SG_FACE_ADMIN, "POST", path, ctl->args[0], &body, show_approval)
					  : sg_ctl_fail(ctl, SG_CTL_USAGE, "usage", "--answer TEXT", "nothing was typed");
	sg_buf_done(&body);
	return code;
}

int
sg_ctl_approvals_approve(struct sg_ctl *ctl)
{
	return settle(ctl, "/v1/approvals/%s/approve");
}

int
sg_ctl_approvals_deny(struct sg_ctl *ctl)
{
	return settle(ctl, "/v1/approvals/%s/deny");
}
