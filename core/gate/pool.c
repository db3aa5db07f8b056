/* SPDX-License-Identifier: Apache-2.0
 * The policy pool: up to eight questions a worker, the clock on the head alone. A head that is late is denied and its worker killed; what
 * stood behind it goes once to another worker. Asking again is safe because policy has no effects. */
#include "gate/loop.h"

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

bool
sg_pool_judge(void *self, uint64_t id, enum sg_frame_type type, struct sg_str input)
{
	struct sg_loop *loop = self;
	struct sg_question *q = loop->queued >= SG_JUDGE_QUEUE || loop->gate->policy[0] == '\0' ? NULL : malloc(sizeof(*q) + input.len);
	if (q == NULL)
		return false;
	*q = (struct sg_question){.id = id, .type = type, .len = input.len, .since = loop->sys->boot_time(loop->sys)};
	memcpy(q->input, input.ptr, input.len);
	push_queue(loop, q);
	sg_pool_pump(loop);
	return true;
}

static struct sg_child *
least_busy(struct sg_loop *loop)
{
	struct sg_child *best = NULL;
	for (size_t i = 0; i < SG_CHILDREN; i++) {
		struct sg_child *c = &loop->children[i];
		if (c->used && c->role == SG_ROLE_WORKER && c->linked && !c->retiring && c->depth < SG_WORKER_DEPTH &&
		    (best == NULL || c->depth < best->depth))
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

void
sg_pool_pump(struct sg_loop *loop)
{
	struct sg_child *worker;
	while (loop->queue != NULL && (worker = least_busy(loop)) != NULL) {
		struct sg_question *q = loop->queue;
		loop->queue = q->next;
		loop->queued--;
		give(loop, worker, q);
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
	sg_gate_judged(loop->gate, q->id, frame->payload, SG_REASON_policy_error);
	free(q);
	if (worker->retiring && worker->head == NULL)
		sg_child_kill(loop, worker);
	else
		sg_pool_pump(loop);
	return true;
}

/* `why` is what a head that was late is told; everything else is asked again, once. */
static void
lose_worker(struct sg_loop *loop, struct sg_child *worker, enum sg_reason why)
{
	struct sg_question *q = take_head(loop, worker);
	struct sg_question *rest = worker->head;
	worker->head = worker->tail = NULL;
	worker->depth = 0;
	worker->used = false;
	if (q != NULL && why == SG_REASON_policy_error && !q->again) { /* it left between two questions, or died: asked once more */
		q->next = rest;
		rest = q;
	} else if (q != NULL) {
		sg_gate_judged(loop->gate, q->id, (struct sg_str){NULL, 0}, why);
		free(q);
	}
	while (rest != NULL) {
		q = rest;
		rest = q->next;
		if (q->again) {
			sg_gate_judged(loop->gate, q->id, (struct sg_str){NULL, 0}, why);
			free(q);
		} else {
			q->again = true;
			push_queue(loop, q);
		}
	}
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
	for (size_t i = 0; i < SG_CHILDREN; i++) {
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
	for (size_t i = 0; i < SG_CHILDREN; i++) {
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
