/* SPDX-License-Identifier: Apache-2.0
 * A gate that ended: whether another one is started, and when. What is broken stays broken; what a disk or memory did not give may be there in a second. */
#include "main/supervisor.h"

#include "gate/loop/loop.h"

#include <signal.h>
#include <stdio.h>

enum {
	EXIT_INTERNAL = 70,
	EXIT_CONFIG = 78,
	AGAIN_MS = 1000, /* from one try for room to the next */
	SAID_EACH = 60   /* of so many tries in a row one says why it failed */
};

static void
try_later(struct sg_supervisor *s)
{
	if (s->room_tries++ == 0)
		fprintf(stderr, "stepgated: there is no room to start a gate in; it is tried again each second\n");
	s->gate_due = sg_supervisor_monotonic() + AGAIN_MS * SG_MSEC;
}

/* The gate's sockets, policy and configuration are here: the new one is told them anew. */
static void
start_gate(struct sg_supervisor *s)
{
	s->gate_due = 0;
	if (!sg_role_gate(s, s->room_tries % SAID_EACH == 0) && s->gate_pid != 0)
		kill(s->gate_pid, SIGKILL); /* it was not told everything; its end is noticed by SIGCHLD */
	else if (s->gate_pid == 0)
		try_later(s);
	else if (s->manifest.len > 0 || s->candidate_pid == 0) /* else the first policy of all is still being compiled */
		sg_reload_tell_policy(s);
}

static int
gate_ended(struct sg_supervisor *s)
{
	sg_role_kill_all(s); /* it takes its children along */
	sg_reload_gate_gone(s);
	s->came_up = s->came_up || atomic_load(&s->pulse->answers);
	bool no_room = s->gate_status == SG_GATE_NO_ROOM;
	if (s->gate_status == SG_GATE_BROKEN || (no_room && !s->came_up)) /* at its first start somebody waits for the answer */
		return EXIT_CONFIG;
	if (no_room) {
		try_later(s);
		return -1;
	}
	if (++s->restarts > SG_RESTARTS) {
		fprintf(stderr, "stepgated: the gate died %d times in a row before it could open\n", SG_RESTARTS);
		return EXIT_INTERNAL;
	}
	fprintf(stderr, "stepgated: the gate died; starting it again from the journal\n");
	start_gate(s);
	return -1;
}

int
sg_restart_turn(struct sg_supervisor *s)
{
	if (s->gate_due == 0)
		return gate_ended(s);
	if (sg_supervisor_monotonic() >= s->gate_due)
		start_gate(s);
	return -1;
}

void
sg_restart_over(struct sg_supervisor *s)
{
	if (s->room_tries > 0)
		fprintf(stderr, "stepgated: the gate is back after %u tries for room\n", s->room_tries);
	s->restarts = s->room_tries = 0;
}
