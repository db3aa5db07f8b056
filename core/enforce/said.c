/* SPDX-License-Identifier: Apache-2.0
 * What a server says without being asked for a decision: names in lists, its log, questions to the client's model. These are somebody's words, too, and
 * whoever reads them is to carry what the catalogue says that they carry: one action, mcp.NAME.said, decided before the first of them, and again before the
 * next where that is a minute ago, or the task or what its domain carries is not what it was. */
#include "enforce/proxy_in.h"
#include "enforce/tell.h"

#include "base/str.h"

#include <stdio.h>

enum { SAID_MS = 60000 };

/* `known` NULL: than nothing. */
static bool
has_more_than(const struct sg_json *object, const char *known)
{
	for (const struct sg_json *m = sg_json_first(object); m != NULL; m = sg_json_next(object, m))
		if (object->type != SG_JSON_OBJECT || known == NULL || !sg_str_is(m->name, known))
			return true;
	return object != NULL && object->type != SG_JSON_OBJECT;
}

/* Everything of the server that goes on and was not decided by itself, but for what says nothing: an empty answer, a notice without particulars, which request
 * is taken back. The answer to `initialize`, where it is an object, and lists of tools have rules of their own (capabilities.c, tools_show.c); their errors have none. */
static bool
holds_words(const struct sg_method *method, const struct sg_mcp_message *m)
{
	if (method->treatment == SG_METHOD_DECIDED)
		return false;
	if (sg_json_get(m->json, "error") != NULL)
		return true;
	const struct sg_json *result = sg_json_get(m->json, "result");
	if (m->answer && method->treatment == SG_METHOD_INTRODUCED)
		return result->type != SG_JSON_OBJECT;
	if (m->answer)
		return method->treatment == SG_METHOD_PASSED && has_more_than(result, NULL);
	return has_more_than(sg_json_get(m->json, "params"), strcmp(method->name, "notifications/cancelled") == 0 ? "requestId" : NULL);
}

/* A catalogue that does not have the action says nothing of such words: they leave nothing behind. Where this cannot be asked it counts as having it. */
static bool
has_action(const struct sg_proxy *proxy, struct sg_arena *arena, const char *action)
{
	struct sg_str unknown = {"", 0};
	sg_json_string(sg_json_first(sg_json_get(sg_proxy_ceiling(proxy, arena, sg_str(action)), "unknown")), &unknown);
	return !sg_str_is(unknown, action);
}

/* A daemon that did not decide is asked again before the next words. */
static enum sg_words
decide(struct sg_proxy *proxy, struct sg_arena *arena, const char *action)
{
	char key[48];
	struct sg_reply reply;
	sg_proxy_key(key);
	struct sg_ask ask = {.action = sg_str(action), .tool = SG_STR(""), .resource_type = SG_STR("mcp_server"), .resource_id = sg_str(proxy->name),
			     .arguments = SG_STR("{}"), .key = key};
	sg_daemon_act(proxy->daemon, &ask, arena, &reply);
	if (reply.said == SG_SAID_ALLOW)
		sg_daemon_outcome(proxy->daemon, reply.decision, "ok", (struct sg_str){NULL, 0});
	else
		sg_mcp_tell("%s: %.*s: what the server says by the way does not go on", action, SG_STR_ARG(reply.code));
	return reply.said == SG_SAID_ALLOW ? SG_WORDS_PASS : reply.decision.len > 0 ? SG_WORDS_STAY : SG_WORDS_NEW;
}

bool
sg_said_pass(struct sg_proxy *proxy)
{
	char action[96];
	struct sg_arena arena;
	int64_t now = sg_mcp_now_ms();
	sg_proxy_look_for_words(proxy);
	if (proxy->still)
		return false;
	if (proxy->said != SG_WORDS_NEW && now - proxy->said_ms < SAID_MS)
		return proxy->said == SG_WORDS_PASS;
	proxy->said_ms = now;
	sg_arena_init(&arena, 4 << 20);
	snprintf(action, sizeof(action), "mcp.%s.said", proxy->name);
	proxy->said = has_action(proxy, &arena, action) ? decide(proxy, &arena, action) : SG_WORDS_PASS;
	sg_arena_done(&arena);
	return proxy->said == SG_WORDS_PASS;
}

bool
sg_said_passes(struct sg_proxy *proxy, const struct sg_method *method, const struct sg_mcp_message *m)
{
	return !holds_words(method, m) || sg_said_pass(proxy);
}
