/* SPDX-License-Identifier: Apache-2.0
 * Whether a credential still stands for anything (RFC 7662). */
#include "ctl/show.h"

#include "base/str.h"

static bool
read_token(const char *argument, char *out, size_t room)
{
	if (strcmp(argument, "-") != 0)
		return snprintf(out, room, "%s", argument) < (int)room;
	if (fgets(out, (int)room, stdin) == NULL)
		return false;
	out[strcspn(out, "\r\n")] = '\0';
	return true;
}

bool
sg_ctl_token(const char *argument, char *out, size_t room)
{
	return read_token(argument, out, room) && out[0] != '\0' &&
	       out[strspn(out, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~-")] == '\0';
}

int
sg_ctl_introspect(struct sg_ctl *ctl)
{
	char token[8192];
	struct sg_buf body;
	struct sg_ctl_answer answer;
	if (!sg_ctl_token(ctl->args[0], token, sizeof(token)))
		return sg_ctl_fail(ctl, SG_CTL_USAGE, "usage", "", "that is no token");
	sg_buf_init(&body, sizeof(token) + 64);
	sg_buf_printf(&body, "token=%s", token);
	int code = sg_ctl_ask(ctl, SG_FACE_ENFORCER, "POST", "/oauth2/introspect", NULL, &body, &answer);
	if (code == SG_CTL_OK && !sg_show_bool(answer.json, "active"))
		code = SG_CTL_DENIED;
	if (answer.json != NULL && !ctl->json && sg_json_get(answer.json, "active") != NULL) {
		sg_show_verdict(ctl, code == SG_CTL_OK ? SG_STR("active") : SG_STR("closed"), 0);
		printf(code == SG_CTL_OK ? "\n" : ": it stands for nothing (any more)\n");
		for (const struct sg_json *m = sg_json_first(answer.json); m != NULL && code == SG_CTL_OK;
		     m = sg_json_next(answer.json, m))
			if (!sg_str_is(m->name, "active")) {
				char name[64];
				snprintf(name, sizeof(name), "%.*s", SG_STR_ARG(m->name));
				sg_show_member(name, answer.json, name);
			}
	}
	sg_ctl_answer_done(&answer);
	sg_buf_done(&body);
	return code;
}
