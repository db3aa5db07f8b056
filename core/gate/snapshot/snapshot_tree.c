/* SPDX-License-Identifier: Apache-2.0
 * Lines of a snapshot about tasks: instances, tasks, trees, their values and pasts. */
#include "gate/snapshot/snapshot_out.h"

#include "base/str.h"
#include "gate/state/grant.h"
#include "gate/state/values.h"
#include "gate/state/hearers.h"

#include <stdlib.h>

enum { EVENTS_OF_LINE = 256, VALUES_OF_LINE = 4096 };

/* Agent, what it rested on, how surely. The oldest first, so that reading them again leaves the same one to be written over. */
static void
write_shown(struct sg_json_writer *w, const struct sg_instance *i)
{
	char hex[17];
	sg_jw_name(w, "shown");
	sg_jw_array(w);
	for (size_t n = 0; n < SG_SHOWN; n++) {
		const struct sg_shown *s = &i->shown[(i->shown_next + n) % SG_SHOWN];
		if (s->rests_on == 0)
			continue;
		sg_jw_array(w);
		sg_value_hex(s->agent, hex);
		sg_jw_text(w, hex);
		sg_value_hex(s->rests_on, hex);
		sg_jw_text(w, hex);
		sg_jw_text(w, sg_strength_name(s->strength));
		sg_jw_end(w);
	}
	sg_jw_end(w);
}

void
sg_snapshot_instance(struct sg_snapshot_out *o, const void *value)
{
	const struct sg_instance *i = value;
	sg_line_begin(o);
	sg_jw_member_text(&o->w, "group", i->group != NULL ? i->group : "");
	sg_jw_member_text(&o->w, "id", i->id);
	sg_jw_member_text(&o->w, "k", "instance");
	sg_line_labels(&o->w, &i->taint);
	sg_jw_member_int(&o->w, "pid", i->pid);
	sg_jw_member_int(&o->w, "seen", i->seen_ms);
	sg_line_level(&o->w, i->taint.sensitivity);
	write_shown(&o->w, i);
	sg_jw_member_int(&o->w, "start", i->start_time);
	sg_jw_member_int(&o->w, "uid", i->uid);
	sg_line_end(o);
}

void
sg_snapshot_domain(struct sg_snapshot_out *o, const void *value)
{
	const struct sg_domain *d = value;
	sg_line_begin(o);
	sg_line_counted(&o->w, "denials", &d->denials);
	sg_jw_member_int(&o->w, "fade", d->fade_ms);
	sg_jw_member_bool(&o->w, "frozen", d->frozen);
	sg_jw_member_int(&o->w, "frozen_at", d->frozen_ms);
	sg_jw_member_text(&o->w, "id", d->id);
	sg_jw_member_int(&o->w, "idle", d->idle_ms);
	sg_jw_member_text(&o->w, "k", "domain");
	sg_jw_member_text(&o->w, "kind", d->kind);
	sg_line_labels(&o->w, &d->taint);
	sg_jw_member_text(&o->w, "name", d->name != NULL ? d->name : "");
	sg_line_level(&o->w, d->taint.sensitivity);
	sg_jw_member_int(&o->w, "since", d->since_ms);
	sg_jw_member_int(&o->w, "spread", (int64_t)d->spread);
	sg_line_counted(&o->w, "step_ups", &d->step_ups);
	sg_line_end(o);
}

/* Second and number, of those in which there was something. */
static void
write_burst(struct sg_json_writer *w, const struct sg_burst *burst)
{
	sg_jw_name(w, "opened_in");
	sg_jw_array(w);
	for (int64_t s = burst == NULL ? 1 : burst->second - SG_BURST_SECONDS; burst != NULL && s <= burst->second; s++) {
		if (s < 0 || burst->of[s % (SG_BURST_SECONDS + 1)] == 0)
			continue;
		sg_jw_int(w, s);
		sg_jw_int(w, burst->of[s % (SG_BURST_SECONDS + 1)]);
	}
	sg_jw_end(w);
}

static int
by_end(const void *a, const void *b)
{
	const struct sg_hearer *one = *(const struct sg_hearer *const *)a, *other = *(const struct sg_hearer *const *)b;
	if (one->until_ms != other->until_ms)
		return one->until_ms < other->until_ms ? -1 : 1;
	return strcmp(one->domain->id, other->domain->id);
}

/* Of a root: who worked in its tree not long ago, and when that ended. Those who do are found by their tasks. */
static void
write_heard(struct sg_snapshot_out *o, const struct sg_hearers *hearers)
{
	size_t count = 0, most = hearers == NULL ? 0 : hearers->by_domain.count;
	const struct sg_hearer **all = most == 0 ? NULL : malloc(most * sizeof(*all));
	o->failed |= most > 0 && all == NULL;
	for (const struct sg_ring *at = all == NULL ? NULL : &hearers->over; all != NULL && (at = sg_ring_after(&hearers->over, at)) != NULL;)
		all[count++] = SG_RING_OF(at, struct sg_hearer, of_over);
	if (count > 0)
		qsort(all, count, sizeof(*all), by_end); /* those who ended at once, in no order */
	sg_jw_name(&o->w, "heard");
	if (hearers == NULL) { /* no part was handed on yet: the root's own end is heard by nobody else */
		sg_jw_null(&o->w);
		return;
	}
	sg_jw_array(&o->w);
	for (size_t i = 0; i < count; i++) {
		sg_jw_array(&o->w);
		sg_jw_text(&o->w, all[i]->domain->id);
		sg_jw_int(&o->w, all[i]->until_ms);
		sg_jw_end(&o->w);
	}
	sg_jw_end(&o->w);
	free(all);
}

void
sg_snapshot_task(struct sg_snapshot_out *o, const void *value)
{
	const struct sg_task *t = value;
	sg_line_begin(o);
	sg_jw_member_text(&o->w, "agent", t->agent);
	sg_jw_member_text(&o->w, "asked", t->asked);
	sg_jw_member_bool(&o->w, "asserted", t->asserted);
	sg_jw_member_bool(&o->w, "by_domain", t->by_domain);
	sg_jw_member_bool(&o->w, "claimed", t->claimed);
	sg_jw_member_int(&o->w, "denied", t->denied);
	sg_jw_member_text(&o->w, "domain", t->domain->id);
	sg_jw_member_int(&o->w, "ended", t->ended_ms);
	sg_line_deadline(o, "ends", &t->ends);
	sg_jw_member_text(&o->w, "enforcer", t->enforcer);
	sg_jw_member_text(&o->w, "environment", t->environment);
	sg_jw_member_int(&o->w, "generation", t->generation);
	sg_jw_name(&o->w, "grant");
	t->grant != NULL ? sg_jw_raw(&o->w, t->grant->text) : sg_jw_null(&o->w);
	write_heard(o, t->hearers);
	sg_jw_member_text(&o->w, "id", t->id);
	sg_jw_member_int(&o->w, "idle", t->idle_ms);
	sg_jw_member_text(&o->w, "instance", t->instance->id);
	sg_jw_member_text(&o->w, "intent", t->intent);
	sg_jw_member_text(&o->w, "k", "task");
	sg_line_labels(&o->w, &t->taint);
	sg_jw_member_int(&o->w, "last", t->last_ms);
	sg_line_ints(&o->w, "lent", t->lent, SG_DIMENSIONS); /* for programs of before: it is counted anew when read */
	sg_line_ints(&o->w, "limit", t->limit, SG_DIMENSIONS);
	sg_jw_member_bool(&o->w, "merged", t->merged);
	sg_jw_member_text(&o->w, "on_behalf", t->on_behalf);
	sg_jw_member_int(&o->w, "opened", t->opened_ms);
	write_burst(&o->w, t->opened_below);
	sg_jw_member_text(&o->w, "opener", t->opener);
	sg_jw_member_int(&o->w, "opener_uid", t->opener_uid);
	sg_jw_member_text(&o->w, "parent", t->parent != NULL ? t->parent->id : "");
	sg_line_ints(&o->w, "reserved", t->reserved, SG_DIMENSIONS);
	sg_jw_member_text(&o->w, "role", t->role);
	sg_jw_member_bool(&o->w, "seen", t->seen);
	sg_line_level(&o->w, t->taint.sensitivity);
	sg_line_ints(&o->w, "spent", t->spent, SG_DIMENSIONS);
	sg_jw_member_int(&o->w, "split_below", t->split_below);
	sg_jw_member_text(&o->w, "state", sg_task_state_name(t->state));
	sg_jw_member_int(&o->w, "step_ups", t->step_ups);
	sg_jw_member_int(&o->w, "steps", t->steps);
	sg_line_end(o);
}

/* Action, times of the newest and the oldest, their numbers, how many (0: one that nobody has told of yet), how many failed, 1 if of several doers and 2 for each that may have failed, task, instance, spent, tasks above. */
static void
event_item(struct sg_json_writer *w, const struct sg_event *e)
{
	sg_jw_array(w);
	sg_jw_text(w, e->action);
	sg_jw_int(w, e->at_ms);
	sg_jw_int(w, e->first_ms);
	sg_jw_int(w, (int64_t)e->n);
	sg_jw_int(w, (int64_t)e->first_n);
	sg_jw_int(w, e->open ? 0 : e->times);
	sg_jw_int(w, e->failed);
	sg_jw_int(w, 2 * e->doubted + e->mixed);
	sg_line_hex(w, e->task);
	sg_line_hex(w, e->instance);
	for (int d = 0; d < SG_DIMENSIONS; d++)
		sg_jw_int(w, e->spent[d]);
	for (size_t a = 0; a < SG_DEPTH_MAX - 1 && e->above[a] != 0; a++)
		sg_line_hex(w, e->above[a]);
	sg_jw_end(w);
}

static void
history_lines(struct sg_snapshot_out *o, const struct sg_history *h, const char *agent, const char *task)
{
	for (size_t a = 0; a < h->count; a++)
		for (size_t from = 0; from < h->deeds[a].count; from += EVENTS_OF_LINE) {
			sg_line_begin(o);
			sg_jw_member_text(&o->w, "agent", agent);
			sg_jw_name(&o->w, "events");
			sg_jw_array(&o->w);
			for (size_t i = from; i < h->deeds[a].count && i < from + EVENTS_OF_LINE; i++)
				event_item(&o->w, &h->deeds[a].events[i]);
			sg_jw_end(&o->w);
			sg_jw_member_text(&o->w, "k", "deeds");
			sg_jw_member_int(&o->w, "next", (int64_t)h->next);
			sg_jw_member_int(&o->w, "short", h->short_ms);
			sg_jw_member_text(&o->w, "task", task);
			sg_line_end(o);
		}
}

static int
by_digest(const void *a, const void *b)
{
	const struct sg_seen *x = a, *y = b;
	if (x->source != y->source)
		return (x->source > y->source) - (x->source < y->source);
	return (x->digest > y->digest) - (x->digest < y->digest);
}

/* A source and its values; a source with many takes several lines, the later ones marked. */
static size_t
source_line(struct sg_snapshot_out *o, const struct sg_task *root, const struct sg_origin *s, const struct sg_seen *seen, size_t count, bool more)
{
	size_t i = 0;
	sg_line_begin(o);
	sg_jw_member_int(&o->w, "at", s->at_ms);
	sg_jw_member_text(&o->w, "decision", s->decision);
	sg_jw_member_text(&o->w, "k", "source");
	sg_line_labels(&o->w, &s->taint);
	sg_jw_member_bool(&o->w, "more", more);
	sg_jw_name(&o->w, "sayer");
	sg_line_hex(&o->w, s->sayer);
	sg_line_level(&o->w, s->taint.sensitivity);
	sg_jw_member_text(&o->w, "task", root->id);
	sg_jw_name(&o->w, "teller");
	sg_line_hex(&o->w, s->teller);
	sg_jw_name(&o->w, "values");
	sg_jw_array(&o->w);
	for (; i < count && i < VALUES_OF_LINE; i++)
		sg_line_hex(&o->w, seen[i].digest);
	sg_jw_end(&o->w);
	sg_jw_member_text(&o->w, "where", s->where);
	sg_line_end(o);
	return i;
}

static void
value_lines(struct sg_snapshot_out *o, const struct sg_task *root, const struct sg_values *v)
{
	struct sg_seen *all = malloc((v->count + 1) * sizeof(*all));
	size_t count = 0, at = 0;
	o->failed |= all == NULL;
	for (size_t i = 0; all != NULL && i < v->size; i++)
		if (v->slots[i].digest != 0)
			all[count++] = v->slots[i];
	if (all != NULL)
		qsort(all, count, sizeof(*all), by_digest);
	for (uint32_t s = 0; all != NULL && s < v->source_count; s++) {
		size_t to = at;
		bool more = false;
		while (to < count && all[to].source == s)
			to++;
		do {
			at += source_line(o, root, v->sources[s], all + at, to - at, more);
			more = true;
		} while (at < to && !o->failed && !o->stopped);
	}
	free(all);
}

void
sg_snapshot_tree(struct sg_snapshot_out *o, const void *value)
{
	const struct sg_task *root = value;
	const struct sg_tree *t = root->tree;
	if (t == NULL)
		return;
	sg_line_begin(o);
	sg_jw_name(&o->w, "classes");
	sg_line_hex(&o->w, t->classes);
	sg_line_times(&o->w, "denials", &t->denials);
	sg_jw_member_text(&o->w, "k", "tree");
	sg_line_times(&o->w, "kills", &t->kills);
	sg_jw_member_text(&o->w, "plan", t->plan.digest);
	sg_jw_member_bool(&o->w, "plan_any", t->plan.any_order);
	sg_jw_name(&o->w, "plan_done");
	sg_jw_array(&o->w);
	for (size_t i = 0; i < t->plan.count; i++)
		sg_jw_int(&o->w, t->plan.steps[i].done);
	sg_jw_end(&o->w);
	sg_jw_name(&o->w, "plan_times");
	sg_jw_array(&o->w);
	for (size_t i = 0; i < t->plan.count; i++)
		sg_jw_int(&o->w, t->plan.steps[i].times);
	sg_jw_end(&o->w);
	sg_jw_name(&o->w, "quarantine");
	sg_jw_array(&o->w);
	for (size_t i = 0; i < t->quarantine_count; i++) {
		sg_jw_text(&o->w, t->quarantine[i].action);
		sg_jw_text(&o->w, t->quarantine[i].digest);
	}
	sg_jw_end(&o->w);
	sg_jw_member_bool(&o->w, "quarantine_full", t->quarantine_full);
	sg_jw_member_text(&o->w, "signer", t->plan.signer);
	sg_line_ints(&o->w, "spent", t->spent, SG_DIMENSIONS);
	sg_line_times(&o->w, "step_ups", &t->step_ups);
	sg_jw_name(&o->w, "steps");
	sg_jw_array(&o->w);
	for (size_t i = 0; i < t->plan.count; i++)
		sg_line_hex(&o->w, t->plan.steps[i].digest);
	sg_jw_end(&o->w);
	sg_jw_member_text(&o->w, "task", root->id);
	sg_jw_member_bool(&o->w, "unseen", t->unseen);
	sg_line_end(o);
	history_lines(o, &t->history, "", root->id);
	value_lines(o, root, &t->values);
}

void
sg_snapshot_past(struct sg_snapshot_out *o, const void *value)
{
	const struct sg_history *h = value;
	history_lines(o, h, h->agent, "");
}
