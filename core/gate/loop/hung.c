/* SPDX-License-Identifier: Apache-2.0
 * Attest hosts that hang: a process can keep whoever reads of it waiting. The host is ended and started again, and whose process it was is looked at no more
 * for a while. What it was at among several it cannot say any more: they are asked again one by one, and who hangs it then is known. */
#include "gate/loop/loop.h"

#include "base/str.h"

#include <stdio.h>

enum { PATIENCE = 3 /* so many times limits.host_deadline a look waits for its turn */ };

static sg_time
now_of(const struct sg_loop *loop)
{
	return loop->sys->boot_time(loop->sys);
}

/* ---- who it was ---- */

static void
blame(struct sg_loop *loop, const struct sg_child *host, uid_t uid, const char *why)
{
	sg_time until = now_of(loop) + loop->gate->catalogue->limits.hang_refusal * SG_MSEC;
	if (sg_is_blamed(loop, uid))
		return;
	loop->blamed[loop->blamed_next++ % SG_BLAMED] = (struct sg_blamed){uid, until};
	fprintf(stderr, "stepgated: %s hung while it looked at a process of uid %u%s: nobody looks at that user's for limits.hang_refusal\n", host->name, (unsigned)uid, why);
}

static bool
one_user(const struct sg_child *host)
{
	for (const struct sg_call *c = host->calls; c != NULL; c = c->next)
		if (!c->process || c->uid != host->calls->uid)
			return false;
	return host->calls != NULL;
}

/* It can be asked again: somebody still waits for it. */
static bool
is_wanted(const struct sg_loop *loop, const struct sg_call *call)
{
	const struct sg_look *look = sg_look_of(loop, call->look);
	return look != NULL && sg_conn_find(loop->gate, look->conn) != NULL;
}

/* Of this user nobody waits any more: it went away while the host hung, and could not be asked alone. */
static bool
is_away(const struct sg_loop *loop, const struct sg_child *host, uid_t uid)
{
	for (const struct sg_call *c = host->calls; c != NULL; c = c->next)
		if (c->process && c->uid == uid && is_wanted(loop, c))
			return false;
	return true;
}

bool
sg_looks_blame(struct sg_loop *loop, struct sg_child *host)
{
	bool sure = one_user(host), any = false;
	for (const struct sg_call *c = host->calls; c != NULL; c = c->next) {
		any |= c->process;
		if (c->process && (sure || is_away(loop, host, c->uid)))
			blame(loop, host, c->uid, sure ? "" : ", or of others, and is gone");
	}
	host->alone = any;
	return any;
}

/* ---- asked again ---- */

bool
sg_look_wait(struct sg_loop *loop, const struct sg_child *host, uint64_t number)
{
	struct sg_look *look = sg_look_of(loop, number);
	const struct sg_conn *conn = look == NULL ? NULL : sg_conn_find(loop->gate, look->conn);
	size_t i = look == NULL ? 0 : sg_look_step(look, sg_str(host->name + strlen("attest.")));
	if (conn == NULL || i == look->count || look->steps[i].step.presented || sg_looks_refuse(loop, conn))
		return false;
	return look->again[i] = true;
}

/* The first that waits for this step, as they came; an answer may end its look, and begin others. */
static struct sg_look *
waits_for(const struct sg_loop *loop, struct sg_str step, size_t *i)
{
	struct sg_look *first = NULL;
	for (struct sg_look *look = loop->looks; look != NULL; look = look->next) {
		size_t at = sg_look_step(look, step);
		if (at < look->count && look->again[at]) {
			first = look; /* the newest stand before */
			*i = at;
		}
	}
	return first;
}

void
sg_looks_again(struct sg_loop *loop, struct sg_child *host)
{
	size_t i = 0;
	struct sg_look *look;
	while (!sg_host_waits(host) && (look = waits_for(loop, sg_str(host->name + strlen("attest.")), &i)) != NULL) {
		const struct sg_conn *conn = sg_conn_find(loop->gate, look->conn);
		look->again[i] = false;
		if (conn == NULL || sg_looks_refuse(loop, conn) || !sg_look_ask(loop, look, host, conn))
			sg_look_answer(loop, look, i, (struct sg_str){NULL, 0});
	}
	host->alone = sg_host_waits(host);
}

static struct sg_look *
waits_too_long(const struct sg_loop *loop, size_t *i)
{
	sg_time most = PATIENCE * loop->gate->catalogue->limits.host_deadline * SG_MSEC;
	for (struct sg_look *look = loop->looks; look != NULL; look = look->next)
		for (*i = 0; *i < look->count; ++*i)
			if (look->again[*i] && now_of(loop) - look->since > most)
				return look;
	return NULL;
}

void
sg_looks_late(struct sg_loop *loop)
{
	size_t i = 0;
	for (struct sg_look *look; (look = waits_too_long(loop, &i)) != NULL;)
		sg_look_answer(loop, look, i, (struct sg_str){NULL, 0});
}
