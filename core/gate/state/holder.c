/* SPDX-License-Identifier: Apache-2.0
 * Rings of what is open, and of whom. */
#include "gate/state/holder.h"

#include "base/str.h"
#include "gate/state/issued.h"

#include <stdlib.h>

static struct sg_holder *
holder_of(struct sg_state *state, struct sg_str agent)
{
	struct sg_holder *h = sg_table_get(&state->holders, agent);
	if (h != NULL || (h = calloc(1, sizeof(*h))) == NULL)
		return h;
	h->agent = strndup(agent.len > 0 ? agent.ptr : "", agent.len);
	if (h->agent != NULL && sg_table_put(&state->holders, sg_str(h->agent), h) == SG_OK)
		return h;
	free(h->agent);
	free(h);
	return NULL;
}

const struct sg_holder *
sg_state_holder(const struct sg_state *state, struct sg_str agent)
{
	return sg_table_get(&state->holders, agent);
}

void
sg_holders_free(struct sg_state *state)
{
	size_t at = 0;
	for (struct sg_holder *h; (h = sg_table_next(&state->holders, &at)) != NULL;) {
		free(h->agent);
		free(h);
	}
}

/* Whoever holds it; while nobody does, the agent that handed it on. */
static struct sg_str
agent_of(const struct sg_task *task)
{
	struct sg_str opener = sg_str(task->opener);
	if (task->claimed || !sg_str_starts(opener, "agent:"))
		return task->claimed ? sg_str(task->agent) : SG_STR("");
	return (struct sg_str){opener.ptr + 6, opener.len - 6};
}

static void
join(struct sg_ring *ring, size_t *count, struct sg_ring *place)
{
	*count += !sg_ring_is_in(place);
	sg_ring_join(ring, place);
}

static void
leave(size_t *count, struct sg_ring *place)
{
	*count -= sg_ring_is_in(place);
	sg_ring_leave(place);
}

bool
sg_task_stands_in(struct sg_state *state, struct sg_task *task)
{
	struct sg_holder *h = holder_of(state, agent_of(task));
	if (h == NULL)
		return false;
	if (task->holder != h)
		sg_task_is_forgotten(task);
	h->kept += task->holder == NULL;
	task->holder = h;
	if (task->state > SG_TASK_FROZEN)
		return true;
	join(&h->tasks, &h->open, &task->of_holder);
	sg_ring_join(&task->instance->open, &task->of_instance);
	sg_ring_join(&task->domain->open, &task->of_domain);
	sg_ring_join(&task->root->open, &task->of_tree);
	task->instance->still = 0;
	return true;
}

static void
count(size_t *of, bool now, bool before)
{
	*of += (size_t)now - (size_t)before;
}

void
sg_task_counts(struct sg_task *task)
{
	bool open = task->state <= SG_TASK_FROZEN, frozen = task->state == SG_TASK_FROZEN, waiting = frozen && (task->domain == NULL || !task->domain->frozen);
	if (open == task->is_open && frozen == task->is_frozen && waiting == task->is_waiting)
		return;
	for (struct sg_task *above = task->parent; above != NULL; above = above->parent) {
		count(&above->open_below, open, task->is_open);
		count(&above->frozen_below, frozen, task->is_frozen);
		count(&above->waiting_below, waiting, task->is_waiting);
	}
	task->is_open = open;
	task->is_frozen = frozen;
	task->is_waiting = waiting;
}

void
sg_task_ends_in(struct sg_task *task)
{
	if (task->holder != NULL)
		leave(&task->holder->open, &task->of_holder);
	sg_ring_leave(&task->of_instance);
	sg_ring_leave(&task->of_domain);
	sg_ring_leave(&task->of_tree);
	sg_task_writes(task);
}

void
sg_task_writes(struct sg_task *task)
{
	if (task->state > SG_TASK_FROZEN && task->writes != NULL && task->domain != NULL)
		sg_ring_join(&task->domain->writers, &task->of_writers);
	else
		sg_ring_leave(&task->of_writers);
}

bool
sg_task_still_writes(const struct sg_task *task, int64_t at_ms)
{
	for (const struct sg_attempt *a = task->writes; a != NULL; a = a->write_next)
		if (a->read_until_ms >= at_ms)
			return true;
	return false;
}

void
sg_task_is_forgotten(struct sg_task *task)
{
	sg_task_ends_in(task);
	sg_ring_leave(&task->of_writers);
	if (task->holder != NULL)
		task->holder->kept--;
	task->holder = NULL;
}

bool
sg_lease_stands_in(struct sg_state *state, struct sg_lease *lease)
{
	struct sg_holder *h = holder_of(state, sg_str(lease->agent));
	if (h == NULL)
		return false;
	lease->holder = h;
	if (lease->state != SG_LEASE_DEAD)
		join(&h->leases, &h->given, &lease->of_holder);
	return sg_lease_is_issued(state, lease);
}

void
sg_lease_ends_in(struct sg_lease *lease)
{
	if (lease->holder != NULL)
		leave(&lease->holder->given, &lease->of_holder);
}

bool
sg_approval_stands_in(struct sg_state *state, struct sg_approval *approval)
{
	struct sg_holder *h = holder_of(state, sg_str(approval->agent));
	if (h == NULL)
		return false;
	approval->holder = h;
	if (approval->state == SG_APPROVAL_OPEN || approval->state == SG_APPROVAL_GRANTED)
		join(&h->approvals, &h->asked, &approval->of_holder);
	return true;
}

void
sg_approval_ends_in(struct sg_approval *approval)
{
	if (approval->holder != NULL)
		leave(&approval->holder->asked, &approval->of_holder);
}

struct sg_task *
sg_domain_open(const struct sg_domain *domain, const struct sg_task *at)
{
	struct sg_ring *next = sg_ring_after(&domain->open, at == NULL ? &domain->open : &at->of_domain);
	return next == NULL ? NULL : SG_RING_OF(next, struct sg_task, of_domain);
}

struct sg_task *
sg_instance_open(const struct sg_instance *instance, const struct sg_task *at)
{
	struct sg_ring *next = sg_ring_after(&instance->open, at == NULL ? &instance->open : &at->of_instance);
	return next == NULL ? NULL : SG_RING_OF(next, struct sg_task, of_instance);
}

struct sg_task *
sg_tree_open(const struct sg_task *root, const struct sg_task *at)
{
	struct sg_ring *next = sg_ring_after(&root->open, at == NULL ? &root->open : &at->of_tree);
	return next == NULL ? NULL : SG_RING_OF(next, struct sg_task, of_tree);
}

void
sg_state_stirs(struct sg_state *state)
{
	state->stirs++;
}
