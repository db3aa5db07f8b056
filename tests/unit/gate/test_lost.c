/* SPDX-License-Identifier: Apache-2.0
 * A sync fails: what was denied for it did not happen, live as after a restart. */
#include "gate/state/history.h"
#include "gate/journal/journal_files.h"
#include "unit/gate/play.h"

static struct play *p;
static char *task;

#define ALLOWS                                                                                                          \
	"{\"effect\":{\"kind\":\"allow\",\"narrow\":{},\"obligations\":[],\"say\":\"\",\"taint\":[],\"ttl\":0},\"file\":\"a.lua\",\"line\":1,\"rule\":\"r\"}"
#define ASKS                                                                                                            \
	"{\"effect\":{\"approvers\":\"finance\",\"kind\":\"step_up\",\"methods\":[],\"narrow\":{},\"quorum\":1,\"say\":\"ask\",\"ttl\":120000},\"file\":\"a.lua\"," \
	"\"line\":1,\"rule\":\"s\"}"

static const char *
asks(const char *input)
{
	(void)input;
	return "{\"effects\":[" ASKS "],\"error\":null}";
}

static const char *
refuses(const char *input)
{
	(void)input;
	return "{\"effects\":[],\"error\":null}";
}

static void
begin(void)
{
	p = play_new();
	CU_ASSERT_TRUE_FATAL(play_connect(p, 1, SG_FACE_AGENT, 1001));
	CU_ASSERT_TRUE_FATAL(play_connect(p, 10, SG_FACE_ADMIN, 501));
	task = play_task(p, 1, "t");
}

static void
end(void)
{
	free(task);
	play_end(p);
}

/* The disk fails until `disk_back`. */
static void
disk_fails(void)
{
	p->calls = 0;
	p->fail_at = 1;
	p->fail_forever = true;
}

static void
disk_back(void)
{
	p->fail_at = 0;
	p->fail_forever = false;
	p->boot += 2 * SG_SEC;
	p->wall += 2 * SG_SEC;
	play_all(p);
	play_all(p);
	CU_ASSERT_FALSE(p->gate->journal.closed);
}

static bool
did(const char *pattern)
{
	const struct sg_task *t = sg_state_task(&p->gate->state, sg_str(task));
	struct sg_asked q = {.task = t, .scope = SG_SCOPE_TREE, .now_ms = sg_state_steady(&p->gate->state), .trouble = SG_REASON_allowed};
	return sg_history_did(&p->gate->state, &q, sg_str(pattern));
}

static void
an_allow(void)
{
	struct sg_err err = {0};
	begin();
	disk_fails();
	CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "pay.send", "{}", "a"), "\"code\":\"audit_unavailable\""));
	disk_back();
	CU_ASSERT_FALSE(did("pay.*"));
	CU_ASSERT_EQUAL_FATAL(play_restart(p, &err), SG_OK);
	CU_ASSERT_FALSE(did("pay.*"));
	end();
}

/* Not used live, not used after a restart, and used once in the end. */
static void
an_approval(void)
{
	for (int restart = 0; restart < 2; restart++) {
		struct sg_err err = {0};
		char approval[64];
		begin();
		p->effects = asks;
		char *id = play_between(play_act(p, 1, task, "pay.send", "{}", "a"), "\"id\":\"a-", "\"");
		snprintf(approval, sizeof(approval), "a-%s", id);
		free(id);
		CU_ASSERT_TRUE(play_has(play_ask(p, 10, SG_ROUTE_O_APPROVE, approval, "{}"), "granted"));
		disk_fails();
		CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "pay.send", "{}", "b"), "\"code\":\"audit_unavailable\""));
		disk_back();
		if (restart) {
			CU_ASSERT_EQUAL_FATAL(play_restart(p, &err), SG_OK);
			CU_ASSERT_TRUE_FATAL(play_connect(p, 1, SG_FACE_AGENT, 1001));
		}
		CU_ASSERT_EQUAL(sg_state_approval(&p->gate->state, sg_str(approval))->state, SG_APPROVAL_GRANTED);
		CU_ASSERT_EQUAL(p->gate->state.open_approvals, 1);
		CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "pay.send", "{}", "c"), "\"verdict\":\"allow\""));
		CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "pay.send", "{}", "d"), "\"verdict\":\"step_up\""));
		end();
	}
}

/* What a person was to see is lost: nobody says yes to it, live or after a restart. */
static void
an_opening(void)
{
	struct sg_err err = {0};
	begin();
	p->effects = asks;
	disk_fails();
	play_act(p, 1, task, "pay.send", "{}", "a");
	disk_back();
	size_t at = 0;
	char approval[SG_ID_MAX] = "";
	for (struct sg_approval *a; (a = sg_table_next(&p->gate->state.approvals, &at)) != NULL;) {
		CU_ASSERT_EQUAL(a->state, SG_APPROVAL_VOID);
		snprintf(approval, sizeof(approval), "%s", a->id);
	}
	CU_ASSERT_PTR_NULL(strstr(play_ask(p, 10, SG_ROUTE_O_APPROVE, approval, "{}"), "granted"));
	CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "pay.send", "{}", "b"), "\"verdict\":\"step_up\""));
	CU_ASSERT_EQUAL_FATAL(play_restart(p, &err), SG_OK);
	CU_ASSERT_PTR_NULL(sg_state_approval(&p->gate->state, sg_str(approval)));
	CU_ASSERT_EQUAL(p->gate->state.open_approvals, 1);
	end();
}

enum { CALLS_OF_A_TRIAL = 7 /* made, written, synced; made, header written, synced, folder synced */ };

static size_t
segments(void)
{
	uint64_t list[256];
	int error, count = sg_segment_list(p->journal, list, 256, &error);
	CU_ASSERT_TRUE(count >= 0);
	return count < 0 ? 0 : (size_t)count;
}

/* A second passes. Folds of the journal in it: each makes the state another one. */
static uint64_t
a_second(void)
{
	uint64_t before = p->gate->made_anew;
	p->boot += SG_SEC;
	p->wall += SG_SEC;
	play_all(p);
	return p->gate->made_anew - before;
}

/* A minute without room: what was synced is folded once, for the one loss; a kill holds at once; no file is left of what was tried. */
static void
a_disk_that_stays_full(void)
{
	begin();
	p->effects = asks;
	char *id = play_between(play_act(p, 1, task, "pay.send", "{}", "y"), "\"id\":\"a-", "\""), approval[64];
	snprintf(approval, sizeof(approval), "a-%s", id);
	free(id);
	size_t there = segments();
	disk_fails();
	CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "pay.send", "{\"n\":1}", "a"), "\"code\":\"audit_unavailable\""));
	CU_ASSERT_TRUE(play_has(play_ask(p, 10, SG_ROUTE_O_APPROVAL, approval, "{}"), approval)); /* what is durable is told */
	CU_ASSERT_TRUE(play_has(play_ask(p, 1, SG_ROUTE_A_APPROVAL, approval, "{}"), approval));
	uint64_t folds = 0;
	for (int second = 0; second < 60; second++)
		folds += a_second();
	CU_ASSERT_EQUAL(folds, 0);
	CU_ASSERT_EQUAL(segments(), there);
	CU_ASSERT_TRUE(play_has(play_ask(p, 10, SG_ROUTE_O_STATUS, "", "{}"), "\"journal\":\"closed\""));
	CU_ASSERT_TRUE(play_has(play_ask(p, 10, SG_ROUTE_O_KILL, "", "{\"all\":true}"), "effective_not_durable"));
	CU_ASSERT_TRUE(p->gate->state.killed_all);
	a_second();
	CU_ASSERT_EQUAL(segments(), there);
	disk_back();
	CU_ASSERT_TRUE(p->gate->state.killed_all);
	CU_ASSERT_EQUAL(segments(), there + 1);
	end();
}

/* Wherever a trial ends, nothing of it stays. */
static void
a_trial_that_fails(void)
{
	for (long call = 1; call <= CALLS_OF_A_TRIAL; call++) {
		begin();
		size_t there = segments();
		disk_fails();
		CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "pay.send", "{}", "a"), "\"code\":\"audit_unavailable\""));
		p->fail_forever = false;
		p->calls = 0;
		p->fail_at = call;
		a_second();
		CU_ASSERT_TRUE(p->gate->journal.closed);
		CU_ASSERT_EQUAL(segments(), there);
		CU_ASSERT_EQUAL(faccessat(p->journal, "trial.tmp", F_OK, 0), -1);
		disk_back();
		CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "pay.send", "{}", "b"), "\"verdict\":\"allow\""));
		end();
	}
}

/* Each trial goes well and the group behind it is lost: ever fewer are tried, none is lost in silence, and all is as before once the disk is well. */
static void
a_disk_that_lies(void)
{
	begin();
	disk_fails();
	CU_ASSERT_TRUE(play_has(play_ask(p, 10, SG_ROUTE_O_KILL, "", "{\"agent\":\"helper\"}"), "effective_not_durable"));
	p->fail_forever = false;
	uint64_t losses = 0;
	for (int second = 0; second < 120; second++) {
		p->calls = 0;
		p->fail_at = CALLS_OF_A_TRIAL + 1;
		losses += a_second() > 0;
		CU_ASSERT_TRUE(sg_state_killed(&p->gate->state, SG_STR("helper")));
		CU_ASSERT_TRUE(p->gate->journal.closed);
	}
	CU_ASSERT_TRUE(losses >= 3 && losses <= 8);
	p->fail_at = 0;
	for (int second = 0; second < 33 && p->gate->journal.closed; second++)
		a_second();
	CU_ASSERT_FALSE(p->gate->journal.closed);
	CU_ASSERT_TRUE(sg_state_killed(&p->gate->state, SG_STR("helper")));
	end();
}

/* No answer names a record that is not there: the key is judged anew. */
static void
a_refusal(void)
{
	begin();
	p->effects = refuses;
	disk_fails();
	CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "pay.send", "{}", "a"), "\"code\":\"audit_unavailable\""));
	disk_back();
	CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "pay.send", "{}", "a"), "\"code\":\"policy_none\""));
	char *decision = play_between(p->conns[1].body, "\"decision_id\":\"", "\"");
	struct sg_err err = {0};
	CU_ASSERT_TRUE(play_has(play_ask(p, 10, SG_ROUTE_O_DECISION, decision, "{}"), "\"kind\":\"decision\"")); /* and it can be read at once */
	CU_ASSERT_EQUAL_FATAL(play_restart(p, &err), SG_OK);
	CU_ASSERT_PTR_NOT_NULL(sg_state_decision(&p->gate->state, sg_str(decision)));
	free(decision);
	end();
}

/* Leaves on disk with these words, of the last few. */
static size_t
recorded(const char *words)
{
	enum { LAST = 12 };
	size_t found = 0;
	for (uint64_t n = p->gate->journal.durable > LAST ? p->gate->journal.durable - LAST : 1; n <= p->gate->journal.durable; n++) {
		struct sg_arena arena;
		struct sg_record record;
		struct sg_str input;
		sg_arena_init(&arena, 8 << 20);
		if (sg_journal_read(&p->gate->journal, n, &arena, &record, &input, NULL) == SG_OK)
			found += memmem(record.leaf.ptr, record.leaf.len, words, strlen(words)) != NULL;
		sg_arena_done(&arena);
	}
	return found;
}

/* An operator asks for one; it ends with these errors, "" none. */
static const char *
reload(const char *errors)
{
	play_send(p, 10, SG_ROUTE_O_RELOAD, "", "{}");
	play_all(p);
	sg_gate_reloaded(p->gate, p->gate->reload_conn, errors[0] == '\0' ? (struct sg_str){NULL, 0} : sg_str(errors));
	play_all(p);
	return p->conns[10].body != NULL ? p->conns[10].body : "";
}

#define RELOADED "\"by\":\"priya\",\"result\":\"in_force\",\"verb\":\"reload\""

/* Nothing is told as recorded before it is. */
static void
a_reload_waits(void)
{
	begin();
	p->no_sync = true;
	CU_ASSERT_STRING_EQUAL(reload(""), "");
	p->no_sync = false;
	play_all(p);
	CU_ASSERT_TRUE(p->conns[10].body != NULL && play_has(p->conns[10].body, "\"durable\":true,"));
	CU_ASSERT_EQUAL(recorded(RELOADED), 1);
	CU_ASSERT_TRUE(play_has(reload("[{\"what\":\"no\"}]"), "\"durable\":true,\"policy\":"));
	CU_ASSERT_EQUAL(p->conns[10].status, 422);
	end();
}

/* In force all the same, says so, and stands in the record once there is a disk: whether its own sync fails or the journal was closed before; also one that
 * nobody waits for. */
static void
a_reload(void)
{
	begin();
	disk_fails();
	CU_ASSERT_TRUE(play_has(reload(""), "\"durable\":false,"));
	CU_ASSERT_TRUE(p->gate->journal.closed && p->conns[10].status == 200);
	CU_ASSERT_TRUE(play_has(reload(""), "\"durable\":false,"));
	CU_ASSERT_TRUE(play_has(reload("[{\"what\":\"no\"}]"), "\"durable\":false,"));
	sg_gate_reloaded(p->gate, 0, (struct sg_str){NULL, 0});
	disk_back();
	CU_ASSERT_EQUAL(recorded(RELOADED), 2);
	CU_ASSERT_EQUAL(recorded("\"by\":\"priya\",\"result\":\"kept_out\",\"verb\":\"reload\""), 1);
	CU_ASSERT_EQUAL(recorded("\"by\":\"stepgate\",\"result\":\"in_force\",\"verb\":\"reload\""), 1);
	end();
}

/* The journal is open and takes nothing more for now: a kill is in force and owed, and says so. */
static void
a_kill_behind_a_backlog(void)
{
	static char much[1 << 20];
	begin();
	memset(much, 'x', sizeof(much));
	p->no_sync = true;
	while (sg_record(p->gate, "alert", SG_STR("{\"agent\":\"a\",\"task\":\"\",\"what\":\"x\",\"who\":\"y\"}"), (struct sg_str){much, sizeof(much)}, NULL, NULL) == SG_OK) {
	}
	while (sg_record(p->gate, "alert", SG_STR("{\"agent\":\"a\",\"task\":\"\",\"what\":\"x\",\"who\":\"y\"}"), (struct sg_str){much, 1000}, NULL, NULL) == SG_OK) {
	}
	while (sg_record(p->gate, "alert", SG_STR("{\"agent\":\"a\",\"task\":\"\",\"what\":\"x\",\"who\":\"y\"}"), SG_STR(""), NULL, NULL) == SG_OK) {
	}
	const char *answer = play_ask(p, 10, SG_ROUTE_O_KILL, "", "{\"agent\":\"other\"}");
	CU_ASSERT_TRUE(play_has(answer, "\"durable\":false") && play_has(answer, "effective_not_durable"));
	CU_ASSERT_TRUE(sg_state_killed(&p->gate->state, SG_STR("other")) && !p->gate->journal.closed);
	p->no_sync = false;
	play_all(p);
	play_all(p);
	CU_ASSERT_EQUAL(recorded("\"agent\":\"other\",\"all\":false"), 1);
	end();
}

/* An agent that a reload removes while nothing can be recorded: it has no task any more once something can. */
static void
a_reload_that_ends_tasks(void)
{
	begin();
	disk_fails();
	play_act(p, 1, task, "pay.send", "{}", "a"); /* the journal closes */
	CU_ASSERT_TRUE(p->gate->journal.closed);
	CU_ASSERT_TRUE(play_reconfigure(p, (const char *const[]){"\"agents\":{\"guess\"", "\"agents\":{\"guess\"", "\"helper\":{\"environment\"", "\"helped\":{\"environment\"", NULL}));
	disk_back();
	CU_ASSERT_EQUAL(sg_state_task(&p->gate->state, sg_str(task))->state, SG_TASK_CLOSED);
	end();
}

struct told {
	uint64_t numbers[64];
	size_t count;
};

static bool
tell(void *to, const struct sg_record *record)
{
	struct told *told = to;
	told->numbers[told->count++] = record->number;
	return told->count < 64;
}

/* What stands in a segment behind the last leaf whose sync succeeded is void: whoever reads sees what was there before, then what came after. Of the first
 * segment, too; whether the bytes are there or not. */
static void
void_leaves(void)
{
	int losses = 0;
	for (int call = 1; call < 10; call++) /* of writing and syncing: which of them fails */
		for (int first = 0; first < 2; first++) {
			struct sg_err err = {0};
			struct told told = {.count = 0};
			if (first) {
				p = play_begin();
				task = NULL;
				CU_ASSERT_EQUAL_FATAL(play_open(p, &err), SG_OK);
			} else {
				begin();
			}
			p->calls = 0;
			p->fail_at = call;
			first ? play_flush(p) : free(play_task(p, 1, "lost"));
			if (!p->gate->journal.closed) {
				end();
				continue;
			}
			losses++;
			uint64_t from = p->gate->journal.durable + 1, next = p->gate->journal.next;
			CU_ASSERT_TRUE(next > from);
			disk_back();
			sg_journal_leaves(&p->gate->journal, 1, p->gate->journal.durable, SIZE_MAX, tell, &told);
			CU_ASSERT_TRUE_FATAL(told.count > 0);
			CU_ASSERT_EQUAL(told.numbers[told.count - 1], p->gate->journal.durable);
			for (size_t i = 0; i < told.count; i++) {
				CU_ASSERT_TRUE(told.numbers[i] < from || told.numbers[i] >= next);
				CU_ASSERT_TRUE(i == 0 || told.numbers[i] == told.numbers[i - 1] + 1 || (told.numbers[i - 1] == from - 1 && told.numbers[i] == next));
			}
			struct sg_arena arena;
			struct sg_record record;
			struct sg_str input;
			sg_arena_init(&arena, 8 << 20);
			CU_ASSERT_EQUAL(sg_journal_read(&p->gate->journal, from, &arena, &record, &input, NULL), SG_NOT_FOUND);
			CU_ASSERT_EQUAL(sg_journal_read(&p->gate->journal, next, &arena, &record, &input, NULL), SG_OK);
			sg_arena_done(&arena);
			end();
		}
	CU_ASSERT_TRUE(losses >= 6);
}

/* A kill that could not be recorded holds over the state that is made anew, as often as the disk comes and goes. */
static void
a_kill_and_more_losses(void)
{
	begin();
	disk_fails();
	play_act(p, 1, task, "pay.send", "{}", "a");
	CU_ASSERT_TRUE(play_has(play_ask(p, 10, SG_ROUTE_O_KILL, "", "{\"agent\":\"helper\"}"), "effective_not_durable"));
	for (int again = 0; again < 3; again++) { /* it opens, and what is owed is lost once more */
		p->calls = 0;
		p->fail_at = 2;
		p->fail_forever = true;
		p->boot += 2 * SG_SEC;
		p->wall += 2 * SG_SEC;
		sg_gate_tick(p->gate);
		play_flush(p);
		CU_ASSERT_TRUE(sg_state_killed(&p->gate->state, SG_STR("helper")));
		CU_ASSERT_EQUAL(sg_state_task(&p->gate->state, sg_str(task))->state, SG_TASK_KILLED);
	}
	disk_back();
	CU_ASSERT_EQUAL(recorded("\"agent\":\"helper\",\"all\":false"), 1);
	struct sg_err err = {0};
	CU_ASSERT_EQUAL_FATAL(play_restart(p, &err), SG_OK);
	CU_ASSERT_TRUE(sg_state_killed(&p->gate->state, SG_STR("helper")));
	end();
}

SG_CASES("gate.lost", {"void leaves", void_leaves}, {"a kill and more losses", a_kill_and_more_losses}, {"an allow", an_allow}, {"an approval that was used", an_approval}, {"an approval that was opened", an_opening}, {"a disk that stays full", a_disk_that_stays_full}, {"a trial that fails", a_trial_that_fails}, {"a disk that takes trials alone", a_disk_that_lies}, {"a refusal", a_refusal}, {"a reload waits for its record", a_reload_waits}, {"a reload", a_reload},
	 {"a kill behind a backlog", a_kill_behind_a_backlog}, {"a reload that ends tasks", a_reload_that_ends_tasks})
