/* SPDX-License-Identifier: Apache-2.0
 * How many calls may be open, and how many that were taken back may be aside. */
#include "unit/cases.h"

#include "base/str.h"
#include "enforce/calls.h"

#include <stdio.h>

static struct sg_mcp_calls calls;

static enum sg_mcp_error
asks(int n, const char *method)
{
	char line[128];
	struct sg_mcp_message m;
	snprintf(line, sizeof(line), "{\"id\":%d,\"jsonrpc\":\"2.0\",\"method\":\"%s\"}", n, method);
	CU_ASSERT_EQUAL_FATAL(sg_mcp_read(&m, sg_str(line), SG_MCP_CLIENT_LINE), SG_MCP_FINE);
	enum sg_mcp_error error = sg_mcp_remember(&calls, &m, sg_method_find(SG_SIDE_CLIENT, m.method), SG_STR(""));
	sg_arena_done(&m.arena);
	return error;
}

static struct sg_mcp_call *
with_id(int n, struct sg_mcp_call *(*then)(struct sg_mcp_calls *, const struct sg_json *))
{
	char text[16];
	struct sg_arena arena;
	const struct sg_json *id = NULL;
	snprintf(text, sizeof(text), "%d", n);
	sg_arena_init(&arena, 4096);
	CU_ASSERT_EQUAL_FATAL(sg_json_parse(&arena, sg_str(text), NULL, &id, NULL), SG_OK);
	struct sg_mcp_call *call = then(&calls, id);
	sg_arena_done(&arena);
	return call;
}

static struct sg_mcp_call *
cancel(struct sg_mcp_calls *all, const struct sg_json *id)
{
	return sg_mcp_cancel(all, id, 1);
}

static void
bounds(void)
{
	int n = 0;
	sg_mcp_calls_init(&calls, 1);
	for (int i = 0; i < SG_MCP_CANCELLED_CALLS; i++) {
		CU_ASSERT_EQUAL(asks(++n, "ping"), SG_MCP_FINE);
		const struct sg_mcp_call *call = with_id(n, cancel);
		CU_ASSERT_TRUE(call != NULL && call->aside);
	}
	for (int i = 0; i < SG_MCP_OPEN_CALLS; i++) {
		CU_ASSERT_EQUAL(asks(++n, "ping"), SG_MCP_FINE);
		const struct sg_mcp_call *call = with_id(n, cancel); /* no room aside: it counts as open */
		CU_ASSERT_TRUE(call != NULL && !call->aside);
	}
	CU_ASSERT_EQUAL(asks(n + 1, "ping"), SG_MCP_mcp_too_many);
	CU_ASSERT_EQUAL(asks(1, "ping"), SG_MCP_mcp_too_many);
	sg_mcp_call_free(with_id(1, sg_mcp_take)); /* one of those aside is answered: that makes no room among the open ones */
	CU_ASSERT_EQUAL(asks(n + 1, "ping"), SG_MCP_mcp_too_many);
	sg_mcp_call_free(with_id(n, sg_mcp_take));
	CU_ASSERT_EQUAL(asks(n + 1, "ping"), SG_MCP_FINE);
	CU_ASSERT_TRUE(with_id(n + 1, cancel)->aside);
	sg_mcp_calls_done(&calls);
}

static void
not_taken_back(void)
{
	sg_mcp_calls_init(&calls, 1);
	CU_ASSERT_EQUAL(asks(1, "initialize"), SG_MCP_FINE);
	CU_ASSERT_PTR_NULL(with_id(1, cancel));
	CU_ASSERT_EQUAL(asks(2, "ping"), SG_MCP_FINE);
	CU_ASSERT_PTR_NULL(with_id(3, cancel));
	CU_ASSERT_PTR_NULL(sg_mcp_cancel(&calls, NULL, 0));
	CU_ASSERT_PTR_NOT_NULL(with_id(2, cancel));
	CU_ASSERT_PTR_NULL(with_id(2, cancel));
	sg_mcp_calls_done(&calls);
}

/* An answer that names nobody is for the one call that waits; who was taken back does not wait. */
static void
for_the_one_that_waits(void)
{
	sg_mcp_calls_init(&calls, 1);
	CU_ASSERT_EQUAL(asks(1, "ping"), SG_MCP_FINE);
	CU_ASSERT_EQUAL(asks(2, "ping"), SG_MCP_FINE);
	CU_ASSERT_PTR_NULL(sg_mcp_take_text(&calls, SG_STR("")));
	with_id(1, cancel);
	struct sg_mcp_call *call = sg_mcp_take_text(&calls, SG_STR(""));
	CU_ASSERT_PTR_NOT_NULL_FATAL(call);
	CU_ASSERT_STRING_EQUAL(call->id, "2");
	sg_mcp_call_free(call);
	CU_ASSERT_PTR_NULL(sg_mcp_take_text(&calls, SG_STR("")));
	sg_mcp_calls_done(&calls);
}

SG_CASES("enforce.calls", {"bounds", bounds}, {"what is not taken back", not_taken_back}, {"for the one that waits", for_the_one_that_waits})
