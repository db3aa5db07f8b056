/* SPDX-License-Identifier: Apache-2.0
 * Who waits for an approval while a reload makes nobody of it gets a refusal, whatever comes first: what it waits for, or the review of connections. */
#include "unit/gate/play.h"

static struct play *p;

static const char *
asks_always(const char *input)
{
	(void)input;
	return "{\"effects\":[{\"effect\":{\"approvers\":\"finance\",\"kind\":\"step_up\",\"methods\":[],\"narrow\":{},\"quorum\":1,\"say\":\"ask\",\"ttl\":120000},"
	       "\"file\":\"a.lua\",\"line\":1,\"rule\":\"step_up\"}],\"error\":null}";
}

struct row {
	const char *what;
	uint64_t conn;
	enum sg_route route;
	const char *from, *to; /* what the reload changes */
	const char *happens;   /* what the answer says when somebody has said yes */
	const char *nothing;   /* and when nothing came but the review; NULL: it goes on waiting; "": it is closed */
};

#define DISABLED "\"humans\":{\"p\":{\"admin\":\"priya\",\"agents\":[],\"budgets\":[],\"delegates\":[],\"disabled\":true,\"id\":\"priya@x\"}},"
static const struct row rows[] = {
	{"an operator who stays", 10, SG_ROUTE_O_APPROVAL, "\"rate\":100000", "\"rate\":99999", "\"state\":\"granted\"", NULL},
	{"an operator who is removed", 10, SG_ROUTE_O_APPROVAL, "\"uid\":501", "\"uid\":509", "\"code\":\"not_permitted\"", ""},
	{"an operator who is an agent now", 10, SG_ROUTE_O_APPROVAL, "uid=1002", "uid=501", "\"code\":\"not_permitted\"", ""},
	{"an operator who is disabled", 10, SG_ROUTE_O_APPROVAL, "\"groups\":{\"finance\"", DISABLED "\"groups\":{\"finance\"", "\"code\":\"not_permitted\"", "\"code\":\"not_permitted\""},
	{"an enforcer that stays", 2, SG_ROUTE_E_APPROVAL, "\"rate\":100000", "\"rate\":99999", "\"state\":\"granted\"", NULL},
	{"an enforcer that is removed", 2, SG_ROUTE_E_APPROVAL, "uid=2001", "uid=2009", "\"code\":\"not_enforcer\"", "\"code\":\"not_enforcer\""},
	{"an enforcer for others now", 2, SG_ROUTE_E_APPROVAL, "\"for_agents\":[\"helper\"]", "\"for_agents\":[\"other\"]", "\"code\":\"not_enforcer\"", "\"code\":\"not_enforcer\""},
	{"an agent that stays", 1, SG_ROUTE_A_APPROVAL, "\"rate\":100000", "\"rate\":99999", "\"state\":\"granted\"", NULL},
	{"an agent that is removed", 1, SG_ROUTE_A_APPROVAL, "uid=1001", "uid=1009", "\"code\":\"no_agent\"", "\"code\":\"no_agent\""},
};

/* An agent on 1, an enforcer on 2, priya on 10, jon on 11; a step waits for a yes, and the row's connection for what comes of it. To be freed. */
static char *
begin_waiting(const struct row *row)
{
	static const struct {
		uint64_t conn;
		enum sg_face face;
		uid_t uid;
	} all[] = {{1, SG_FACE_AGENT, 1001}, {2, SG_FACE_ENFORCER, 2001}, {10, SG_FACE_ADMIN, 501}, {11, SG_FACE_ADMIN, 502}};
	char *approval = NULL;
	p = play_new();
	p->effects = asks_always;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		CU_ASSERT_TRUE_FATAL(play_connect(p, all[i].conn, all[i].face, all[i].uid));
	char *task = play_task(p, 1, "t"), *id = play_between(play_act(p, 1, task, "pay.send", "{}", "k"), "\"id\":\"a-", "\"");
	CU_ASSERT_TRUE_FATAL(asprintf(&approval, "a-%s", id) > 2);
	play_ask(p, row->conn, row->route, approval, "{\"wait\":\"30\"}");
	CU_ASSERT_PTR_NULL(p->conns[row->conn].body);
	CU_ASSERT_TRUE(play_reconfigure(p, (const char *const[]){row->from, row->to, NULL}));
	free(task);
	free(id);
	return approval;
}

static void
check(const struct row *row, const char *want)
{
	const char *body = p->conns[row->conn].body;
	bool waits = body == NULL && !p->conns[row->conn].closed, closed = body == NULL && p->conns[row->conn].closed;
	bool right = want == NULL ? waits : want[0] == '\0' ? closed : body != NULL && play_has(body, want);
	bool told = body != NULL && strstr(body, "\"approval\"") != NULL;
	if (!right)
		fprintf(stderr, "  %s: %s\n", row->what, body == NULL ? "no answer" : body);
	CU_ASSERT_TRUE(right);
	CU_ASSERT_EQUAL(told, want != NULL && strstr(want, "\"state\"") != NULL);
}

/* The yes comes before the review: nothing turns in between. An agent's step is void with the agent, and nobody can say yes to it. */
static void
something_happens(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *approval = begin_waiting(&rows[i]);
		p->facts = "{\"peer:uid\":{\"strength\":\"boundary\",\"value\":\"502\"}}"; /* jon is looked at again */
		play_ask(p, 11, SG_ROUTE_O_APPROVE, approval, "{}");
		check(&rows[i], rows[i].happens);
		free(approval);
		play_end(p);
	}
}

static void
nothing_happens(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *approval = begin_waiting(&rows[i]);
		play_all(p);
		check(&rows[i], rows[i].nothing);
		free(approval);
		play_end(p);
	}
}

SG_CASES("gate.waiting", {"what it waits for comes first", something_happens}, {"the review comes first", nothing_happens})
