/* SPDX-License-Identifier: Apache-2.0
 * Domains, folded: what the kernel keeps apart. Labels, freezes and counts belong to a domain and its tasks; which domain a task is in stands in the leaf
 * that opened or claimed it. In a leaf of before it is its instance. */
#include "gate/state/fold_in.h"

#include "base/str.h"

#include <stdio.h>
#include <stdlib.h>

struct sg_domain *
sg_fold_domain_of(struct sg_fold *f, struct sg_str id)
{
	struct sg_domain *d = sg_table_get(&f->state->domains, id);
	if (d != NULL)
		return d;
	d = calloc(1, sizeof(*d));
	if (d == NULL || id.len == 0 || id.len >= sizeof(d->id)) {
		free(d);
		f->missing = "domain";
		return NULL;
	}
	memcpy(d->id, id.ptr, id.len);
	sg_fold_put(f, &f->state->domains, d->id, d);
	return d;
}

void
sg_domain_call(struct sg_fold *f, struct sg_domain *d, struct sg_str name)
{
	name.len = name.len < SG_DOMAIN_NAME ? name.len : SG_DOMAIN_NAME - 1;
	if (d->name != NULL && sg_str_is(name, d->name))
		return;
	sg_session_leave(f->state, d);
	sg_user_leave(f->state, d);
	free(d->name);
	d->name = strndup(name.len > 0 ? name.ptr : "", name.len);
	if (d->name == NULL || !sg_session_enter(f->state, d) || !sg_user_enter(f->state, d))
		f->missing = "memory";
}

static void
read_stanza(struct sg_fold *f, struct sg_domain *d)
{
	const struct sg_json *json = sg_fold_get(f, "domain");
	struct sg_fold inner = *f;
	inner.body = json;
	if (json == NULL || json->type != SG_JSON_OBJECT)
		return;
	struct sg_str kind = sg_fold_text(&inner, "kind"), name = sg_fold_text(&inner, "name");
	int64_t fade_ms = sg_fold_int(&inner, "fade");
	if (!sg_str_is(kind, d->kind))
		sg_user_leave(f->state, d);
	snprintf(d->kind, sizeof(d->kind), "%.*s", SG_STR_ARG(kind));
	sg_domain_call(f, d, name);
	if (!sg_ring_is_in(&d->of_user) && !sg_user_enter(f->state, d))
		f->missing = "memory";
	if (d->fade_ms >= 0 && (fade_ms < 0 || fade_ms > d->fade_ms)) /* of several stanzas the slowest; below 0: never */
		d->fade_ms = fade_ms;
	f->missing = inner.missing;
}

struct sg_domain *
sg_fold_domain_named(struct sg_fold *f)
{
	struct sg_str id = {"", 0};
	sg_json_string(sg_json_get(sg_fold_get(f, "domain"), "id"), &id);
	struct sg_domain *d = sg_fold_domain_of(f, id.len > 0 ? id : sg_fold_text(f, "instance"));
	if (d != NULL)
		read_stanza(f, d);
	if (d != NULL && d->tasks == 0)
		sg_domain_join_kin(f, d);
	return d;
}

void
sg_domain_enter(struct sg_domain *d, struct sg_task *task)
{
	task->domain = d;
	d->refs++;
	d->tasks += task->state <= SG_TASK_FROZEN;
	if (d->tasks > 0)
		d->idle_ms = 0;
}

void
sg_domain_leave(struct sg_task *task, int64_t steady_ms)
{
	struct sg_domain *d = task->domain;
	if (d == NULL)
		return;
	sg_ring_leave(&task->of_domain);
	d->refs--;
	if (task->state <= SG_TASK_FROZEN)
		sg_domain_ended(d, steady_ms);
	task->domain = NULL;
}

void
sg_domain_ended(struct sg_domain *d, int64_t steady_ms)
{
	d->tasks--;
	d->idle_ms = d->tasks == 0 ? steady_ms : 0;
}

void
sg_domain_free(struct sg_state *state, struct sg_domain *d)
{
	if (d == NULL)
		return;
	sg_session_leave(state, d);
	sg_user_leave(state, d);
	free(d->name);
	sg_taint_free(&d->taint);
	sg_kept_free(&d->kept);
	sg_counted_free(&d->denials);
	sg_counted_free(&d->step_ups);
	free(d);
}

bool
sg_domain_carries(const struct sg_domain *d)
{
	return d->frozen || d->taint.count > 0 || sg_kept_any(&d->kept) || d->taint.sensitivity > SG_PUBLIC || d->denials.next > 0 || d->step_ups.next > 0;
}

static void
freeze_one(struct sg_domain *d, int64_t at_ms)
{
	if (!d->frozen)
		d->frozen_ms = at_ms;
	d->frozen = true;
	for (struct sg_task *t = NULL; (t = sg_domain_open(d, t)) != NULL; sg_task_counts(t))
		if (t->state != SG_TASK_FROZEN && sg_task_may_become(t->state, SG_TASK_FROZEN)) {
			t->state = SG_TASK_FROZEN;
			t->by_domain = true;
		}
}

static void
freeze(const struct sg_fold *f, struct sg_domain *domain)
{
	freeze_one(domain, f->at_ms);
	for (struct sg_domain *d = NULL; (d = sg_domain_kin(f->state, domain, d)) != NULL;)
		if (d->tasks > 0)
			freeze_one(d, f->at_ms);
}

static void
thaw(struct sg_state *state, struct sg_domain *d)
{
	sg_state_stirs(state);
	d->frozen = false;
	sg_counted_free(&d->denials);
	sg_counted_free(&d->step_ups);
	for (struct sg_task *t = NULL; (t = sg_domain_open(d, t)) != NULL; sg_task_counts(t))
		if (t->by_domain && t->state == SG_TASK_FROZEN) {
			t->state = SG_TASK_OPEN;
			t->by_domain = false;
		}
}

static void
cleanse(struct sg_domain *d)
{
	uint64_t seq = d->taint.seq + 1;
	sg_taint_free(&d->taint);
	sg_kept_free(&d->kept);
	d->taint.seq = seq;
	d->since_ms = 0;
}

/* Nothing of what it carried is left; the sweep forgets it once no task names it. */
static void
fade(struct sg_state *state, struct sg_domain *d)
{
	thaw(state, d);
	cleanse(d);
}

void
sg_fold_kind_domain(struct sg_fold *f)
{
	struct sg_str event = sg_fold_text(f, "event");
	struct sg_domain *d = sg_table_get(&f->state->domains, sg_fold_text(f, "domain"));
	if (sg_str_is(event, "frozen"))
		freeze(f, d);
	else if (sg_str_is(event, "thaw"))
		thaw(f->state, d);
	else if (sg_str_is(event, "cleanse")) {
		f->state->cleansed = f->number;
		cleanse(d);
	} else {
		f->state->faded = f->number;
		fade(f->state, d);
	}
}
