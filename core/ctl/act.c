/* SPDX-License-Identifier: Apache-2.0
 * Asking for an action, as an agent or as an enforcer, and telling what became of it. */
#include "ctl/form.h"
#include "ctl/show.h"

#include "base/str.h"

#include <pwd.h>
#include <unistd.h>

/* ---- the body ---- */

static void
write_resource(struct sg_ctl_form *body)
{
	size_t count = 0;
	const char *resource = body->ctl->option[SG_CTL_OPTION_resource], *colon = resource == NULL ? NULL : strchr(resource, ':');
	for (size_t i = 0; i < body->ctl->given_count; i++)
		count += body->ctl->given[i].option == SG_CTL_OPTION_resource;
	if (resource == NULL)
		return;
	if (count > 1 || colon == NULL || colon == resource || colon[1] == '\0') {
		sg_ctl_form_wrong(body, resource, "--resource takes TYPE:ID, once");
		return;
	}
	sg_ctl_form_json(body, "resource", SG_STR("{\"id\":"));
	sg_canon_string(&body->text, sg_str(colon + 1));
	sg_buf_text(&body->text, ",\"type\":");
	sg_canon_string(&body->text, (struct sg_str){resource, (size_t)(colon - resource)});
	sg_buf_text(&body->text, "}");
}

static void
write_approval(struct sg_ctl_form *body)
{
	const char *approval = body->ctl->option[SG_CTL_OPTION_approval];
	if (approval == NULL)
		return;
	sg_ctl_form_json(body, "context", SG_STR("{\"approval\":"));
	sg_canon_string(&body->text, sg_str(approval));
	sg_buf_text(&body->text, "}");
}

/* The user that an enforcer saw at the other end. False: there is no such user. */
static bool
peer_uid(const struct sg_ctl *ctl, char *out, size_t room)
{
	const char *peer = ctl->option[SG_CTL_OPTION_peer];
	int64_t number = (int64_t)getuid();
	const struct passwd *user = peer == NULL ? NULL : getpwnam(peer);
	if (user != NULL)
		number = (int64_t)user->pw_uid;
	else if (peer != NULL && !sg_str_int(sg_str(peer), 0, UINT32_MAX - 1, &number))
		return false;
	snprintf(out, room, "%lld", (long long)number);
	return true;
}

bool
sg_ctl_act_body(const struct sg_ctl *ctl, const char *task, const char *action, struct sg_buf *out, int *code)
{
	char uid[32];
	struct sg_ctl_form body;
	const char *token = ctl->option[SG_CTL_OPTION_token];
	if (token == NULL && ctl->option[SG_CTL_OPTION_peer] != NULL) {
		*code = sg_ctl_fail(ctl, SG_CTL_USAGE, "usage", "an agent is who its process is", "--peer goes with --token");
		return false;
	}
	if (token != NULL && !peer_uid(ctl, uid, sizeof(uid))) {
		*code = sg_ctl_fail(ctl, SG_CTL_USAGE, "no_user", "", "--peer: this system has no user \"%s\"", ctl->option[SG_CTL_OPTION_peer]);
		return false;
	}
	sg_ctl_form_begin(&body, ctl);
	sg_ctl_form_text(&body, "action", action);
	sg_ctl_form_pairs(&body, "arguments", SG_CTL_OPTION_arg, true);
	sg_ctl_form_text(&body, "audience", ctl->option[SG_CTL_OPTION_audience]);
	write_approval(&body);
	sg_ctl_form_key(&body);
	write_resource(&body);
	sg_ctl_form_text(&body, "task", task);
	sg_ctl_form_text(&body, "task_token", token);
	if (token != NULL)
		sg_ctl_form_json(&body, "peer_uid", sg_str(uid));
	*code = sg_ctl_form_end(&body, out);
	return *code == SG_CTL_OK;
}

/* ---- the commands ---- */

int
sg_ctl_act(struct sg_ctl *ctl)
{
	struct sg_buf body;
	struct sg_ctl_answer answer;
	int code = SG_CTL_OK;
	bool enforcer = ctl->option[SG_CTL_OPTION_token] != NULL;
	const char *task = enforcer && strcmp(ctl->args[0], "-") == 0 ? NULL : ctl->args[0];
	sg_buf_init(&body, SG_CTL_BODY);
	if (sg_ctl_act_body(ctl, task, ctl->args[1], &body, &code)) {
		code = sg_ctl_ask(ctl, enforcer ? SG_FACE_ENFORCER : SG_FACE_AGENT, "POST", "/v1/act", NULL, &body,
				  &answer);
		if (code == SG_CTL_OK)
			code = sg_ctl_decided(ctl, answer.json);
		sg_ctl_answer_done(&answer);
	}
	sg_buf_done(&body);
	return code;
}

static void
show_recorded(const struct sg_ctl *ctl, const struct sg_json *answer)
{
	(void)ctl;
	printf("recorded for ");
	sg_show_cell(sg_json_text_at(answer, "decision_id"), 0);
	putchar('\n');
}

static int
outcome(struct sg_ctl *ctl, enum sg_face face)
{
	struct sg_ctl_form body;
	struct sg_buf text;
	sg_buf_init(&text, SG_CTL_BODY);
	sg_ctl_form_begin(&body, ctl);
	sg_ctl_form_text(&body, "result", ctl->args[1]);
	sg_ctl_form_amounts(&body, "used", SG_CTL_OPTION_used);
	sg_ctl_form_list(&body, "values", SG_CTL_OPTION_value);
	int code = sg_ctl_form_end(&body, &text);
	if (code == SG_CTL_OK)
		code = sg_ctl_asked(ctl, face, "POST", "/v1/decisions/%s/outcome", ctl->args[0], &text, show_recorded);
	sg_buf_done(&text);
	return code;
}

int
sg_ctl_outcome(struct sg_ctl *ctl)
{
	return outcome(ctl, SG_FACE_ENFORCER);
}

int
sg_ctl_session_outcome(struct sg_ctl *ctl)
{
	return outcome(ctl, SG_FACE_AGENT);
}
