/* SPDX-License-Identifier: Apache-2.0
 * People's devices: begun and confirmed by an operator, shown by the person. */
#include "ctl/show.h"
#include "ctl/typed.h"

#include "base/canon.h"
#include "base/str.h"

#include <string.h>
#include <unistd.h>

const char *
sg_ctl_typed(const char *what, char line[SG_CTL_TYPED])
{
	if (isatty(STDIN_FILENO))
		fprintf(stderr, "%s: ", what);
	if (fgets(line, SG_CTL_TYPED, stdin) == NULL)
		return NULL;
	size_t len = strcspn(line, "\r\n");
	bool whole = line[len] != '\0' || feof(stdin);
	line[len] = '\0';
	return whole && len > 0 ? line : NULL;
}

static void
show_line(const struct sg_ctl *ctl, const struct sg_json *e)
{
	char at[32];
	sg_show_time(at, sg_show_int(e, "at"));
	sg_show_cell(sg_json_text_at(e, "id"), 20);
	sg_show_verdict(ctl, sg_show_bool(e, "stands") ? sg_json_text_at(e, "state") : SG_STR("void"), 11);
	sg_show_cell(sg_json_text_at(e, "admin"), 20);
	sg_show_cell(sg_json_text_at(e, "method"), 14);
	sg_show_cell(sg_str(at), 22);
	sg_show_cell(sg_json_text_at(e, "fingerprint"), 0);
	putchar('\n');
}

static void
show_list(const struct sg_ctl *ctl, const struct sg_json *answer)
{
	const struct sg_json *list = sg_json_get(answer, "enrolments");
	for (const struct sg_json *e = sg_json_first(list); e != NULL; e = sg_json_next(list, e))
		show_line(ctl, e);
	if (list != NULL && sg_show_int(answer, "total") > (int64_t)list->count)
		fprintf(stderr, "%lld more are not shown; these are the oldest\n", (long long)(sg_show_int(answer, "total") - (int64_t)list->count));
	if (list == NULL || list->count == 0)
		fprintf(stderr, "nobody has a device: yes is said by the sockets alone (stepgate people begin ADMIN METHOD)\n");
}

static void
show_begun(const struct sg_ctl *ctl, const struct sg_json *answer)
{
	char until[32];
	const struct sg_json *e = sg_json_get(answer, "enrolment");
	(void)ctl;
	sg_show_time(until, sg_show_int(e, "ends_at"));
	sg_show_member("for", e, "admin");
	sg_show_rowf("they type", "stepgate people offer %.*s %.*s", SG_STR_ARG(sg_json_text_at(e, "id")), SG_STR_ARG(sg_json_text_at(e, "code")));
	sg_show_rowf("then", "stepgate people finish %.*s %.*s", SG_STR_ARG(sg_json_text_at(e, "id")), SG_STR_ARG(sg_json_text_at(e, "code")));
	sg_show_row("until", sg_str(until));
	sg_show_rowf("then you", "stepgate people confirm %.*s FINGERPRINT, as they read it to you", SG_STR_ARG(sg_json_text_at(e, "id")));
}

static void
show_offer(const struct sg_ctl *ctl, const struct sg_json *answer)
{
	const struct sg_json *offer = sg_json_get(answer, "offer");
	(void)ctl;
	for (const struct sg_json *m = sg_json_first(offer); m != NULL; m = sg_json_next(offer, m)) {
		char name[64];
		snprintf(name, sizeof(name), "%.*s", SG_STR_ARG(m->name));
		sg_show_member(name, offer, name);
	}
}

static void
show_one(const struct sg_ctl *ctl, const struct sg_json *answer)
{
	show_line(ctl, sg_json_get(answer, "enrolment"));
}

static void
show_shown(const struct sg_ctl *ctl, const struct sg_json *answer)
{
	(void)ctl;
	sg_show_member("fingerprint", sg_json_get(answer, "enrolment"), "fingerprint");
	fprintf(stderr, "read it to the operator who gave you the code: before they confirm it, it proves nothing\n");
}

static void
show_revoked(const struct sg_ctl *ctl, const struct sg_json *answer)
{
	(void)ctl;
	sg_show_member("revoked", answer, "revoked");
}

/* Members by name, until a name is NULL; those without a value are left out. */
struct given {
	const char *name, *value;
};

static int
ask(struct sg_ctl *ctl, const char *path, const char *id, const struct given *given, sg_ctl_show *show)
{
	struct sg_buf body;
	sg_buf_init(&body, 32 << 10);
	sg_buf_text(&body, "{");
	for (; given->name != NULL; given++) {
		if (given->value == NULL)
			continue;
		sg_buf_printf(&body, "%s\"%s\":", body.len > 1 ? "," : "", given->name);
		sg_canon_string(&body, sg_str(given->value));
	}
	sg_buf_text(&body, "}");
	int code = sg_ctl_asked(ctl, SG_FACE_ADMIN, "POST", path, id, &body, show);
	sg_buf_done(&body);
	return code;
}

int
sg_ctl_people_list(struct sg_ctl *ctl)
{
	return sg_ctl_asked(ctl, SG_FACE_ADMIN, "GET", "/v1/enrolments", NULL, NULL, show_list);
}

int
sg_ctl_people_begin(struct sg_ctl *ctl)
{
	const struct given given[] = {{"admin", ctl->args[0]}, {"method", ctl->args[1]}, {NULL, NULL}};
	return ask(ctl, "/v1/enrolments", NULL, given, show_begun);
}

int
sg_ctl_people_offer(struct sg_ctl *ctl)
{
	const struct given given[] = {{"code", ctl->args[1]}, {NULL, NULL}};
	return ask(ctl, "/v1/enrolments/%s/offer", ctl->args[0], given, show_offer);
}

int
sg_ctl_people_finish(struct sg_ctl *ctl)
{
	char typed[SG_CTL_TYPED];
	const char *answer = ctl->arg_count > 2 ? ctl->args[2] : sg_ctl_typed("what your device shows", typed);
	const struct given given[] = {{"code", ctl->args[1]}, {"response", answer}, {NULL, NULL}};
	if (answer == NULL)
		return sg_ctl_fail(ctl, SG_CTL_USAGE, "usage", "stepgate people finish ID CODE ANSWER", "nothing was typed");
	return ask(ctl, "/v1/enrolments/%s/finish", ctl->args[0], given, show_shown);
}

int
sg_ctl_people_confirm(struct sg_ctl *ctl)
{
	const struct given given[] = {{"fingerprint", ctl->args[1]}, {NULL, NULL}};
	return ask(ctl, "/v1/enrolments/%s/confirm", ctl->args[0], given, show_one);
}

int
sg_ctl_people_revoke(struct sg_ctl *ctl)
{
	const struct given given[] = {{"reason", ctl->option[SG_CTL_OPTION_reason]}, {NULL, NULL}};
	return ask(ctl, "/v1/enrolments/%s/revoke", ctl->args[0], given, show_revoked);
}
