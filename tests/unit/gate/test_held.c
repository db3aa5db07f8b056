/* SPDX-License-Identifier: Apache-2.0
 * What was said to be in force while its record was lost outlives the gate that said it: the supervisor hands it to the next one. */
#include "gate/desk/domain.h"
#include "gate/desk/late.h"
#include "unit/gate/play.h"

static struct play *p;
static char *task;

#define FREEZES "{\"effects\":[{\"effect\":{\"freeze\":true,\"kind\":\"deny\",\"say\":\"no\"},\"file\":\"a.lua\",\"line\":1,\"rule\":\"r\"}],\"error\":null}"

static const char *
freezes(const char *input)
{
	(void)input;
	return FREEZES;
}

static void
begin(void)
{
	p = play_new();
	CU_ASSERT_TRUE_FATAL(play_connect(p, 1, SG_FACE_AGENT, 1001));
	CU_ASSERT_TRUE_FATAL(play_connect(p, 10, SG_FACE_ADMIN, 500));
	task = play_task(p, 1, "t");
}

static void
end(void)
{
	free(task);
	play_end(p);
}

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
	for (int i = 0; i < 3; i++) {
		p->boot += 2 * SG_SEC;
		p->wall += 2 * SG_SEC;
		play_all(p);
	}
	CU_ASSERT_FALSE(p->gate->journal.closed);
}

static const struct sg_task *
now(void)
{
	return sg_state_task(&p->gate->state, sg_str(task));
}

/* The gate dies as often as it likes, with and without a disk; `holds` is so each time, live and from the disk alone. */
static void
through_deaths(bool (*holds)(void))
{
	struct sg_err err = {0};
	CU_ASSERT_TRUE(holds());
	p->fail_at = 0;
	p->fail_forever = false;
	p->full = true; /* a gate can begin without room */
	for (int i = 0; i < 2; i++) {
		CU_ASSERT_EQUAL_FATAL(play_gate_dies(p, &err), SG_OK);
		CU_ASSERT_TRUE(p->gate->journal.closed);
		CU_ASSERT_TRUE(holds());
	}
	p->full = false;
	CU_ASSERT_EQUAL_FATAL(play_gate_dies(p, &err), SG_OK);
	CU_ASSERT_TRUE(holds());
	disk_back();
	CU_ASSERT_TRUE(holds());
	CU_ASSERT_EQUAL(p->held_count, 0);
	CU_ASSERT_EQUAL_FATAL(play_restart(p, &err), SG_OK);
	CU_ASSERT_TRUE(holds());
}

static bool
is_frozen(void)
{
	return now()->state == SG_TASK_FROZEN && now()->domain->frozen;
}

static void
a_freeze(void)
{
	begin();
	p->effects = freezes;
	disk_fails();
	CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "pay.send", "{}", "a"), "\"code\":\"audit_unavailable\""));
	through_deaths(is_frozen);
	end();
}

static char *lease;

static bool
is_taken_back(void)
{
	const struct sg_lease *l = sg_state_lease(&p->gate->state, sg_str(lease));
	return l == NULL || l->state != SG_LEASE_ACTIVE;
}

static const char *
freezes_the_task(const char *input)
{
	(void)input;
	return "{\"effects\":[{\"effect\":{\"freeze\":true,\"kind\":\"deny\",\"only_task\":true,\"say\":\"no\"},\"file\":\"a.lua\",\"line\":1,\"rule\":\"r\"}],\"error\":null}";
}

/* What waits for an operator outlives its process as well; a task that goes on ends with it. */
static void
a_process_ends(void)
{
	for (int frozen = 0; frozen < 2; frozen++) {
		begin();
		if (frozen) {
			p->effects = freezes_the_task;
			play_act(p, 1, task, "pay.send", "{}", "a");
			CU_ASSERT_EQUAL(now()->state, SG_TASK_FROZEN);
			CU_ASSERT_FALSE(now()->domain->frozen);
		}
		p->gone = (pid_t)now()->instance->pid;
		for (int i = 0; i < 5; i++) {
			p->boot += SG_SEC;
			p->wall += SG_SEC;
			play_all(p);
		}
		CU_ASSERT_EQUAL(now()->state, frozen ? SG_TASK_FROZEN : SG_TASK_CLOSED);
		play_ask(p, 10, SG_ROUTE_O_THAW, task, "{}");
		for (int i = 0; i < 5; i++) {
			p->boot += SG_SEC;
			p->wall += SG_SEC;
			play_all(p);
		}
		CU_ASSERT_EQUAL(now()->state, SG_TASK_CLOSED); /* an operator has looked */
		end();
	}
}

/* One above it is not left open: it stands still, too, and its credential is taken back. */
static void
a_process_ends_above(void)
{
	begin();
	lease = play_between(play_act(p, 1, task, "repo.read", "{}", "r"), "\"lease\":\"", "\"");
	char *below = play_between(play_ask(p, 1, SG_ROUTE_A_DELEGATE, task, "{\"key\":\"d\"}"), "\"id\":\"", "\"");
	p->effects = freezes_the_task;
	play_act(p, 1, below, "pay.send", "{}", "a");
	CU_ASSERT_EQUAL(sg_state_task(&p->gate->state, sg_str(below))->state, SG_TASK_FROZEN);
	CU_ASSERT_EQUAL(now()->state, SG_TASK_OPEN);
	p->gone = (pid_t)now()->instance->pid;
	for (int i = 0; i < 5; i++) {
		p->boot += SG_SEC;
		p->wall += SG_SEC;
		play_all(p);
	}
	CU_ASSERT_EQUAL(now()->state, SG_TASK_FROZEN);
	CU_ASSERT_EQUAL(sg_state_task(&p->gate->state, sg_str(below))->state, SG_TASK_FROZEN);
	CU_ASSERT_TRUE(is_taken_back());
	free(below);
	free(lease);
	end();
}

static bool
is_closed(void)
{
	return now()->state == SG_TASK_CLOSED;
}

static void
an_end(void)
{
	begin();
	disk_fails();
	CU_ASSERT_TRUE(play_has(play_ask(p, 10, SG_ROUTE_O_TASK_CLOSE, task, "{}"), "in force now"));
	through_deaths(is_closed);
	end();
}

static bool
carries(void)
{
	return sg_taint_has(&now()->taint, SG_STR("poison"));
}

static void
a_label(void)
{
	begin();
	char *decision = play_between(play_act(p, 1, task, "mail.read", "{}", "a"), "\"decision_id\":\"", "\"");
	disk_fails();
	play_ask(p, 1, SG_ROUTE_A_OUTCOME, decision, "{\"labels\":[\"poison\"],\"result\":\"ok\"}");
	through_deaths(carries);
	free(decision);
	end();
}

static void
a_credential(void)
{
	begin();
	lease = play_between(play_act(p, 1, task, "repo.read", "{}", "a"), "\"lease\":\"", "\"");
	CU_ASSERT_FALSE(is_taken_back());
	disk_fails();
	CU_ASSERT_TRUE(play_has(play_ask(p, 10, SG_ROUTE_O_LEASE_REVOKE, lease, "{}"), "in force now"));
	through_deaths(is_taken_back);
	free(lease);
	end();
}

static bool
is_open(void)
{
	return now()->state == SG_TASK_OPEN && !now()->domain->frozen;
}

/* What was said last counts: the freeze and its thaw go into one lost group. */
static void
what_was_said_last(void)
{
	begin();
	p->effects = freezes;
	disk_fails();
	p->no_sync = true;
	play_act(p, 1, task, "pay.send", "{}", "a");
	play_ask(p, 10, SG_ROUTE_O_THAW, task, "{}");
	p->no_sync = false;
	play_flush(p);
	CU_ASSERT_TRUE(p->held_count >= 3);
	through_deaths(is_open);
	end();
}

/* What the next gate does not find is passed over: nothing that a gate was handed may end it. */
static void
what_is_not_there(void)
{
	static const char *const odd[] = {
		"{\"body\":{\"by\":\"mira\",\"how\":\"frozen\",\"task\":\"t-never\",\"why\":\"policy\"},\"kind\":\"task_end\"}",
		"{\"body\":{\"by\":\"mira\",\"domain\":\"never\",\"event\":\"frozen\",\"why\":\"policy\"},\"kind\":\"domain\"}",
		"{\"body\":{\"approval\":\"a-never\",\"by\":\"mira\",\"event\":\"denied\"},\"kind\":\"approval\"}",
		"{\"body\":{\"by\":\"mira\",\"lease\":\"l-never\",\"state\":\"revoking\",\"why\":\"x\"},\"kind\":\"lease\"}",
		"{\"body\":{},\"kind\":\"outcome\"}",
		"{\"body\":{},\"kind\":\"never\"}",
		"{\"body\":{},\"kind\":\"\"}",
		"{\"body\":null,\"kind\":\"kill\"}",
	};
	begin();
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++)
		CU_ASSERT_TRUE(play_hand_over(p, odd[i]));
	CU_ASSERT_TRUE(play_hand_over(p, "{\"body\":{\"agent\":\"helper\",\"all\":false,\"by\":\"mira\",\"lift\":false,\"reason\":\"x\"},\"kind\":\"kill\"}"));
	CU_ASSERT_TRUE(sg_state_killed(&p->gate->state, SG_STR("helper")));
	play_hold(p, SG_STR("{\"body\":{},\"kind\":\"never\"}"));
	play_flush(p);
	CU_ASSERT_EQUAL(p->held_count, 0);
	end();
}

#define KILL "{\"agent\":\"helper\",\"all\":false,\"by\":\"mira\",\"lift\":false,\"reason\":\"x\"}"
#define LIFT "{\"agent\":\"helper\",\"all\":false,\"by\":\"mira\",\"lift\":true,\"reason\":\"x\"}"

static void
recorded(const char *const *bodies, size_t count)
{
	for (size_t i = 0; i < count; i++)
		CU_ASSERT_EQUAL_FATAL(sg_record(p->gate, "kill", sg_str(bodies[i]), SG_STR(""), NULL, NULL), SG_OK);
	play_flush(p);
}

static void
handed_over(uint64_t after, const char *const *bodies, size_t count)
{
	char text[512];
	for (size_t i = 0; i < count; i++) {
		snprintf(text, sizeof(text), "{\"after\":%llu,\"body\":%s,\"kind\":\"kill\"}", (unsigned long long)after, bodies[i]);
		CU_ASSERT_TRUE(play_hand_over(p, text));
	}
	play_flush(p);
}

/* A gate died between writing what it owed and saying so, or what it had given up was read back: nothing counts twice, and of what stops somebody the last word
 * does, however much of it was written. */
static void
recorded_already(void)
{
	static const struct {
		const char *there[4], *held[4];
		size_t new_leaves;
		bool killed;
	} rows[] = {
		{{KILL}, {KILL}, 0, true},
		{{KILL, LIFT}, {KILL, LIFT}, 0, false},
		{{KILL, LIFT, KILL}, {LIFT, KILL}, 0, true}, /* the first was said again, and stands where it was said last */
		{{KILL}, {LIFT, KILL}, 2, true},
		{{KILL}, {KILL, LIFT}, 1, false},
		{{LIFT}, {KILL, LIFT}, 2, false},
		{{NULL}, {KILL}, 1, true},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t there = 0, held = 0;
		while (there < 4 && rows[i].there[there] != NULL)
			there++;
		while (held < 4 && rows[i].held[held] != NULL)
			held++;
		begin();
		play_flush(p);
		uint64_t after = p->gate->journal.durable;
		recorded(rows[i].there, there);
		uint64_t before = p->gate->journal.durable;
		handed_over(after, rows[i].held, held);
		if (p->gate->journal.durable - before != rows[i].new_leaves || sg_state_killed(&p->gate->state, SG_STR("helper")) != rows[i].killed)
			fprintf(stderr, "  row %zu: %d leaves\n", i, (int)(p->gate->journal.durable - before));
		CU_ASSERT_EQUAL(p->gate->journal.durable - before, rows[i].new_leaves);
		CU_ASSERT_EQUAL(sg_state_killed(&p->gate->state, SG_STR("helper")), rows[i].killed);
		CU_ASSERT_EQUAL(p->held_count, 0);
		end();
	}
}

static const char *
asks_two(const char *input)
{
	(void)input;
	return "{\"effects\":[{\"effect\":{\"approvers\":\"finance\",\"kind\":\"step_up\",\"methods\":[],\"narrow\":{},\"quorum\":2,\"say\":\"ask\",\"ttl\":120000},"
	       "\"file\":\"a.lua\",\"line\":1,\"rule\":\"s\"}],\"error\":null}";
}

static void
is_not_heard(void *self, struct sg_str held)
{
	(void)self, (void)held;
}

/* One person's yes that waited for a disk, through the death of the gate at each step of being written: it stays one person's. */
static void
one_yes(void)
{
	for (int synced = 0; synced < 2; synced++) {
		struct sg_err err = {0};
		begin();
		CU_ASSERT_TRUE_FATAL(play_connect(p, 11, SG_FACE_ADMIN, 501));
		p->effects = asks_two;
		const char *asked = play_act(p, 1, task, "pay.send", "{\"amount\":5,\"to\":\"x\"}", "a");
		CU_ASSERT_TRUE_FATAL(play_has(asked, "\"id\":\"a-"));
		char *id = play_between(asked, "\"id\":\"a-", "\""), name[64];
		snprintf(name, sizeof(name), "a-%s", id);
		disk_fails();
		play_facts(p, 501);
		CU_ASSERT_TRUE(play_has(play_ask(p, 11, SG_ROUTE_O_APPROVE, name, "{}"), "in force now"));
		CU_ASSERT_TRUE(p->held_count > 0);
		if (synced) { /* it was written and synced, and this gate dies before it says so */
			p->gate->ports.hold = is_not_heard;
			disk_back();
			p->gate->ports.hold = play_hold;
		}
		p->fail_at = 0;
		p->fail_forever = false;
		for (int i = 0; i < 3; i++)
			CU_ASSERT_EQUAL_FATAL(play_gate_dies(p, &err), SG_OK);
		const struct sg_approval *a = sg_state_approval(&p->gate->state, sg_str(name));
		CU_ASSERT_PTR_NOT_NULL_FATAL(a);
		CU_ASSERT_EQUAL(a->proof_count, 1);
		CU_ASSERT_EQUAL(a->state, SG_APPROVAL_OPEN);
		free(id);
		end();
	}
}

/* Of what stops nothing a megabyte is held, of what stops something all. */
static void
too_much(void)
{
	static char body[1 << 15];
	begin();
	for (int i = 0; i < 33; i++) {
		snprintf(body, sizeof(body), "{\"n\":\"%02d%0*d\"}", i, (int)sizeof(body) - 11, 0);
		CU_ASSERT_EQUAL(strlen(body), sizeof(body) - 1);
		sg_gate_hold(p->gate, "outcome", sg_str(body));
		CU_ASSERT_EQUAL(p->held_count, i < 32 ? (size_t)i + 1 : 32);
	}
	sg_gate_hold(p->gate, "task_end", sg_str(body));
	CU_ASSERT_EQUAL(p->held_count, 33);
	sg_gate_hold(p->gate, "start", SG_STR("{}"));
	CU_ASSERT_EQUAL(p->held_count, 33);
	p->gate->held_until = p->gate->journal.durable;
	sg_gate_release_held(p->gate);
	CU_ASSERT_EQUAL(p->held_count, 0);
	sg_gate_hold(p->gate, "outcome", sg_str(body));
	CU_ASSERT_EQUAL(p->held_count, 1);
	end();
}

/* The disk took a group and does not come back with it: what an operator stops is in force, answered and held; agents are refused; once it answers, all is as ever. */
static void
late_disk(void)
{
	begin();
	CU_ASSERT_FALSE(p->gate->sync_late);
	p->no_sync = true;
	play_send(p, 10, SG_ROUTE_O_KILL, "", "{\"agent\":\"helper\",\"reason\":\"x\"}");
	play_all(p);
	CU_ASSERT_TRUE_FATAL(sg_journal_ready(&p->gate->journal));
	struct sg_commit *commit = sg_journal_take(&p->gate->journal);
	sg_gate_tick(p->gate);
	p->boot += (SG_SYNC_LATE_S - 1) * SG_SEC;
	p->wall += (SG_SYNC_LATE_S - 1) * SG_SEC;
	sg_gate_tick(p->gate);
	CU_ASSERT_TRUE(p->conns[10].body == NULL && p->held_count == 0);
	p->boot += 2 * SG_SEC;
	p->wall += 2 * SG_SEC;
	sg_gate_tick(p->gate);
	CU_ASSERT_TRUE(p->conns[10].body != NULL && play_has(p->conns[10].body, "effective_not_durable"));
	CU_ASSERT_TRUE(p->held_count == 1 && play_has(p->held[0], "\"kind\":\"kill\""));
	sg_gate_tick(p->gate);
	CU_ASSERT_EQUAL(p->held_count, 1);
	CU_ASSERT_TRUE(play_has(play_ask(p, 10, SG_ROUTE_O_STATUS, "", "{}"), "\"journal\":\"late\""));
	play_send(p, 1, SG_ROUTE_A_ACT, "", play_act_body(task, "mail.read", "{}", "k1"));
	play_all(p);
	CU_ASSERT_TRUE(p->conns[1].body != NULL && play_has(p->conns[1].body, "audit_unavailable"));
	CU_ASSERT_EQUAL(p->conns[1].status, 503);
	CU_ASSERT_TRUE(play_has(play_ask(p, 10, SG_ROUTE_O_STATUS, "", "{}"), "\"closed\":1")); /* answered without a record, and counted */
	play_send(p, 10, SG_ROUTE_O_KILL, "", "{\"all\":true,\"reason\":\"y\"}"); /* one that comes meanwhile */
	play_all(p);
	sg_gate_tick(p->gate);
	CU_ASSERT_TRUE(p->conns[10].body != NULL && play_has(p->conns[10].body, "effective_not_durable"));
	CU_ASSERT_TRUE(p->held_count == 2 && p->gate->state.killed_all);
	sg_journal_write(&p->gate->journal, commit);
	sg_journal_done(&p->gate->journal, commit);
	sg_gate_synced(p->gate);
	p->no_sync = false;
	play_all(p);
	sg_gate_tick(p->gate);
	CU_ASSERT_EQUAL(p->held_count, 0);
	CU_ASSERT_TRUE(play_has(play_ask(p, 10, SG_ROUTE_O_STATUS, "", "{}"), "\"journal\":\"open\""));
	CU_ASSERT_TRUE(play_has(play_ask(p, 10, SG_ROUTE_O_LIFT, "", "{\"all\":true,\"reason\":\"z\"}"), "\"durable\":true"));
	end();
}

/* Whoever looks at what is asked while the disk is late: an operator sees what is in force, the agent is refused, and neither waits. */
static void
late_reads(void)
{
	begin();
	CU_ASSERT_TRUE_FATAL(play_connect(p, 11, SG_FACE_ADMIN, 501) && play_connect(p, 12, SG_FACE_AGENT, 1001));
	p->effects = asks_two;
	const char *asked = play_act(p, 1, task, "pay.send", "{\"amount\":5,\"to\":\"x\"}", "a");
	CU_ASSERT_TRUE_FATAL(play_has(asked, "\"id\":\"a-"));
	char *id = play_between(asked, "\"id\":\"a-", "\""), name[64];
	snprintf(name, sizeof(name), "a-%s", id);
	p->no_sync = true;
	play_send(p, 12, SG_ROUTE_A_ACT, "", play_act_body(task, "mail.read", "{}", "b"));
	play_all(p);
	play_send(p, 1, SG_ROUTE_A_APPROVAL, name, "{}"); /* before it is late */
	play_all(p);
	CU_ASSERT_PTR_NULL(p->conns[1].body);
	struct sg_commit *commit = sg_journal_take(&p->gate->journal);
	for (int i = 0; i < 2; i++) {
		sg_gate_tick(p->gate);
		p->boot += (SG_SYNC_LATE_S + 1) * SG_SEC;
		p->wall += (SG_SYNC_LATE_S + 1) * SG_SEC;
	}
	CU_ASSERT_TRUE(p->conns[1].body != NULL && p->conns[1].status == 503 && play_has(p->conns[1].body, "audit_unavailable"));
	for (uint64_t conn = 1; conn <= 11; conn += 10) {
		play_send(p, conn, conn == 1 ? SG_ROUTE_A_APPROVAL : SG_ROUTE_O_APPROVAL, name, "{}");
		play_all(p);
		sg_gate_tick(p->gate);
		CU_ASSERT_PTR_NOT_NULL_FATAL(p->conns[conn].body);
		CU_ASSERT_EQUAL(p->conns[conn].status, conn == 1 ? 503 : 200);
	}
	CU_ASSERT_TRUE(play_has(p->conns[11].body, "\"state\":\"open\""));
	char ceiling[128]; /* nor does whoever asks whether a task still stands */
	snprintf(ceiling, sizeof(ceiling), "{\"actions\":[\"pay.send\"],\"task\":\"%s\"}", task);
	play_send(p, 1, SG_ROUTE_A_CEILING, "", ceiling);
	play_all(p);
	CU_ASSERT_EQUAL(p->conns[1].status, 200);
	play_send(p, 11, SG_ROUTE_O_DECISION, "d1-0123456789abcdef", "{}"); /* but nobody reads a disk that does not answer */
	play_all(p);
	CU_ASSERT_EQUAL(p->conns[11].status, 503);
	CU_ASSERT_TRUE(play_connect(p, 13, SG_FACE_ENFORCER, 1002));
	play_send(p, 13, SG_ROUTE_E_INTROSPECT, "", "{\"token\":\"h.c.s\"}");
	play_all(p);
	CU_ASSERT_EQUAL(p->conns[13].status, 503);
	sg_journal_write(&p->gate->journal, commit);
	sg_journal_done(&p->gate->journal, commit);
	sg_gate_synced(p->gate);
	p->no_sync = false;
	CU_ASSERT_TRUE(play_has(play_ask(p, 1, SG_ROUTE_A_APPROVAL, name, "{}"), "\"state\":\"open\""));
	free(id);
	end();
}

SG_CASES("gate.held", {"a disk that does not answer", late_disk}, {"who looks meanwhile", late_reads}, {"a freeze", a_freeze}, {"an end", an_end}, {"a label", a_label}, {"a credential", a_credential}, {"what was said last", what_was_said_last},
	 {"what is not there", what_is_not_there}, {"too much", too_much}, {"recorded already", recorded_already}, {"one yes", one_yes}, {"a process ends", a_process_ends}, {"a process ends above", a_process_ends_above})
