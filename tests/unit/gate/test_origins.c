/* SPDX-License-Identifier: Apache-2.0
 * Where policy is told that an argument came from: what another party said for a task is trusted as it was said, and nothing that holds a piece of it. */
#include "unit/gate/play.h"

static struct play *p;
static char *task;
static char *asked; /* the last question */

#define IBAN "DE75512108001245126199"

static const char *
keep(const char *input)
{
	free(asked);
	asked = strdup(input);
	return play_allow(input);
}

static void
act(const char *args)
{
	static int keys;
	char body[1024];
	snprintf(body, sizeof(body), "{\"action\":\"repo.read\",\"agent\":\"helper\",\"arguments\":%s,\"key\":\"k%d\",\"resource\":{\"id\":\"1\",\"type\":\"any\"},\"task\":\"%s\"}", args, keys++,
		 task);
	play_ask(p, 2, SG_ROUTE_E_ACT, "", body);
}

static void
open_with(const char *key, const char *inputs)
{
	char body[512];
	free(task);
	snprintf(body, sizeof(body), "{\"agent\":\"helper\",\"inputs\":%s,\"intent\":\"work\",\"key\":\"%s\",\"session\":\"s\"}", inputs, key);
	task = play_between(play_ask(p, 2, SG_ROUTE_E_TASK_OPEN, "", body), "\"id\":\"", "\"");
	CU_ASSERT_EQUAL_FATAL(task[0], 't');
}

/* A session that has read a mail, or has not, and a task in it that a person gave its inputs. */
static void
begin(bool tainted)
{
	p = play_new();
	p->effects = keep;
	CU_ASSERT_TRUE_FATAL(play_connect(p, 2, SG_FACE_ENFORCER, 2001));
	play_facts(p, 2001);
	open_with("r", "{}");
	if (tainted) {
		char body[256];
		snprintf(body, sizeof(body), "{\"action\":\"mail.read\",\"agent\":\"helper\",\"key\":\"m\",\"resource\":{\"id\":\"1\",\"type\":\"any\"},\"task\":\"%s\"}", task);
		CU_ASSERT_TRUE(play_has(play_ask(p, 2, SG_ROUTE_E_ACT, "", body), "\"verdict\":\"allow\""));
	}
	open_with("t", "{\"iban\":\"" IBAN "\",\"site\":\"acme.example\",\"much\":10.5}");
}

static void
end(void)
{
	free(task);
	free(asked);
	task = asked = NULL;
	play_end(p);
}

static const struct {
	const char *value; /* as JSON */
	bool said;
} rows[] = {
	{"\"acme.example\"", true},
	{"\"" IBAN "\"", true},
	{"10.5", true},
	{"\"https://acme.example/x?to=evil\"", false},
	{"\"evil@acme.example\"", false},
	{"\"DE02EVIL0000 " IBAN "\"", false},
	{"\"http://acme.example@evil.example/\"", false},
	{"\"pay evil.example not acme.example\"", false},
	{"\"evil, acme.example\"", false},
	{"\"acme.example:8443\"", false},
	{"\"acmeexample\"", false},
	{"105", false},
	{"\"acme-example\"", false},
	{"\"YWNtZS5leGFtcGxl\"", false},
	{"\"%61cme.example\"", false},
};

static void
pieces(bool tainted)
{
	begin(tainted);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char args[256];
		snprintf(args, sizeof(args), "{\"to\":%s}", rows[i].value);
		act(args);
		CU_ASSERT_PTR_NOT_NULL_FATAL(asked);
		char *origin = play_between(strstr(asked, "\"provenance\":["), "\"origin\":\"", "\"");
		if (strcmp(origin, rows[i].said ? "task" : "unknown") != 0) {
			fprintf(stderr, "  %s%s is from %s\n", rows[i].value, tainted ? ", where mail was read," : "", origin);
			CU_FAIL("what was said is trusted, and nothing that holds a piece of it");
		}
		free(origin);
	}
	end();
}

static void
clean(void)
{
	pieces(false);
}

static void
tainted(void)
{
	pieces(true);
}

SG_CASES("gate.origins", {"pieces of inputs", clean}, {"pieces of inputs where mail was read", tainted})
