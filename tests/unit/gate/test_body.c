/* SPDX-License-Identifier: Apache-2.0
 * Every route refuses what it does not know and what is of another type; nothing is taken as if it were not there. Walks the table of routes, so that a
 * route that forgets is seen. */
#include "gate/desk/body.h"

#include "base/str.h"
#include "unit/cases.h"

#include <stdio.h>
#include <string.h>

static bool
fits(enum sg_route route, const char *text, char hint[SG_BODY_HINT])
{
	struct sg_arena arena;
	const struct sg_json *json = NULL;
	sg_arena_init(&arena, 4 << 20);
	hint[0] = '\0';
	CU_ASSERT_EQUAL_FATAL(sg_json_parse(&arena, sg_str(text), NULL, &json, NULL), SG_OK);
	bool good = sg_body_fits(route, json, hint);
	if (!good)
		CU_ASSERT_TRUE(strlen(hint) > 0);
	sg_arena_done(&arena);
	return good;
}

/* One value that is right, of each kind. */
static const char *
good_value(enum sg_body_kind kind)
{
	static const char *const values[] = {
		[SG_BODY_NAMED] = "\"x\"", [SG_BODY_TEXT] = "\"x\"", [SG_BODY_COUNT] = "5", [SG_BODY_NUMBER] = "5", [SG_BODY_FLAG] = "true",
		[SG_BODY_LIST] = "[]", [SG_BODY_VALUES] = "[]", [SG_BODY_TEXTS] = "[\"x\"]", [SG_BODY_OBJECT] = "{}", [SG_BODY_LEVEL] = "\"internal\"",
		[SG_BODY_RESOURCE] = "{\"type\":\"a\",\"id\":\"b\"}", [SG_BODY_CONTEXT] = "{}", [SG_BODY_SUBJECT] = "{\"type\":\"a\",\"id\":\"b\"}",
		[SG_BODY_ACTION] = "{\"name\":\"a\"}", [SG_BODY_DIGITS] = "\"5\"", [SG_BODY_YES] = "\"yes\"", [SG_BODY_SEGMENT] = "\"x\"",
	};
	return values[kind];
}

/* The route's required members, right, but for `skip`, and `more` behind them. */
static void
body_with(char *out, size_t room, enum sg_route route, const char *skip, const char *more)
{
	size_t count = 0, len = 0;
	const struct sg_body_row *rows = sg_bodies(&count);
	len += (size_t)snprintf(out + len, room - len, "{");
	for (size_t i = 0; i < count; i++)
		if (rows[i].route == route && rows[i].required && strcmp(rows[i].member, skip) != 0)
			len += (size_t)snprintf(out + len, room - len, "%s\"%s\":%s", len > 1 ? "," : "", rows[i].member, good_value(rows[i].kind));
	if (more[0] != '\0')
		len += (size_t)snprintf(out + len, room - len, "%s%s", len > 1 ? "," : "", more);
	snprintf(out + len, room - len, "}");
}

static void
test_unknown(void)
{
	static const char *const strange[] = {"\"zzz\":1", "\"zzz\":null", "\"Key\":\"x\"", "\"key \":\"x\"", "\"\":1", "\"\\u0000\":1", "\"keyy\":\"x\"", "\"actions.\":[]",
					      "\"__proto__\":{}", "\"constraint\":{}"};
	size_t routes = 0;
	const struct sg_route_row *rows = sg_routes(&routes);
	CU_ASSERT_TRUE(routes > 40);
	for (size_t i = 0; i < routes; i++) {
		char body[2048], hint[SG_BODY_HINT];
		body_with(body, sizeof(body), rows[i].route, "", "");
		CU_ASSERT_TRUE(fits(rows[i].route, body, hint));
		for (size_t s = 0; s < sizeof(strange) / sizeof(strange[0]); s++) {
			body_with(body, sizeof(body), rows[i].route, "", strange[s]);
			if (fits(rows[i].route, body, hint) != sg_body_lenient(rows[i].route))
				fprintf(stderr, "\n%s %s\n", rows[i].name, body);
			CU_ASSERT_EQUAL(fits(rows[i].route, body, hint), sg_body_lenient(rows[i].route));
		}
	}
	CU_ASSERT_TRUE(sg_body_lenient(SG_ROUTE_E_EVALUATION) && sg_body_lenient(SG_ROUTE_E_INTROSPECT) && !sg_body_lenient(SG_ROUTE_E_ACT));
}

/* Each member of each route, lenient ones too, with every value; only those that its kind says may pass. */
static void
test_types(void)
{
	static const struct {
		const char *value;
		const char *kinds; /* letters below */
	} values[] = {{"null", ""},         {"true", "F"}, {"false", "F"}, {"5", "CN"},  {"0", "N"},    {"-1", ""},  {"1.5", ""},      {"9007199254740991", ""},
		      {"\"\"", "T"},        {"\"x\"", "ATG"}, {"\"5\"", "ATDG"}, {"\"yes\"", "ATYG"}, {"\"internal\"", "ATLG"}, {"\"a|b\"", "AT"}, {"\"a/b\"", "AT"}, {"\"\\u00e4\"", "AT"}, {"[]", "VHS"},   {"[5]", "VH"},
		      {"[\"x\"]", "VHS"},    {"[[]]", "VH"}, {"{}", "HORXUW"}, {"{\"type\":5}", "HOXW"}, {"{\"id\":null}", "HOXW"}, {"{\"properties\":[]}", "HOX"},
		      {"{\"name\":5}", "HOXUr"}, {"{\"approval\":5}", "HOUWr"}, {"{\"task\":[]}", "HOUWr"}, {"{\"tool\":{}}", "HOUWr"}, {"{\"key\":1}", "HOUWr"}, {"{\"peer_uid\":\"x\"}", "HOUWr"},
		      {"{\"peer_uid\":-1}", "HOUWr"}};
	static const char letters[] = {[SG_BODY_NAMED] = 'A', [SG_BODY_TEXT] = 'T', [SG_BODY_COUNT] = 'C', [SG_BODY_NUMBER] = 'N', [SG_BODY_FLAG] = 'F',
				       [SG_BODY_LIST] = 'V', [SG_BODY_VALUES] = 'H', [SG_BODY_TEXTS] = 'S', [SG_BODY_OBJECT] = 'O', [SG_BODY_LEVEL] = 'L', [SG_BODY_RESOURCE] = 'R',
				       [SG_BODY_CONTEXT] = 'X', [SG_BODY_SUBJECT] = 'U', [SG_BODY_ACTION] = 'W', [SG_BODY_DIGITS] = 'D', [SG_BODY_YES] = 'Y', [SG_BODY_SEGMENT] = 'G'};
	size_t count = 0;
	const struct sg_body_row *rows = sg_bodies(&count);
	for (size_t i = 0; i < count; i++)
		for (size_t v = 0; v < sizeof(values) / sizeof(values[0]); v++) {
			char body[2048], more[256], hint[SG_BODY_HINT];
			char letter = rows[i].kind == SG_BODY_RESOURCE && sg_body_lenient(rows[i].route) && strchr(values[v].kinds, 'r') != NULL ? 'r' : letters[rows[i].kind];
			snprintf(more, sizeof(more), "\"%s\":%s", rows[i].member, values[v].value);
			body_with(body, sizeof(body), rows[i].route, rows[i].member, more);
			bool want = strchr(values[v].kinds, letter) != NULL && values[v].kinds[0] != '\0';
			if (fits(rows[i].route, body, hint) != want)
				fprintf(stderr, "\n%s: taken is wrong, wanted %d\n", body, want);
			CU_ASSERT_EQUAL(fits(rows[i].route, body, hint), want);
			if (!want)
				CU_ASSERT_PTR_NOT_NULL(strstr(hint, strchr(values[v].kinds, 'r') != NULL && rows[i].kind == SG_BODY_RESOURCE ? "resource" : rows[i].member));
		}
}

static void
test_required(void)
{
	size_t count = 0;
	const struct sg_body_row *rows = sg_bodies(&count);
	for (size_t i = 0; i < count; i++) {
		char body[2048], hint[SG_BODY_HINT];
		if (!rows[i].required)
			continue;
		body_with(body, sizeof(body), rows[i].route, rows[i].member, "");
		CU_ASSERT_FALSE(fits(rows[i].route, body, hint));
		CU_ASSERT_PTR_NOT_NULL(strstr(hint, "is missing"));
	}
}

/* A number at its limit and one more; a text at its limit and one byte more. */
static void
test_bounds(void)
{
	size_t count = 0;
	const struct sg_body_row *rows = sg_bodies(&count);
	static char body[3 << 20], more[3 << 20];
	for (size_t i = 0; i < count; i++)
		for (int over = 0; over <= 1; over++) {
			char hint[SG_BODY_HINT];
			bool text = rows[i].kind == SG_BODY_NAMED || rows[i].kind == SG_BODY_TEXT;
			if (text && rows[i].most < 10000)
				snprintf(more, sizeof(more), "\"%s\":\"%0*d\"", rows[i].member, (int)rows[i].most + over, 1);
			else if (rows[i].kind == SG_BODY_COUNT || rows[i].kind == SG_BODY_NUMBER)
				snprintf(more, sizeof(more), "\"%s\":%lld", rows[i].member, (long long)rows[i].most + over);
			else if (rows[i].kind == SG_BODY_DIGITS && rows[i].most < 10000)
				snprintf(more, sizeof(more), "\"%s\":\"%lld\"", rows[i].member, (long long)rows[i].most + over);
			else
				continue;
			body_with(body, sizeof(body), rows[i].route, rows[i].member, more);
			CU_ASSERT_EQUAL(fits(rows[i].route, body, hint), over == 0);
		}
}

/* What was meant is said; a caller's strange name is not said back. */
static void
test_hints(void)
{
	static const struct {
		enum sg_route route;
		const char *body, *hint;
	} cases[] = {
		{SG_ROUTE_A_DELEGATE, "{\"constraint\":{}}", "did you mean \"constraints\"?"},
		{SG_ROUTE_A_DELEGATE, "{\"sensitivity\":5}", "\"sensitivity\" is public, internal, confidential or restricted"},
		{SG_ROUTE_A_DELEGATE, "{\"sensitivity\":\"publc\"}", "\"sensitivity\" is public"},
		{SG_ROUTE_A_DELEGATE, "{\"to\":5}", "\"to\" is a text"},
		{SG_ROUTE_A_DELEGATE, "{\"to\":\"\"}", "\"to\" is a text that is not empty"},
		{SG_ROUTE_A_DELEGATE, "{\"actions\":null}", "\"actions\" is a list of texts"},
		{SG_ROUTE_A_DELEGATE, "{\"handon\":[]}", "did you mean \"hand_on\"?"},
		{SG_ROUTE_A_DELEGATE, "{\"resource\":[]}", "did you mean \"resources\"?"},
		{SG_ROUTE_A_TASK_OPEN, "{\"on_behalf\":\"x\"}", "did you mean \"on_behalf_of\"?"},
		{SG_ROUTE_A_TASK_OPEN, "{\"ttl\":\"5\"}", "\"ttl\" is a whole number"},
		{SG_ROUTE_A_TASK_OPEN, "{\"ttl\":0}", "\"ttl\" is a whole number from 1 on"},
		{SG_ROUTE_A_TASK_OPEN, "{\"input\":{}}", "did you mean \"inputs\"?"},
		{SG_ROUTE_E_TASK_OPEN, "{\"intent\":\"work\",\"session\":\"..\"}", "neither . nor .."},
		{SG_ROUTE_E_TASK_OPEN, "{\"intent\":\"work\",\"session\":\".\"}", "neither . nor .."},
		{SG_ROUTE_E_TASK_OPEN, "{\"task_token\":\"x\"}", "has no member \"task_token\""},
		{SG_ROUTE_O_KILL, "{\"reasn\":\"x\"}", "did you mean \"reason\"?"},
		{SG_ROUTE_O_KILL, "{\"all\":\"true\"}", "\"all\" is true or false"},
		{SG_ROUTE_A_ACT, "{\"action\":\"x\",\"resource\":{\"type\":\"a\",\"id\":\"b\",\"property\":{}}}", "did you mean \"properties\"?"},
		{SG_ROUTE_A_ACT, "{\"action\":\"x\",\"peer_uid\":5}", "has no member \"peer_uid\""},
		{SG_ROUTE_O_EVENTS, "{\"from\":\"5\"}", "has no member \"from\""},
		{SG_ROUTE_A_ACT, "{\"\\u001b[31m\":1}", "(a name that cannot be shown)"},
		{SG_ROUTE_A_ACT, "{\"\\u202e\":1}", "(a name that cannot be shown)"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char hint[SG_BODY_HINT];
		CU_ASSERT_FALSE(fits(cases[i].route, cases[i].body, hint));
		if (strstr(hint, cases[i].hint) == NULL)
			fprintf(stderr, "\n%s: %s\n", cases[i].body, hint);
		CU_ASSERT_PTR_NOT_NULL(strstr(hint, cases[i].hint));
	}
}

/* A context is policy's own: what the gate reads in it is not missed by a letter, everything else is taken. AuthZEN's is taken as it is. */
static void
test_context(void)
{
	static const enum sg_route routes[] = {SG_ROUTE_A_ACT, SG_ROUTE_E_ACT, SG_ROUTE_O_TRY, SG_ROUTE_E_EVALUATION};
	static const char *const wrong[][2] = {{"aproval", "approval"}, {"Approval", "approval"}, {"APPROVAL", "approval"}, {"Aproval", "approval"}, {"approvel", "approval"}, {"apporval", "approval"},
					       {"approvals", "approval"}, {"approval ", "approval"}, {"\\u0000approval", "approval"}, {"approva", "approval"}, {"Tool", "tool"}, {"TOOL", "tool"}, {"tooL", "tool"}},
		     *const right[] = {"approved", "approver", "approved_by", "approvalsx", "pool", "tools", "total", "to", "too", "", "ask", "day", "Total", "trool", "more",
				       "approval_approval_approval_approval_approval_approval_approval_approval"};
	for (size_t r = 0; r < sizeof(routes) / sizeof(routes[0]); r++) {
		char body[2048], more[256], want[64], hint[SG_BODY_HINT];
		for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
			snprintf(more, sizeof(more), "\"context\":{\"a\":1,\"%s\":\"a-1\"}", wrong[i][0]);
			body_with(body, sizeof(body), routes[r], "", more);
			bool taken = fits(routes[r], body, hint);
			if (taken != sg_body_lenient(routes[r]))
				fprintf(stderr, "\n%s\n", body);
			CU_ASSERT_EQUAL(taken, sg_body_lenient(routes[r]));
			snprintf(want, sizeof(want), "did you mean \"%s\"?", wrong[i][1]);
			CU_ASSERT_TRUE(taken || (strstr(hint, want) != NULL && strstr(hint, "\"context\" has") != NULL));
		}
		for (size_t i = 0; i < sizeof(right) / sizeof(right[0]); i++) {
			snprintf(more, sizeof(more), "\"context\":{\"approval\":\"a-1\",\"tool\":\"\",\"%s\":[]}", right[i]);
			body_with(body, sizeof(body), routes[r], "", more);
			if (!fits(routes[r], body, hint))
				fprintf(stderr, "\n%s: %s\n", body, hint);
			CU_ASSERT_TRUE(fits(routes[r], body, hint));
		}
	}
}

SG_CASES("gate.body", {"every route refuses an unknown member", test_unknown}, {"every member refuses every other type", test_types},
	 {"what is required", test_required}, {"at the limit and one more", test_bounds}, {"the hint names what was meant", test_hints},
	 {"a context's own names and ours", test_context})
