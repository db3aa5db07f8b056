/* SPDX-License-Identifier: Apache-2.0
 * Domains and instances in one process: who is the same, what freezes nobody, and what a restart remembers. */
#include "gate/desk/domain.h"
#include "gate/state/fold_in.h"
#include "gate/snapshot/snapshot.h"
#include "gate/state/holder.h"
#include "unit/gate/play.h"

static struct play *p;

static void
begin(void)
{
	p = play_new();
	CU_ASSERT_TRUE_FATAL(play_connect(p, 1, SG_FACE_AGENT, 1001));
}

/* Another connection of the process behind connection 1. */
static void
connect_again(uint64_t conn)
{
	struct sg_peer peer = sg_conn_find(p->gate, 1)->peer;
	peer.pidfd = -1;
	CU_ASSERT_EQUAL_FATAL(sg_gate_connect(p->gate, conn, SG_FACE_AGENT, &peer, NULL), SG_OK);
}

static bool
allowed(const char *answer)
{
	return strstr(answer, "\"verdict\":\"allow\"") != NULL;
}

/* An upgraded executable, a hint that is gone, a token that is presented: the same process all the same, with its tasks and what they carry. */
static void
one_self(void)
{
	static const char *const facts[] = {
		"{\"peer:exe\":{\"strength\":\"hint\",\"value\":\"/bin/agent\"},\"peer:uid\":{\"strength\":\"boundary\",\"value\":\"1001\"}}",
		"{\"peer:exe\":{\"strength\":\"hint\",\"value\":\"/bin/agent (deleted)\"},\"peer:uid\":{\"strength\":\"boundary\",\"value\":\"1001\"}}",
		"{\"peer:uid\":{\"strength\":\"boundary\",\"value\":\"1001\"}}",
		"{\"peer:uid\":{\"strength\":\"boundary\",\"value\":\"1001\"},\"token:sub\":{\"strength\":\"boundary\",\"value\":\"whoever\"}}",
		"{\"other:uid\":{\"strength\":\"boundary\",\"value\":\"1001\"},\"peer:uid\":{\"strength\":\"boundary\",\"value\":\"1001\"}}",
	};
	p = play_new();
	p->facts = facts[0];
	struct sg_peer peer = {.uid = 1001, .gid = 1001, .pid = 4001, .pidfd = -1, .start_time = 5, .pidfd_exact = true};
	CU_ASSERT_EQUAL_FATAL(sg_gate_connect(p->gate, 1, SG_FACE_AGENT, &peer, NULL), SG_OK);
	char *task = play_task(p, 1, "t"), instance[SG_ID_MAX];
	snprintf(instance, sizeof(instance), "%s", sg_state_task(&p->gate->state, sg_str(task))->instance->id);
	CU_ASSERT_TRUE(allowed(play_act(p, 1, task, "mail.read", "{}", "m")));
	for (size_t i = 1; i < sizeof(facts) / sizeof(facts[0]); i++) {
		char key[8];
		snprintf(key, sizeof(key), "k%zu", i);
		p->facts = facts[i];
		connect_again(10 + i);
		CU_ASSERT_TRUE(allowed(play_act(p, 10 + i, task, "mail.read", "{}", key)));
		char *other = play_task(p, 10 + i, key);
		const struct sg_task *t = sg_state_task(&p->gate->state, sg_str(other));
		CU_ASSERT_PTR_NOT_NULL_FATAL(t);
		CU_ASSERT_STRING_EQUAL(t->instance->id, instance);
		CU_ASSERT_TRUE(sg_taint_has(&t->taint, SG_STR("mail")));
		free(other);
	}
	free(task);
	play_end(p);
}

/* An outage of ours, however long, freezes nobody; refusals do, in a tree and in the domain of who opened it. */
static void
our_own_fault(void)
{
	begin();
	char *task = play_task(p, 1, "t"), key[16];
	p->gate->audit_lags = true;
	for (int i = 0; i < 80; i++) {
		snprintf(key, sizeof(key), "k%d", i);
		CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "repo.read", "{}", key), "\"code\":\"audit_lags\""));
	}
	p->gate->audit_lags = false;
	CU_ASSERT_TRUE(allowed(play_act(p, 1, task, "repo.read", "{}", "after")));
	for (int i = 0; i < 50; i++) {
		snprintf(key, sizeof(key), "d%d", i);
		play_act(p, 1, task, "no.such", "{}", key);
	}
	CU_ASSERT_EQUAL(sg_state_task(&p->gate->state, sg_str(task))->state, SG_TASK_FROZEN);
	char *other = play_task(p, 1, "u");
	CU_ASSERT_EQUAL(sg_state_task(&p->gate->state, sg_str(other))->state, SG_TASK_FROZEN);
	CU_ASSERT_TRUE(play_has(play_ask(p, 1, SG_ROUTE_A_TASK_CLOSE, other, "{}"), "\"code\":\"frozen\""));
	free(task);
	free(other);
	play_end(p);
}

static bool
keep(void *to, struct sg_str line)
{
	sg_buf_str(to, line);
	sg_buf_text(to, "\n");
	return true;
}

static struct sg_buf
written(void)
{
	struct sg_buf out;
	struct sg_snapshot_head head = {.leaf = 1};
	sg_buf_init(&out, 4 << 20);
	CU_ASSERT_EQUAL(sg_snapshot_write(&p->gate->state, &head, keep, &out, NULL), SG_OK);
	return out;
}

/* What domains carry is what the journal says, to the last word of a snapshot. */
static void
remembered(void)
{
	struct sg_err err = {0};
	begin();
	CU_ASSERT_TRUE_FATAL(play_connect(p, 2, SG_FACE_AGENT, 1002));
	char *task = play_task(p, 1, "t"), key[16];
	for (int i = 0; i < 60; i++) {
		snprintf(key, sizeof(key), "k%d", i);
		play_act(p, 1, task, i % 3 == 0 ? "mail.read" : "no.such", "{}", key);
	}
	play_facts(p, 1002);
	char *theirs = play_task(p, 2, "u");
	play_act(p, 2, theirs, "mail.read", "{}", "m");
	play_ask(p, 2, SG_ROUTE_A_TASK_CLOSE, theirs, "{}");
	play_facts(p, 1001);
	play_all(p);
	struct sg_buf before = written();
	CU_ASSERT_EQUAL_FATAL(play_restart(p, &err), SG_OK);
	struct sg_buf after = written();
	const char *a = strstr(before.ptr, "\"k\":\"domain\""), *b = strstr(after.ptr, "\"k\":\"domain\"");
	CU_ASSERT_PTR_NOT_NULL_FATAL(a);
	CU_ASSERT_PTR_NOT_NULL_FATAL(b);
	char *one = play_between(before.ptr, "\"k\":\"instance\"", "\"k\":\"task\""), *other = play_between(after.ptr, "\"k\":\"instance\"", "\"k\":\"task\"");
	CU_ASSERT_STRING_EQUAL(one, other);
	free(one);
	free(other);
	sg_buf_done(&before);
	sg_buf_done(&after);
	free(task);
	free(theirs);
	play_end(p);
}

/* Tasks come and go; rings and lists hold those that are there. */
static void
rings(void)
{
	begin();
	for (int round = 0; round < 20; round++) {
		char key[16];
		char *tasks[5];
		for (int i = 0; i < 5; i++) {
			snprintf(key, sizeof(key), "r%d.%d", round, i);
			tasks[i] = play_task(p, 1, key);
		}
		play_act(p, 1, tasks[round % 5], "mail.read", "{}", key);
		for (int i = 0; i < 5; i++) {
			play_ask(p, 1, SG_ROUTE_A_TASK_CLOSE, tasks[i], "{}");
			free(tasks[i]);
		}
		p->boot += 700 * SG_SEC;
		p->wall += 700 * SG_SEC;
		play_all(p);
		sg_gate_tick(p->gate);
		size_t at = 0, listed = 0, held = 0;
		for (struct sg_domain *d; (d = sg_table_next(&p->gate->state.domains, &at)) != NULL;) {
			size_t mine = 0;
			for (struct sg_task *t = NULL; (t = sg_domain_open(d, t)) != NULL; mine++)
				CU_ASSERT(t->domain == d && t->state <= SG_TASK_FROZEN && sg_ring_is_in(&t->of_instance) && sg_ring_is_in(&t->of_tree));
			CU_ASSERT_EQUAL(mine, d->tasks);
			listed += mine;
		}
		CU_ASSERT_EQUAL(listed, p->gate->state.open_tasks);
		at = listed = 0;
		for (struct sg_task *t; (t = sg_table_next(&p->gate->state.tasks, &at)) != NULL; listed++)
			CU_ASSERT(t->tree_next->tree_before == t && sg_ring_is_in(&t->of_holder) == (t->state <= SG_TASK_FROZEN));
		at = 0;
		for (const struct sg_holder *h; (h = sg_table_next(&p->gate->state.holders, &at)) != NULL;)
			held += h->kept;
		CU_ASSERT(listed == p->gate->state.tasks.count && held == listed);
	}
	play_end(p);
}

/* Two who are full of labels, each of their own, come together: what finds no room moves nothing, and the gate goes on. */
static void
full_of_labels(void)
{
	begin();
	CU_ASSERT_TRUE_FATAL(play_connect(p, 2, SG_FACE_AGENT, 1002));
	for (int a = 0; a < 2; a++) {
		play_facts(p, a == 0 ? 1001 : 1002);
		char *task = play_task(p, (uint64_t)a + 1, "t"), key[16], labels[2048];
		for (int n = 0; n < 10; n++) {
			size_t len = 0;
			snprintf(key, sizeof(key), "k%d", n);
			char *decision = play_between(play_act(p, (uint64_t)a + 1, task, "mail.read", "{}", key), "\"decision_id\":\"", "\"");
			for (int l = 0; l < 16; l++)
				len += (size_t)snprintf(labels + len, sizeof(labels) - len, "%s\"%c%d.%d\"", l > 0 ? "," : "", 'a' + a, n, l);
			char body[4096];
			snprintf(body, sizeof(body), "{\"labels\":[%s],\"result\":\"ok\"}", labels);
			play_ask(p, (uint64_t)a + 1, SG_ROUTE_A_OUTCOME, decision, body);
			free(decision);
		}
		free(task);
	}
	size_t at = 0;
	struct sg_domain *first = NULL;
	for (struct sg_domain *d; (d = sg_table_next(&p->gate->state.domains, &at)) != NULL;)
		if (d->taint.count == SG_LABELS_MAX) {
			uint64_t seq = d->taint.seq;
			CU_ASSERT_TRUE(sg_taint_add(&d->taint, SG_STR("one more"), SG_WORD_OWN));
			CU_ASSERT_EQUAL(d->taint.seq, seq);
			if (first != NULL) { /* each has what the other has not: joined once both have the same, and nothing moves any more */
				p->no_check = true;
				CU_ASSERT_TRUE(sg_taint_join(&d->taint, &first->taint) && sg_taint_join(&first->taint, &d->taint));
				CU_ASSERT_EQUAL(sg_taint_tag(&p->gate->state, &d->taint), sg_taint_tag(&p->gate->state, &first->taint));
				seq = d->taint.seq + first->taint.seq;
				CU_ASSERT_TRUE(sg_taint_join(&d->taint, &first->taint) && sg_taint_join(&first->taint, &d->taint));
				CU_ASSERT_EQUAL(d->taint.seq + first->taint.seq, seq);
			}
			first = d;
		}
	CU_ASSERT_PTR_NOT_NULL(first);
	play_end(p);
}

/* ---- what may keep two of one user apart ---- */

static bool is_root_owned;
static char asked_path[64];
static uid_t asked_uid;

static bool
kept(const struct sg_sys *sys, const char *path, uid_t uid)
{
	(void)sys;
	snprintf(asked_path, sizeof(asked_path), "%s", path);
	asked_uid = uid;
	return is_root_owned;
}

/* A group that cannot be seen, or that its own user could leave, is no wall: the domain is the user. */
static void
group_not_kept(void)
{
	static const char bound[] = "{\"peer:cgroup\":{\"strength\":\"boundary\",\"value\":\"/a/x\"},\"peer:uid\":{\"strength\":\"boundary\",\"value\":\"1001\"}}",
			  hinted[] = "{\"peer:cgroup\":{\"strength\":\"hint\",\"value\":\"/a/x\"},\"peer:uid\":{\"strength\":\"boundary\",\"value\":\"1001\"}}",
			  others[] = "{\"a:cgroup\":{\"strength\":\"boundary\",\"value\":\"/a/x\"},\"peer:uid\":{\"strength\":\"boundary\",\"value\":\"1001\"}}", /* of a step that does not look at the kernel */
			  none[] = "{\"peer:uid\":{\"strength\":\"boundary\",\"value\":\"1001\"}}";
#define AT(path) "{\"peer:cgroup\":{\"strength\":\"boundary\",\"value\":\"" path "\"},\"peer:uid\":{\"strength\":\"boundary\",\"value\":\"1001\"}}"
	static const struct {
		const char *said, *facts;
		bool root_owned, can_see;
		const char *kind, *name; /* name NULL: as the kind says */
	} rows[] = {
		{"cgroup", bound, true, true, "cgroup"}, {"cgroup", bound, false, true, "uid"}, {"cgroup", bound, true, false, "uid"},
		{"cgroup", hinted, true, true, "uid"},	 {"cgroup", none, true, true, "uid"},	{"unit", bound, true, true, "uid"},
		{"unit", AT("/x.slice/y.service"), true, true, "unit", "1001 /x.slice/y.service"}, {"unit", AT("/x.slice/y.service/main"), true, true, "unit", "1001 /x.slice/y.service"},
		{"unit", AT("/x.slice/y.service/worker/z.scope"), true, true, "unit", "1001 /x.slice/y.service"}, {"unit", AT("/x.slice/plain/y.service"), true, true, "uid"},
		{"unit", AT("/user.slice/user@7.service/app.slice/a.service/b"), true, true, "unit", "1001 /user.slice/user@7.service/app.slice/a.service"},
		{"unit", AT("/user.slice/user@7.service/a"), true, true, "uid"}, {"unit", AT("/x.slice"), true, true, "uid"}, {"unit", AT("/.service"), true, true, "uid"},
		{"unit", AT("/x.slice/y.service"), false, true, "uid"}, {"unit", AT("/x.slice/../y.service"), true, true, "uid"}, {"unit", AT("/x.slice/y.service.d"), true, true, "uid"},
		{"unit", bound, false, true, "uid"},	 {"unit", none, true, true, "uid"},	{"uid", bound, true, true, "uid"},
		{"process", bound, false, true, "process"}, {"cgroup", others, true, true, "uid"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char domain[128];
		snprintf(domain, sizeof(domain), "\"domain\":\"%s\",\"instance\":\"process\",\"intents\":[\"work\"],\"match\":[\"peer:uid=1001\"]", rows[i].said);
		p = play_new();
		p->sys.group_kept = rows[i].can_see ? kept : NULL;
		is_root_owned = rows[i].root_owned;
		CU_ASSERT_TRUE_FATAL(play_reconfigure(p, (const char *const[]){"\"instance\":\"process\",\"intents\":[\"work\"],\"match\":[\"peer:uid=1001\"]", domain, NULL}));
		p->facts = rows[i].facts;
		CU_ASSERT_TRUE_FATAL(play_connect(p, 1, SG_FACE_AGENT, 1001));
		snprintf(p->conns[1].facts, sizeof(p->conns[1].facts), "%s", rows[i].facts);
		char *task = play_task(p, 1, "t");
		const struct sg_task *t = sg_state_task(&p->gate->state, sg_str(task));
		CU_ASSERT_PTR_NOT_NULL_FATAL(t);
		if (strcmp(t->domain->kind, rows[i].kind) != 0)
			fprintf(stderr, "  row %zu: %s\n", i, t->domain->kind);
		CU_ASSERT_STRING_EQUAL(t->domain->kind, rows[i].kind);
		CU_ASSERT_STRING_EQUAL(t->domain->name, rows[i].name != NULL ? rows[i].name : strcmp(rows[i].kind, "uid") == 0 ? "1001" : strcmp(rows[i].kind, "process") == 0 ? t->domain->name : "1001 /a/x");
		free(task);
		play_end(p);
	}
	CU_ASSERT_STRING_EQUAL(asked_path, "/x.slice/y.service");
	CU_ASSERT_EQUAL(asked_uid, 1001);
}

static const struct sg_domain *
mine(void)
{
	size_t at = 0;
	struct sg_domain *d;
	while ((d = sg_table_next(&p->gate->state.domains, &at)) != NULL && strcmp(d->name, "1001") != 0)
		continue;
	return d;
}

static void
long_after(void)
{
	for (int hour = 0; hour < 4; hour++) {
		p->boot += 3600 * SG_SEC;
		p->wall += 3600 * SG_SEC;
		play_all(p);
		sg_gate_tick(p->gate);
	}
}

/* Waiting lets nobody go: a freeze ends with an operator's word, and only then what it carries may fade. */
static void
frozen_does_not_fade(void)
{
	char body[128], id[SG_ID_MAX];
	begin();
	CU_ASSERT_TRUE_FATAL(play_connect(p, 12, SG_FACE_ADMIN, 500));
	play_facts(p, 1001);
	char *task = play_task(p, 1, "t");
	play_act(p, 1, task, "mail.read", "{}", "k");
	sg_domain_freeze(p->gate, sg_state_task(&p->gate->state, sg_str(task)), "policy");
	long_after();
	const struct sg_domain *d = mine();
	CU_ASSERT_PTR_NOT_NULL_FATAL(d);
	CU_ASSERT_EQUAL(d->tasks, 0);
	CU_ASSERT_TRUE(d->frozen);
	CU_ASSERT_EQUAL(d->taint.count, 1);
	snprintf(body, sizeof(body), "{\"event\":\"thaw\",\"reason\":\"looked at\"}");
	snprintf(id, sizeof(id), "%s", d->id);
	CU_ASSERT_TRUE(play_connect(p, 13, SG_FACE_ADMIN, 500));
	CU_ASSERT_TRUE(play_has(play_ask(p, 13, SG_ROUTE_O_DOMAIN, id, body), "\"frozen\":false"));
	long_after();
	CU_ASSERT_TRUE(mine() == NULL || mine()->taint.count == 0);
	free(task);
	play_end(p);
}

SG_CASES("gate.domains", {"one self", one_self}, {"our own fault", our_own_fault}, {"remembered", remembered}, {"rings", rings}, {"full of labels", full_of_labels},
	 {"a group that is not kept", group_not_kept}, {"what is frozen does not fade", frozen_does_not_fade})
