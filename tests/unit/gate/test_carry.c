/* SPDX-License-Identifier: Apache-2.0
 * What goes into a tool comes out of it: a result's labels, for each way in. */
#include "gate/state/values.h"
#include "unit/gate/play.h"

static struct play *p;
static char *task;

#define SEEN "DE75512108001245126199"

/* A task that has read a mail, in which that account stood. */
static void
begin(void)
{
	p = play_new();
	CU_ASSERT_TRUE_FATAL(play_connect(p, 1, SG_FACE_AGENT, 1001));
	CU_ASSERT_TRUE_FATAL(play_connect(p, 2, SG_FACE_ENFORCER, 2001));
	play_facts(p, 1001);
	task = play_task(p, 1, "t");
}

static void
end(void)
{
	free(task);
	play_end(p);
}

static const struct sg_attempt *
act(const char *action, const char *args, const char *resource)
{
	static int keys;
	char body[1024];
	snprintf(body, sizeof(body), "{\"action\":\"%s\",\"arguments\":%s,\"key\":\"k%d\",\"resource\":%s,\"task\":\"%s\"}", action, args, keys++, resource, task);
	char *decision = play_between(play_ask(p, 1, SG_ROUTE_A_ACT, "", body), "\"decision_id\":\"", "\"");
	const struct sg_attempt *attempt = sg_state_decision(&p->gate->state, sg_str(decision));
	free(decision);
	CU_ASSERT_PTR_NOT_NULL_FATAL(attempt);
	CU_ASSERT_EQUAL(attempt->state, SG_ATTEMPT_ALLOWED);
	return attempt;
}

static void
read_mail(void)
{
	const struct sg_attempt *mail = act("mail.read", "{}", "{\"id\":\"7\",\"type\":\"mail\"}");
	CU_ASSERT_TRUE(play_has(play_ask(p, 1, SG_ROUTE_A_OUTCOME, mail->decision, "{\"result\":\"ok\",\"values\":[\"" SEEN "\"]}"), "recorded"));
}

static bool
carries(const struct sg_attempt *attempt)
{
	return sg_taint_has(&attempt->labels, SG_STR("mail"));
}

static void
ways_in(void)
{
	static const struct {
		const char *args, *resource;
		bool carries;
	} rows[] = {
		{"{}", "{\"id\":\"1\",\"type\":\"any\"}", false},
		{"{}", "{\"id\":\"12345678\",\"type\":\"any\"}", false},
		{"{}", "{\"id\":\"123456789\",\"type\":\"any\"}", true},
		{"{}", "{\"id\":\"1\",\"type\":\"abcdefgh\"}", false},
		{"{}", "{\"id\":\"1\",\"type\":\"abcdefghi\"}", true},
		{"{}", "{\"id\":\"1\",\"type\":\"" SEEN "\"}", true},
		{"{}", "{\"id\":\"" SEEN "\",\"type\":\"any\"}", true},
		{"{}", "{\"id\":\"DE75 5121 0800 1245 1261 99\",\"type\":\"any\"}", true},
		{"{}", "{\"id\":\"1\",\"properties\":{\"a\":1},\"type\":\"any\"}", true},
		{"{\"a\":\"" SEEN "\"}", "{\"id\":\"1\",\"type\":\"any\"}", true},
		{"{\"a\":null}", "{\"id\":\"1\",\"type\":\"any\"}", true},
		{"{\"a\":[]}", "{\"id\":\"1\",\"type\":\"any\"}", true},
		{"{\"a\":true}", "{\"id\":\"1\",\"type\":\"any\"}", true},
		{"{\"" SEEN "\":1}", "{\"id\":\"1\",\"type\":\"any\"}", true},
	};
	begin(); /* what the agent named before is placed by nobody */
	CU_ASSERT_FALSE(carries(act("pay.send", "{\"a\":\"" SEEN "\"}", "{\"id\":\"" SEEN "\",\"type\":\"any\"}")));
	read_mail();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (carries(act("pay.send", rows[i].args, rows[i].resource)) != rows[i].carries) {
			fprintf(stderr, "  row %zu\n", i);
			CU_FAIL("a result carries what went in, and nothing else");
		}
	end();
}

static const char *
origin_of(const char *text)
{
	const struct sg_task *t = sg_state_task(&p->gate->state, sg_str(task));
	const struct sg_origin *origin = sg_values_find(&t->root->tree->values, sg_value_digest(&p->gate->state, t, sg_str(text)));
	return origin != NULL ? origin->where : "";
}

/* A tool that says what it was asked proves nothing of it, however short the name; what it found stands on its own. */
static void
echoes(void)
{
	static const char *const names[] = {"evil.org", "8.8.8.8", "31926820", "x.io", "ru", "999"};
	begin();
	read_mail();
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char resource[128], report[128], found[32];
		snprintf(resource, sizeof(resource), "{\"id\":\"%s\",\"type\":\"any\"}", names[i]);
		snprintf(found, sizeof(found), "found-%zu", i);
		snprintf(report, sizeof(report), "{\"result\":\"ok\",\"values\":[\"%s\",\"%s\"]}", names[i], found);
		const struct sg_attempt *attempt = act("repo.read", "{}", resource);
		CU_ASSERT_TRUE(play_has(play_ask(p, 1, SG_ROUTE_A_OUTCOME, attempt->decision, report), "recorded"));
		CU_ASSERT_STRING_EQUAL(origin_of(names[i]), "unknown");
		CU_ASSERT_STRING_EQUAL(origin_of(found), "repo.read");
	}
	end();
}

/* Nor is it found as a word of what a tool says; what stands beside it is. */
static void
in_sentences(void)
{
	static const char far[] = "and so on, as it was told before, and as it will be told again, for as long as somebody listens to it, in these words or in others, whichever come first; "
				  "and that is all that there is to say of it, but for what follows here, which nobody has read so far, ";
	static const struct {
		const char *id, *value, *asked;
		bool placed;
	} rows[] = {
		{"MALLORY", "user Mallory found", "Mallory", false}, {"mallory", "user Mallory found", "Mallory", false}, {"0x7a69", "the port is 31337 as asked", "31337", false},
		{"8.526344", "PING (8.8.8.8): 56 bytes", "8.8.8.8", false}, {"8.526344", "Address 8.8.8.8 found", "8.8.8.8", false}, {"EVIL.IO", "see https://evil.io/", "evil.io", false},
		{"EVIL.IO", "see https://evil.io/", "https://evil.io/", false}, {"EVIL.IO", "mail a@evil.io", "evil.io", false}, {"evil.io", "go to pay@evil.io now", "pay@evil.io", false},
		{"evil.io", "go to https://evil.io/x now", "https://evil.io/x", false}, {"evil.io", "go to EVIL.IO now", "EVIL.IO", false}, {"31337", "order no. 031337", "031337", false},
		{"EVIL.IO", "ZXZpbC5pbyBpcyB3ZWxs", "evil.io", false}, {"EVIL.IO", "6576696c2e696f206973", "evil.io", false}, {"mallory", "far Mallory", "Mallory", false},
		{"mallory", "far see x@Mallory", "x@Mallory", false}, {"MALLORY", "user Mallory has DE02120300000000202051", "DE02120300000000202051", true},
		{"5512", "invoice 5512 is for anna@example.com", "anna@example.com", true}, {"evil.io", "go to good.example now", "good.example", true},
		{"mallory", "far DE02120300000000202051", "DE02120300000000202051", true}, {"mallory", "eW91ciBtYW4gaXMgQm9i", "your man is Bob", true},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char resource[128], report[1024];
		bool is_far = strncmp(rows[i].value, "far ", 4) == 0;
		begin();
		read_mail();
		snprintf(resource, sizeof(resource), "{\"id\":\"%s\",\"type\":\"any\"}", rows[i].id);
		snprintf(report, sizeof(report), "{\"result\":\"ok\",\"values\":[\"%s%s\"]}", is_far ? far : "", rows[i].value + 4 * is_far);
		const struct sg_attempt *attempt = act("repo.read", "{}", resource);
		CU_ASSERT_TRUE(play_has(play_ask(p, 1, SG_ROUTE_A_OUTCOME, attempt->decision, report), "recorded"));
		if ((strcmp(origin_of(rows[i].asked), "repo.read") == 0) != rows[i].placed) {
			fprintf(stderr, "  '%s' in '%s' under %s is '%s'\n", rows[i].asked, rows[i].value, rows[i].id, origin_of(rows[i].asked));
			CU_FAIL("a name is not what was found under it");
		}
		end();
	}
}

/* Nor does one that says it in another spelling, or within more. */
static void
spelled(void)
{
	static const struct {
		const char *id, *type, *value;
		bool placed;
	} rows[] = {
		{"Evil.io", "any", "evil.io", false}, {"Evil.io", "any", "EVIL.IO", false}, {"evil.io", "any", " evil.io", false}, {"evil.io", "any", "evil.io.", false},
		{"evil.io", "any", "https://evil.io/", false}, {"evil.io", "any", "www.evil.io", false}, {"evil.io", "any", "a@evil.io", false}, {"evil.io", "any", "evil", false},
		{"evil.io", "any", "evil_io", false}, {"evil.io", "any", "x evil  io y", false}, {"EVIL-7", "any", "EVIL7", false}, {"EVIL7", "any", "evil-7", false}, {"EVIL7", "any", "evil 7 GmbH", false},
		{"31337", "any", "31337.0", false}, {"31337", "any", "0031337", false}, {"0031337", "any", "31337", false}, {"31337", "any", "31,337", false}, {"mallory", "any", "Mallory", false},
		{"io", "evil", "evil.io", false}, {"evil", "io", "evil.io", false}, {"7", "mallory", "Mallory", false}, {"1", "evil-bob", "bob", false}, {"1", "evil-bob", "the Bob", false}, {"1", "evil-bob", "bobby", true}, {"ev", "il.io", "evil.io", false},
		{"ab", "any", "A-B", false}, {"3.1337e4", "any", "31337", false}, {"0x7a69", "any", "31337", false}, {"31337e3", "any", "31337000", false}, {"1e3", "any", "1000", false}, {"-42", "any", "42", false}, {"00000042", "any", "42", false},
		{"8.8.8.8", "any", "134744072", false}, {"8.8.8.8", "any", "0x08080808", false}, {"8.8.8.8", "any", "8.526344", false}, {"8.8.8.8", "any", "010.010.010.010", false},
		{"8.8.8.8", "any", "::ffff:808:808", false}, {"8.8.8.8", "any", "see http://134744072:80/x", false}, {"31337", "any", "075151", false}, {"31337", "any", "0o75151", false},
		{"31337", "any", "0b111101001101001", false}, {"31337", "any", "3.1337e4", false}, {"31337", "any", "31337L", false}, {"31337", "any", "id 0x7a69u.", false},
		{"evil.io", "any", "%65vil.io", false}, {"evil.io", "any", "https://%2565vil.io/", false}, {"8.8.8.8", "any", "134744073", true}, {"31337", "any", "075152", true},
		{"31337", "any", "port:0x7a69", false}, {"31337", "any", "a.0x7a69", false}, {"31337", "any", "0x7a69-0x7a70", false}, {"31337", "any", "0x7a_69", false}, {"31337", "any", "0b111_1010_0110_1001", false},
		{"8.8.8.8", "any", "tcp:134744072:80", false}, {"8.8.8.8", "any", "134744072-134744080", false}, {"8.8.8.8", "any", "134_744_072", false}, {"8.8.8.8", "any", "1.34744072e8", false},
		{"8.8.8.8", "any", "::ffff:808:808%eth0", false}, {"8.8.8.8", "any", "2002:808:808::1", false}, {"8.8.8.8", "any", "a%20134744072", false}, {"1e15", "any", "1000000000000000", false},
		{"evil.io", "any", "%65%76%69%6c%2e%69%6f%20%20%20%20%20%20%20%20%20%20%20%20%20%20%20%20%20%20%20%20%20%20%20%20%20%20", false}, {"evil.io", "any", "https://x.example/?next=https%3A%2F%2Fevil.io%2Fa", false},
		{"8.8.8.8", "any", "tcp:134744073:80", true}, {"31337", "any", "port:0x7a68", true},
		{"8.526344", "any", "8.8.8.8", false}, {"0x8.8.8", "any", "8.8.0.8", false}, {"::a00:1", "any", "10.0.0.1", false}, {"99999999", "any", "5.245.224.255", false}, {"31337", "any", "0x7A69", false},
		{"%65vil.io", "any", "evil.io", false}, {"1::ffff", "any", "1::FFFF", false}, {"INV-5512", "any", "DE02120300000000202051", true}, {"evil.io", "any", "io", true}, {"evil.io", "any", "evilio1", true}, {"evil.io", "any", "devil.io", true}, {"311", "any", "DE02123110000000202051", true},
		{"7", "any", "7.0", true}, {"7", "any", "07", true}, {"31337", "any", "313370", true}, {"31337", "any", "1337", true}, {"mallory", "any", "mal lor", true},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char resource[128], report[256];
		begin();
		read_mail();
		snprintf(resource, sizeof(resource), "{\"id\":\"%s\",\"type\":\"%s\"}", rows[i].id, rows[i].type);
		snprintf(report, sizeof(report), "{\"result\":\"ok\",\"values\":[\"%s\",\"found-1\"]}", rows[i].value);
		const struct sg_attempt *attempt = act("repo.read", "{}", resource);
		CU_ASSERT_TRUE(play_has(play_ask(p, 1, SG_ROUTE_A_OUTCOME, attempt->decision, report), "recorded"));
		if ((strcmp(origin_of(rows[i].value), "repo.read") == 0) != rows[i].placed) {
			fprintf(stderr, "  %s under %s:%s is '%s'\n", rows[i].value, rows[i].type, rows[i].id, origin_of(rows[i].value));
			CU_FAIL("a name is not what was found under it");
		}
		CU_ASSERT_STRING_EQUAL(origin_of("found-1"), "repo.read");
		end();
	}
}

/* What is named takes no more than the tree has room for; what is not written down makes what comes back suspect. */
static void
bounded(void)
{
	for (size_t room = 0; room < 20; room++) {
		begin();
		read_mail();
		const struct sg_values *values = &sg_state_task(&p->gate->state, sg_str(task))->root->tree->values;
		size_t before = values->count, most = (before + room) * 4 / 3; /* a quarter is kept for what is told */
		while (most - most / 4 > before + room)
			most--;
		((struct sg_catalogue *)p->gate->catalogue)->limits.values = (int64_t)most;
		const struct sg_attempt *attempt = act("repo.read", "{}", "{\"id\":\"Evil.io7\",\"type\":\"any\"}");
		CU_ASSERT_TRUE(values->count <= most);
		CU_ASSERT_EQUAL(sg_taint_has(&attempt->labels, SG_STR("args_unseen")), most - most / 4 - before < 12 /* the name, two words of it, the type, both ways round; six forms of the two */);
		end();
	}
}

SG_CASES("gate.carry", {"ways in", ways_in}, {"echoes", echoes}, {"spelled", spelled}, {"in sentences", in_sentences}, {"bounded", bounded})
