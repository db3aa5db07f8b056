/* SPDX-License-Identifier: Apache-2.0
 * Requests of tests: the default, short forms, what follows from what, and every mistake with its path and hint. */
#include "unit/policy/world.h"

#include "base/canon.h"
#include "policy/field.h"
#include "policy/fixture/fixture.h"
#include "policy/origin.h"

static char written[1 << 17];
static struct sg_fixture_error error;

static const char standard_manifest[] =
	"{\"rules\":[{\"id\":\"free\",\"needs\":{\"count\":[],\"did\":[]}},{\"id\":\"needy\",\"needs\":{"
	"\"count\":[{\"action\":\"pay.*\",\"scope\":\"agent\",\"within\":5}],\"did\":[],"
	"\"never_together\":[{\"actions\":[\"a\",\"b\"],\"scope\":\"tree\",\"within\":0}],\"order\":[],"
	"\"since\":[{\"action\":\"m\",\"scope\":\"task\",\"within\":0}],"
	"\"sum\":[{\"action\":\"pay.*\",\"of\":\"money\",\"scope\":\"agent\",\"within\":9}]}}]}";

static const char *manifest = standard_manifest, *office;

static const char actions[] =
	"{\"pay\":{\"authority\":[\"iban\"],\"class\":\"payment\",\"credential\":\"token\",\"effect\":\"write\",\"environment\":\"prod\","
	"\"name\":\"pay.transfer\",\"narrow\":[\"amount\"],\"sensitivity\":\"restricted\"}}";

static enum sg_status
write(const char *ask, const char *catalogue)
{
	struct sg_arena arena;
	struct sg_buf request;
	struct sg_fixture fixture = {0};
	sg_arena_init(&arena, 64 << 20);
	sg_buf_init(&request, sizeof(written) - 1);
	struct sg_json_limits limits = {.bytes = 1 << 20};
	CU_ASSERT_EQUAL_FATAL(sg_json_parse(&arena, sg_str(ask), &limits, &fixture.ask, NULL), SG_OK);
	CU_ASSERT_EQUAL_FATAL(sg_json_parse(&arena, sg_str(manifest), NULL, &fixture.manifest, NULL), SG_OK);
	if (office != NULL)
		CU_ASSERT_EQUAL_FATAL(sg_json_parse(&arena, sg_str(office), NULL, &fixture.office, NULL), SG_OK);
	if (catalogue != NULL)
		CU_ASSERT_EQUAL_FATAL(sg_json_parse(&arena, sg_str(catalogue), NULL, &fixture.actions, NULL), SG_OK);
	enum sg_status status = sg_fixture_write(&fixture, &arena, &request, &error);
	snprintf(written, sizeof(written), "%.*s", (int)request.len, request.ptr == NULL ? "" : request.ptr);
	const struct sg_json *root = NULL;
	if (status == SG_OK)
		CU_ASSERT_EQUAL(sg_canon_parse(&arena, sg_buf_view(&request), &limits, &root, NULL), SG_OK);
	sg_buf_done(&request);
	sg_arena_done(&arena);
	return status;
}

static bool
gives(const char *ask, const char *want)
{
	bool good = write(ask, NULL) == SG_OK && strstr(written, want) != NULL;
	if (!good)
		printf("\n  %s\n  wanted %s\n  got %s %s\n  ", ask, want, written, error.what);
	return good;
}

static bool
refuses(const char *ask, const char *what, const char *hint)
{
	bool good = write(ask, NULL) == SG_REFUSED && strcmp(error.what, what) == 0 && strstr(error.hint, hint) != NULL;
	if (!good)
		printf("\n  %s\n  wanted %s (%s)\n  got %s (%s)\n  ", ask, what, hint, error.what, error.hint);
	return good;
}

/* A field of the table that the default lacks could not be written. */
static void
the_default(void)
{
	struct sg_arena arena;
	const struct sg_json *root = NULL;
	sg_arena_init(&arena, 1 << 20);
	CU_ASSERT_EQUAL_FATAL(sg_canon_parse(&arena, sg_str(sg_fixture_default), NULL, &root, NULL), SG_OK);
	CU_ASSERT_EQUAL(write("{\"action\":\"a.b\"}", NULL), SG_OK);
	CU_ASSERT_PTR_NOT_NULL(strstr(written, "\"name\":\"a.b\""));
	CU_ASSERT_PTR_NOT_NULL(strstr(written, "\"chain\":[{\"agent\":\"tested\",\"intent\":\"testing\",\"narrowed\":[],\"role\":null,\"task\":\"t-1\"}]"));
	CU_ASSERT_PTR_NOT_NULL(strstr(written, "\"time\":{\"hour\":10,\"minute\":0,\"unix\":1767607200,\"weekday\":1}"));
	sg_arena_done(&arena);
}

static void
short_forms(void)
{
	CU_ASSERT_TRUE(gives("{\"action\":{\"name\":\"a\",\"class\":\"web\"}}", "\"class\":\"web\",\"effect\":\"read\""));
	CU_ASSERT_TRUE(gives("{\"action\":\"a\",\"resource\":\"url:https://x\"}", "\"id\":\"https://x\",\"known\":true"));
	CU_ASSERT_TRUE(gives("{\"action\":\"a\",\"time\":\"2026-11-28T02:30:00Z\"}",
			     "\"time\":{\"hour\":2,\"minute\":30,\"unix\":1795833000,\"weekday\":6}"));
	CU_ASSERT_TRUE(gives("{\"action\":\"a\",\"time\":{\"hour\":23}}", "\"hour\":23,\"minute\":0"));
	CU_ASSERT_TRUE(gives("{\"action\":\"a\",\"outcome\":\"failed\"}", "\"outcome\":{\"labels\":[],\"result\":\"failed\"}"));
	CU_ASSERT_TRUE(gives("{\"action\":\"a\",\"outcome\":{\"labels\":[\"x\"],\"result\":\"partial\"}}",
			     "\"outcome\":{\"labels\":[\"x\"],\"result\":\"partial\"}"));
	CU_ASSERT_TRUE(gives("{\"action\":\"a\",\"approval\":{\"groups\":{\"finance\":2,\"ops\":1}}}",
			     "\"approval\":{\"at\":0,\"by\":[],\"comment\":\"\",\"groups\":[\"finance\",\"ops\"],\"id\":\"a-1\"}"));
	CU_ASSERT_TRUE(gives("{\"action\":\"a\",\"approval\":{\"groups\":[\"ops\"],\"id\":\"a-9\"}}", "\"groups\":[\"ops\"],\"id\":\"a-9\""));
	CU_ASSERT_TRUE(gives("{\"action\":\"a\",\"task\":{\"labels\":[\"m\"]}}", "\"tainted\":true"));
	CU_ASSERT_TRUE(gives("{\"action\":\"a\",\"task\":{\"labels\":{}}}", "\"tainted\":false"));
	CU_ASSERT_TRUE(gives("{\"action\":\"a\",\"task\":{\"budget\":{\"money\":5}}}", "\"budget\":{\"money\":5}"));
	CU_ASSERT_TRUE(gives("{\"action\":\"a\",\"agent\":{\"environment\":\"prod\"}}", "\"depth\":0,\"environment\":\"prod\",\"id\":\"t-1\""));
	CU_ASSERT_TRUE(gives("{\"action\":{\"name\":\"a\"},\"resource\":{\"sensitivity\":\"restricted\"}}", "},\"sensitivity\":\"restricted\",\"task\""));
}

/* Where the office is: only for a set that names it; by the configuration, or one that is open by day. */
static void
offices(void)
{
	CU_ASSERT_TRUE(gives("{\"action\":\"a\",\"time\":{\"here\":{\"office\":false}}}", "\"time\":{\"hour\":10"));
	manifest = "{\"here\":true,\"rules\":[]}";
	CU_ASSERT_TRUE(gives("{\"action\":\"a\"}", "\"here\":{\"date\":\"2026-01-05\",\"holiday\":false,\"hour\":10,\"minute\":0,\"office\":true,\"offset\":0,\"weekday\":1,\"zone\":\"UTC\"},\"hour\":10"));
	CU_ASSERT_TRUE(gives("{\"action\":\"a\",\"time\":{\"here\":{\"office\":false}}}", "\"minute\":0,\"office\":false,"));
	CU_ASSERT_TRUE(gives("{\"action\":\"a\",\"time\":\"2026-11-28T02:30:00Z\"}", "\"hour\":2,\"minute\":30,\"office\":false,\"offset\":0,\"weekday\":6"));
	CU_ASSERT_TRUE(gives("{\"action\":\"a\",\"time\":{\"unix\":1795833000,\"here\":{\"office\":true}}}", "\"hour\":2,\"minute\":30,\"office\":true,"));
	CU_ASSERT_TRUE(refuses("{\"action\":\"a\",\"time\":{\"here\":{\"offise\":true}}}", "ask.time.here has no member 'offise'", "'office'"));
	CU_ASSERT_TRUE(refuses("{\"action\":\"a\",\"time\":{\"here\":{\"office\":1}}}", "ask.time.here.office must be boolean", ""));
	office = "{\"holidays\":[\"2026-11-28\"],\"hours\":[],\"offsets\":[\"0 -18000\"],\"zone\":\"x\"}";
	CU_ASSERT_TRUE(gives("{\"action\":\"a\",\"time\":\"2026-11-28T05:00:00Z\"}", "\"here\":{\"date\":\"2026-11-28\",\"holiday\":true,\"hour\":0,\"minute\":0,\"office\":false,\"offset\":-18000,\"weekday\":6,\"zone\":\"x\"}"));
	CU_ASSERT_TRUE(gives("{\"action\":\"a\"}", "\"hour\":5,\"minute\":0,\"office\":false,\"offset\":-18000"));
	manifest = standard_manifest;
	office = NULL;
}

static void
trees(void)
{
	CU_ASSERT_TRUE(gives("{\"action\":\"a\",\"task\":{\"depth\":2,\"role\":\"executor\"}}",
			     "\"role\":null,\"task\":\"t-root\"},{\"agent\":\"tested\",\"intent\":\"testing\",\"narrowed\":[],\"role\":null,"
			     "\"task\":\"t-root-1\"},{\"agent\":\"tested\",\"intent\":\"testing\",\"narrowed\":[],\"role\":\"executor\",\"task\":\"t-1\"}]"));
	CU_ASSERT_PTR_NOT_NULL(strstr(written, "\"parent\":\"t-root-1\",\"role\":\"executor\",\"root\":\"t-root\""));
	CU_ASSERT_TRUE(gives("{\"action\":\"a\",\"task\":{\"chain\":[{\"agent\":\"p\",\"task\":\"t-0\"},{\"narrowed\":[\"pay.*\"]}]}}",
			     "\"agent\":\"p\",\"intent\":\"testing\",\"narrowed\":[],\"role\":null,\"task\":\"t-0\""));
	CU_ASSERT_PTR_NOT_NULL(strstr(written, "\"depth\":1"));
	CU_ASSERT_TRUE(gives("{\"action\":\"a\",\"task\":{\"depth\":31}}", "\"depth\":31"));
	CU_ASSERT_TRUE(refuses("{\"action\":\"a\",\"task\":{\"depth\":32}}", "ask.task.depth must be from 0 to 31", ""));
}

static void
from_the_catalogue(void)
{
	CU_ASSERT_EQUAL(write("{\"action\":\"pay.transfer\"}", actions), SG_OK);
	CU_ASSERT_PTR_NOT_NULL(strstr(written, "{\"action\":{\"authority\":[\"iban\"],\"class\":\"payment\",\"effect\":\"write\",\"environment\":\"prod\","
					       "\"name\":\"pay.transfer\",\"sensitivity\":\"restricted\"}"));
	CU_ASSERT_EQUAL(write("{\"action\":{\"class\":\"data\",\"name\":\"pay.transfer\"}}", actions), SG_OK);
	CU_ASSERT_PTR_NOT_NULL(strstr(written, "\"class\":\"data\",\"effect\":\"write\""));
	CU_ASSERT_EQUAL(write("{\"action\":\"pay.transfr\"}", actions), SG_REFUSED);
	CU_ASSERT_STRING_EQUAL(error.what, "the catalogue has no action 'pay.transfr'");
	CU_ASSERT_STRING_EQUAL(error.hint, "did you mean 'pay.transfer'?");
}

static void
the_past(void)
{
	CU_ASSERT_TRUE(gives("{\"action\":\"a\"}", "\"history\":{\"needy\":{\"count\":{\"pay.*|5\":0},\"did\":{},\"never_together\":{\"a + b|0|tree\":false},"
						   "\"order\":{},\"since\":{\"m|0\":null},\"sum\":{\"money:pay.*|9\":0}}}"));
	CU_ASSERT_TRUE(gives("{\"action\":\"a\",\"history\":{\"count\":{\"pay.*\":3},\"never_together\":{\"a + b\":true},\"since\":{\"m\":7},"
			     "\"sum\":{\"money:pay.*\":12}}}",
			     "{\"count\":{\"pay.*|5\":3},\"did\":{},\"never_together\":{\"a + b|0|tree\":true},\"order\":{},\"since\":{\"m|0\":7},"
			     "\"sum\":{\"money:pay.*|9\":12}}"));
	CU_ASSERT_TRUE(refuses("{\"action\":\"a\",\"history\":{\"count\":{\"pay\":3}}}", "no rule needs history.count of 'pay'", "'pay.*'"));
	CU_ASSERT_TRUE(refuses("{\"action\":\"a\",\"history\":{\"cuont\":{}}}", "ask.history has no member 'cuont'", "'count'"));
	CU_ASSERT_TRUE(refuses("{\"action\":\"a\",\"history\":{\"count\":{\"pay.*\":true}}}", "ask.history.count: the value must be integer", ""));
}

static void
origins(void)
{
	CU_ASSERT_TRUE(gives("{\"action\":\"a\",\"args\":{\"n\":1,\"to\":[\"x\",\"y\",\"x\"]},\"provenance\":{\"n\":\"task\",\"to\":{\"labels\":[\"m\"],"
			     "\"origin\":\"mail.read\",\"source\":\"mail:7\"}}}",
			     "\"provenance\":[{\"labels\":[],\"origin\":\"task\",\"source\":\"\",\"value\":1},"
			     "{\"labels\":[\"m\"],\"origin\":\"mail.read\",\"source\":\"mail:7\",\"value\":\"x\"},"
			     "{\"labels\":[\"m\"],\"origin\":\"mail.read\",\"source\":\"mail:7\",\"value\":\"y\"}]"));
	CU_ASSERT_TRUE(gives("{\"action\":\"a\",\"args\":{\"to\":[{\"x\":\"1\"}]},\"provenance\":{\"to.1.x\":\"task\"}}", "\"value\":\"1\""));
	CU_ASSERT_TRUE(gives("{\"action\":\"a\",\"args\":{\"a\":true,\"b\":2},\"provenance\":\"task\"}",
			     "\"provenance\":[{\"labels\":[],\"origin\":\"task\",\"source\":\"\",\"value\":2}]"));
	CU_ASSERT_TRUE(refuses("{\"action\":\"a\",\"args\":{\"a\":1},\"provenance\":{\"b\":\"task\"}}", "ask.provenance: args has no 'b'", ""));
	CU_ASSERT_TRUE(refuses("{\"action\":\"a\",\"args\":{\"a\":1,\"b\":1},\"provenance\":{\"a\":\"task\",\"b\":\"web.get\"}}",
			       "ask.provenance: one value has two origins", "not the argument"));
	CU_ASSERT_TRUE(refuses("{\"action\":\"a\",\"args\":{\"a\":1},\"provenance\":{\"a\":{\"orign\":\"task\"}}}", "ask.provenance has no member 'orign'",
			       "'origin'"));
	static char ask[1 << 15];
	for (int over = 0; over < 2; over++) {
		size_t len = (size_t)snprintf(ask, sizeof(ask), "{\"action\":\"a\",\"provenance\":\"task\",\"args\":{\"l\":[0");
		for (int i = 1; i < SG_POLICY_PROVENANCE + over; i++)
			len += (size_t)snprintf(ask + len, sizeof(ask) - len, ",%d", i);
		snprintf(ask + len, sizeof(ask) - len, "]}}");
		CU_ASSERT_EQUAL(write(ask, NULL), over == 0 ? SG_OK : SG_REFUSED);
	}
}

static void
mistakes(void)
{
	CU_ASSERT_TRUE(refuses("{}", "ask.action must be given", ""));
	CU_ASSERT_TRUE(refuses("[]", "ask must be a table with names", ""));
	CU_ASSERT_TRUE(refuses("{\"action\":\"a\",\"tsk\":{}}", "ask has no member 'tsk'", "'task'"));
	CU_ASSERT_TRUE(refuses("{\"action\":\"a\",\"task\":{\"taintd\":true}}", "ask.task has no member 'taintd'", "'tainted'"));
	CU_ASSERT_TRUE(refuses("{\"action\":\"a\",\"task\":{\"budget\":{\"mony\":1}}}", "ask.task.budget has no member 'mony'", "'money'"));
	CU_ASSERT_TRUE(refuses("{\"action\":\"a\",\"task\":{\"chain\":[{\"agnt\":\"x\"}]}}", "ask.task.chain has no member 'agnt'", "'agent'"));
	CU_ASSERT_TRUE(refuses("{\"action\":\"a\",\"task\":{\"steps\":\"3\"}}", "ask.task.steps must be integer", ""));
	CU_ASSERT_TRUE(refuses("{\"action\":\"a\",\"task\":{\"steps\":0.5}}", "ask.task.steps must be integer", ""));
	CU_ASSERT_TRUE(refuses("{\"action\":\"a\",\"task\":{\"labels\":[1]}}", "ask.task.labels must be a list of texts", ""));
	CU_ASSERT_TRUE(refuses("{\"action\":\"a\",\"task\":{\"sensitivity\":\"secret\"}}", "ask.task.sensitivity cannot be 'secret'", ""));
	CU_ASSERT_TRUE(refuses("{\"action\":\"a\",\"agent\":{\"autonomy\":\"autonomos\"}}", "ask.agent.autonomy cannot be 'autonomos'", "'autonomous'"));
	CU_ASSERT_TRUE(refuses("{\"action\":\"a\",\"args\":[1]}", "ask.args must be a table with names", ""));
	CU_ASSERT_TRUE(refuses("{\"action\":\"a\",\"resource\":\"nothing\"}", "ask.resource as a text is TYPE:ID", "account:acct-7"));
	CU_ASSERT_TRUE(refuses("{\"action\":\"a\",\"time\":\"2026-02-30T00:00:00Z\"}", "ask.time is no time in UTC", ""));
	CU_ASSERT_TRUE(refuses("{\"action\":\"a\",\"approval\":{\"groups\":{\"x\":0}}}",
			       "ask.approval.groups names groups, or says how many humans of each", ""));
	CU_ASSERT_TRUE(refuses("{\"action\":\"a\",\"approval\":{}}", "ask.approval must have groups", ""));
	CU_ASSERT_TRUE(refuses("{\"action\":\"a\",\"outcome\":\"fine\"}", "ask.outcome.result cannot be 'fine'", ""));
}

SG_CASES("policy.fixture", {"the default request", the_default}, {"short forms", short_forms}, {"where the office is", offices}, {"trees of tasks", trees},
	 {"what the catalogue says", from_the_catalogue}, {"history", the_past}, {"provenance", origins},
	 {"mistakes, with path and hint", mistakes})
