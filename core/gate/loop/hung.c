/* SPDX-License-Identifier: Apache-2.0
 * Attest hosts that hang: a process can keep whoever reads of it waiting. The host is at one user's processes at a time, so it is known over whom it hung,
 * whatever that user closes, ends or starts meanwhile. Once may be the machine's fault; twice is not. */
#include "gate/loop/loop.h"

#include <stdio.h>

static sg_time
now_of(const struct sg_loop *loop)
{
	return loop->sys->boot_time(loop->sys);
}

bool
sg_looks_late(const struct sg_child *host, sg_time now, sg_time allowed)
{
	return host->calls != NULL && now - host->asked_about.since > allowed;
}

static void
blame(struct sg_loop *loop, const struct sg_child *host, uid_t uid, sg_time until)
{
	if (sg_is_blamed(loop, uid))
		return;
	loop->blamed[loop->blamed_next++ % SG_BLAMED] = (struct sg_blamed){uid, until};
	fprintf(stderr, "stepgated: %s hung again while it looked at a process of uid %u: nobody looks at that user's for limits.hang_refusal\n", host->name, (unsigned)uid);
}

bool
sg_looks_hung(struct sg_loop *loop, struct sg_child *host)
{
	if (host->calls == NULL)
		return false;
	sg_time now = now_of(loop), within = loop->gate->catalogue->limits.hang_refusal * SG_MSEC;
	struct sg_looker *looker = sg_looker_of(loop, host->asked_about.whose);
	bool again = looker->hung != 0 && now - looker->hung < within && host->asked_about.since > looker->hung; /* not another host in the same moment */
	looker->hung = now;
	looker->quick = false;
	if (host->asked_about.uid < 0)
		return false; /* a peer of another machine has no process here that could keep it */
	if (again && host->asked_about.stranger) {
		loop->strangers_until = now + within;
		fprintf(stderr, "stepgated: %s hung again while it looked at a process of uid %lld, which no stanza names: nobody looks at such users' for limits.hang_refusal\n", host->name, (long long)host->asked_about.uid);
	} else if (again)
		blame(loop, host, (uid_t)host->asked_about.uid, now + within);
	else
		fprintf(stderr, "stepgated: %s hung while it looked at a process of uid %lld\n", host->name, (long long)host->asked_about.uid);
	return true;
}
