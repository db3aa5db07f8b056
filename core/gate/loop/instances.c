/* SPDX-License-Identifier: Apache-2.0
 * Instances of modules, one for each stanza: exchanging them when their stanza changes, and what happens to one that is
 * late or dead: its calls fail closed, it is killed, and started again after a growing pause until the breaker opens. */
#include "gate/loop/loop.h"

#include "base/canon.h"
#include "base/str.h"
#include "gate/desk/revoking.h"

#include <stdio.h>
#include <stdlib.h>

static sg_time
now_of(const struct sg_loop *loop)
{
	return loop->sys->boot_time(loop->sys);
}

static void
find_wanted(struct sg_loop *loop)
{
	if (strcmp(loop->wanted_config, loop->gate->catalogue->digest) == 0)
		return;
	sg_instances_want(&loop->wanted, loop->gate->catalogue->document);
	snprintf(loop->wanted_config, sizeof(loop->wanted_config), "%s", loop->gate->catalogue->digest);
}

/* ---- starting ---- */

/* Two instances of a sink would carry the same leaves twice: the old one leaves first. */
static bool
must_wait(const struct sg_loop *loop, const struct sg_wanted *w)
{
	for (size_t i = 0; sg_wanted_is_sink(w->name) && i < loop->children_top; i++) {
		const struct sg_child *c = &loop->children[i];
		if (c->used && c->role == SG_ROLE_HOST && strcmp(c->name, w->name) == 0 && strcmp(c->stanza, w->stanza) != 0)
			return true;
	}
	return false;
}

static void
ensure(struct sg_loop *loop, const struct sg_wanted *w)
{
	struct sg_child *host = sg_instance_of(loop, w), before;
	if (host == NULL && !must_wait(loop, w))
		sg_instance_spawn(loop, w, NULL, false);
	if (host == NULL || host->linked || host->respawn_at == 0 || now_of(loop) < host->respawn_at)
		return;
	before = *host;
	host->used = false;
	sg_instance_spawn(loop, w, &before, false);
}

/* ---- exchanging ---- */

/* A stanza that changed keeps its old instance until the new one is in use; a sink does not, and neither does what is wanted no longer. */
static bool
may_stay(struct sg_loop *loop, const struct sg_child *host)
{
	if (sg_instance_is_current(loop, host) || (loop->next.active && sg_wanted_has(&loop->next.list, host)))
		return true;
	for (size_t i = 0; !sg_wanted_is_sink(host->name) && i < loop->wanted.count; i++) {
		if (strcmp(loop->wanted.items[i].name, host->name) != 0)
			continue;
		const struct sg_child *current = sg_instance_of(loop, &loop->wanted.items[i]);
		return current == NULL || !current->entered;
	}
	return false;
}

/* An instance that has served its time is one of an earlier stanza from now on: the next one is started beside it and takes over once it is ready. */
static void
age(const struct sg_loop *loop, struct sg_child *host)
{
	for (size_t i = 0; host->entered && i < loop->wanted.count; i++) {
		const struct sg_wanted *w = &loop->wanted.items[i];
		if (strcmp(w->name, host->name) == 0 && w->refresh_ms > 0 && now_of(loop) - host->since > w->refresh_ms * SG_MSEC)
			host->stanza[0] = '-';
	}
}

/* It made what lives, or is to be taken back still, and nobody else can. Looked at once a second. */
static bool
owes_ends(struct sg_loop *loop, struct sg_child *host)
{
	sg_time now = now_of(loop);
	if (!host->linked || host->made_by == 0)
		return false;
	if (now < host->owes_at)
		return true;
	struct sg_str issuer = sg_str(strchr(host->name, '.') + 1);
	host->owes_at = now + SG_SEC;
	return sg_host_maker(loop, issuer, host->made_by) == host && sg_issuer_owes(loop->gate, issuer, host->made_by);
}

/* One that is on its way out leaves when it owes nobody an answer, nor an end to what it made: its link is closed, and it stops by itself. */
static void
look_after(struct sg_loop *loop, struct sg_child *host)
{
	if (host->ready && !host->entered && sg_instance_is_current(loop, host) && !sg_host_enter(loop, host)) {
		sg_child_kill(loop, host);
		return;
	}
	age(loop, host);
	host->retiring |= !may_stay(loop, host);
	if (!host->retiring || host->calls != NULL || host->line.count > 0 || owes_ends(loop, host))
		return;
	if (host->linked) { /* its link closes, and it stops by itself */
		sg_child_gone(loop, host);
		host->since = now_of(loop);
		return;
	}
	if (now_of(loop) - host->since < SG_HOST_LEAVE_S * SG_SEC)
		return;
	sg_supervisor_send(loop, SG_FRAME_G_KILL, "{\"slot\":%llu}", (unsigned long long)host->slot); /* if it has not */
	sg_buf_done(&host->said);
	host->used = false;
}

/* ---- each turn ---- */

void
sg_hosts_fill(struct sg_loop *loop)
{
	if (loop->stop)
		return;
	find_wanted(loop);
	for (size_t i = 0; i < loop->children_top; i++)
		if (loop->children[i].used && loop->children[i].role == SG_ROLE_HOST)
			look_after(loop, &loop->children[i]);
	for (size_t i = 0; i < loop->wanted.count; i++)
		ensure(loop, &loop->wanted.items[i]);
	sg_prepare_turn(loop);
}

/* ---- late and dead ---- */

static void
fail_calls(struct sg_loop *loop, struct sg_child *host)
{
	struct sg_call *call = host->calls;
	host->calls = NULL;
	while (call != NULL) {
		struct sg_call *next = call->next;
		if (call->look != 0)
			sg_look_answered(loop, host, call->look, (struct sg_str){NULL, 0});
		else if (call->id != 0)
			sg_gate_called(loop->gate, call->id, (struct sg_str){NULL, 0});
		free(call);
		call = next;
	}
	for (struct sg_lined *l; (l = sg_line_next(&host->line)) != NULL; free(l))
		if (l->id != 0)
			sg_gate_called(loop->gate, l->id, (struct sg_str){NULL, 0});
		else
			sg_revoke_in_turn(loop->gate, (struct sg_str){l->request, l->len}, true);
	if (strncmp(host->name, "attest.", 7) == 0)
		sg_looks_gone(loop, host);
}

void
sg_host_gone(struct sg_loop *loop, struct sg_child *host)
{
	host->ready = host->entered = false;
	sg_buf_done(&host->said);
	if (!host->retiring) {
		host->failures++;
		unsigned pause = host->failures < 6 ? 1U << (host->failures - 1) : SG_BACKOFF_S;
		host->respawn_at = now_of(loop) + (host->failures == 1 ? 0 : (sg_time)pause * SG_SEC);
		if (host->failures == SG_BREAKER)
			fprintf(stderr, "stepgated: %s failed %d times in a row; from now on it is tried once in %d s\n", host->name, SG_BREAKER, SG_BACKOFF_S);
	}
	fail_calls(loop, host);
}

/* A thousand revocations may stand in line: what counts is that nothing is answered for as long as one call may take. */
static bool
is_late(const struct sg_child *host, sg_time now, sg_time allowed)
{
	if (!host->ready && now - host->since > SG_HOST_START_S * SG_SEC)
		return true;
	if (sg_sink_is_late(host, now))
		return true;
	if (strncmp(host->name, "attest.", 7) == 0)
		return sg_looks_late(host, now, allowed);
	for (const struct sg_call *call = host->calls; call != NULL; call = call->next)
		if (now > call->deadline && now - host->answered > allowed)
			return true;
	return false;
}

/* On its way out, and all that it is asked is to take back what it alone can: nobody waits behind it, and another one of it there is not. It has as much time as that has. */
static bool
may_be_late(struct sg_loop *loop, struct sg_child *host)
{
	bool back = host->retiring && host->ready;
	for (const struct sg_call *call = host->calls; call != NULL && back; call = call->next)
		back = call->id == 0 && call->look == 0;
	return back && owes_ends(loop, host);
}

/* Left alone, and not in silence: whoever waits in its line for something else is answered, and what it has not taken back is said. Once a second. */
static void
tell_late(struct sg_loop *loop, struct sg_child *host, sg_time now)
{
	if (now < host->late_at)
		return;
	host->late_at = now + SG_SEC;
	struct sg_lined *next;
	for (struct sg_lined *l = sg_line_take_calls(&host->line); l != NULL; l = next) {
		next = l->next;
		sg_gate_called(loop->gate, l->id, (struct sg_str){NULL, 0});
		free(l);
	}
	sg_issuer_hangs(loop->gate, sg_str(strchr(host->name, '.') + 1), host->made_by);
}

void
sg_hosts_deadlines(struct sg_loop *loop)
{
	sg_time now = now_of(loop);
	for (size_t i = 0; i < loop->children_top; i++) {
		struct sg_child *c = &loop->children[i];
		bool leaves = c->retiring && (!c->linked || c->calls == NULL); /* look_after sees to it */
		if (!c->used || c->role != SG_ROLE_HOST || (!c->linked && c->respawn_at != 0) || leaves || !is_late(c, now, loop->gate->catalogue->limits.host_deadline * SG_MSEC))
			continue;
		if (may_be_late(loop, c)) {
			tell_late(loop, c, now);
			continue;
		}
		snprintf(c->why, sizeof(c->why), "%s", sg_sink_is_late(c, now) ? "it carries nothing further" : c->ready ? "a call took longer than limits.host_deadline" : "it did not start in time");
		c->hung = c->ready && strncmp(c->name, "attest.", 7) == 0 && sg_looks_hung(loop, c);
		sg_child_kill(loop, c);
		if (c->hung && !c->retiring)
			c->respawn_at = now; /* each counts against a user, so that they end */
	}
	sg_looks_turn(loop);
}

/* ---- telling ---- */

static const char *
state_of(const struct sg_child *host)
{
	if (host->ready)
		return host->retiring ? "retiring" : host->faults > 0 ? "failing" : host->entered ? "ready" : "prepared";
	if (host->failures >= SG_BREAKER)
		return "breaker_open";
	return host->respawn_at != 0 && !host->linked ? "backing_off" : "starting";
}

void
sg_hosts_tell(void *self, struct sg_json_writer *w)
{
	struct sg_loop *loop = self;
	sg_jw_array(w);
	for (size_t i = 0; i < loop->children_top; i++) {
		const struct sg_child *c = &loop->children[i];
		if (!c->used || c->role != SG_ROLE_HOST || (c->retiring && !c->linked))
			continue;
		sg_jw_object(w);
		sg_jw_member_int(w, "calls", (int64_t)c->asked);
		sg_jw_member_text(w, "digest", c->digest);
		if (strncmp(c->name, "audit.", 6) == 0)
			sg_jw_member_int(w, "durable", (int64_t)c->durable);
		sg_jw_member_int(w, "failures", c->failures);
		if (strncmp(c->name, "audit.", 6) == 0)
			sg_jw_member_int(w, "gaps", (int64_t)c->gaps);
		sg_jw_member_text(w, "name", c->name);
		sg_jw_member_int(w, "restarts", c->restarts);
		sg_jw_member_text(w, "state", state_of(c));
		sg_jw_member_text(w, "why", c->why);
		sg_jw_end(w);
	}
	sg_jw_end(w);
}
