/* SPDX-License-Identifier: Apache-2.0
 * Asking for an action, as an agent or as an enforcer, and telling what became of it. */
#include "ctl/show.h"

#include "base/str.h"

#include <stdlib.h>
#include <unistd.h>

static bool
bad(const struct sg_ctl *ctl, int *code, const char *text, const char *what)
{
	*code = sg_ctl_fail(ctl, SG_CTL_USAGE, "usage", "stepgate act --help", "%s: %s", what, text);
	return false;
}

/* ---- the body ---- */

/* Exactly one value, so that nothing can stand beside it. */
static bool
write_json(struct sg_buf *out, struct sg_str text)
{
	struct sg_arena arena;
	const struct sg_json *json = NULL;
	struct sg_json_limits limits = {.bytes = SG_CTL_BODY};
	sg_arena_init(&arena, 64 << 20);
	bool good = sg_json_parse(&arena, text, &limits, &json, NULL) == SG_OK;
	if (good)
		sg_canon_write(out, json);
	sg_arena_done(&arena);
	return good;
}

/* "name=text" and "name:=json" become {"name":...}; a name given twice is the reader's to refuse. */
static bool
write_arguments(const struct sg_ctl *ctl, struct sg_buf *out, int *code)
{
	sg_buf_text(out, "{");
	for (size_t i = 0; i < ctl->pair_count; i++) {
		const char *pair = ctl->pairs[i], *equals = strchr(pair, '=');
		if (equals == NULL || equals == pair || (equals == pair + 1 && pair[0] == ':'))
			return bad(ctl, code, "--arg takes NAME=VALUE or NAME:=JSON", pair);
		bool json = equals[-1] == ':';
		sg_buf_text(out, i > 0 ? "," : "");
		sg_canon_string(out, (struct sg_str){pair, (size_t)(equals - pair) - json});
		sg_buf_text(out, ":");
		if (json && !write_json(out, sg_str(equals + 1)))
			return bad(ctl, code, "what stands behind := is not one value in strict JSON", pair);
		if (!json)
			sg_canon_string(out, sg_str(equals + 1));
	}
	sg_buf_text(out, "}");
	return out->failed ? bad(ctl, code, "an argument is too long or no UTF-8", "--arg") : true;
}

static void
member(struct sg_buf *out, const char *name, const char *value)
{
	if (value == NULL)
		return;
	sg_buf_printf(out, ",\"%s\":", name);
	sg_canon_string(out, sg_str(value));
}

static bool
write_resource(const struct sg_ctl *ctl, struct sg_buf *out, int *code)
{
	const char *resource = ctl->option[SG_CTL_OPTION_resource],
		   *colon = resource == NULL ? NULL : strchr(resource, ':');
	if (resource == NULL)
		return true;
	if (colon == NULL || colon == resource || colon[1] == '\0')
		return bad(ctl, code, "--resource takes TYPE:ID", resource);
	sg_buf_text(out, ",\"resource\":{\"id\":");
	sg_canon_string(out, sg_str(colon + 1));
	sg_buf_text(out, ",\"type\":");
	sg_canon_string(out, (struct sg_str){resource, (size_t)(colon - resource)});
	sg_buf_text(out, "}");
	return true;
}

/* Written as it comes, then read by the strict reader and written canonically: one check for everything. */
static bool
canonical(const struct sg_ctl *ctl, struct sg_str text, struct sg_buf *out, int *code)
{
	struct sg_arena arena;
	struct sg_err err = {0};
	const struct sg_json *json = NULL;
	struct sg_json_limits limits = {.bytes = SG_CTL_BODY};
	sg_arena_init(&arena, 64 << 20);
	bool good = sg_json_parse(&arena, text, &limits, &json, &err) == SG_OK && json->type == SG_JSON_OBJECT;
	if (good)
		sg_canon_write(out, json);
	sg_arena_done(&arena);
	return good && !out->failed ? true : bad(ctl, code, err.text, "an argument");
}

bool
sg_ctl_act_body(const struct sg_ctl *ctl, const char *task, const char *action, struct sg_buf *body, int *code)
{
	char key[33], uid[32];
	struct sg_buf text;
	const char *token = ctl->option[SG_CTL_OPTION_token];
	sg_buf_init(&text, SG_CTL_BODY);
	sg_buf_text(&text, "{\"arguments\":");
	bool good = write_arguments(ctl, &text, code);
	member(&text, "action", action);
	member(&text, "audience", ctl->option[SG_CTL_OPTION_audience]);
	if (ctl->option[SG_CTL_OPTION_approval] != NULL) {
		sg_buf_text(&text, ",\"context\":{\"approval\":");
		sg_canon_string(&text, sg_str(ctl->option[SG_CTL_OPTION_approval]));
		sg_buf_text(&text, "}");
	}
	sg_ctl_random_key(key);
	member(&text, "key", ctl->option[SG_CTL_OPTION_key] != NULL ? ctl->option[SG_CTL_OPTION_key] : key);
	good = good && write_resource(ctl, &text, code);
	member(&text, "task", task);
	member(&text, "task_token", token);
	snprintf(uid, sizeof(uid), ",\"peer_uid\":%u", (unsigned)getuid());
	sg_buf_text(&text, token != NULL ? uid : "");
	sg_buf_text(&text, "}");
	if (good && text.failed)
		good = bad(ctl, code, "too long, or no UTF-8", "the request");
	good = good && canonical(ctl, sg_buf_view(&text), body, code);
	sg_buf_done(&text);
	return good;
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
	sg_show_cell(sg_show_string(answer, "decision_id"), 0);
	putchar('\n');
}

static int
outcome(struct sg_ctl *ctl, enum sg_face face)
{
	struct sg_buf body;
	sg_buf_init(&body, 4096);
	sg_buf_text(&body, "{\"result\":");
	sg_canon_string(&body, sg_str(ctl->args[1]));
	sg_buf_text(&body, "}");
	int code = sg_ctl_asked(ctl, face, "POST", "/v1/decisions/%s/outcome", ctl->args[0], &body, show_recorded);
	sg_buf_done(&body);
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

/* ---- introspection ---- */

/* A token in a command line can be read by everybody on the machine: `-` reads it from standard input. */
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

int
sg_ctl_introspect(struct sg_ctl *ctl)
{
	char token[8192];
	struct sg_buf body;
	struct sg_ctl_answer answer;
	if (!read_token(ctl->args[0], token, sizeof(token)) ||
	    token[strspn(token, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~-")] != '\0' ||
	    token[0] == '\0')
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
