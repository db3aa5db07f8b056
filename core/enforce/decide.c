/* SPDX-License-Identifier: Apache-2.0
 * A call before the server sees it: what it is as an action, the daemon's answer, and what a refused client is told. */
#include "enforce/proxy_in.h"

#include "base/secret.h"
#include "base/str.h"

#include <stdio.h>
#include <stdlib.h>

/* What the model is told: what was refused, why, whether asking again helps, and the decision to name when asking a person. */
static struct sg_str
denial_text(const struct sg_reply *reply, struct sg_str action, struct sg_arena *arena)
{
	if (reply->said == SG_SAID_STEP_UP)
		return sg_str(sg_arena_printf(arena,
					      "Approval pending (%.*s): a person must approve %.*s first. Repeat the call unchanged once it is granted. "
					      "%.*s%s[decision %.*s]",
					      SG_STR_ARG(reply->approval), SG_STR_ARG(action), SG_STR_ARG(reply->say),
					      reply->say.len > 0 ? " " : "", SG_STR_ARG(reply->decision)));
	return sg_str(sg_arena_printf(arena, "Refused by stepgate: %.*s (%.*s: %.*s). %.*s%sWhat may be asked for is what tools/list shows; asking again "
				      "unchanged does not help. [decision %.*s]", SG_STR_ARG(action),
				      SG_STR_ARG(reply->code), SG_STR_ARG(reply->reason), SG_STR_ARG(reply->say),
				      reply->say.len > 0 ? ". " : "", SG_STR_ARG(reply->decision)));
}

static void
write_meta(struct sg_json_writer *w, const struct sg_reply *reply)
{
	sg_jw_object(w);
	sg_jw_name(w, "dev.stepgate/decision");
	sg_jw_object(w);
	if (reply->approval.len > 0)
		sg_jw_member_str(w, "approval", reply->approval);
	sg_jw_member_str(w, "code", reply->code);
	sg_jw_member_str(w, "decision_id", reply->decision);
	sg_jw_member_text(w, "verdict", reply->said == SG_SAID_STEP_UP ? "step_up" : "deny");
	sg_jw_end(w);
	sg_jw_end(w);
}

/* A tool's denial is a result that the model reads; other methods have no such result and get an error. */
static void
sg_proxy_deny(struct sg_proxy *proxy, const struct sg_mcp_message *m, const struct sg_method *method, const struct sg_reply *reply, struct sg_str text)
{
	struct sg_buf line;
	struct sg_json_writer w;
	bool is_tool = strcmp(method->name, "tools/call") == 0;
	sg_buf_init(&line, SG_MCP_CLIENT_LINE);
	sg_jw_begin(&w, &line);
	sg_jw_object(&w);
	if (!is_tool) {
		sg_jw_name(&w, "error");
		sg_jw_object(&w);
		sg_jw_member_int(&w, "code", -32001);
		sg_jw_name(&w, "data");
		write_meta(&w, reply);
		sg_jw_member_str(&w, "message", text);
		sg_jw_end(&w);
	}
	sg_jw_name(&w, "id");
	sg_jw_raw(&w, m->id_text);
	sg_jw_member_text(&w, "jsonrpc", "2.0");
	if (is_tool) {
		sg_jw_name(&w, "result");
		sg_jw_object(&w);
		sg_jw_name(&w, "_meta");
		write_meta(&w, reply);
		sg_jw_name(&w, "content");
		sg_jw_array(&w);
		sg_jw_object(&w);
		sg_jw_member_str(&w, "text", text);
		sg_jw_member_text(&w, "type", "text");
		sg_jw_end(&w);
		sg_jw_end(&w);
		sg_jw_member_bool(&w, "isError", true);
		sg_jw_end(&w);
	}
	sg_jw_end(&w);
	if (line.failed || !sg_mcp_put(&proxy->to_client, sg_buf_view(&line)))
		sg_proxy_refuse(proxy, SG_SIDE_CLIENT, m->id_text, SG_MCP_mcp_line);
	sg_buf_done(&line);
}

/* Longer ones name no action and no resource: the daemon refuses them, at the gateway's expense. */
enum { SUBJECT_MOST = 4096, ACTION_MOST = 256 };

/* Of canonical JSON. */
static int
depth_of(struct sg_str json)
{
	int depth = 0, most = 0;
	bool text = false;
	for (size_t i = 0; i < json.len; i++) {
		char c = json.ptr[i];
		if (text) {
			i += c == '\\';
			text = c != '"';
			continue;
		}
		text = c == '"';
		depth += (c == '{' || c == '[') - (c == '}' || c == ']');
		most = depth > most ? depth : most;
	}
	return most;
}

/* A completion is decided with all that its params say, and goes on with nothing else. */
static bool
read_completion(const struct sg_json *params, struct sg_buf *out)
{
	static const char *const members[] = {"argument", "context", "ref"};
	struct sg_json_writer w;
	size_t known = 0;
	sg_jw_begin(&w, out);
	sg_jw_object(&w);
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		const struct sg_json *member = sg_json_get(params, members[i]);
		if (member == NULL)
			continue;
		known += member->type == SG_JSON_OBJECT;
		sg_jw_name_text(&w, members[i]);
		sg_jw_value(&w, member);
	}
	sg_jw_end(&w);
	return !out->failed && known + (sg_json_get(params, "_meta") != NULL) == params->count;
}

/* For tools and prompts the decided arguments are `arguments`; for resources they are {"uri"}. */
static bool
read_arguments(const struct sg_mcp_message *m, const struct sg_method *method, struct sg_buf *out)
{
	const struct sg_json *arguments = sg_json_get(m->params, "arguments");
	if (strcmp(method->subject, "ref") == 0)
		return read_completion(m->params, out);
	if (strcmp(method->subject, "uri") != 0) {
		if (arguments != NULL && arguments->type != SG_JSON_OBJECT)
			return false;
		arguments != NULL ? sg_canon_write(out, arguments) : sg_buf_text(out, "{}");
		return !out->failed;
	}
	struct sg_json_writer w;
	sg_jw_begin(&w, out);
	sg_jw_object(&w);
	sg_jw_name(&w, "uri");
	sg_jw_value(&w, sg_json_get(m->params, "uri"));
	sg_jw_end(&w);
	return !out->failed;
}

/* What the call is about: a name, a uri, or the one of them that a completion refers to. */
static bool
read_subject(const struct sg_mcp_message *m, const struct sg_method *method, struct sg_str *subject)
{
	const struct sg_json *member = sg_json_get(m->params, method->subject);
	if (member != NULL && strcmp(method->subject, "ref") == 0) {
		const struct sg_json *name = sg_json_get(member, "name"), *uri = sg_json_get(member, "uri");
		member = (name == NULL) == (uri == NULL) ? NULL : name != NULL ? name : uri;
	}
	return sg_json_string(member, subject) && subject->len > 0;
}

void
sg_proxy_decide(struct sg_proxy *proxy, struct sg_mcp_message *m, const struct sg_method *method)
{
	struct sg_str subject = {NULL, 0};
	struct sg_buf arguments;
	char key[48];
	if (!m->request || !read_subject(m, method, &subject) || subject.len > SUBJECT_MOST) {
		sg_proxy_refuse(proxy, SG_SIDE_CLIENT, m->id_text, SG_MCP_mcp_params);
		return;
	}
	if (sg_mcp_in_use(&proxy->open, m->id)) {
		sg_proxy_refuse(proxy, SG_SIDE_CLIENT, m->id_text, SG_MCP_mcp_id_used);
		return;
	}
	sg_buf_init(&arguments, SG_MCP_SERVER_LINE);
	if (!read_arguments(m, method, &arguments) || depth_of(sg_buf_view(&arguments)) > SG_DAEMON_DEPTH) {
		sg_proxy_refuse(proxy, SG_SIDE_CLIENT, m->id_text, SG_MCP_mcp_params);
		sg_buf_done(&arguments);
		return;
	}
	sg_proxy_key(key);
	bool is_tool = strcmp(method->name, "tools/call") == 0;
	struct sg_ask ask = {.action = sg_proxy_action(proxy, method, subject, &m->arena), .tool = sg_tool_digest(proxy, method, subject),
			     .resource_type = is_tool ? SG_STR("mcp_tool") : sg_str(sg_arena_printf(&m->arena, "mcp_%.*s", (int)strlen(method->action) - 1, method->action)),
			     .resource_id = is_tool ? sg_str(sg_arena_printf(&m->arena, "%s/%.*s", proxy->name, SG_STR_ARG(subject))) : subject,
			     .arguments = sg_buf_view(&arguments), .key = key};
	struct sg_reply reply;
	if (ask.action.len > ACTION_MOST || ask.resource_id.len > SUBJECT_MOST) {
		sg_proxy_refuse(proxy, SG_SIDE_CLIENT, m->id_text, SG_MCP_mcp_params);
		sg_buf_done(&arguments);
		return;
	}
	sg_daemon_act(proxy->daemon, &ask, &m->arena, &reply);
	if (reply.said == SG_SAID_ALLOW)
		sg_proxy_forward(proxy, m, &(struct sg_proxy_call){method, subject, ask.resource_id}, &reply);
	else
		sg_proxy_deny(proxy, m, method, &reply, denial_text(&reply, ask.action, &m->arena));
	sg_buf_done(&arguments);
}
