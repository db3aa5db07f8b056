/* SPDX-License-Identifier: Apache-2.0
 * What a person sees is what they say yes to: a yes serves nothing else. Each row is a way to make it serve another. */
#include "unit/gate/approving.h"

/* What was approved is lunch; each of these is something else. */
static void
another_thing(void)
{
	static const struct ask others[] = {
		{.action = "pay.send", .args = "{\"amount\":1000000,\"to\":\"attacker\"}"},
		{.action = "pay.send", .args = "{\"amount\":5,\"to\":\"Lunch\"}"},
		{.action = "pay.send", .args = "{\"amount\":5,\"to\":\"lunch\",\"x\":null}"},
		{.action = "pay.send", .args = "{\"amount\":5}"},
		{.action = "pay.send", .args = "{}"},
		{.action = "pay.send", .args = "{\"amount\":[5],\"to\":\"lunch\"}"},
		{.action = "repo.read", .args = "{\"amount\":5,\"to\":\"lunch\"}"},
		{.action = "pay.send", .args = "{\"amount\":5,\"to\":\"lunch\"}", .resource = "{\"id\":\"other\",\"type\":\"any\"}"},
		{.action = "pay.send", .args = "{\"amount\":5,\"to\":\"lunch\"}", .resource = "{\"id\":\"thing\",\"type\":\"some\"}"},
		{.action = "pay.send", .args = "{\"amount\":5,\"to\":\"lunch\"}", .resource = "{\"id\":\"thing\",\"properties\":{\"a\":1},\"type\":\"any\"}"},
		{.action = "pay.send", .args = "{\"amount\":5,\"to\":\"lunch\"}",
		 .tool = "0000000000000000000000000000000000000000000000000000000000000000"},
	};
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		char key[16];
		const char *approval = granted(reads_approval, &lunch);
		for (int n = 0; n < 3; n++) {
			snprintf(key, sizeof(key), "k%d", n);
			if (allowed(act(&others[i], approval, key))) {
				fprintf(stderr, "  row %zu was allowed\n", i);
				CU_FAIL("an approval served another action");
			}
		}
		end();
	}
}

/* ---- what a credential will say ---- */

#define TWO_AUDIENCES "\"audience\":[\"repo-api\"]", "\"audience\":[\"repo-api\",\"bank-api\"]"

static void
another_audience(void)
{
	static const struct ask repo = {.action = "repo.read", .args = "{}", .audience = "repo-api"},
				bank = {.action = "repo.read", .args = "{}", .audience = "bank-api"}, standard = {.action = "repo.read", .args = "{}"};
	const char *(*const policies[])(const char *) = {reads_approval, asks_always};
	for (size_t i = 0; i < 2; i++) {
		begin(policies[i]);
		CU_ASSERT_TRUE(play_reconfigure(p, (const char *const[]){TWO_AUDIENCES, NULL}));
		const char *approval = asked(&repo, "a");
		CU_ASSERT_TRUE(play_has(play_ask(p, 10, SG_ROUTE_O_APPROVAL, approval, "{}"), "\"credential\":{\"audience\":\"repo-api\",\"issuer\":\"token\",\"scope\":\"repo.read\",\"ttl\":60000}"));
		CU_ASSERT_TRUE(says_yes(10, approval));
		CU_ASSERT_FALSE(allowed(act(&bank, NULL, "b")));
		CU_ASSERT_TRUE(allowed(act(&standard, NULL, "c"))); /* the first of the list is what no name means */
		CU_ASSERT_FALSE(allowed(act(&repo, NULL, "d")));
		end();
	}
}

/* A reload makes the credential longer, or another issuer's: it is not what was approved. A shorter one is. */
static void
another_life(void)
{
	static const struct ask read = {.action = "repo.read", .args = "{}"};
	static const struct {
		const char *from, *to;
		bool good;
	} rows[] = {{"\"ttl\":60000", "\"ttl\":50000", false}, {"\"ttl\":60000", "\"ttl\":60000", true}, {"\"credential_ttl_max\":60000", "\"credential_ttl_max\":5000", false}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		granted(asks_always, &read);
		CU_ASSERT_TRUE(play_reconfigure(p, (const char *const[]){rows[i].from, rows[i].to, NULL}));
		CU_ASSERT_EQUAL(allowed(act(&read, NULL, "b")), rows[i].good);
		end();
	}
}

/* ---- what policy makes of it once it sees the yes ---- */

static const char *
narrows_when_seen(const char *input)
{
	return WHEN_SEEN(input, EFFECT("allow", ",\"narrow\":{\"amount\":{\"at_most\":3}},\"obligations\":[],\"say\":\"\",\"taint\":[],\"ttl\":0"), ASKS);
}

static const char *
shortens_when_seen(const char *input)
{
	return WHEN_SEEN(input, EFFECT("allow", ",\"narrow\":{},\"obligations\":[],\"say\":\"\",\"taint\":[],\"ttl\":5000"), ASKS);
}

/* The person saw 5; what came out is 3: judged once more as if nobody had said yes. A shorter life is less than what was approved. */
static void
less_when_seen(void)
{
	static const struct ask read = {.action = "repo.read", .args = "{}"};
	const char *approval = granted(narrows_when_seen, &lunch);
	CU_ASSERT_TRUE(play_has(act(&lunch, NULL, "b"), "\"code\":\"approval_mismatch\""));
	CU_ASSERT_STRING_EQUAL(state_of(approval), "void");
	end();
	granted(shortens_when_seen, &read);
	CU_ASSERT_TRUE(allowed(act(&read, NULL, "b")));
	CU_ASSERT_PTR_NOT_NULL(strstr(p->made_claims, "\"exp\":1800000005"));
	end();
}

/* ---- said to these rules, at this level ---- */

#define ASKS_OTHERS                                                                                                     \
	"{\"effect\":{\"approvers\":\"finance\",\"kind\":\"step_up\",\"methods\":[],\"narrow\":{},\"quorum\":1,\"say\":\"into production\",\"ttl\":120000},\"file\":\"a.lua\"," \
	"\"line\":1,\"rule\":\"other\"}"

static const char *
asks_something_else(const char *input)
{
	return WHEN_SEEN(input, ALLOWS, ASKS_OTHERS "," ALLOWS);
}

static void
new_policy(const char *(*effects)(const char *))
{
	static const char manifest[] = "{\"digest\":\"1111111111111111111111111111111111111111111111111111111111111111\",\"files\":[],\"rules\":[]}";
	p->effects = effects;
	sg_gate_policy(p->gate, sg_str(manifest), 2);
	play_all(p);
}

/* A rule that looks at r.approval does not say for what it would have asked: a yes that was said to other rules is not there, unless they ask the same. */
static void
other_rules(void)
{
	const char *approval = granted(reads_approval, &lunch);
	new_policy(asks_something_else);
	CU_ASSERT_FALSE(allowed(act(&lunch, approval, "b")));
	CU_ASSERT_FALSE(allowed(act(&lunch, NULL, "c")));
	end();
	granted(reads_approval, &lunch);
	new_policy(reads_approval);
	CU_ASSERT_TRUE(allowed(act(&lunch, NULL, "b")));
	CU_ASSERT_FALSE(allowed(act(&lunch, NULL, "c")));
	end();
}

static void
another_level(void)
{
	static const struct ask read = {.action = "repo.read", .args = "{}"};
	static const struct {
		const char *to;
		bool good;
	} rows[] = {{"\"name\":\"repo.read\",\"narrow\":[],\"sensitivity\":\"confidential\"", false}, {"\"name\":\"repo.read\",\"narrow\":[],\"sensitivity\":\"public\"", true}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		granted(reads_approval, &read);
		CU_ASSERT_TRUE(play_reconfigure(p, (const char *const[]){"\"name\":\"repo.read\",\"narrow\":[],\"sensitivity\":\"internal\"", rows[i].to, NULL}));
		CU_ASSERT_EQUAL(allowed(act(&read, NULL, "b")), rows[i].good);
		end();
	}
}

#define MORE                                                                                                            \
	"{\"effect\":{\"approvers\":\"finance\",\"kind\":\"step_up\",\"methods\":[],\"narrow\":{},\"quorum\":1,\"say\":\"under investigation\",\"ttl\":120000},\"file\":\"a.lua\"," \
	"\"line\":2,\"rule\":\"z-fraud\"}"

static bool first, more;

static const char *
asks_for(const char *input)
{
	(void)input;
	if (first && more)
		return "{\"effects\":[" ASKS "," MORE "],\"error\":null}";
	return more ? "{\"effects\":[" MORE "],\"error\":null}" : "{\"effects\":[" ASKS "],\"error\":null}";
}

/* A yes to one reason is none to another that comes later, of the same group, under the same rules or others; fewer reasons need no other. */
static void
another_reason(void)
{
	static const struct {
		bool first, more, then_first, then_more, good;
	} rows[] = {{true, false, true, false, true}, {true, false, true, true, false}, {true, false, false, true, false}, {true, true, true, true, true},
		    {true, true, true, false, true}, {true, true, false, true, true}, {false, true, true, true, false}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (int reloaded = 0; reloaded < 2; reloaded++) {
			first = rows[i].first;
			more = rows[i].more;
			const char *approval = granted(asks_for, &lunch);
			const char *shown = play_ask(p, 10, SG_ROUTE_O_APPROVAL, approval, "{}");
			CU_ASSERT_EQUAL(strstr(shown, "{\"rule\":\"step_up\",\"say\":\"ask\"}") != NULL, first);
			CU_ASSERT_EQUAL(strstr(shown, "{\"rule\":\"z-fraud\",\"say\":\"under investigation\"}") != NULL, more);
			first = rows[i].then_first;
			more = rows[i].then_more;
			if (reloaded)
				new_policy(asks_for);
			const char *answer = act(&lunch, NULL, "b");
			if (allowed(answer) != rows[i].good)
				fprintf(stderr, "  row %zu %d: %s\n", i, reloaded, answer);
			CU_ASSERT_EQUAL(allowed(answer), rows[i].good);
			end();
		}
}

static bool fraud;

static const char *
asks_in_words(const char *input)
{
	(void)input;
	return fraud ? "{\"effects\":[{\"effect\":{\"approvers\":\"finance\",\"kind\":\"step_up\",\"methods\":[],\"narrow\":{},\"quorum\":1,\"say\":\"fraud? ring first\",\"ttl\":120000},\"file\":\"a.lua\",\"line\":1,\"rule\":\"step_up\"}],\"error\":null}"
		     : "{\"effects\":[" ASKS "],\"error\":null}";
}

/* One rule, which says something else by now: the person said yes to what it said then, under the same rules or others. */
static void
in_other_words(void)
{
	for (int row = 0; row < 6; row++) {
		bool before = row / 3 == 0, after = row % 3 != 0, reloaded = row % 3 == 2;
		fraud = before;
		char approval[SG_ID_MAX];
		snprintf(approval, sizeof(approval), "%s", granted(asks_in_words, &lunch));
		fraud = after;
		if (reloaded)
			new_policy(asks_in_words);
		CU_ASSERT_EQUAL(allowed(act(&lunch, NULL, "b")), before == after);
		CU_ASSERT_STRING_EQUAL(state_of(approval), before == after ? "consumed" : "void");
		end();
	}
}

static bool by_rule;

static const char *
allows_or_asks(const char *input)
{
	(void)input;
	return by_rule ? "{\"effects\":[" ASKS "," ALLOWS "],\"error\":null}" : "{\"effects\":[" ALLOWS "],\"error\":null}";
}

/* A ceiling's question is a reason, too: a yes to it is none to what a rule asks the same group later, nor to another ceiling. */
static void
a_ceilings_reason(void)
{
	static const char *const proposes[] = {"\"owner\":\"mira@acme.example\",\"reach\":[\"mail.*\"", "\"approvers\":\"finance\",\"autonomy\":\"propose\",\"owner\":\"mira@acme.example\",\"reach\":[\"mail.*\"", NULL};
	for (int later = 0; later < 3; later++) {
		by_rule = false;
		begin(allows_or_asks);
		CU_ASSERT_TRUE_FATAL(play_reconfigure(p, proposes));
		const char *approval = asked(&lunch, "a");
		const char *shown = play_ask(p, 10, SG_ROUTE_O_APPROVAL, approval, "{}");
		CU_ASSERT_TRUE(play_has(shown, "\"rule\":\"stepgate:autonomy\""));
		CU_ASSERT_TRUE(says_yes(10, approval));
		by_rule = later == 1;
		if (later == 2) /* the review of 2027-01-31 */
			CU_ASSERT_TRUE(play_reconfigure(p, (const char *const[]){proposes[0], proposes[1], "\"review_by\":\"2027-01-31\"},\"other\"", "\"review_by\":\"2027-01-13\"},\"other\"", NULL}));
		CU_ASSERT_EQUAL(allowed(act(&lunch, NULL, "b")), later == 0);
		if (later > 0)
			CU_ASSERT_STRING_EQUAL(state_of(approval), "void");
		end();
	}
}

/* ---- what cannot be seen any more ---- */

/* After the key of its day is gone nothing is left to show. */
static void
nothing_to_show(void)
{
	char command[160];
	struct sg_err err = {0};
	begin(asks_always);
	const char *approval = asked(&lunch, "a");
	snprintf(command, sizeof(command), "rm -f %s/keys/*", p->folder);
	play_stop_gate(p);
	CU_ASSERT_EQUAL(system(command), 0);
	CU_ASSERT_EQUAL_FATAL(play_open(p, &err), SG_OK);
	play_flush(p);
	CU_ASSERT_TRUE_FATAL(play_connect(p, 10, SG_FACE_ADMIN, 501));
	CU_ASSERT_TRUE(play_has(play_ask(p, 10, SG_ROUTE_O_APPROVE, approval, "{}"), "\"code\":\"approval_unreadable\""));
	CU_ASSERT_STRING_EQUAL(state_of(approval), "open");
	end();
}

/* Opened under another form of digest, it is void from the start on. */
static void
older_form(void)
{
	struct sg_err err = {0};
	const char *approval = granted(asks_always, &lunch);
	p->no_check = true; /* the next line is no leaf */
	sg_state_approval(&p->gate->state, sg_str(approval))->v = 1;
	CU_ASSERT_TRUE(play_reconfigure(p, (const char *const[]){"\"rate\":100000", "\"rate\":99999", NULL}));
	CU_ASSERT_STRING_EQUAL(state_of(approval), "void");
	play_all(p);
	CU_ASSERT_EQUAL(play_restart(p, &err), SG_OK);
	CU_ASSERT_STRING_EQUAL(state_of(approval), "void");
	end();
}

SG_CASES("gate.approvals_seen", {"another thing", another_thing}, {"another audience", another_audience}, {"another life", another_life},
	 {"less when it is seen", less_when_seen}, {"said to other rules", other_rules}, {"for another reason", another_reason}, {"in other words", in_other_words}, {"for a ceiling's reason", a_ceilings_reason}, {"said at another level", another_level}, {"nothing to show", nothing_to_show}, {"an older form of digest", older_form})
