/* SPDX-License-Identifier: Apache-2.0
 * The session: each line routed by the method table; answers matched with what was asked; outcomes reported. */
#include "enforce/proxy_in.h"
#include "enforce/tell.h"
#include "enforce/values.h"

#include "base/secret.h"
#include "base/str.h"

#include <stdio.h>
#include <stdlib.h>

void
sg_proxy_init(struct sg_proxy *proxy, struct sg_daemon *daemon, const char *name)
{
	uint64_t seed = 0;
	sg_random(&seed, sizeof(seed), NULL);
	*proxy = (struct sg_proxy){.client_line = sg_proxy_client_line, .daemon = daemon};
	snprintf(proxy->name, sizeof(proxy->name), "%s", name);
	sg_buf_init(&proxy->to_client, 2 * SG_MCP_SERVER_LINE);
	sg_buf_init(&proxy->to_server, 2 * SG_MCP_SERVER_LINE);
	sg_buf_init(&proxy->held, 4 * SG_MCP_CLIENT_LINE);
	sg_buf_init(&proxy->lined, 4 * SG_MCP_CLIENT_LINE);
	sg_mcp_calls_init(&proxy->open, seed);
	sg_mcp_calls_init(&proxy->from_server, seed);
	sg_table_init(&proxy->tools, seed);
}

void
sg_proxy_done(struct sg_proxy *proxy)
{
	sg_tools_done(proxy);
	sg_buf_done(&proxy->held);
	sg_buf_done(&proxy->lined);
	sg_mcp_calls_done(&proxy->open);
	sg_mcp_calls_done(&proxy->from_server);
	sg_buf_done(&proxy->to_client);
	sg_buf_done(&proxy->to_server);
}

/* ---- the client's lines ---- */

static void
client_answer(struct sg_proxy *proxy, const struct sg_mcp_message *m)
{
	struct sg_mcp_call *call = sg_mcp_take(&proxy->from_server, m->id);
	if (call == NULL) {
		proxy->refused++;
		sg_mcp_tell("the client answered nothing that was asked");
		return;
	}
	if (!call->cancelled && !sg_mcp_pass(&proxy->to_server, m->json, sg_str(call->asked)))
		sg_mcp_write_error(&proxy->to_server, sg_str(call->asked), SG_MCP_mcp_line);
	sg_mcp_call_free(call);
}

static enum sg_mcp_error
pass_on(struct sg_proxy *proxy, const struct sg_mcp_message *m, const struct sg_method *method)
{
	if (method->treatment != SG_METHOD_INTRODUCED)
		return sg_passing_write(proxy, m);
	if (proxy->introduced)
		return SG_MCP_mcp_method;
	proxy->introduced = true;
	return sg_capabilities_pass(&proxy->to_server, SG_SIDE_CLIENT, m, m->id_text, NULL) ? SG_MCP_FINE : SG_MCP_mcp_line;
}

static void
send_on(struct sg_proxy *proxy, struct sg_mcp_message *m, const struct sg_method *method)
{
	enum sg_mcp_error error;
	if (m->notification && sg_str_is(m->method, "notifications/cancelled")) {
		if (sg_held_cancel(proxy, m))
			return;
		sg_proxy_cancelled(proxy, &proxy->open, m);
	}
	if (method->treatment == SG_METHOD_DECIDED)
		sg_proxy_decide(proxy, m, method);
	else if (m->request && (error = sg_mcp_remember(&proxy->open, m, method, SG_STR(""))) != SG_MCP_FINE)
		sg_proxy_refuse(proxy, SG_SIDE_CLIENT, m->id_text, error);
	else if ((error = pass_on(proxy, m, method)) != SG_MCP_FINE && m->request)
		sg_proxy_spoil(proxy, sg_mcp_take(&proxy->open, m->id), error);
	else if (error != SG_MCP_FINE) { /* what is taken back late, say, is nothing to complain of */
		proxy->refused++;
		sg_mcp_tell("left out %.*s of the client: %s", SG_STR_ARG(m->method), sg_mcp_code(error));
	}
}

void
sg_proxy_client_line(struct sg_proxy *proxy, struct sg_str line)
{
	struct sg_mcp_message m;
	enum sg_mcp_error error = sg_mcp_read(&m, line, SG_MCP_CLIENT_LINE);
	const struct sg_method *method = error == SG_MCP_FINE ? sg_method_find(SG_SIDE_CLIENT, m.method) : NULL;
	if (error != SG_MCP_FINE)
		sg_proxy_lost_client(proxy, &m, line, error);
	else if (m.answer)
		client_answer(proxy, &m);
	else if (sg_mcp_newer_era(&m))
		sg_proxy_refuse(proxy, SG_SIDE_CLIENT, m.id_text, SG_MCP_mcp_era);
	else if (method == NULL || method->treatment == SG_METHOD_REFUSED)
		sg_proxy_refuse(proxy, SG_SIDE_CLIENT, m.id_text, SG_MCP_mcp_method);
	else if (!sg_held_hold(proxy, &m, method) && !sg_lined_hold(proxy, &m, method))
		send_on(proxy, &m, method);
	sg_arena_done(&m.arena);
	sg_barrier_next(proxy);
	sg_lined_next(proxy); /* one that was taken back makes room */
}

/* ---- the server's lines ---- */

static const char *
result_of(const struct sg_mcp_message *m)
{
	bool failed = false;
	if (sg_json_get(m->json, "error") != NULL)
		return SG_FAILED_PERHAPS;
	sg_json_bool(sg_json_get(sg_json_get(m->json, "result"), "isError"), &failed);
	return failed ? SG_FAILED_PERHAPS : "ok";
}

/* Told before the client sees the answer, so that no argument made of it can come first. */
static void
report(struct sg_proxy *proxy, const struct sg_mcp_message *m, struct sg_str decision)
{
	struct sg_buf values;
	const struct sg_json *error = sg_json_get(m->json, "error");
	sg_buf_init(&values, 2 * SG_MCP_VALUES_BYTES);
	sg_mcp_values(&values, error != NULL ? error : sg_json_get(m->json, "result"));
	sg_daemon_outcome(proxy->daemon, decision, result_of(m), values.failed || values.len <= 2 ? (struct sg_str){NULL, 0} : sg_buf_view(&values));
	sg_buf_done(&values);
}

/* Nobody waits for it. A result says more than `unknown`, as which it was told; an error may say no more than that it was cancelled. */
static void
answered_late(struct sg_proxy *proxy, struct sg_mcp_call *call, const struct sg_mcp_message *m)
{
	if (call->decision[0] != '\0' && strcmp(result_of(m), "ok") == 0)
		report(proxy, m, sg_str(call->decision));
	sg_mcp_call_free(call);
}

static enum sg_mcp_error
pass_answer(struct sg_proxy *proxy, const struct sg_mcp_call *call, struct sg_mcp_message *m, bool list)
{
	if (list)
		return sg_tools_show(proxy, call, m);
	bool introduced = call->method->treatment == SG_METHOD_INTRODUCED;
	bool passed = introduced ? sg_capabilities_pass(&proxy->to_client, SG_SIDE_SERVER, m, sg_str(call->asked), proxy->instructions)
				 : sg_mcp_pass(&proxy->to_client, m->json, sg_str(call->asked));
	return passed ? SG_MCP_FINE : SG_MCP_mcp_line;
}

static void
server_answer(struct sg_proxy *proxy, struct sg_mcp_message *m, struct sg_str line)
{
	struct sg_mcp_call *call = sg_mcp_take(&proxy->open, m->id);
	if (call == NULL) {
		sg_proxy_lost_server(proxy, m, line, SG_MCP_mcp_answer);
		return;
	}
	if (call->cancelled) {
		answered_late(proxy, call, m);
		return;
	}
	if (call->decision[0] != '\0')
		report(proxy, m, sg_str(call->decision));
	call->decision[0] = '\0';
	if (!call->own && call->method->treatment != SG_METHOD_DECIDED)
		sg_given_note(proxy, SG_GIVEN_CURSOR, sg_json_get(sg_json_get(m->json, "result"), "nextCursor"));
	bool list = call->method->treatment == SG_METHOD_FILTERED && sg_json_get(m->json, "error") == NULL;
	if (list && !call->own && !sg_tools_are(m)) {
		sg_proxy_spoil(proxy, call, SG_MCP_mcp_unreadable);
		return;
	}
	if (!call->own && !sg_said_passes(proxy, call->method, m)) {
		sg_proxy_spoil(proxy, call, SG_MCP_mcp_said);
		return;
	}
	enum sg_mcp_error wrong = call->own ? SG_MCP_FINE : pass_answer(proxy, call, m, list);
	if (wrong != SG_MCP_FINE) {
		sg_proxy_spoil(proxy, call, wrong);
		return;
	}
	if (call->own && call->method->treatment == SG_METHOD_PASSED)
		sg_barrier_answered(proxy);
	else if (call->own)
		sg_held_answer(proxy, call, m);
	sg_mcp_call_free(call);
}

/* False: nothing that is open is taken back, so that what stands there in place of an id is words, and goes nowhere. */
static bool
server_cancels(struct sg_proxy *proxy, const struct sg_mcp_message *m)
{
	bool cancels = sg_mcp_id_fine(sg_json_get(m->params, "requestId")) && sg_proxy_cancelled(proxy, &proxy->from_server, m);
	proxy->refused += !cancels;
	return cancels;
}

static void
server_says(struct sg_proxy *proxy, const struct sg_mcp_message *m)
{
	if (sg_str_is(m->method, "notifications/tools/list_changed"))
		sg_tools_forget(proxy);
	if (sg_str_is(m->method, "notifications/cancelled") && !server_cancels(proxy, m))
		return;
	if (m->request)
		sg_given_note(proxy, SG_GIVEN_TOKEN, sg_json_get(sg_json_get(m->params, "_meta"), "progressToken"));
	if (!sg_mcp_pass(&proxy->to_client, m->json, SG_STR("")) && m->request)
		sg_proxy_spoil(proxy, sg_mcp_take(&proxy->from_server, m->id), SG_MCP_mcp_line);
}

void
sg_proxy_server_line(struct sg_proxy *proxy, struct sg_str line)
{
	struct sg_mcp_message m;
	enum sg_mcp_error error = sg_mcp_read(&m, line, SG_MCP_SERVER_LINE);
	const struct sg_method *method = error == SG_MCP_FINE ? sg_method_find(SG_SIDE_SERVER, m.method) : NULL;
	struct sg_buf rest;
	sg_buf_init(&rest, SG_MCP_SERVER_LINE);
	if (error == SG_MCP_mcp_json && sg_proxy_mended(proxy, line, &rest)) {
		sg_proxy_server_line(proxy, sg_buf_view(&rest)); /* in it nothing more is left out */
		proxy->refused++;
	} else if (error != SG_MCP_FINE)
		sg_proxy_lost_server(proxy, &m, line, error);
	else if (m.answer)
		server_answer(proxy, &m, line);
	else if (method == NULL || method->treatment == SG_METHOD_REFUSED)
		sg_proxy_refuse(proxy, SG_SIDE_SERVER, m.id_text, SG_MCP_mcp_method);
	else if (m.request && (error = sg_mcp_remember(&proxy->from_server, &m, method, SG_STR(""))) != SG_MCP_FINE)
		sg_proxy_refuse(proxy, SG_SIDE_SERVER, m.id_text, error);
	else if (sg_said_passes(proxy, method, &m))
		server_says(proxy, &m);
	else if (m.request)
		sg_proxy_spoil(proxy, sg_mcp_take(&proxy->from_server, m.id), SG_MCP_mcp_said);
	else
		proxy->refused++;
	sg_buf_done(&rest);
	sg_arena_done(&m.arena);
	sg_barrier_next(proxy);
	sg_lined_next(proxy);
}

void
sg_proxy_server_gone(struct sg_proxy *proxy)
{
	sg_held_gone(proxy);
	for (struct sg_mcp_call *c; (c = sg_mcp_take_any(&proxy->open)) != NULL;)
		sg_proxy_spoil(proxy, c, SG_MCP_mcp_server_gone);
}
