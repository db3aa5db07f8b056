/* SPDX-License-Identifier: Apache-2.0
 * Looking at a peer: every step of the attestation stack that can apply is asked at once; the answers are folded in the stack's order and become
 * one set of facts. A step of kind attest applies to processes; one of kind verify wherever something was presented, and reads all of it. */
#include "gate/loop/loop.h"

#include "base/canon.h"
#include "base/str.h"
#include "gate/wire/wire.h"
#include "token/base64url.h"

#include <stepgate/verify.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { FACTS_ROOM = SG_FACTS_MAX, IDENTIFY_MAX = 32 << 10, STACKS_MOST = 4 /* reloads that one look outlives */ };

static void
leave(struct sg_loop *loop, const struct sg_look *look)
{
	for (struct sg_look **at = &loop->looks; *at != NULL; at = &(*at)->next)
		if (*at == look) {
			*at = look->next;
			break;
		}
}

/* ---- asking ---- */

static bool
ask_about_process(struct sg_loop *loop, const struct sg_look *look, struct sg_child *host, const struct sg_conn *conn)
{
	struct sg_buf request;
	int pidfd = fcntl(conn->peer.pidfd, F_DUPFD_CLOEXEC, 3);
	if (pidfd < 0)
		return false;
	sg_buf_init(&request, 1024);
	sg_buf_printf(&request, "{\"gid\":%u,\"pid\":%d,\"start_time\":%llu,\"uid\":%u,\"verb\":\"look\"}", (unsigned)conn->peer.gid,
		      (int)conn->peer.pid, (unsigned long long)conn->peer.start_time, (unsigned)conn->peer.uid);
	bool asked = sg_link_queue(&host->link, SG_FRAME_H_LOOK, look->number, sg_buf_view(&request), pidfd, NULL) == SG_OK &&
		     sg_host_remember(loop, host, 0, look->number);
	sg_buf_done(&request);
	return asked;
}

static bool
ask_about_bytes(struct sg_loop *loop, const struct sg_look *look, struct sg_child *host, const char *form, struct sg_str bytes)
{
	struct sg_buf request;
	sg_buf_init(&request, IDENTIFY_MAX);
	sg_buf_text(&request, "{\"bytes\":\"");
	sg_b64u_write(&request, bytes);
	sg_buf_printf(&request, "\",\"form\":\"%s\",\"verb\":\"identify\"}", form);
	bool asked = !request.failed && sg_link_queue(&host->link, SG_FRAME_H_CALL, look->number, sg_buf_view(&request), -1, NULL) == SG_OK &&
		     sg_host_remember(loop, host, 0, look->number);
	sg_buf_done(&request);
	return asked;
}

size_t
sg_look_ask(struct sg_loop *loop, struct sg_look *look, size_t i, struct sg_child *host, const struct sg_conn *conn)
{
	static const char *const forms[] = {"token", "chain"};
	size_t asked = 0;
	if (host->link.out_fd_count >= SG_LINK_FDS - 1) /* descriptors in transit are bounded */
		sg_link_flush(&host->link, NULL);
	if (!look->steps[i].step.presented)
		return ask_about_process(loop, look, host, conn);
	for (size_t k = 0; k < 2; k++)
		asked += conn->presented[k].ptr != NULL && ask_about_bytes(loop, look, host, forms[k], conn->presented[k]);
	return asked;
}

/* How many answers this step will owe. A step that cannot be asked as it should be has failed. */
static size_t
owed_by(struct sg_loop *loop, struct sg_look *look, size_t i, const struct sg_conn *conn)
{
	struct sg_stated *stated = &look->steps[i];
	const struct sg_child *host = sg_host_named(loop, "attest.", stated->step.name);
	size_t owed = stated->step.presented ? (size_t)(conn->presented[0].ptr != NULL) + (conn->presented[1].ptr != NULL) : !conn->peer.network;
	bool there = host != NULL && (host->ready || host->hung);
	if (owed == 0)
		stated->said = SG_SAID_APART;
	look->failed[i] = stated->step.presented && owed > 0 && !there;
	return there ? owed : 0;
}

bool
sg_look_line_up(struct sg_loop *loop, struct sg_look *look, const struct sg_conn *conn)
{
	const struct sg_catalogue *c = loop->gate->catalogue;
	look->number = ++loop->next_look; /* answers to what was asked before find nobody */
	look->count = c->attest.count;
	look->stack = c->stack;
	look->waiting = 0;
	look->begun++;
	look->asked = false;
	look->since = loop->sys->boot_time(loop->sys);
	for (size_t i = 0; i < look->count; i++) {
		look->steps[i] = (struct sg_stated){.step = c->steps[i]};
		look->steps[i].step.name = sg_arena_copy(&look->arena, c->steps[i].name);
		look->answers[i] = 0;
		look->owes[i] = owed_by(loop, look, i, conn);
		look->waits[i] = look->owes[i] > 0;
		look->waiting += look->owes[i];
	}
	return look->waiting > 0 && !look->arena.overflow;
}

/* ---- hearing ---- */

static void
end_look(struct sg_loop *loop, struct sg_look *look)
{
	struct sg_buf all;
	leave(loop, look);
	sg_buf_init(&all, FACTS_ROOM);
	enum sg_reason reason = sg_stack_facts(look->steps, look->count, &all);
	bool good = reason == SG_REASON_allowed && !look->arena.overflow && look->stack == loop->gate->catalogue->stack;
	for (size_t i = 0; i < look->whom_count; i++)
		sg_gate_looked(loop->gate, look->whom[i].id, good ? sg_buf_view(&all) : (struct sg_str){NULL, 0},
			       reason != SG_REASON_allowed ? reason : SG_REASON_facts_unavailable);
	sg_buf_done(&all);
	sg_arena_done(&look->arena);
	free(look);
}

/* What a stack says that is in force no more is nothing: the one that is in force is asked. */
static void
finish(struct sg_loop *loop, struct sg_look *look)
{
	const struct sg_conn *conn = sg_look_conn(loop, look);
	bool anew = look->stack != loop->gate->catalogue->stack && conn != NULL && look->begun < STACKS_MOST && loop->gate->catalogue->attest.count <= SG_STEPS_MAX;
	if (!anew || !sg_look_line_up(loop, look, conn))
		end_look(loop, look); /* else its turn comes as anybody's */
}

size_t
sg_look_step(const struct sg_look *look, struct sg_str name)
{
	size_t i = 0;
	while (i < look->count && !sg_str_eq(look->steps[i].step.name, name))
		i++;
	return i;
}

/* An answer that did not come, is no canonical object or says no fails its step; one without facts states nothing. */
static void
take_answer(struct sg_look *look, size_t i, struct sg_str payload)
{
	struct sg_stated *stated = &look->steps[i];
	const struct sg_json *json = NULL, *facts = NULL;
	bool ok = false;
	struct sg_str copy = sg_arena_copy(&look->arena, payload);
	if (payload.len > 0 && payload.len <= SG_STEP_FACTS_MAX && copy.ptr != NULL && sg_canon_parse(&look->arena, copy, NULL, &json, NULL) == SG_OK)
		sg_json_bool(sg_json_get(json, "ok"), &ok);
	facts = ok ? sg_json_get(json, "facts") : NULL;
	look->failed[i] |= facts == NULL || facts->type != SG_JSON_OBJECT;
	if (!look->failed[i] && facts->count > 0 && look->answers[i] < 2)
		stated->facts[look->answers[i]] = facts;
	look->answers[i]++;
	bool any = stated->facts[0] != NULL || stated->facts[1] != NULL;
	stated->said = any && !look->failed[i] ? SG_SAID_FACTS : SG_SAID_NOTHING;
}

struct sg_look *
sg_look_of(const struct sg_loop *loop, uint64_t number)
{
	struct sg_look *look = loop->looks;
	while (look != NULL && look->number != number)
		look = look->next;
	return look;
}

void
sg_look_answer(struct sg_loop *loop, struct sg_look *look, size_t i, struct sg_str payload)
{
	look->waits[i] = false;
	take_answer(look, i, payload);
	bool stop = look->failed[i] && sg_step_act(look->steps[i].step.control, SG_SAID_NOTHING) == SG_STEP_STOP;
	if (--look->waiting == 0 || stop)
		finish(loop, look); /* what is still under way finds nobody waiting */
}

void
sg_look_answered(struct sg_loop *loop, const struct sg_child *host, uint64_t number, struct sg_str payload)
{
	struct sg_look *look = sg_look_of(loop, number);
	size_t i = look == NULL ? 0 : sg_look_step(look, sg_str(host->name + strlen("attest.")));
	if (look == NULL || i == look->count)
		return;
	if (sg_str_eq(payload, SG_STR(SG_LOOK_MORE)) && !look->steps[i].step.presented)
		look->waits[i] = true; /* a part of it is done: again when its user's turn comes */
	else
		sg_look_answer(loop, look, i, payload);
}

bool
sg_hosts_attest_ready(const struct sg_loop *loop)
{
	const struct sg_strings *steps = &loop->gate->catalogue->attest;
	for (size_t i = 0; i < steps->count; i++) {
		struct sg_child *host = sg_host_named((struct sg_loop *)loop, "attest.", steps->items[i]);
		if (host == NULL || !host->ready)
			return false;
	}
	return true;
}
