/* SPDX-License-Identifier: Apache-2.0
 * What of an answer is reported: texts and numbers, bounded; never pictures. */
#include "unit/cases.h"

#include "base/str.h"
#include "enforce/values.h"

#include <stdlib.h>

static void
values_are(const char *answer, const char *want)
{
	struct sg_arena arena;
	struct sg_buf out;
	const struct sg_json *json = NULL;
	sg_arena_init(&arena, 64 << 20);
	sg_buf_init(&out, 2 * SG_MCP_VALUES_BYTES);
	CU_ASSERT_EQUAL_FATAL(sg_json_parse(&arena, sg_str(answer), NULL, &json, NULL), SG_OK);
	sg_mcp_values(&out, json);
	if (!sg_str_is(sg_buf_view(&out), want))
		fprintf(stderr, "\n%.*s\n", (int)out.len, out.ptr);
	CU_ASSERT_TRUE(sg_str_is(sg_buf_view(&out), want));
	sg_buf_done(&out);
	sg_arena_done(&arena);
}

static void
test_shapes(void)
{
	values_are("{}", "[]");
	values_are("{\"content\":[{\"type\":\"text\",\"text\":\"hello\"}]}", "[\"hello\"]");
	values_are("{\"structuredContent\":{\"iban\":\"DE1\",\"n\":{\"amount\":1.50}},\"content\":[]}", "[\"DE1\",1.5]");
	values_are("{\"content\":[{\"type\":\"text\",\"text\":\"{\\\"iban\\\":\\\"DE1\\\",\\\"list\\\":[1,null,true,\\\"x\\\"]}\"}]}", "[\"DE1\",1,\"x\"]");
	values_are("{\"content\":[{\"type\":\"text\",\"text\":\"{not json}\"}]}", "[\"{not json}\"]");
	values_are("{\"content\":[{\"type\":\"image\",\"data\":\"aGVsbG8=\",\"mimeType\":\"image/png\"},{\"type\":\"audio\",\"data\":\"AA\"}]}", "[]");
	values_are("{\"contents\":[{\"uri\":\"a://b\",\"mimeType\":\"text/plain\",\"text\":\"t\"},{\"uri\":\"a://c\",\"blob\":\"AA\"}]}", "[\"a://b\",\"t\",\"a://c\"]");
	values_are("{\"content\":[{\"type\":\"resource\",\"resource\":{\"uri\":\"a://b\",\"text\":\"t\"}}]}", "[\"a://b\",\"t\"]");
	values_are("{\"messages\":[{\"role\":\"user\",\"content\":{\"type\":\"text\",\"text\":\"t\"}}]}", "[\"t\"]");
	values_are("{\"code\":-1,\"message\":\"no such account DE1\"}", "[\"no such account DE1\"]");
	values_are("{\"_meta\":{\"a\":\"b\"},\"isError\":true,\"content\":[{\"type\":\"text\",\"text\":\"\"}]}", "[]");
	values_are("{\"structuredContent\":\"alone\",\"content\":7}", "[\"alone\"]");
}

/* As large as an answer may be; the report stays small and whole. */
static void
bounded(const char *one, size_t times, size_t least)
{
	struct sg_buf text, out;
	struct sg_arena arena;
	const struct sg_json *json = NULL, *again = NULL;
	struct sg_json_limits limits = {.bytes = 32 << 20, .nodes = 1 << 22};
	sg_buf_init(&text, 32 << 20);
	sg_buf_init(&out, 2 * SG_MCP_VALUES_BYTES);
	sg_arena_init(&arena, 1 << 30);
	sg_buf_text(&text, "{\"structuredContent\":[");
	for (size_t i = 0; i < times; i++) {
		sg_buf_text(&text, i > 0 ? "," : "");
		sg_buf_text(&text, one);
	}
	sg_buf_text(&text, "]}");
	CU_ASSERT_EQUAL_FATAL(sg_json_parse(&arena, sg_buf_view(&text), &limits, &json, NULL), SG_OK);
	sg_mcp_values(&out, json);
	CU_ASSERT_FALSE(out.failed);
	CU_ASSERT_TRUE(out.len <= SG_MCP_VALUES_BYTES + 2 && out.len >= least);
	CU_ASSERT_EQUAL(sg_json_parse(&arena, sg_buf_view(&out), NULL, &again, NULL), SG_OK);
	sg_buf_done(&text);
	sg_buf_done(&out);
	sg_arena_done(&arena);
}

static void
test_bounds(void)
{
	char *text = malloc((1 << 20) + 3);
	memset(text, 'x', (1 << 20) + 2);
	text[0] = text[(1 << 20) + 1] = '"';
	text[(1 << 20) + 2] = '\0';
	bounded("12345", 1000000, 6 * SG_MCP_VALUES - 1);
	bounded(text, 4, SG_MCP_VALUE_BYTES);
	for (size_t i = 1; i + 1 < (1 << 20); i += 2)
		memcpy(text + i, "\xc3\xa4", 2); /* cut between characters, never within one */
	bounded(text, 1, SG_MCP_VALUE_BYTES - 1);
	bounded("\"\\u0001\\u0002\\u0003\\u0004\\u0005\\u0006\\u0007\\u0008\"", 4000, SG_MCP_VALUES_BYTES - 100);
	bounded("[[[[[[[[[[[[[[[[[[[[\"deep\"]]]]]]]]]]]]]]]]]]]]", 10, 2);
	free(text);
}

SG_CASES("enforce.values", {"what is told of each shape of answer", test_shapes}, {"however large an answer is", test_bounds})
