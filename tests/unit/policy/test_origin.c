/* SPDX-License-Identifier: Apache-2.0
 * Where arguments came from: by value, unknown where nothing is known, nothing left from one request to the next. */
#include "unit/policy/world.h"

#include "policy/origin.h"

static const char args[] = "{\"amount\":100,\"deep\":{\"list\":[\"DE1\",\"DE2\"]},\"exact\":9007199254740991,\"flag\":true,"
			   "\"iban\":\"DE1\",\"method\":\"upper\",\"own\":{\"origin\":\"mine\"},\"rate\":0.5,\"text\":\"100\","
			   "\"zero\":0}";

#define ROW(labels, origin, source, value)                                                                             \
	"{\"labels\":" labels ",\"origin\":\"" origin "\",\"source\":\"" source "\",\"value\":" value "}"

static const char rows[] = "[" ROW("[]", "task", "", "100") "," ROW("[\"mail:7\"]", "mail.read", "mail:7", "\"DE1\"") ","
			   ROW("[]", "db.query", "table:sales", "\"DE2\"") "," ROW("[]", "task", "", "\"upper\"") ","
			   ROW("[]", "unknown", "", "0.5") "," ROW("[\"web\"]", "task", "", "0") ","
			   ROW("[]", "task", "", "9007199254740991") "]";

static bool
says(const char *expression, const char *provenance, const char *want)
{
	char text[1024];
	snprintf(text, sizeof(text), WHEN("%s"), expression);
	struct sg_policy *policy = world_load(text);
	CU_ASSERT_PTR_NOT_NULL_FATAL(policy);
	bool found = strstr(world_ask_with(policy, false, "pay.transfer", args, "{}", provenance), want) != NULL;
	if (!found)
		printf("\n  %s\n  wanted %s\n  got %s\n  ", expression, want, world_answer);
	sg_policy_free(policy);
	return found;
}

static void
known(void)
{
	CU_ASSERT_TRUE(says("r.args.amount.trusted and r.args.amount.origin == 'task' and r.args.amount.source == '' and "
			    "#r.args.amount.labels == 0",
			    rows, MATCHES));
	CU_ASSERT_TRUE(says("not r.args.iban.trusted and r.args.iban.origin == 'mail.read' and r.args.iban.labels[1] == "
			    "'mail:7' and r.args.iban.source == 'mail:7'",
			    rows, MATCHES));
	CU_ASSERT_TRUE(says("r.args.deep.list[2].trusted and not r.args.deep.list[1].trusted", rows, MATCHES));
	CU_ASSERT_TRUE(says("r.args:get('deep.list.2').source == 'table:sales'", rows, MATCHES));
	CU_ASSERT_TRUE(says("r.args.zero.trusted and r.args.zero.labels[1] == 'web'", rows, MATCHES)); /* the task's own */
	CU_ASSERT_TRUE(says("r.provenance[2].origin == 'mail.read' and r.provenance[2].value == 'DE1'", rows, MATCHES));
}

static void
unknown(void)
{
	CU_ASSERT_TRUE(says("r.args.text.origin == 'unknown' and not r.args.text.trusted and #r.args.text.labels == 2 and "
			    "r.args.text.source == ''",
			    rows, MATCHES)); /* "100" is not 100 */
	CU_ASSERT_TRUE(says("not r.args.rate.trusted and r.args.rate.origin == 'unknown'", rows, MATCHES));
	CU_ASSERT_TRUE(says("not r.args.iban.trusted", "[]", MATCHES));
	CU_ASSERT_TRUE(says("not r.args.deep.list[2]:lower().trusted and not (r.args.iban .. '').labels[2]", rows,
			    "\"code\":\"policy_error\""));
	CU_ASSERT_TRUE(says("not r.args.deep.list[2]:lower().trusted", rows, MATCHES));
	CU_ASSERT_TRUE(says("r.args.iban.trusted", "[" ROW("[]", "", "", "\"DE1\"") "]", NO_MATCH));
	CU_ASSERT_TRUE(says("r.args.iban.trusted", "[" ROW("null", "mail.read", "", "\"DE1\"") "]", NO_MATCH));
	/* one value twice, which the gate never sends: the worse row counts, wherever it stands */
	CU_ASSERT_TRUE(says("r.args.iban.trusted",
			    "[" ROW("[]", "task", "", "\"DE1\"") "," ROW("[\"w\"]", "web.get", "", "\"DE1\"") "]", NO_MATCH));
	CU_ASSERT_TRUE(says("r.args.iban.trusted",
			    "[" ROW("[\"w\"]", "web.get", "", "\"DE1\"") "," ROW("[]", "task", "", "\"DE1\"") "]", NO_MATCH));
}

static void
numbers(void)
{
	CU_ASSERT_TRUE(says("(100).trusted and (100.0).trusted and (200 / 2).trusted and not (100.5).trusted", rows, MATCHES));
	CU_ASSERT_TRUE(says("(0).trusted and (-0.0).trusted", rows, MATCHES));
	CU_ASSERT_TRUE(says("not (0/0).trusted and not (1/0).trusted and not (-1/0).trusted", rows, MATCHES));
	CU_ASSERT_TRUE(says("r.args.exact.trusted and (9007199254740991).trusted and not (9007199254740992).trusted and not "
			    "(-9007199254740991).trusted and not (0x7fffffffffffffff).trusted",
			    rows, MATCHES));
	CU_ASSERT_TRUE(says("r.args.amount.trustd", rows, "did you mean 'trusted'"));
	CU_ASSERT_TRUE(says("r.args.amount[1] == nil", rows, "\"code\":\"policy_unknown_field\""));
	CU_ASSERT_TRUE(says("r.args.flag.trusted", rows, "\"code\":\"policy_error\""));
}

static void
texts(void)
{
	CU_ASSERT_TRUE(says("r.args.method.trusted and r.args.method:upper() == 'UPPER' and r.args.method:len() == 5", rows,
			    MATCHES));
	CU_ASSERT_TRUE(says("({s=r.args.iban}).s.origni", rows, "\"code\":\"policy_unknown_field\""));
	CU_ASSERT_TRUE(says("r.args.iban[1] == nil", rows, "\"code\":\"policy_unknown_field\""));
	CU_ASSERT_TRUE(says("string.origin == nil", rows, "\"code\":\"policy_unknown_field\""));
}

/* On a table the four words are ours, over all that stands in it. */
static void
tables(void)
{
	static const struct {
		const char *args, *expression, *want;
	} asks[] = {
		{"{\"to\":{\"trusted\":true,\"value\":\"evil\"}}", "r.args.to.trusted", "use :get"},
		{"{\"to\":{\"trusted\":true,\"value\":\"evil\"}}", "r.args.to:get('trusted') == true", MATCHES},
		{"{\"to\":{\"origin\":\"task\"}}", "r.args.to.origin == 'task'", "policy_error"},
		{"{\"to\":{\"labels\":[]}}", "#r.args.to.labels == 0", "policy_error"},
		{"{\"to\":{\"source\":\"x\"}}", "r.args.to.source == 'x'", "policy_error"},
		{"{\"to\":{\"Trusted\":true,\"v\":\"evil\"}}", "r.args.to.trusted", NO_MATCH},
		{"{\"to\":{\"iban\":\"DE2\"}}", "r.args.to.trusted and r.args.to.origin == 'db.query' and r.args.to.source == 'table:sales'", MATCHES},
		{"{\"to\":[\"DE2\",\"upper\"]}", "r.args.to.trusted and r.args.to.origin == 'unknown' and r.args.to.source == ''", MATCHES},
		{"{\"to\":[\"DE2\",\"DE1\"]}", "r.args.to.trusted", NO_MATCH},
		{"{\"to\":[\"DE2\",\"DE1\"]}", "r.args.to.labels[1] == 'mail:7' and #r.args.to.labels == 1", MATCHES},
		{"{\"to\":[\"DE2\",\"who\"]}", "r.args.to.trusted or r.args.to.origin ~= 'unknown'", NO_MATCH},
		{"{\"to\":[\"DE2\",\"who\"]}", "table.has(r.args.to.labels, 'mail:1') and #r.args.to.labels == 2", MATCHES},
		{"{\"to\":[\"DE2\",true]}", "r.args.to.trusted", NO_MATCH},
		{"{\"to\":[\"DE2\",null]}", "r.args.to.trusted", NO_MATCH},
		{"{\"to\":[\"DE2\",{}]}", "r.args.to.trusted", NO_MATCH},
		{"{\"to\":[]}", "r.args.to.trusted or r.args.to.origin ~= 'unknown'", NO_MATCH},
		{"{\"to\":{}}", "r.args.to.trusted or #r.args.to.labels == 0", NO_MATCH},
		{"{\"to\":{\"iban\":{\"iban\":[{\"iban\":\"DE2\"},100]}}}", "r.args.to.trusted and r.args.to.iban.iban.trusted", MATCHES},
		{"{\"to\":{\"evil\":100}}", "r.args.to.trusted or r.args.trusted", NO_MATCH},
		{"{\"to\":{\"DE1\":100}}", "r.args.to.trusted", NO_MATCH},
		{"{\"to\":{\"DE1\":100}}", "r.args.to.labels[1] == 'mail:7'", MATCHES},
		{"{\"to\":{\"DE2\":100}}", "r.args.to.trusted", MATCHES},
		{"{\"to\":[{\"\":100}]}", "r.args.to.trusted", NO_MATCH},
		{"{\"to\":{\"a\":{\"b\":[{\"c\":\"DE1\"},100]}}}", "r.args.to.trusted or r.args.to.a.trusted or r.args.to.a.b.trusted or not r.args.to.a.b[2].trusted", NO_MATCH},
	};
	for (size_t i = 0; i < sizeof(asks) / sizeof(asks[0]); i++) {
		char text[1024];
		snprintf(text, sizeof(text), WHEN("%s"), asks[i].expression);
		struct sg_policy *policy = world_load(text);
		CU_ASSERT_PTR_NOT_NULL_FATAL(policy);
		bool found = strstr(world_ask_with(policy, false, "pay.transfer", asks[i].args, "{}", rows), asks[i].want) != NULL;
		if (!found)
			fprintf(stderr, "  %s: %s\n  got %s\n", asks[i].args, asks[i].expression, world_answer);
		CU_ASSERT_TRUE(found);
		sg_policy_free(policy);
	}
}

static void
while_loading(void)
{
	CU_ASSERT_TRUE(world_refuses("local t = ('DE1').trusted", "there is no request yet"));
	CU_ASSERT_TRUE(world_refuses("local t = (1).origin", "there is no request yet"));
	CU_ASSERT_TRUE(world_refuses("local t = (1).x", "numbers have no such member"));
}

static void
between_requests(void)
{
	struct sg_policy *policy = world_load(WHEN("r.args.iban.trusted"));
	CU_ASSERT_PTR_NOT_NULL_FATAL(policy);
	static const char task[] = "[" ROW("[]", "task", "", "\"DE1\"") "]";
	CU_ASSERT_PTR_NOT_NULL(strstr(world_ask_with(policy, false, "pay.transfer", args, "{}", task), MATCHES));
	CU_ASSERT_STRING_EQUAL(world_ask_with(policy, false, "pay.transfer", args, "{}", "[]"), NO_MATCH);
	CU_ASSERT_PTR_NOT_NULL(strstr(world_ask_with(policy, false, "pay.transfer", args, "{}", "{}"), "without provenance"));
	CU_ASSERT_PTR_NOT_NULL(strstr(world_ask_with(policy, false, "pay.transfer", args, "{}", task), MATCHES));
	sg_policy_free(policy);
}

static void
many(void)
{
	static char list[1 << 16];
	for (int count = SG_POLICY_PROVENANCE; count <= SG_POLICY_PROVENANCE + 1; count++) {
		size_t len = (size_t)snprintf(list, sizeof(list), "[");
		for (int i = 1; i < count; i++)
			len += (size_t)snprintf(list + len, sizeof(list) - len, ROW("[]", "task", "", "\"v%d\"") ",", i);
		snprintf(list + len, sizeof(list) - len, ROW("[]", "task", "", "\"DE1\"") "]");
		CU_ASSERT_TRUE(says("r.args.iban.trusted", list,
				    count == SG_POLICY_PROVENANCE ? MATCHES : "provenance has more than 256 values"));
	}
}

SG_CASES("policy.origin", {"what is known of a value", known}, {"what is not known is not trusted", unknown},
	 {"numbers are compared exactly", numbers}, {"tables", tables}, {"methods of texts, and members of tables, stay", texts},
	 {"while loading there is nothing to ask", while_loading}, {"nothing stays from one request to the next", between_requests},
	 {"at the limit, and one more", many})
