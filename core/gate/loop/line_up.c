/* SPDX-License-Identifier: Apache-2.0
 * Who is looked at next. An attest host is asked about one user at a time, about whom it was asked longest ago; and a user whose looks took long rests nine times
 * as long, so that nobody takes more than a tenth of its time from the others. */
#include "gate/loop/loop.h"

#include "base/str.h"

enum {
	PATIENCE = 3,    /* so many times limits.host_deadline a look waits for its turn */
	AT_ONCE = 8,     /* of one user, who is quick */
	QUICK_MS = 5,    /* for each of them */
	SLOW_MS = 50,    /* all that is longer is paid for */
	REST_TIMES = 9
};

static sg_time
now_of(const struct sg_loop *loop)
{
	return loop->sys->boot_time(loop->sys);
}

/* ---- who waits ---- */

static size_t
waits_at(const struct sg_look *look, const struct sg_child *host)
{
	size_t i = sg_look_step(look, sg_str(host->name + strlen("attest.")));
	return i < look->count && look->waits[i] ? i : look->count;
}

/* No answer to so many of what it is owed; it may be over before the last. */
static void
answer_some(struct sg_loop *loop, uint64_t number, size_t i, size_t owes)
{
	struct sg_look *look;
	for (; owes > 0 && (look = sg_look_of(loop, number)) != NULL; owes--)
		sg_look_answer(loop, look, i, (struct sg_str){NULL, 0});
}

static void
answer_none(struct sg_loop *loop, struct sg_look *look, size_t i)
{
	look->waits[i] = false;
	answer_some(loop, look->number, i, look->owes[i]);
}

/* Nobody waits for it any more, or its user is looked at no more. */
static bool
is_in_vain(struct sg_loop *loop, const struct sg_look *look)
{
	const struct sg_conn *conn = sg_look_conn(loop, look);
	return conn == NULL || sg_looks_refuse(loop, conn);
}

static void
answer_in_vain(struct sg_loop *loop, const struct sg_child *host)
{
	for (struct sg_look *look = loop->looks, *next; look != NULL; look = next) {
		size_t i = waits_at(look, host);
		bool over = i < look->count && is_in_vain(loop, look);
		next = look->next;
		if (over) {
			answer_none(loop, look, i);
			next = loop->looks; /* what was next may be gone, and others may have come */
		}
	}
}

/* Of the user whose turn it is the oldest; NULL: nobody waits, or all who wait rest. */
static struct sg_look *
first_of(struct sg_loop *loop, const struct sg_child *host, uint64_t whose)
{
	struct sg_look *first = NULL;
	uint64_t least = UINT64_MAX;
	sg_time now = now_of(loop);
	for (struct sg_look *look = loop->looks; look != NULL; look = look->next) { /* the newest stand before */
		const struct sg_conn *conn = waits_at(look, host) < look->count ? sg_look_conn(loop, look) : NULL;
		uint64_t its = conn == NULL ? 0 : sg_look_whose(loop, conn);
		if (conn == NULL || (whose != 0 && its != whose))
			continue;
		const struct sg_looker *looker = sg_looker_of(loop, its);
		if (looker->until <= now && looker->served <= least) {
			first = look;
			least = looker->served;
		}
	}
	return first;
}

/* ---- asking ---- */

static void
ask(struct sg_loop *loop, struct sg_child *host, struct sg_look *look)
{
	size_t i = waits_at(look, host);
	const struct sg_conn *conn = sg_look_conn(loop, look);
	look->waits[i] = false;
	look->asked = true;
	size_t asked = sg_look_ask(loop, look, i, host, conn);
	host->asked_about.count += asked > 0;
	answer_some(loop, look->number, i, look->owes[i] - asked);
}

static void
ask_about(struct sg_loop *loop, struct sg_child *host, struct sg_look *look)
{
	const struct sg_conn *conn = sg_look_conn(loop, look);
	uint64_t whose = sg_look_whose(loop, conn);
	bool quick = sg_looker_of(loop, whose)->quick;
	host->asked_about.whose = whose;
	host->asked_about.uid = conn->peer.network ? -1 : (int64_t)conn->peer.uid;
	host->asked_about.stranger = sg_is_stranger(loop, conn);
	host->asked_about.count = 0;
	host->asked_about.since = now_of(loop);
	for (int n = 0; look != NULL && n < (quick ? AT_ONCE : 1); n++) {
		ask(loop, host, look);
		look = first_of(loop, host, whose);
	}
}

void
sg_looks_next(struct sg_loop *loop, struct sg_child *host)
{
	struct sg_look *look;
	if (host->asking)
		return;
	host->asking = true;
	answer_in_vain(loop, host);
	while (host->linked && host->ready && host->calls == NULL && (look = first_of(loop, host, 0)) != NULL)
		ask_about(loop, host, look);
	host->asking = false;
}

void
sg_looks_done(struct sg_loop *loop, struct sg_child *host)
{
	sg_time took = loop->read_at > host->asked_about.since ? loop->read_at - host->asked_about.since : 0; /* not what the gate took to read it */
	struct sg_looker *looker = sg_looker_of(loop, host->asked_about.whose);
	looker->served = ++loop->lookers_served;
	looker->quick = took < (sg_time)host->asked_about.count * QUICK_MS * SG_MSEC;
	if (took > SLOW_MS * SG_MSEC) {
		bool again = looker->slow != 0 && host->asked_about.since - looker->slow < loop->gate->catalogue->limits.hang_refusal * SG_MSEC; /* once may be the machine's fault */
		looker->slow = now_of(loop);
		looker->until = again ? now_of(loop) + REST_TIMES * (took - SLOW_MS * SG_MSEC) : 0;
	}
	sg_looks_next(loop, host);
}

/* ---- what does not come ---- */

/* One that was to take its place, and did not start, takes nothing from those who wait for the one in use. */
void
sg_looks_gone(struct sg_loop *loop, struct sg_child *host)
{
	struct sg_child *other = sg_host_named(loop, "attest.", sg_str(host->name + strlen("attest.")));
	if (other != NULL && other != host && other->linked && other->ready) {
		sg_looks_next(loop, other);
		return;
	}
	for (struct sg_look *look = loop->looks, *next; !host->hung && look != NULL; look = next) {
		size_t i = waits_at(look, host);
		bool waits = i < look->count;
		next = look->next;
		if (waits) {
			answer_none(loop, look, i);
			next = loop->looks;
		}
	}
}

static struct sg_look *
waits_too_long(const struct sg_loop *loop, size_t *i)
{
	sg_time most = PATIENCE * loop->gate->catalogue->limits.host_deadline * SG_MSEC;
	for (struct sg_look *look = loop->looks; look != NULL; look = look->next)
		for (*i = 0; *i < look->count; ++*i)
			if (look->waits[*i] && now_of(loop) - look->since > most)
				return look;
	return NULL;
}

void
sg_looks_turn(struct sg_loop *loop)
{
	size_t i = 0;
	for (struct sg_look *look; (look = waits_too_long(loop, &i)) != NULL;)
		answer_none(loop, look, i);
	for (size_t c = 0; loop->looks != NULL && c < loop->children_top; c++)
		if (loop->children[c].used && loop->children[c].role == SG_ROLE_HOST && strncmp(loop->children[c].name, "attest.", 7) == 0 &&
		    sg_host_named(loop, "attest.", sg_str(loop->children[c].name + 7)) == &loop->children[c])
			sg_looks_next(loop, &loop->children[c]);
}
