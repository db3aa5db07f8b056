/* SPDX-License-Identifier: Apache-2.0
 * What happens between the question of policy and the commit: the past is seen as of the commit, also where nothing is known of it any more. */
#include "unit/gate/play.h"

static struct play *p;
static char *task, *token;

#define NEEDS(kind) "{\"" kind "\":[{\"action\":\"mail.*\",\"scope\":\"tree\"}]}"
#define MANIFEST(needs)                                                                                                       \
	"{\"digest\":\"0000000000000000000000000000000000000000000000000000000000000000\",\"files\":[],\"rules\":["               \
	"{\"file\":\"a.lua\",\"id\":\"w\",\"line\":1,\"needs\":" needs ",\"on\":[\"mail.*\",\"pay.*\"]}]}"

static const char *const manifests[] = {
	MANIFEST(NEEDS("did")), MANIFEST(NEEDS("since")), MANIFEST("{\"never_together\":[{\"actions\":[\"mail.*\",\"pay.*\"],\"scope\":\"tree\"}]}"),
	MANIFEST("{\"order\":[{\"actions\":[\"mail.*\"],\"scope\":\"tree\"}]}"),
};

static void
begin(const char *manifest)
{
	p = play_new();
	/* without labels: those are a reason of their own to judge again */
	CU_ASSERT_TRUE_FATAL(play_reconfigure(p, (const char *const[]){"\"taints\":[\"mail\"]", "\"taints\":[]", NULL}));
	sg_gate_policy(p->gate, sg_str(manifest), 1);
	CU_ASSERT_TRUE_FATAL(play_connect(p, 1, SG_FACE_AGENT, 1001));
	CU_ASSERT_TRUE_FATAL(play_connect(p, 2, SG_FACE_ENFORCER, 2001));
	play_facts(p, 1001);
	char *answer = strdup(play_ask(p, 1, SG_ROUTE_A_TASK_OPEN, "", "{\"intent\":\"work\",\"key\":\"t\"}"));
	task = play_between(answer, "\"id\":\"", "\"");
	token = play_between(answer, "\"token\":\"", "\"");
	free(answer);
	CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "repo.read", "{}", "r"), "\"verdict\":\"allow\"")); /* and its level is what the other's is */
}

static void
end(void)
{
	free(task);
	free(token);
	play_end(p);
}

/* Asks until policy has the question; that event is the test's. */
static struct play_event
questioned(void)
{
	play_facts(p, 1001);
	CU_ASSERT_TRUE(play_send(p, 1, SG_ROUTE_A_ACT, "", play_act_body(task, "pay.send", "{\"amount\":1,\"to\":\"x\"}", "pay")));
	for (int i = 0; i < 10 && p->count > 0 && p->queue[0].kind != PLAY_JUDGE; i++)
		play_one(p);
	CU_ASSERT_TRUE_FATAL(p->count == 1 && p->queue[0].kind == PLAY_JUDGE);
	struct play_event held = p->queue[--p->count];
	return held;
}

/* Something is read by way of the enforcer, which says how that ended; "": nothing. */
static void
read_it(const char *ended)
{
	char body[512];
	play_facts(p, 2001);
	snprintf(body, sizeof(body), "{\"action\":\"mail.read\",\"arguments\":{},\"key\":\"m\",\"resource\":{\"id\":\"7\",\"type\":\"any\"},\"task_token\":\"%s\"}", token);
	char *decision = play_between(play_ask(p, 2, SG_ROUTE_E_ACT, "", body), "\"decision_id\":\"", "\"");
	CU_ASSERT_TRUE(play_has(p->conns[2].body, "\"verdict\":\"allow\""));
	if (ended[0] != '\0') {
		CU_ASSERT_TRUE(play_has(play_ask(p, 2, SG_ROUTE_E_OUTCOME, decision, ended), "recorded"));
	}
	free(decision);
}

static const char *
committed(struct play_event held)
{
	play_facts(p, 1001);
	p->queue[p->count++] = held;
	play_all(p);
	return p->conns[1].body != NULL ? p->conns[1].body : "";
}

static long judged;

static const char *
counts(const char *input)
{
	judged++;
	return play_allow(input);
}

static void
becomes_unsure(void)
{
	for (size_t i = 0; i < sizeof(manifests) / sizeof(manifests[0]); i++) {
		begin(manifests[i]);
		struct play_event held = questioned();
		read_it("{\"happened\":true,\"result\":\"failed\"}");
		CU_ASSERT_TRUE(play_has(committed(held), "history_unsure"));
		end();
	}
}

/* What has changed is judged again; what came to nothing has not. */
static void
is_judged_again(void)
{
	for (size_t i = 0; i < sizeof(manifests) / sizeof(manifests[0]); i++)
		for (int failed = 0; failed < 2; failed++) {
			begin(manifests[i]);
			p->effects = counts;
			struct play_event held = questioned();
			read_it(failed ? "{\"result\":\"failed\"}" : "");
			judged = 0;
			CU_ASSERT_TRUE(play_has(committed(held), "\"verdict\":\"allow\""));
			CU_ASSERT_EQUAL(judged, failed ? 1 : 2);
			end();
		}
}

SG_CASES("gate.moved", {"what becomes unsure is denied", becomes_unsure}, {"what moved is judged again", is_judged_again})
