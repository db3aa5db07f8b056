/* SPDX-License-Identifier: Apache-2.0
 * Tasks: opened, handed on, shown, closed, ended; owners and sessions that they end with. */
#ifndef SG_GATE_TASKS_TASKS_H
#define SG_GATE_TASKS_TASKS_H

#include "gate/decide/decide.h"

/* A child as it is to be opened; NULL parent: a root. */
struct sg_opening {
	const struct sg_agent *agent;
	const struct sg_intent *intent;
	const struct sg_task *parent;
	struct sg_str role, on_behalf;
	const char *opener;
	struct sg_str grant;  /* canonical; "" for a root */
	struct sg_str limits; /* canonical object */
	const struct sg_json *inputs;
	int64_t ttl_ms;
	bool claimed;
};
/* Records it under r->task, then answers. */
/* task_peer.c: one member about the peer ("group", "pid", "start", "uid"); whether it showed itself to be its agent (nothing did where
 * somebody else asks); whether its agent may begin anything. */
void sg_write_peer(struct sg_json_writer *w, struct sg_gate *gate, const struct sg_request *request, bool claimed, const char *name);
bool sg_is_shown(const struct sg_request *request, bool claimed);
bool sg_agent_may(struct sg_gate *gate, struct sg_request *request, enum sg_reason *reason);
void sg_claim_task(struct sg_gate *gate, struct sg_request *request, struct sg_str token);
void sg_open_task(struct sg_gate *gate, struct sg_request *request, const struct sg_opening *opening);
/* The key makes the id, so that a repeat finds the task that the first one opened, also after a restart. */
void sg_task_id(const struct sg_gate *gate, const struct sg_request *request, const char *opener, struct sg_str agent, char out[SG_ID_MAX]);
/* The body is the one that opened this task. */
bool sg_asked_same(struct sg_request *request, const struct sg_task *task);
bool sg_task_room(const struct sg_gate *gate, struct sg_str agent);
void sg_route_task_open(struct sg_gate *gate, struct sg_request *request);
void sg_route_delegate(struct sg_gate *gate, struct sg_request *request);
/* May this agent (as this instance and user, where they are known: "" and -1 else) take this role in this tree? */
bool sg_duty_allows(const struct sg_gate *gate, const struct sg_task *root, const struct sg_agent *agent, struct sg_str role, const char *instance, int64_t uid);
/* Which token is shown with it: none; the one that it was opened with, for whoever hands it on; the one of who has it. */
enum sg_token_shown { SG_TOKEN_NONE, SG_TOKEN_HANDED, SG_TOKEN_HELD };
void sg_write_task(struct sg_json_writer *w, const struct sg_gate *gate, const struct sg_task *task, enum sg_token_shown shown);
/* 201 with the task, for who opened it, and for who claimed it. */
void sg_answer_opened(struct sg_gate *gate, struct sg_request *request);
void sg_answer_claimed(struct sg_gate *gate, struct sg_request *request);
/* It, one above it, or one below it stands still: who asks cannot end it. */
bool sg_task_holds_frozen(const struct sg_task *task);
/* It may end by time or by silence. What stands still, or holds what does, waits for an operator, unless its domain stands still in its place. */
bool sg_task_may_end(const struct sg_task *task);
void sg_route_thaw(struct sg_gate *gate, struct sg_request *request);
void sg_route_task_show(struct sg_gate *gate, struct sg_request *request);
void sg_route_task_close(struct sg_gate *gate, struct sg_request *request);
void sg_route_tasks(struct sg_gate *gate, struct sg_request *request);
/* A task without a request for longer than its intent allows ends. Returns how many leaves were written, as the others do that end what is over. */
size_t sg_task_idle(struct sg_gate *gate, struct sg_task *task);
void sg_route_tree(struct sg_gate *gate, struct sg_request *request);
/* Looks at the processes of some instances: tasks of those that are gone end. */
void sg_gate_watch(struct sg_gate *gate);
bool sg_record_agent(struct sg_gate *gate, struct sg_str agent, const char *event, struct sg_str by, uint64_t *number);
/* What it has is being ended still: nothing lets it go before. */
bool sg_agent_is_ending(const struct sg_gate *gate, struct sg_str agent);
/* Agents whose owner went, or came back, since this was last looked at: recorded, and those without one fall. */
void sg_gate_owners(struct sg_gate *gate);
void sg_route_session_end(struct sg_gate *gate, struct sg_request *request);
/* What ran out ends. */
size_t sg_task_expire(struct sg_gate *gate, struct sg_task *task);
/* Behind a change of configuration or clock: it ends if its agent is there no more, or if it would last longer than any may (gate->ends_most_ms). */
size_t sg_task_review(struct sg_gate *gate, struct sg_task *task);
size_t sg_approval_expire(struct sg_gate *gate, struct sg_approval *approval);

#endif
