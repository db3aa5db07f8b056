/* SPDX-License-Identifier: Apache-2.0
 * A reload that draws another wall between the processes of a user washes nothing: what was read behind the old one is behind the new one, too, and what
 * still works there is heard here. */
#include "gate/desk/domain.h"
#include "unit/gate/play.h"

static struct play *p;

#define STANZA "\"instance\":\"process\",\"intents\":[\"work\"],\"match\":[\"peer:uid=1001\"]"

static void
draw(const char *kind)
{
	char stanza[160];
	snprintf(stanza, sizeof(stanza), "\"domain\":\"%s\"," STANZA, kind);
	CU_ASSERT_TRUE_FATAL(play_reconfigure(p, (const char *const[]){STANZA, stanza, NULL}));
}

/* Two processes of one user, the first in a task. */
static char *
begin(const char *kind)
{
	p = play_new();
	draw(kind);
	CU_ASSERT_TRUE_FATAL(play_connect(p, 1, SG_FACE_AGENT, 1001));
	CU_ASSERT_TRUE_FATAL(play_connect(p, 3, SG_FACE_AGENT, 1001));
	return play_task(p, 1, "old");
}

static const struct sg_task *
opened(uint64_t conn, const char *key)
{
	char *id = play_task(p, conn, key);
	const struct sg_task *task = sg_state_task(&p->gate->state, sg_str(id));
	free(id);
	CU_ASSERT_PTR_NOT_NULL_FATAL(task);
	return task;
}

static bool
mail(const struct sg_task *task)
{
	return sg_taint_has(&task->taint, SG_STR("mail"));
}

static const struct {
	const char *from, *to;
	bool own, others; /* the same process's next task, another one's */
} rows[] = {
	{"process", "process", true, false},
	{"uid", "uid", true, true},
	{"process", "uid", true, true},
	{"uid", "process", true, true},
};

static void
read_before(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sg_err err = {0};
		char *old = begin(rows[i].from);
		CU_ASSERT_TRUE(play_has(play_act(p, 1, old, "mail.read", "{}", "m"), "\"verdict\":\"allow\""));
		draw(rows[i].to);
		CU_ASSERT_EQUAL(mail(opened(1, "a")), rows[i].own);
		CU_ASSERT_EQUAL(mail(opened(3, "b")), rows[i].others);
		CU_ASSERT_EQUAL_FATAL(play_restart(p, &err), SG_OK);
		free(old);
		play_end(p);
	}
}

static void
read_after(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *old = begin(rows[i].from);
		draw(rows[i].to);
		const struct sg_task *own = opened(1, "a"), *others = opened(3, "b");
		CU_ASSERT_FALSE(mail(own) || mail(others));
		CU_ASSERT_TRUE(play_has(play_act(p, 1, old, "mail.read", "{}", "m"), "\"verdict\":\"allow\""));
		CU_ASSERT_EQUAL(mail(own), rows[i].own);
		CU_ASSERT_EQUAL(mail(others), rows[i].others);
		free(old);
		play_end(p);
	}
}

static void
frozen(void)
{
	for (int before = 0; before < 2; before++)
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
			char *old = begin(rows[i].from);
			const struct sg_task *own = NULL, *others = NULL;
			for (int step = 0; step < 2; step++)
				if (step == before) {
					draw(rows[i].to);
					own = opened(1, "a");
					others = opened(3, "b");
				} else {
					sg_domain_freeze(p->gate, sg_state_task(&p->gate->state, sg_str(old)), "test");
				}
			CU_ASSERT_EQUAL(own->state == SG_TASK_FROZEN, rows[i].own);
			CU_ASSERT_EQUAL(others->state == SG_TASK_FROZEN, rows[i].others);
			free(old);
			play_end(p);
		}
}

/* Once the last task behind the old wall has ended, those behind the new one are apart. */
static void
apart_in_the_end(void)
{
	char *old = begin("uid");
	draw("process");
	const struct sg_task *own = opened(1, "a"), *others = opened(3, "b");
	play_ask(p, 1, SG_ROUTE_A_TASK_CLOSE, old, "{}");
	CU_ASSERT_TRUE(play_has(play_act(p, 1, own->id, "mail.read", "{}", "m"), "\"verdict\":\"allow\""));
	CU_ASSERT_TRUE(mail(own));
	CU_ASSERT_FALSE(mail(others));
	free(old);
	play_end(p);
}

SG_CASES("gate.kin", {"what was read before", read_before}, {"what is read after", read_after}, {"freezes", frozen}, {"apart in the end", apart_in_the_end})
