/* SPDX-License-Identifier: Apache-2.0
 * The fold: what each kind of leaf does to the state. One function a kind, one table of kinds. */
#include "gate/fold.h"

#include "base/err.h"
#include "base/str.h"

#include <stdio.h>
#include <stdlib.h>

/* One leaf being folded. The first thing missing is remembered; a fold with something missing is refused whole. */
struct fold {
	struct sg_state *state;
	const struct sg_json *body;
	uint64_t number;
	int64_t at_ms;
	const char *missing;
	struct sg_str config, policy;
};

static struct sg_str
text(struct fold *f, const char *name)
{
	struct sg_str out = {"", 0};
	if (!sg_json_string(sg_json_get(f->body, name), &out))
		f->missing = name;
	return out;
}

static bool
flag(struct fold *f, const char *name)
{
	bool out = false;
	if (!sg_json_bool(sg_json_get(f->body, name), &out))
		f->missing = name;
	return out;
}

static char *
keep(struct fold *f, const char *name)
{
	struct sg_str from = text(f, name);
	char *copy = strndup(from.len == 0 ? "" : from.ptr, from.len);
	if (copy == NULL)
		f->missing = "memory";
	return copy;
}

static void
copy_id(struct fold *f, const char *name, char *out, size_t room)
{
	struct sg_str from = text(f, name);
	if (from.len >= room) {
		f->missing = name;
		return;
	}
	memcpy(out, from.ptr, from.len);
	out[from.len] = '\0';
}

/* Boot time holds within a boot; in another one only the wall clock is left. */
static struct sg_deadline
deadline(struct fold *f, const char *name)
{
	const struct sg_json *pair = sg_json_get(f->body, name);
	int64_t wall_ms = 0, boot_ms = 0;
	struct sg_str boot;
	if (!sg_json_int(sg_json_get(pair, "wall"), &wall_ms) || !sg_json_int(sg_json_get(pair, "boot"), &boot_ms) ||
	    !sg_json_string(sg_json_get(pair, "boot_id"), &boot)) {
		f->missing = name;
		return (struct sg_deadline){0, 0};
	}
	if (sg_str_is(boot, f->state->boot_id))
		return (struct sg_deadline){wall_ms, boot_ms * SG_MSEC};
	return (struct sg_deadline){wall_ms, f->state->now.boot + (wall_ms - f->state->now.wall_ms) * SG_MSEC};
}

static struct sg_task *
task_of(struct fold *f)
{
	struct sg_task *task = sg_state_task(f->state, text(f, "task"));
	if (task == NULL)
		f->missing = "task";
	return task;
}

static void
put(struct fold *f, struct sg_table *table, const char *key, void *value)
{
	if (sg_table_put(table, sg_str(key), value) != SG_OK)
		f->missing = "memory";
}

/* ---- taint ---- */

static void
raise_taint(struct sg_taint *taint, enum sg_sensitivity level)
{
	if (level > taint->sensitivity) {
		taint->sensitivity = level;
		taint->seq++;
	}
}

static void
add_label(struct fold *f, struct sg_taint *taint, struct sg_str label)
{
	if (sg_taint_has(taint, label))
		return;
	taint->seq++;
	if (taint->count == SG_LABELS_MAX - 1) { /* no room to say what: the worst is assumed and said */
		label = SG_STR("overflow");
		taint->sensitivity = SG_RESTRICTED;
	}
	if (taint->count == SG_LABELS_MAX)
		return;
	char *copy = strndup(label.ptr, label.len < SG_LABEL_MAX ? label.len : SG_LABEL_MAX);
	if (copy == NULL)
		f->missing = "memory";
	else
		taint->labels[taint->count++] = copy;
}

static void
spread(struct fold *f, struct sg_task *task)
{
	const struct sg_json *labels = sg_json_get(f->body, "taint");
	enum sg_sensitivity level = sg_sensitivity_named(text(f, "sensitivity"));
	struct sg_taint *both[] = {&task->taint, &task->instance->taint};
	for (int i = 0; i < 2; i++) {
		raise_taint(both[i], level);
		for (const struct sg_json *l = sg_json_first(labels); l != NULL; l = sg_json_next(labels, l)) {
			struct sg_str label;
			if (sg_json_string(l, &label))
				add_label(f, both[i], label);
		}
	}
}

/* ---- tasks ---- */

static struct sg_instance *
instance_of(struct fold *f)
{
	struct sg_str id = text(f, "instance");
	struct sg_instance *instance = sg_table_get(&f->state->instances, id);
	if (instance != NULL)
		return instance;
	instance = calloc(1, sizeof(*instance));
	if (instance == NULL) {
		f->missing = "memory";
		return NULL;
	}
	copy_id(f, "instance", instance->id, sizeof(instance->id));
	put(f, &f->state->instances, instance->id, instance);
	return instance;
}

/* A clean new task in a poisoned instance starts tainted. */
static void
inherit(struct fold *f, struct sg_task *task)
{
	const struct sg_taint *from = &task->instance->taint;
	raise_taint(&task->taint, from->sensitivity);
	for (size_t i = 0; i < from->count; i++)
		add_label(f, &task->taint, sg_str(from->labels[i]));
}

static void
fold_task(struct fold *f)
{
	if (sg_state_task(f->state, text(f, "task")) != NULL) {
		f->missing = "a new task id";
		return;
	}
	struct sg_task *task = calloc(1, sizeof(*task));
	if (task == NULL) {
		f->missing = "memory";
		return;
	}
	copy_id(f, "task", task->id, sizeof(task->id));
	task->agent = keep(f, "agent");
	task->intent = keep(f, "intent");
	task->environment = keep(f, "environment");
	task->opener = keep(f, "opener");
	task->enforcer = keep(f, "enforcer");
	task->asserted = flag(f, "asserted");
	task->instance = instance_of(f);
	if (!sg_json_int(sg_json_get(f->body, "uid"), &task->uid))
		f->missing = "uid";
	task->opened_ms = f->at_ms;
	task->ends = deadline(f, "ends");
	task->generation = 1;
	sg_table_init(&task->attempts, f->state->tasks.seed);
	if (f->missing != NULL || task->instance == NULL) {
		sg_task_free(f->state, task);
		return;
	}
	inherit(f, task);
	task->instance->tasks++;
	task->instance->refs++;
	task->instance->seen_ms = f->at_ms;
	f->state->open_tasks++;
	put(f, &f->state->tasks, task->id, task);
}

static void
end_lease(struct sg_state *state, struct sg_lease *lease, enum sg_lease_state to)
{
	bool was_live = lease->state == SG_LEASE_PENDING || lease->state == SG_LEASE_ACTIVE;
	if (to > lease->state)
		lease->state = to;
	if (was_live && lease->state >= SG_LEASE_REVOKING)
		state->live_leases--;
}

static void
end_approval(struct sg_state *state, struct sg_approval *approval, enum sg_approval_state to)
{
	if (approval->state != SG_APPROVAL_OPEN && approval->state != SG_APPROVAL_GRANTED && to != SG_APPROVAL_VOID)
		return;
	if (approval->state == SG_APPROVAL_OPEN || approval->state == SG_APPROVAL_GRANTED)
		state->open_approvals--;
	approval->state = to;
}

/* Everything that hangs on the tasks for which `hit` is true ends with them. */
static void
end_tasks(struct fold *f, enum sg_task_state to, bool (*hit)(const struct sg_task *, const void *), const void *what)
{
	struct sg_state *state = f->state;
	size_t at = 0;
	for (struct sg_lease *l; (l = sg_table_next(&state->leases, &at)) != NULL;)
		if (hit(l->task, what))
			end_lease(state, l, SG_LEASE_REVOKING);
	at = 0;
	for (struct sg_approval *a; (a = sg_table_next(&state->approvals, &at)) != NULL;)
		if (hit(a->task, what))
			end_approval(state, a, SG_APPROVAL_VOID);
	at = 0;
	for (struct sg_task *t; (t = sg_table_next(&state->tasks, &at)) != NULL;) {
		if (!hit(t, what) || t->state >= SG_TASK_CLOSED)
			continue;
		t->state = to;
		t->ended_ms = f->at_ms;
		t->instance->tasks--;
		state->open_tasks--;
	}
}

static bool
is_task(const struct sg_task *task, const void *what)
{
	return task == what;
}

static bool
is_agents(const struct sg_task *task, const void *what)
{
	return sg_str_is(*(const struct sg_str *)what, task->agent);
}

static bool
is_any(const struct sg_task *task, const void *what)
{
	(void)task;
	(void)what;
	return true;
}

static void
fold_task_end(struct fold *f)
{
	struct sg_task *task = task_of(f);
	if (task == NULL)
		return;
	if (sg_str_is(text(f, "how"), "frozen")) {
		if (task->state == SG_TASK_OPEN)
			task->state = SG_TASK_FROZEN;
		return;
	}
	end_tasks(f, SG_TASK_CLOSED, is_task, task);
}

static void
fold_kill(struct fold *f)
{
	struct sg_str agent = text(f, "agent");
	bool all = flag(f, "all"), lift = flag(f, "lift");
	if (lift) {
		if (all)
			f->state->killed_all = false;
		else
			free(sg_table_take(&f->state->killed, agent));
		return;
	}
	if (all) {
		f->state->killed_all = true;
		end_tasks(f, SG_TASK_KILLED, is_any, NULL);
		return;
	}
	if (sg_table_get(&f->state->killed, agent) == NULL) {
		char *name = keep(f, "agent");
		if (name != NULL)
			put(f, &f->state->killed, name, name);
	}
	end_tasks(f, SG_TASK_KILLED, is_agents, &agent);
}

/* ---- decisions ---- */

static void
remember(struct fold *f, const struct sg_task *task)
{
	struct sg_history *h = sg_table_get(&f->state->histories, sg_str(task->agent));
	if (h == NULL) {
		h = calloc(1, sizeof(*h));
		if (h == NULL || (h->agent = strdup(task->agent)) == NULL) {
			free(h);
			f->missing = "memory";
			return;
		}
		put(f, &f->state->histories, h->agent, h);
	}
	size_t slot = (size_t)(h->next++ % SG_HISTORY_MAX);
	free(h->events[slot].action);
	h->events[slot].action = keep(f, "action");
	h->events[slot].at_ms = f->at_ms;
	memcpy(h->events[slot].task, task->id, sizeof(h->events[slot].task));
}

static struct sg_attempt *
attempt_of(struct fold *f, struct sg_task *task)
{
	struct sg_attempt *attempt = calloc(1, sizeof(*attempt));
	if (attempt == NULL) {
		f->missing = "memory";
		return NULL;
	}
	copy_id(f, "key", attempt->key, sizeof(attempt->key));
	copy_id(f, "asked", attempt->asked, sizeof(attempt->asked));
	copy_id(f, "digest", attempt->digest, sizeof(attempt->digest));
	copy_id(f, "asker", attempt->asker, sizeof(attempt->asker));
	copy_id(f, "approval", attempt->approval, sizeof(attempt->approval));
	struct sg_str code = text(f, "code");
	attempt->reason = sg_reason_named(code.ptr, code.len);
	attempt->use_by = deadline(f, "use_by");
	const struct sg_json *obligations = sg_json_get(f->body, "obligations");
	if (obligations == NULL)
		f->missing = "obligations";
	attempt->plain = !flag(f, "narrowed") && obligations != NULL && obligations->count == 0;
	attempt->task = task;
	char tail[SG_ID_MAX];
	copy_id(f, "tail", tail, 17);
	snprintf(attempt->decision, sizeof(attempt->decision), "d%llu-%.16s", (unsigned long long)f->number, tail);
	return attempt;
}

static void
new_lease(struct fold *f, struct sg_attempt *attempt, const struct sg_json *stanza)
{
	struct fold inner = *f;
	inner.body = stanza;
	struct sg_lease *lease = calloc(1, sizeof(*lease));
	if (lease == NULL) {
		f->missing = "memory";
		return;
	}
	copy_id(&inner, "id", lease->id, sizeof(lease->id));
	lease->issuer = keep(&inner, "issuer");
	lease->audience = keep(&inner, "audience");
	lease->ends = deadline(&inner, "ends");
	lease->agent = strdup(attempt->task->agent);
	lease->task = attempt->task;
	memcpy(lease->decision, attempt->decision, sizeof(lease->decision));
	memcpy(lease->approval, attempt->approval, sizeof(lease->approval));
	memcpy(lease->digest, attempt->digest, sizeof(lease->digest));
	memcpy(attempt->lease, lease->id, sizeof(lease->id));
	f->missing = inner.missing;
	put(f, &f->state->leases, lease->id, lease);
	f->state->live_leases++;
}

static void
fold_allow(struct fold *f, struct sg_task *task, struct sg_attempt *attempt)
{
	const struct sg_json *lease = sg_json_get(f->body, "lease");
	struct sg_approval *approval = sg_state_approval(f->state, sg_str(attempt->approval));
	attempt->state = SG_ATTEMPT_ALLOWED;
	spread(f, task);
	remember(f, task);
	if (approval != NULL)
		end_approval(f->state, approval, SG_APPROVAL_CONSUMED);
	if (lease != NULL && lease->type == SG_JSON_OBJECT)
		new_lease(f, attempt, lease);
}

static void
fold_decision(struct fold *f)
{
	struct sg_str verdict = text(f, "verdict");
	struct sg_task *task = sg_state_task(f->state, text(f, "task"));
	if (task == NULL) /* a denial without a task leaves nothing but its record */
		return;
	struct sg_attempt *attempt = attempt_of(f, task);
	if (attempt == NULL)
		return;
	attempt->state = sg_str_is(verdict, "step_up") ? SG_ATTEMPT_STEP_UP : SG_ATTEMPT_DENIED;
	if (sg_str_is(verdict, "allow"))
		fold_allow(f, task, attempt);
	if (sg_table_get(&task->attempts, sg_str(attempt->key)) != NULL) {
		f->missing = "a new key";
		return;
	}
	put(f, &task->attempts, attempt->key, attempt);
	put(f, &f->state->decisions, attempt->decision, attempt);
}

static void
fold_withheld(struct fold *f)
{
	struct sg_attempt *attempt = sg_state_decision(f->state, text(f, "decision"));
	struct sg_lease *lease = sg_state_lease(f->state, text(f, "lease"));
	struct sg_str code = text(f, "code");
	if (attempt != NULL) {
		attempt->state = SG_ATTEMPT_WITHHELD;
		attempt->reason = sg_reason_named(code.ptr, code.len);
	}
	if (lease != NULL)
		end_lease(f->state, lease, SG_LEASE_REVOKING);
	/* an allow whose record was lost with a failed sync: what it read still counts */
	struct sg_task *task = sg_state_task(f->state, text(f, "task"));
	if (task != NULL)
		spread(f, task);
}

static void
fold_lease(struct fold *f)
{
	struct sg_lease *lease = sg_state_lease(f->state, text(f, "lease"));
	struct sg_str to = text(f, "state");
	if (lease == NULL)
		return;
	if (sg_str_is(to, "active") && lease->state == SG_LEASE_PENDING)
		lease->state = SG_LEASE_ACTIVE;
	else if (sg_str_is(to, "revoking"))
		end_lease(f->state, lease, SG_LEASE_REVOKING);
	else if (sg_str_is(to, "dead"))
		end_lease(f->state, lease, SG_LEASE_DEAD);
}

static void
fold_outcome(struct fold *f)
{
	struct sg_attempt *attempt = sg_state_decision(f->state, text(f, "decision"));
	struct sg_task *task = sg_state_task(f->state, text(f, "task"));
	if (attempt != NULL) {
		attempt->outcome = true;
		copy_id(f, "result", attempt->result, sizeof(attempt->result));
	}
	if (task != NULL)
		spread(f, task);
}

/* ---- approvals ---- */

static void
read_requirement(struct fold *f, struct sg_approval *approval)
{
	const struct sg_json *groups = sg_json_get(f->body, "groups");
	for (const struct sg_json *g = sg_json_first(groups); g != NULL; g = sg_json_next(groups, g)) {
		size_t i = approval->requirement.count;
		if (i == SG_APPROVAL_GROUPS || g->name.len >= sizeof(approval->requirement.groups[i].group) ||
		    !sg_json_int(g, &approval->requirement.groups[i].quorum)) {
			f->missing = "groups";
			return;
		}
		memcpy(approval->requirement.groups[i].group, g->name.ptr, g->name.len);
		approval->requirement.count++;
	}
}

static void
open_approval(struct fold *f)
{
	struct sg_approval *a = calloc(1, sizeof(*a));
	if (a == NULL) {
		f->missing = "memory";
		return;
	}
	copy_id(f, "approval", a->id, sizeof(a->id));
	copy_id(f, "asked", a->asked, sizeof(a->asked));
	copy_id(f, "digest", a->digest, sizeof(a->digest));
	memcpy(a->config, f->config.ptr, f->config.len < SG_SHA256_HEX ? f->config.len : 0);
	memcpy(a->policy, f->policy.ptr, f->policy.len < SG_SHA256_HEX ? f->policy.len : 0);
	a->agent = keep(f, "agent");
	a->owner = keep(f, "owner");
	a->opener = keep(f, "opener");
	a->say = keep(f, "say");
	a->leaf = f->number;
	a->task = task_of(f);
	a->opened_ms = f->at_ms;
	a->ends = deadline(f, "ends");
	read_requirement(f, a);
	if (f->missing != NULL) {
		sg_approval_free(a);
		return;
	}
	f->state->open_approvals++;
	put(f, &f->state->approvals, a->id, a);
}

static void
add_proof(struct fold *f, struct sg_approval *a)
{
	if (a->proof_count == SG_APPROVAL_PROOFS) {
		f->missing = "room for a proof";
		return;
	}
	copy_id(f, "human", a->proofs[a->proof_count].human, sizeof(a->proofs[0].human));
	copy_id(f, "group", a->proofs[a->proof_count].group, sizeof(a->proofs[0].group));
	a->proofs[a->proof_count++].at_ms = f->at_ms;
	if (sg_requirement_met(&a->requirement, a) && a->state == SG_APPROVAL_OPEN)
		a->state = SG_APPROVAL_GRANTED;
}

static void
fold_approval(struct fold *f)
{
	struct sg_str event = text(f, "event");
	struct sg_approval *a = sg_state_approval(f->state, text(f, "approval"));
	if (sg_str_is(event, "open"))
		open_approval(f);
	else if (a == NULL)
		f->missing = "approval";
	else if (sg_str_is(event, "proof"))
		add_proof(f, a);
	else if (sg_str_is(event, "denied"))
		end_approval(f->state, a, SG_APPROVAL_DENIED);
	else if (sg_str_is(event, "void"))
		end_approval(f->state, a, SG_APPROVAL_VOID);
	else if (sg_str_is(event, "expired"))
		end_approval(f->state, a, SG_APPROVAL_EXPIRED);
	else
		f->missing = "event";
}

bool
sg_requirement_met(const struct sg_requirement *requirement, const struct sg_approval *approval)
{
	if (requirement->count == 0)
		return false;
	for (size_t i = 0; i < requirement->count; i++) {
		int64_t have = 0;
		for (size_t p = 0; p < approval->proof_count; p++)
			have += strcmp(approval->proofs[p].group, requirement->groups[i].group) == 0;
		if (have < requirement->groups[i].quorum)
			return false;
	}
	return true;
}

/* ---- the table ---- */

/* State belongs to the key it began with: another one would make other nonces, other tokens, and no old token would be known. */
static void
fold_start(struct fold *f)
{
	char fingerprint[33];
	sg_state_fingerprint(f->state, fingerprint);
	if (!sg_str_is(text(f, "key"), fingerprint))
		f->missing = "the fingerprint of this state.key: it is another state's";
}

static void
fold_nothing(struct fold *f)
{
	(void)f; /* told to those who read, means nothing to the state */
}

static const struct {
	const char *kind;
	void (*fold)(struct fold *);
} kinds[] = {
#define X(name, function, text) {#name, fold_##function},
	SG_LEAF_KINDS(X)
#undef X
};

enum sg_status
sg_state_fold(struct sg_state *state, const struct sg_record *record, struct sg_err *err)
{
	struct fold f = {.state = state, .body = sg_json_get(record->json, "body"), .number = record->number};
	struct sg_str kind = {NULL, 0};
	int64_t n = 0;
	sg_json_string(sg_json_get(record->json, "kind"), &kind);
	sg_json_string(sg_json_get(record->json, "config"), &f.config);
	sg_json_string(sg_json_get(record->json, "policy"), &f.policy);
	if (!sg_json_int(sg_json_get(record->json, "at"), &f.at_ms) || !sg_json_int(sg_json_get(record->json, "n"), &n))
		f.missing = "at";
	f.number = (uint64_t)n;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!sg_str_is(kind, kinds[i].kind))
			continue;
		kinds[i].fold(&f);
		if (f.missing != NULL)
			return sg_fail(err, SG_BUG, "state_form", "leaf %lld (%s) lacks %s", (long long)n, kinds[i].kind, f.missing);
		return SG_OK;
	}
	return sg_fail(err, SG_BUG, "state_kind", "leaf %lld is of a kind this version does not know", (long long)n);
}
