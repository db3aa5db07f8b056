/* SPDX-License-Identifier: Apache-2.0
 * The policy pool: up to eight questions a worker, the clock on the head alone. A head that is late is denied and its worker killed; what
 * stood behind it goes to another worker, before what waits. Asking again is safe because policy has no effects. */
#include "gate/loop/loop.h"
#include "gate/wire/wire.h"

#include "base/str.h"

#include <stdlib.h>

static void
push_queue(struct sg_loop *loop, struct sg_question *q)
{
	q->next = NULL;
	if (loop->queue == NULL)
		loop->queue = q;
	else
		loop->queue_end->next = q;
	loop->queue_end = q;
	loop->queued++;
}

/* A list, in its order, before what waits. */
static void
push_front(struct sg_loop *loop, struct sg_question *list)
{
	struct sg_question *last = list;
	if (list == NULL)
		return;
	for (loop->queued++; last->next != NULL; last = last->next)
		loop->queued++;
	last->next = loop->queue;
	if (loop->queue == NULL)
		loop->queue_end = last;
	loop->queue = list;
}

static size_t
count_of(const struct sg_question *list, uint64_t agent)
{
	size_t count = 0;
	for (; list != NULL; list = list->next)
		count += list->whose == agent;
	return count;
}

static bool
may_wait(const struct sg_loop *loop, uint64_t agent)
{
	if (loop->queued < SG_JUDGE_SHARE)
		return true; /* too few to be one agent's share and more */
	return loop->queued < SG_JUDGE_QUEUE && count_of(loop->queue, agent) < SG_JUDGE_SHARE;
}

bool
sg_pool_judge(void *self, uint64_t id, enum sg_frame_type type, struct sg_str input)
{
	struct sg_loop *loop = self;
	uint64_t agent = sg_whose(loop, id);
	struct sg_question *q = !may_wait(loop, agent) || loop->gate->policy[0] == '\0' ? NULL : malloc(sizeof(*q) + input.len);
	if (q == NULL)
		return false;
	*q = (struct sg_question){.id = id, .type = type, .len = input.len, .whose = agent, .since = loop->sys->boot_time(loop->sys)};
	memcpy(q->input, input.ptr, input.len);
	push_queue(loop, q);
	sg_pool_pump(loop);
	return true;
}

/* ---- suspects: agents whose judgements were killed or used a worker up. They get a worker for themselves, one judgement at a time, and never the last
 * one that is free of them, so that nobody else's question stands behind theirs. ---- */

static bool
is_suspect(const struct sg_loop *loop, uint64_t agent)
{
	sg_time now = loop->sys->boot_time(loop->sys);
	for (size_t i = 0; i < SG_SUSPECTS; i++)
		if (loop->suspects[i].whose == agent && now < loop->suspects[i].until)
			return true;
	return false;
}

static void
suspect(struct sg_loop *loop, uint64_t agent)
{
	sg_time until = loop->sys->boot_time(loop->sys) + SG_SUSPECT_S * SG_SEC;
	for (size_t i = 0; i < SG_SUSPECTS; i++)
		if (loop->suspects[i].whose == agent) {
			loop->suspects[i].until = until;
			return;
		}
	size_t at = loop->suspect_next++ % SG_SUSPECTS;
	loop->suspects[at].whose = agent;
	loop->suspects[at].until = until;
}

static bool
holds_suspect(const struct sg_loop *loop, const struct sg_child *worker)
{
	return worker->head != NULL && is_suspect(loop, worker->head->whose);
}

static bool
is_worker(const struct sg_child *c)
{
	return c->used && c->role == SG_ROLE_WORKER && c->linked && !c->retiring;
}

/* With one worker alone there is no other to keep free; whoever has fewest under way comes first there. */
static struct sg_child *
empty_one(struct sg_loop *loop)
{
	struct sg_child *empty = NULL;
	size_t others = 0;
	for (size_t i = 0; i < loop->children_top; i++) {
		struct sg_child *c = &loop->children[i];
		if (!is_worker(c))
			continue;
		if (c->head == NULL && empty == NULL)
			empty = c;
		else
			others += !holds_suspect(loop, c);
	}
	return others > 0 || loop->gate->catalogue->limits.policy_workers == 1 ? empty : NULL;
}

/* The least busy worker that may take one more of this agent's. */
static struct sg_child *
least_busy(struct sg_loop *loop, uint64_t agent)
{
	struct sg_child *best = NULL;
	if (is_suspect(loop, agent))
		return empty_one(loop);
	for (size_t i = 0; i < loop->children_top; i++) {
		struct sg_child *c = &loop->children[i];
		if (is_worker(c) && c->depth < SG_WORKER_DEPTH && !holds_suspect(loop, c) &&
		    (c->depth < SG_WORKER_SHARE || count_of(c->head, agent) < SG_WORKER_SHARE) && (best == NULL || c->depth < best->depth))
			best = c;
	}
	return best;
}

static void
give(struct sg_loop *loop, struct sg_child *worker, struct sg_question *q)
{
	q->next = NULL;
	if (worker->head == NULL) {
		worker->head = q;
		worker->head_since = loop->sys->boot_time(loop->sys);
	} else {
		worker->tail->next = q;
	}
	worker->tail = q;
	worker->depth++;
	sg_link_queue(&worker->link, q->type, q->id, (struct sg_str){q->input, q->len}, -1, NULL);
}

static void
unqueue(struct sg_loop *loop, struct sg_question *before, struct sg_question *q)
{
	if (before == NULL)
		loop->queue = q->next;
	else
		before->next = q->next;
	if (loop->queue_end == q)
		loop->queue_end = before;
	loop->queued--;
}

static size_t
under_way(const struct sg_loop *loop, uint64_t agent)
{
	size_t count = 0;
	for (size_t i = 0; i < loop->children_top; i++)
		if (loop->children[i].used && loop->children[i].role == SG_ROLE_WORKER)
			count += count_of(loop->children[i].head, agent);
	return count;
}

/* The question of the agent that has fewest under way and for which there is a worker; of several, the first. `*before` stands in front of it. */
static struct sg_question *
next_fair(struct sg_loop *loop, struct sg_question **before, struct sg_child **worker)
{
	struct sg_question *best = NULL, *last = NULL;
	uint64_t agent = 0;
	size_t least = SIZE_MAX, has = SIZE_MAX;
	for (struct sg_question *q = loop->queue; q != NULL && least > 0; last = q, q = q->next) {
		if (q != loop->queue && q->whose == agent)
			continue; /* behind one of the same agent: it comes after that */
		agent = q->whose;
		has = under_way(loop, agent);
		struct sg_child *one = has < least ? least_busy(loop, agent) : NULL;
		if (one == NULL)
			continue;
		least = has;
		best = q;
		*before = last;
		*worker = one;
	}
	return best;
}

void
sg_pool_pump(struct sg_loop *loop)
{
	struct sg_question *before = NULL, *q;
	struct sg_child *worker = NULL;
	while (loop->queue != NULL && (q = next_fair(loop, &before, &worker)) != NULL) {
		unqueue(loop, before, q);
		give(loop, worker, q);
		before = NULL;
	}
}

static struct sg_question *
take_head(struct sg_loop *loop, struct sg_child *worker)
{
	struct sg_question *q = worker->head;
	if (q == NULL)
		return NULL;
	worker->head = q->next;
	worker->depth--;
	worker->head_since = loop->sys->boot_time(loop->sys);
	return q;
}

bool
sg_pool_frame(struct sg_loop *loop, struct sg_child *worker, const struct sg_frame *frame)
{
	if (worker->head == NULL || worker->head->id != frame->id)
		return false; /* answers come in order or not at all */
	struct sg_question *q = take_head(loop, worker);
	worker->ready = true;
	worker->served++;
	worker->last = q->whose;
	sg_gate_judged(loop->gate, q->id, frame->payload, SG_REASON_policy_error);
	free(q);
	if (worker->retiring && worker->head == NULL)
		sg_child_kill(loop, worker);
	else
		sg_pool_pump(loop);
	return true;
}

/* `why` is what a head that was late is told; one whose worker left is asked again a few times; everything behind it is not at fault. */
static void
lose_worker(struct sg_loop *loop, struct sg_child *worker, enum sg_reason why)
{
	enum { WORN_OUT = 1000 }; /* a worker that answered so many left because of its age */
	struct sg_question *q = take_head(loop, worker);
	struct sg_question *rest = worker->head;
	if (why == SG_REASON_policy_timeout && q != NULL)
		suspect(loop, q->whose);
	else if (!worker->retiring && worker->served > 0 && worker->served < WORN_OUT)
		suspect(loop, worker->last);
	worker->head = worker->tail = NULL;
	worker->depth = 0;
	worker->used = false;
	if (q != NULL && why == SG_REASON_policy_error && q->again < SG_JUDGE_AGAIN) { /* it left between two questions, or died of this one */
		q->again++;
		q->next = rest;
		rest = q;
	} else if (q != NULL) {
		sg_gate_judged(loop->gate, q->id, (struct sg_str){NULL, 0}, why);
		free(q);
	}
	push_front(loop, rest); /* those behind the head are not at fault, and come first */
}

void
sg_pool_gone(struct sg_loop *loop, struct sg_child *worker)
{
	lose_worker(loop, worker, worker->failures > 0 ? SG_REASON_policy_timeout : SG_REASON_policy_error);
	sg_pool_fill(loop);
	sg_pool_pump(loop);
}

/* A worker that answered a failing script leaves by itself; a new one stands ready before it is missed. */
void
sg_pool_fill(struct sg_loop *loop)
{
	size_t have = 0;
	if (loop->gate->policy[0] == '\0' || loop->stop)
		return;
	for (size_t i = 0; i < loop->children_top; i++) {
		struct sg_child *c = &loop->children[i];
		if (!c->used || c->role != SG_ROLE_WORKER)
			continue;
		if (c->linked && c->generation != loop->gate->policy_generation && !c->retiring) {
			c->retiring = true;
			if (c->head == NULL)
				sg_child_kill(loop, c);
			continue;
		}
		have += !c->retiring;
	}
	for (; have < (size_t)loop->gate->catalogue->limits.policy_workers; have++)
		if (sg_child_spawn(loop, SG_ROLE_WORKER, SG_FACE_NONE, 0, "", false) == NULL)
			return;
}

/* With no worker to be had, a question does not wait for ever. */
static void
end_stale(struct sg_loop *loop, sg_time now, sg_time most)
{
	while (loop->queue != NULL && now - loop->queue->since > most) {
		struct sg_question *q = loop->queue;
		loop->queue = q->next;
		loop->queued--;
		sg_gate_judged(loop->gate, q->id, (struct sg_str){NULL, 0}, SG_REASON_policy_timeout);
		free(q);
	}
}

void
sg_pool_deadlines(struct sg_loop *loop)
{
	sg_time now = loop->sys->boot_time(loop->sys), most = loop->gate->catalogue->limits.policy_deadline * SG_MSEC;
	end_stale(loop, now, SG_WORKER_DEPTH * most + 2 * SG_SEC);
	for (size_t i = 0; i < loop->children_top; i++) {
		struct sg_child *c = &loop->children[i];
		sg_time start = c->ready ? 0 : SG_WORKER_START * SG_MSEC; /* not the question's fault: a reload makes all workers new */
		if (c->used && c->role == SG_ROLE_WORKER && c->linked && c->head != NULL && now - c->head_since > most + start) {
			c->failures = 1;
			sg_child_kill(loop, c);
		}
	}
}

void
sg_pool_done(struct sg_loop *loop)
{
	while (loop->queue != NULL) {
		struct sg_question *q = loop->queue;
		loop->queue = q->next;
		free(q);
	}
}
