/* SPDX-License-Identifier: Apache-2.0
 * Who has the turn is overtaken by no other commit. What moves without a commit moves all the same: refusals, an operator's word, an outcome. */
#include "gate/desk/turns.h"
#include "unit/gate/play.h"

static struct play *p;
static char *task, *approval;

#define SAYS(effect) "{\"effects\":[{\"effect\":{" effect "},\"file\":\"a.lua\",\"line\":1,\"rule\":\"r\"}],\"error\":null"
#define ALLOWS SAYS("\"kind\":\"allow\",\"narrow\":{},\"obligations\":[],\"say\":\"\",\"taint\":[],\"ttl\":0")
#define DENIES SAYS("\"code\":\"no\",\"freeze\":false,\"kind\":\"deny\",\"say\":\"\"")
#define ASKS SAYS("\"approvers\":\"finance\",\"kind\":\"step_up\",\"methods\":[],\"narrow\":{},\"quorum\":1,\"say\":\"ask\",\"ttl\":120000")
#define READS ",\"read\":[\"approval\",\"denied\",\"steps\"]}"

/* Payments: only with a yes, and as long as nothing was refused. Everything else: always. */
static const char *
says(const char *input)
{
	if (strstr(input, "\"name\":\"pay.send\"") == NULL)
		return ALLOWS "}";
	if (strstr(input, "\"denied\":0") == NULL)
		return DENIES READS;
	return strstr(input, "\"approval\":null") != NULL ? ASKS READS
							  : ALLOWS READS;
}

/* Connections 1 to 5 are one process; 10 is priya, of finance. A payment is approved. */
static void
begin(void)
{
	p = play_new();
	p->effects = says;
	for (uint64_t c = 1; c <= 5; c++) {
		CU_ASSERT_TRUE_FATAL(play_connect(p, c, SG_FACE_AGENT, 1001));
		sg_conn_find(p->gate, c)->peer.pid = sg_conn_find(p->gate, 1)->peer.pid;
	}
	CU_ASSERT_TRUE_FATAL(play_connect(p, 10, SG_FACE_ADMIN, 501));
	task = play_task(p, 1, "t");
	for (uint64_t c = 1; c <= 5; c++) {
		char key[8];
		snprintf(key, sizeof(key), "w%d", (int)c);
		CU_ASSERT_TRUE(play_has(play_act(p, c, task, "mail.read", "{}", key), "\"verdict\":\"allow\""));
	}
	char *id = play_between(play_act(p, 1, task, "pay.send", "{\"amount\":5}", "ask"), "\"id\":\"a-", "\"");
	CU_ASSERT_TRUE_FATAL(asprintf(&approval, "a-%s", id) > 0);
	free(id);
	CU_ASSERT_TRUE(play_has(play_ask(p, 10, SG_ROUTE_O_APPROVE, approval, "{}"), "\"state\":\"granted\""));
}

static void
end(void)
{
	free(task);
	free(approval);
	play_end(p);
}

static void
send(uint64_t conn, const char *action, const char *args, const char *key)
{
	play_send(p, conn, SG_ROUTE_A_ACT, "", play_act_body(task, action, args, key));
}

/* The payment on 1 is overtaken twice and thinks in its turn. */
static void
into_its_turn(void)
{
	send(2, "mail.read", "{}", "o1");
	send(1, "pay.send", "{\"amount\":5}", "pay");
	play_one(p);
	send(3, "mail.read", "{}", "o2");
	play_one(p);
	play_one(p);
	play_one(p);
	CU_ASSERT_PTR_NOT_NULL_FATAL(p->gate->turns);
	CU_ASSERT_EQUAL(p->gate->turns->turn, SG_TURN_HAS);
	CU_ASSERT_EQUAL(p->gate->turns->stage, SG_STAGE_JUDGE);
}

static bool
paid(void)
{
	play_all(p);
	CU_ASSERT_PTR_NULL(p->gate->turns);
	return p->conns[1].body != NULL && strstr(p->conns[1].body, "\"verdict\":\"allow\"") != NULL;
}

static void
nothing_moves(void)
{
	begin();
	into_its_turn();
	CU_ASSERT_TRUE(paid());
	end();
}

static void
refused_meanwhile(void)
{
	begin();
	into_its_turn();
	send(4, "no.such", "{}", "x");
	CU_ASSERT_FALSE(paid());
	CU_ASSERT_TRUE(play_has(p->conns[1].body, "\"policy_denied\""));
	end();
}

/* The yes is taken back while policy thinks: whoever asks again is asked again. */
static void
taken_back_meanwhile(void)
{
	begin();
	into_its_turn();
	struct play_event mine = p->queue[--p->count]; /* policy is slow */
	CU_ASSERT_TRUE(play_has(play_ask(p, 10, SG_ROUTE_O_REFUSE, approval, "{}"), "\"state\":\"denied\""));
	p->queue[p->count++] = mine;
	CU_ASSERT_FALSE(paid());
	CU_ASSERT_TRUE(play_has(p->conns[1].body, "\"step_up\""));
	end();
}

static int moves;

/* Each thought is overtaken by a refusal, so often as the test says. */
static const char *
overtaken(const char *input)
{
	char key[16];
	if (strstr(input, "\"name\":\"pay.send\"") == NULL || moves-- <= 0)
		return ALLOWS ",\"read\":[\"denied\"]}";
	snprintf(key, sizeof(key), "x%d", moves);
	send(4, "no.such", "{}", key);
	play_flush(p);
	return ALLOWS ",\"read\":[\"denied\"]}";
}

/* Nobody is judged for ever. */
static void
judging_again_ends(void)
{
	for (int more = 0; more <= 1; more++) {
		begin();
		CU_ASSERT_TRUE(play_reconfigure(p, (const char *const[]){"\"doors\":64", "\"denials\":1000,\"doors\":64", NULL}));
		play_act(p, 4, task, "mail.read", "{}", "looked at anew");
		moves = SG_STALE_MOST + more;
		p->effects = overtaken;
		const char *answer = play_act(p, 1, task, "pay.send", "{\"amount\":6}", "k");
		CU_ASSERT_TRUE(play_has(answer, more == 0 ? "\"verdict\":\"allow\"" : "\"code\":\"rejudge_limit\""));
		CU_ASSERT_PTR_NULL(p->gate->turns);
		end();
	}
}

static char told[32];

/* Reading is refused; of the rest it is kept how often the rules were told that something was. */
static const char *
refuses_reading(const char *input)
{
	const char *at = strstr(input, "\"denied\":");
	snprintf(told, sizeof(told), "%.11s", at != NULL ? at : "");
	return strstr(input, "\"name\":\"mail.read\"") != NULL ? DENIES READS : ALLOWS READS;
}

/* A part that its agent handed to itself begins nothing anew, and what was refused in it counts above. */
static void
refused_in_a_part(void)
{
	char key[8];
	p = play_new();
	p->effects = refuses_reading;
	CU_ASSERT_TRUE_FATAL(play_connect(p, 1, SG_FACE_AGENT, 1001));
	task = play_task(p, 1, "t");
	char *part = play_between(play_ask(p, 1, SG_ROUTE_A_DELEGATE, task, "{\"key\":\"d\"}"), "\"id\":\"", "\"");
	for (int i = 0; i < 4; i++) {
		snprintf(key, sizeof(key), "k%d", i);
		CU_ASSERT_TRUE(play_has(play_act(p, 1, i % 2 == 0 ? task : part, "mail.read", "{}", key), "policy_denied"));
	}
	play_act(p, 1, part, "pay.send", "{\"amount\":1}", "within");
	CU_ASSERT_STRING_EQUAL(told, "\"denied\":4,");
	play_act(p, 1, task, "pay.send", "{\"amount\":1}", "above");
	CU_ASSERT_STRING_EQUAL(told, "\"denied\":4,");
	char *other = play_task(p, 1, "u");
	play_act(p, 1, other, "pay.send", "{\"amount\":1}", "beside");
	CU_ASSERT_STRING_EQUAL(told, "\"denied\":0,");
	free(other);
	free(part);
	free(task);
	play_end(p);
}

SG_CASES("gate.turns", {"refused in a part", refused_in_a_part}, {"who has the turn commits", nothing_moves}, {"a refusal while it thinks counts", refused_meanwhile},
	 {"a yes that is taken back while it thinks is gone", taken_back_meanwhile}, {"judging again ends", judging_again_ends})
