/* SPDX-License-Identifier: Apache-2.0
 * What a leaf stands on: asked before it is folded. */
#include "gate/state/enrolment.h"
#include "gate/state/fold_in.h"

#include "base/str.h"

const char *
sg_fold_asks_nothing(const struct sg_fold *f)
{
	(void)f;
	return NULL;
}

/* State belongs to the key it began with: another one would make other nonces, other tokens, and no old token would be known. */
const char *
sg_fold_asks_key(const struct sg_fold *f)
{
	char fingerprint[33];
	sg_state_fingerprint(f->state, fingerprint);
	return sg_str_is(sg_fold_text_or(f, "key"), fingerprint) ? NULL : "the fingerprint of this state.key: it is another state's";
}

const char *
sg_fold_asks_task(const struct sg_fold *f)
{
	return sg_state_task(f->state, sg_fold_text_or(f, "task")) != NULL ? NULL : "task";
}

const char *
sg_fold_asks_new_task(const struct sg_fold *f)
{
	const struct sg_task *before = sg_state_task(f->state, sg_fold_text_or(f, "task"));
	struct sg_str id = sg_fold_text_or(f, "parent");
	const struct sg_task *parent = sg_state_task(f->state, id);
	if (before != NULL && before->state <= SG_TASK_FROZEN)
		return "a new task id";
	if (id.len == 0)
		return NULL;
	return parent != NULL && parent != before && parent->depth < SG_DEPTH_MAX && parent->state <= SG_TASK_FROZEN ? NULL : "parent";
}

const char *
sg_fold_asks_plan(const struct sg_fold *f)
{
	const struct sg_json *steps = sg_fold_get(f, "steps");
	return steps->count > SG_PLAN_STEPS_MAX ? "steps" : sg_fold_asks_task(f);
}

/* A denial without a task leaves nothing but its record. */
const char *
sg_fold_asks_new_key(const struct sg_fold *f)
{
	struct sg_task *task = sg_state_task(f->state, sg_fold_text_or(f, "task"));
	return task == NULL || sg_table_get(&task->attempts, sg_fold_text_or(f, "key")) == NULL ? NULL : "a new key";
}

static bool
fit_groups(const struct sg_json *groups)
{
	for (const struct sg_json *g = sg_json_first(groups); g != NULL; g = sg_json_next(groups, g))
		if (g->name.len >= sizeof(((struct sg_requirement *)0)->groups[0].group))
			return false;
	return groups->count <= SG_APPROVAL_GROUPS;
}

static bool
fit_methods(const struct sg_json *methods)
{
	bool fit = methods == NULL || methods->count <= SG_APPROVAL_METHODS;
	for (const struct sg_json *m = sg_json_first(methods); fit && m != NULL; m = sg_json_next(methods, m)) {
		struct sg_str method = {"", 0};
		fit = sg_json_string(m, &method) && method.len > 0 && method.len < SG_APPROVAL_METHOD;
	}
	return fit;
}

static bool
is_one_of(struct sg_str event, const char *const *names)
{
	while (*names != NULL && !sg_str_is(event, *names))
		names++;
	return *names != NULL;
}

const char *
sg_fold_asks_approval(const struct sg_fold *f)
{
	static const char *const events[] = {"proof", "denied", "void", "expired", NULL};
	struct sg_str event = sg_fold_text_or(f, "event");
	const struct sg_approval *a = sg_state_approval(f->state, sg_fold_text_or(f, "approval"));
	if (sg_str_is(event, "open"))
		return a != NULL ? "a new approval" : !fit_groups(sg_fold_get(f, "groups")) ? "groups" : !fit_methods(sg_fold_get(f, "methods")) ? "methods" : sg_fold_asks_task(f);
	if (!is_one_of(event, events))
		return "event";
	if (a == NULL)
		return "approval";
	return sg_str_is(event, "proof") && a->proof_count == SG_APPROVAL_PROOFS ? "room for a proof" : NULL;
}

/* Behind what gives way to the one that is begun. */
static bool
has_room(const struct sg_fold *f)
{
	size_t count = 0, at = 0;
	for (const struct sg_enrolment *e; (e = sg_table_next(&f->state->enrolments, &at)) != NULL;)
		count += !sg_enrolment_gives_way(e, sg_fold_text_or(f, "admin"), sg_fold_text_or(f, "method"), f->at_ms);
	return count < SG_ENROLMENTS;
}

const char *
sg_fold_asks_enrolment(const struct sg_fold *f)
{
	static const char *const events[] = {"begun", "enrolled", "confirmed", "used", "revoked", NULL};
	struct sg_str event = sg_fold_text_or(f, "event");
	const struct sg_enrolment *e = sg_state_enrolment(f->state, sg_fold_text_or(f, "enrolment"));
	if (!is_one_of(event, events))
		return "event";
	if (sg_str_is(event, "begun"))
		return e != NULL ? "a new enrolment" : !has_room(f) ? "room for an enrolment" : NULL;
	if (e == NULL)
		return "enrolment";
	return !sg_str_is(event, "confirmed") || e->state != SG_ENROLMENT_begun ? NULL : "one that is enrolled";
}

const char *
sg_fold_asks_domain(const struct sg_fold *f)
{
	static const char *const events[] = {"frozen", "thaw", "cleanse", "faded", NULL};
	if (sg_table_get(&f->state->domains, sg_fold_text_or(f, "domain")) == NULL)
		return "domain";
	return is_one_of(sg_fold_text_or(f, "event"), events) ? NULL : "event";
}

const char *
sg_fold_asks_memory(const struct sg_fold *f)
{
	return sg_str_is(sg_fold_text_or(f, "event"), "forgotten") ? NULL : "event";
}
