/* SPDX-License-Identifier: Apache-2.0
 * Asking a module as the gate does, and judging what the host says of its answer. */
#include "host/check_step.h"

#include "base/err.h"
#include "base/str.h"

#include <dirent.h>

void
sg_check_members(struct sg_buf *out, const struct sg_check_list *list, bool more)
{
	for (size_t i = 0; i < list->count; i++) {
		const char *pair = list->pair[i], *equals = strchr(pair, '=');
		bool raw = equals > pair && equals[-1] == ':';
		sg_buf_text(out, more ? "," : "");
		sg_canon_string(out, (struct sg_str){pair, (size_t)(equals - pair) - raw});
		sg_buf_text(out, ":");
		if (raw)
			sg_buf_text(out, equals + 1);
		else
			sg_canon_string(out, sg_str(equals + 1));
		more = true;
	}
}

static bool
canonical(struct sg_arena *arena, struct sg_str text, struct sg_buf *out)
{
	const struct sg_json *json = NULL;
	struct sg_json_limits limits = {.bytes = SG_REQUEST_MAX * 2, .nodes = 32768};
	if (sg_json_parse(arena, text, &limits, &json, NULL) != SG_OK)
		return false;
	sg_canon_write(out, json);
	return !out->failed;
}

void
sg_check_keep_refusal(struct sg_check *c, const struct sg_err *why)
{
	if (c->refused[0] == '\0')
		snprintf(c->refused, sizeof(c->refused), "%.48s: %.140s", why->code != NULL ? why->code : "no_code", why->text);
}

bool
sg_check_ask(struct sg_check *c, struct sg_str request, int pidfd, struct sg_buf *answer, struct sg_err *why)
{
	static char code[64];
	struct sg_arena arena;
	struct sg_buf text;
	const struct sg_json *json = NULL;
	struct sg_str said = {NULL, 0};
	bool ok = false;
	sg_arena_init(&arena, 32 << 20);
	sg_buf_init(&text, SG_REQUEST_MAX * 2);
	*why = (struct sg_err){.code = "check_request", .text = "a claim or argument is no JSON, or stands twice"};
	if (canonical(&arena, request, &text)) {
		sg_call(&c->instance, sg_buf_view(&text), pidfd, answer);
		struct sg_json_limits limits = {.bytes = SG_ANSWER_MAX};
		if (sg_canon_parse(&arena, sg_buf_view(answer), &limits, &json, why) == SG_OK && !(sg_json_bool(sg_json_get(json, "ok"), &ok) && ok)) {
			if (sg_json_string(sg_json_get(json, "code"), &said))
				snprintf(code, sizeof(code), "%.*s", SG_STR_ARG(said));
			why->code = code;
			if (sg_json_string(sg_json_get(json, "text"), &said))
				snprintf(why->text, sizeof(why->text), "%.*s", SG_STR_ARG(said));
		}
	}
	if (!ok)
		sg_check_keep_refusal(c, why);
	sg_buf_done(&text);
	sg_arena_done(&arena);
	return ok;
}

bool
sg_check_in_bounds(struct sg_check *c, const char *what, const struct sg_err *why)
{
	static const struct {
		const char *code;
		enum sg_promise promise;
	} rows[] = {{"module_facts", SG_PROMISE_fact},	 {"module_token", SG_PROMISE_token}, {"module_keys", SG_PROMISE_keys},
		    {"module_claims", SG_PROMISE_claims}, {"module_proof", SG_PROMISE_counter}, {"module_memory", SG_PROMISE_alloc}, {"module_error", SG_PROMISE_code}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(why->code, rows[i].code) == 0)
			return sg_check_fail(c, rows[i].promise, "%s: %s: %s", what, why->code, why->text);
	return true;
}

size_t
sg_check_count(const char *path)
{
	size_t count = 0;
	DIR *folder = opendir(path);
	for (; folder != NULL && readdir(folder) != NULL;)
		count++;
	if (folder != NULL)
		closedir(folder);
	return count;
}
