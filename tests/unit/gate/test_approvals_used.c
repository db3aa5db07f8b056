/* SPDX-License-Identifier: Apache-2.0
 * A yes is for once: what uses it, and what does not. */
#include "unit/gate/approving.h"

static void
once(void)
{
	begin(reads_approval);
	const char *approval = asked(&lunch, "a");
	CU_ASSERT_FALSE(allowed(act(&lunch, approval, "b"))); /* nobody said yes yet */
	CU_ASSERT_TRUE(says_yes(10, approval));
	CU_ASSERT_TRUE(allowed(act(&lunch, approval, "c")));
	CU_ASSERT_STRING_EQUAL(state_of(approval), "consumed");
	CU_ASSERT_TRUE(play_has(act(&lunch, approval, "d"), "\"code\":\"approval_used\""));
	CU_ASSERT_FALSE(allowed(act(&lunch, NULL, "e")));
	end();
}

/* Unnamed it is found by what it is for, and used all the same. */
static void
once_unnamed(void)
{
	const char *approval = granted(reads_approval, &lunch);
	CU_ASSERT_TRUE(allowed(act(&lunch, NULL, "b")));
	CU_ASSERT_STRING_EQUAL(state_of(approval), "consumed");
	CU_ASSERT_FALSE(allowed(act(&lunch, NULL, "c")));
	end();
}

/* All are judged before the first commits. */
static void
forty_at_once(void)
{
	int allows = 0;
	const char *approval = granted(reads_approval, &lunch);
	for (uint64_t c = 20; c < 60; c++) {
		char body[512];
		snprintf(body, sizeof(body),
			 "{\"action\":\"pay.send\",\"arguments\":%s,\"context\":{\"approval\":\"%s\"},\"key\":\"k%d\",\"resource\":{\"id\":\"thing\",\"type\":\"any\"},\"task\":\"%s\"}",
			 lunch.args, approval, (int)c, task);
		CU_ASSERT_TRUE_FATAL(play_connect(p, c, SG_FACE_AGENT, 1001));
		struct sg_conn *one = sg_conn_find(p->gate, 1), *conn = sg_conn_find(p->gate, c);
		conn->peer.pid = one->peer.pid; /* the same process, many connections */
		play_send(p, c, SG_ROUTE_A_ACT, "", body);
	}
	play_all(p);
	for (uint64_t c = 20; c < 60; c++)
		allows += p->conns[c].body != NULL && allowed(p->conns[c].body);
	CU_ASSERT_EQUAL(allows, 1);
	CU_ASSERT_PTR_NULL(p->gate->turns);
	end();
}

static const char *
allows_unread(const char *input)
{
	(void)input;
	return "{\"effects\":[" ALLOWS "],\"error\":null}";
}

/* What no rule looked at is not used; what is only tried uses nothing. */
static void
not_used(void)
{
	char body[512];
	const char *approval = granted(reads_approval, &lunch);
	p->effects = allows_unread;
	CU_ASSERT_TRUE(allowed(act(&lunch, approval, "b")));
	CU_ASSERT_STRING_EQUAL(state_of(approval), "granted");
	p->effects = reads_approval;
	snprintf(body, sizeof(body), "{\"action\":\"pay.send\",\"arguments\":%s,\"context\":{\"approval\":\"%s\"},\"resource\":{\"id\":\"thing\",\"type\":\"any\"},\"task\":\"%s\"}",
		 lunch.args, approval, task);
	CU_ASSERT_TRUE(play_has(play_ask(p, 12, SG_ROUTE_O_TRY, "", body), "\"verdict\":\"allow\""));
	CU_ASSERT_STRING_EQUAL(state_of(approval), "granted");
	end();
}

SG_CASES("gate.approvals_used", {"once", once}, {"once, unnamed", once_unnamed}, {"forty at once", forty_at_once}, {"what nobody read is not used", not_used})
