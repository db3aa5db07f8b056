/* SPDX-License-Identifier: Apache-2.0
 * Reading a snapshot: one function a kind of line. Counts that follow from what is there are counted, not read. */
#include "gate/state/fold_memory.h"
#include "gate/journal/pulse.h"
#include "gate/snapshot/snapshot_in.h"

#include "base/canon.h"
#include "base/err.h"
#include "base/str.h"
#include "gate/state/values.h"

#include <stdio.h>
#include <stdlib.h>

enum { LINE_BUDGET = 32 << 20 };

static void
read_account(struct sg_fold *f)
{
	struct sg_account *a = sg_take_fresh(f, sizeof(*a));
	if (a == NULL)
		return;
	a->key = sg_fold_keep(f, "key");
	a->window_ms = sg_fold_int(f, "window");
	a->total = sg_fold_int(f, "total");
	a->newest = sg_fold_int(f, "newest");
	sg_take_ints(f, "slots", a->slot, SG_SLOTS);
	sg_take_place(f, &f->state->accounts, a->key, a, sg_end_account);
	if (f->missing == NULL && !sg_account_link(f->state, a))
		f->missing = "memory";
}

static void
read_charges(struct sg_fold *f, struct sg_attempt *a)
{
	const struct sg_json *list = sg_fold_get(f, "charges");
	if (list == NULL || list->count == 0 || list->count > SG_CHARGES_MAX || (a->charges = calloc(list->count, sizeof(*a->charges))) == NULL)
		return;
	for (const struct sg_json *e = sg_json_first(list); e != NULL; e = sg_json_next(list, e)) {
		struct sg_charge *c = &a->charges[a->charge_count++];
		const struct sg_json *key = sg_json_first(e), *amount = sg_json_next(e, key), *dimension = amount == NULL ? NULL : sg_json_next(e, amount),
				     *at = dimension == NULL ? NULL : sg_json_next(e, dimension);
		struct sg_str name = {"", 0};
		int64_t d = -1;
		bool good = sg_json_string(key, &name) && sg_json_int(amount, &c->amount) && sg_json_int(dimension, &d) && sg_json_int(at, &c->at_ms);
		c->account = sg_state_account(f->state, name);
		c->dimension = (enum sg_dimension)d;
		if (!good || c->account == NULL || d < 0 || d >= SG_DIMENSIONS)
			f->missing = "charges";
	}
}

/* Snapshots of before do not have it. */
static void
read_deed(struct sg_fold *f, struct sg_attempt *a)
{
	int64_t deed[2] = {0, 0};
	if (sg_fold_get(f, "deed") != NULL)
		sg_take_ints(f, "deed", deed, 2);
	a->deed[0] = (uint64_t)deed[0];
	a->deed[1] = (uint64_t)deed[1];
}

/* Snapshots of before do not have it. */
static unsigned
read_hooks(struct sg_fold *f)
{
	int64_t hooks = sg_fold_int_or(f, "hooks", 0);
	if (hooks < 0 || hooks > SG_ATTEMPT_HOOKS)
		f->missing = "hooks";
	return (unsigned)hooks;
}

static void
read_attempt(struct sg_fold *f)
{
	struct sg_attempt *a = sg_take_fresh(f, sizeof(*a));
	struct sg_str code = sg_fold_text(f, "code");
	if (a == NULL)
		return;
	a->action = sg_fold_word(f, "action");
	sg_fold_id(f, "approval", a->approval, sizeof(a->approval));
	sg_fold_id(f, "asked", a->asked, sizeof(a->asked));
	sg_fold_id(f, "asker", a->asker, sizeof(a->asker));
	sg_fold_id(f, "decision", a->decision, sizeof(a->decision));
	sg_fold_id(f, "digest", a->digest, sizeof(a->digest));
	sg_fold_id(f, "key", a->key, sizeof(a->key));
	sg_fold_id(f, "lease", a->lease, sizeof(a->lease));
	sg_fold_id(f, "result", a->result, sizeof(a->result));
	a->reason = sg_reason_named(code.ptr, code.len);
	a->hooks = read_hooks(f);
	a->outcome = sg_fold_flag(f, "outcome");
	a->plain = sg_fold_flag(f, "plain");
	a->use_by = sg_fold_deadline(f, "use_by");
	a->report_by = sg_fold_deadline(f, "report_by");
	a->state = (enum sg_attempt_state)sg_fold_int(f, "state");
	sg_take_ints(f, "spent", a->spent, SG_DIMENSIONS);
	read_deed(f, a);
	a->same = sg_value_unhex(sg_fold_text_or(f, "same"));
	a->policy = sg_value_unhex(sg_fold_text_or(f, "policy"));
	a->labels_tag = sg_value_unhex(sg_fold_text_or(f, "labels_tag"));
	struct sg_str wrote = sg_fold_text_or(f, "wrote");
	memcpy(a->wrote, wrote.ptr, wrote.len < sizeof(a->wrote) ? wrote.len : 0);
	struct sg_str reads = sg_fold_text_or(f, "read");
	memcpy(a->read, reads.ptr, reads.len < sizeof(a->read) ? reads.len : 0);
	a->read_until_ms = sg_fold_int_or(f, "read_until", 0);
	a->allowed_ms = sg_fold_int_or(f, "allowed", 0);
	sg_take_taint(f, &a->labels);
	read_charges(f, a);
	a->task = sg_fold_task_of(f);
	if (a->task != NULL)
		sg_taint_share(&a->labels, &a->task->taint);
	if (a->task == NULL || a->state < SG_ATTEMPT_DENIED || a->state > SG_ATTEMPT_WITHHELD)
		f->missing = "state";
	if (f->missing == NULL && sg_table_get(&a->task->attempts, sg_str(a->key)) != NULL)
		f->missing = "a key of its own";
	sg_take_place(f, &f->state->decisions, a->decision, a, sg_end_attempt);
	if (f->missing != NULL)
		return;
	sg_fold_put(f, &a->task->attempts, a->key, a);
	if (!sg_unsure_note(a, false))
		f->missing = "memory";
	a->task->owed += a->hooks;
	if (a->read[0] != '\0' && !sg_reading_begin(f->state, a))
		f->missing = "memory";
	if (sg_fold_flag(f, "owed"))
		sg_fold_await(f->state, a);
}

static void
read_lease(struct sg_fold *f)
{
	struct sg_lease *l = sg_take_fresh(f, sizeof(*l));
	if (l == NULL)
		return;
	sg_fold_id(f, "id", l->id, sizeof(l->id));
	sg_fold_id(f, "approval", l->approval, sizeof(l->approval));
	sg_fold_id(f, "decision", l->decision, sizeof(l->decision));
	sg_fold_id(f, "digest", l->digest, sizeof(l->digest));
	l->agent = sg_fold_keep(f, "agent");
	l->audience = sg_fold_keep(f, "audience");
	l->issuer = sg_fold_keep(f, "issuer");
	l->ends = sg_fold_deadline(f, "ends");
	l->level = sg_sensitivity_named(sg_fold_text(f, "level"));
	l->by = sg_value_unhex(sg_fold_text_or(f, "by"));
	l->confirm = sg_fold_flag_or(f, "confirm", false);
	l->handed = sg_fold_flag_or(f, "handed", true); /* a snapshot of before does not say: somebody may have it */
	l->state = (enum sg_lease_state)sg_fold_int(f, "state");
	l->task = sg_fold_task_of(f);
	if (l->task == NULL || l->state < SG_LEASE_PENDING || l->state > SG_LEASE_DEAD)
		f->missing = "state";
	sg_take_place(f, &f->state->leases, l->id, l, sg_end_lease);
	if (f->missing != NULL)
		return;
	bool soaked = sg_fold_flag_or(f, "soaked", false); /* its task was labelled since, and it is not taken back yet */
	l->taint_seq = soaked ? UINT64_MAX : l->task->taint.seq; /* another number than any that is to come: it stays so */
	if (soaked)
		sg_ring_join(f->state->soaks, &l->task->soaks);
	l->task->leases += l->state != SG_LEASE_DEAD;
	sg_lease_join(l);
	if (!sg_lease_stands_in(f->state, l))
		f->missing = "memory";
	f->state->live_leases += l->state < SG_LEASE_REVOKING;
}

static void
read_people(struct sg_fold *f, struct sg_approval *a)
{
	const struct sg_json *list = sg_fold_get(f, "groups");
	for (const struct sg_json *e = sg_json_first(list); e != NULL; e = sg_json_next(list, e)) {
		struct sg_str group = {"", 0};
		size_t i = a->requirement.count;
		sg_json_string(e, &group);
		e = sg_json_next(list, e);
		if (i == SG_APPROVAL_GROUPS || !sg_json_int(e, &a->requirement.groups[i].quorum)) {
			f->missing = "groups";
			return;
		}
		snprintf(a->requirement.groups[i].group, sizeof(a->requirement.groups[i].group), "%.*s", SG_STR_ARG(group));
		a->requirement.count++;
	}
}

static void
read_proofs(struct sg_fold *f, struct sg_approval *a)
{
	const struct sg_json *list = sg_fold_get(f, "proofs");
	for (const struct sg_json *e = sg_json_first(list); e != NULL; e = sg_json_next(list, e)) {
		struct sg_str human = {"", 0}, group = {"", 0};
		size_t i = a->proof_count;
		sg_json_string(e, &human);
		e = sg_json_next(list, e);
		sg_json_string(e, &group);
		e = e == NULL ? NULL : sg_json_next(list, e);
		if (i == SG_APPROVAL_PROOFS || !sg_json_int(e, &a->proofs[i].at_ms)) {
			f->missing = "proofs";
			return;
		}
		snprintf(a->proofs[i].human, sizeof(a->proofs[i].human), "%.*s", SG_STR_ARG(human));
		snprintf(a->proofs[i].group, sizeof(a->proofs[i].group), "%.*s", SG_STR_ARG(group));
		a->proofs[i].uid = -1;
		const struct sg_json *uid = sg_json_next(list, e); /* a snapshot of before goes on with the next one's name */
		if (uid != NULL && uid->type == SG_JSON_NUMBER) {
			sg_json_int(uid, &a->proofs[i].uid);
			e = sg_json_next(list, uid);
			a->proofs[i].person = sg_take_hex(e);
		}
		a->proof_count++;
	}
}

/* The next text of the list, behind *at; NULL where it is empty, or there is none. */
static char *
take_text(struct sg_fold *f, const struct sg_json *list, const struct sg_json **at)
{
	struct sg_str text = {"", 0};
	*at = *at == NULL ? NULL : sg_json_next(list, *at);
	sg_json_string(*at, &text);
	char *copy = text.len > 0 ? strndup(text.ptr, text.len) : NULL;
	if (text.len > 0 && copy == NULL)
		f->missing = "memory";
	return copy;
}

/* In a snapshot of before all of them were said on the operators' socket, without a word. */
static void
read_said(struct sg_fold *f, struct sg_approval *a)
{
	const struct sg_json *list = sg_fold_get(f, "said"), *at = sg_json_first(list);
	for (size_t i = 0; i < a->proof_count; i++) {
		struct sg_str how = SG_STR("admin");
		sg_json_string(at, &how);
		snprintf(a->proofs[i].method, sizeof(a->proofs[i].method), "%.*s", SG_STR_ARG(how));
		a->proofs[i].device = take_text(f, list, &at);
		a->proofs[i].comment = take_text(f, list, &at);
		at = at == NULL ? NULL : sg_json_next(list, at);
	}
}

static void
read_approval(struct sg_fold *f)
{
	struct sg_approval *a = sg_take_fresh(f, sizeof(*a));
	if (a == NULL)
		return;
	sg_fold_id(f, "id", a->id, sizeof(a->id));
	sg_fold_id(f, "asked", a->asked, sizeof(a->asked));
	sg_fold_id(f, "digest", a->digest, sizeof(a->digest));
	sg_fold_id(f, "config", a->config, sizeof(a->config));
	sg_fold_id(f, "policy", a->policy, sizeof(a->policy));
	a->agent = sg_fold_keep(f, "agent");
	a->owner = sg_fold_keep(f, "owner");
	a->opener = sg_fold_keep(f, "opener");
	a->say = sg_fold_keep(f, "say");
	sg_fold_asker(f, a);
	a->rule = sg_value_unhex(sg_fold_text_or(f, "rule_tag"));
	a->leaf = (uint64_t)sg_fold_int(f, "leaf");
	a->opened_ms = sg_fold_int(f, "opened");
	a->ends = sg_fold_deadline(f, "ends");
	a->state = (enum sg_approval_state)sg_fold_int(f, "state");
	read_people(f, a);
	sg_fold_methods(f, &a->requirement);
	read_proofs(f, a);
	read_said(f, a);
	if (sg_fold_text_or(f, "refusal").len > 0)
		a->refusal = sg_fold_keep(f, "refusal");
	a->task = sg_fold_task_of(f);
	struct sg_str labels = sg_fold_text_or(f, "labels"); /* snapshots of before do not say: what it has now */
	a->labels = labels.len > 0 ? sg_value_unhex(labels) : a->task != NULL ? sg_taint_tag(f->state, &a->task->taint) : 0;
	if (a->task == NULL || a->state < SG_APPROVAL_OPEN || a->state > SG_APPROVAL_EXPIRED)
		f->missing = "state";
	sg_take_place(f, &f->state->approvals, a->id, a, sg_end_approval);
	if (f->missing != NULL)
		return;
	bool stands = a->state == SG_APPROVAL_OPEN || a->state == SG_APPROVAL_GRANTED;
	a->task->approvals += stands;
	sg_approval_join(a);
	if (!sg_approval_stands_in(f->state, a))
		f->missing = "memory";
	f->state->open_approvals += stands;
}

/* A snapshot of before has the first alone. */
static bool
take_writers(struct sg_fold *f, struct sg_memory *m)
{
	const struct sg_json *list = sg_fold_get(f, "writers");
	bool good = list != NULL || sg_memory_writer(f->state, m, sg_str(m->agent));
	for (const struct sg_json *v = sg_json_first(list); v != NULL; v = sg_json_next(list, v)) {
		struct sg_str name;
		good = good && sg_json_string(v, &name) && sg_memory_writer(f->state, m, name);
	}
	return good;
}

static void
read_memory(struct sg_fold *f)
{
	struct sg_memory *m = sg_take_fresh(f, sizeof(*m));
	if (m == NULL)
		return;
	sg_fold_id(f, "id", m->id, sizeof(m->id));
	sg_take_taint(f, &m->taint);
	struct sg_str agent = sg_fold_text_or(f, "agent");
	m->agent = strndup(agent.len > 0 ? agent.ptr : "", agent.len);
	if (m->agent == NULL || !take_writers(f, m))
		f->missing = "memory";
	sg_take_place(f, &f->state->memories, m->id, m, sg_end_memory);
	if (f->missing == NULL && !sg_memory_begins(f->state, m))
		f->missing = "memory";
}

static const struct {
	const char *kind;
	void (*read)(struct sg_fold *);
} kinds[] = {
	{"instance", sg_read_instance_line}, {"domain", sg_read_domain_line}, {"kept", sg_read_kept_line}, {"task", sg_read_task_line}, {"tree", sg_read_tree_line}, {"source", sg_read_source_line}, {"mask", sg_read_mask_line}, {"duty", sg_read_duty_line},
	{"history", sg_read_history_line},	{"deeds", sg_read_deeds_line},
	{"account", read_account},   {"attempt", read_attempt},	  {"lease", read_lease},     {"approval", read_approval}, {"memory", read_memory},
	{"agent", sg_read_agent_line},	     {"human", sg_read_human_line}, {"enrolment", sg_read_enrolment_line},	  {"killed", sg_read_killed_line}, {"ending", sg_read_ending_line}, {"cut", sg_read_cut_line}, {"hold", sg_read_hold_line},
};

static void
read_steady(struct sg_fold *f)
{
	struct sg_fold inner = {.body = sg_fold_get(f, "steady_at")};
	struct sg_steady *s = &f->state->steady;
	int64_t wall_ms = sg_fold_int(&inner, "wall"), boot_ms = sg_fold_int(&inner, "boot");
	s->ms = sg_fold_int(f, "steady");
	if (!sg_fold_time(s->ms) || !sg_fold_time(wall_ms) || !sg_fold_time(boot_ms))
		f->missing = "steady";
	else
		s->at = (struct sg_clock){wall_ms, boot_ms * SG_MSEC};
	sg_fold_id(&inner, "boot_id", s->boot_id, sizeof(s->boot_id));
	if (inner.missing != NULL)
		f->missing = inner.missing;
}

static void
read_head(struct sg_fold *f, struct sg_snapshot_head *head)
{
	char key[33];
	sg_state_fingerprint(f->state, key);
	if (!sg_str_is(sg_fold_text(f, "key"), key))
		f->missing = "this state's key";
	if (sg_fold_int(f, "format") != 1)
		f->missing = "a format this version knows";
	f->state->killed_all = sg_fold_flag(f, "killed_all");
	f->state->cleansed = (uint64_t)sg_fold_int_or(f, "cleansed", 0);
	head->leaf = (uint64_t)sg_fold_int(f, "leaf");
	read_steady(f);
	head->at_ms = sg_fold_int(f, "at");
	if (!sg_unhex(head->chain, sizeof(head->chain), sg_fold_text(f, "chain")))
		f->missing = "chain";
}

static bool
read_body(struct sg_fold *f)
{
	struct sg_str kind = sg_fold_text(f, "k");
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (sg_str_is(kind, kinds[i].kind)) {
			kinds[i].read(f);
			return f->missing == NULL;
		}
	return false;
}

enum sg_status
sg_snapshot_read(struct sg_state *state, struct sg_str text, struct sg_snapshot_head *head, struct sg_err *err)
{
	static const struct sg_json_limits limits = {.bytes = SG_SNAPSHOT_LINE, .nodes = 1 << 16};
	struct sg_str rest = text;
	int64_t lines = 0, said = -1;
	bool good = true, ended = false;
	while (good && !ended && rest.len > 0) {
		struct sg_arena arena;
		struct sg_fold f = {.state = state};
		sg_arena_init(&arena, LINE_BUDGET);
		sg_pulse_beat();
		good = sg_canon_parse(&arena, sg_str_cut(&rest, '\n'), &limits, &f.body, NULL) == SG_OK;
		ended = good && sg_json_is(f.body, "k", "end") && sg_json_int(sg_json_get(f.body, "lines"), &said);
		if (good && lines == 0) {
			read_head(&f, head);
			good = f.missing == NULL && sg_json_is(f.body, "k", "snapshot");
		} else if (good && !ended) {
			good = read_body(&f);
		}
		lines += !ended;
		sg_arena_done(&arena);
	}
	if (good && ended && said == lines && rest.len == 0)
		return SG_OK;
	return sg_fail(err, SG_MALFORMED, "snapshot_form", "line %lld of the snapshot is not what it must be", (long long)lines + 1);
}
