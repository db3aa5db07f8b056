/* SPDX-License-Identifier: Apache-2.0
 * The gate's pulse: a page that supervisor and gate share, and nobody else. The gate counts in it as often as its loop turns, and in recovery and
 * refolding as often as it gets further; it also stands there whose request it works on. The supervisor looks whether the count moves and parses nothing. */
#ifndef SG_GATE_PULSE_H
#define SG_GATE_PULSE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stepgate/types.h>

enum { SG_PULSE_CALLER = 96, SG_PULSE_REFUSED = 16, SG_PULSE_LOOK_MS = 250 /* the most that one look of the supervisor counts */ };

struct sg_pulse {
	_Atomic uint64_t beats;
	_Atomic bool at_fault;            /* set by the supervisor: the last gate hung or broke down by itself */
	_Atomic bool at_disk;             /* the gate itself waits for the disk, which is no hang */
	_Atomic bool answers;             /* a gate has opened the admin face: an operator may have been answered */
	uint64_t hangs;                   /* gates that the supervisor ended */
	char in_hand[SG_PULSE_CALLER];    /* "uid:N", "agent:NAME", "enforcer:N"; "": nobody's request */
	struct {
		char caller[SG_PULSE_CALLER];
		sg_time until;
	} refused[SG_PULSE_REFUSED];
	size_t refused_next;
};

/* The page, before the gate is forked; NULL on no memory. Only a child that is forked between lend and keep has it. */
struct sg_pulse *sg_pulse_new(void);
void sg_pulse_lend(struct sg_pulse *pulse);
void sg_pulse_keep(struct sg_pulse *pulse);

/* The gate's side; without a page (tests) all of these do nothing. */
void sg_pulse_use(struct sg_pulse *pulse);
/* The loop turned, or recovery got further. */
void sg_pulse_beat(void);
/* The gate itself waits for the disk, from now on or no more: whatever it reads or opens there. One wait may be within another. */
void sg_pulse_disk(bool waits);
/* Whose request is worked on from now on; "": nobody's. */
void sg_pulse_hand(const char *caller);
/* At the start: whoever was in hand when the last gate hung or broke down is refused until then. */
void sg_pulse_take_up(sg_time until);
/* True if this caller is refused still. */
bool sg_pulse_refuses(const char *caller, sg_time now);
/* The admin face is open. */
void sg_pulse_answers(void);
/* Gates that were ended, and callers that are refused now. */
uint64_t sg_pulse_hangs(void);
size_t sg_pulse_refused(sg_time now);

/* The supervisor's side: has the gate stood still for longer than this? `now`: CLOCK_MONOTONIC. One look counts SG_PULSE_LOOK_MS at most, so that
 * neither a suspended machine nor a stopped control group is taken for a hang: who looks must have run all the while. */
struct sg_pulse_watch {
	uint64_t beats;
	sg_time looked, still;
};
void sg_pulse_watch_begin(struct sg_pulse_watch *watch, const struct sg_pulse *pulse, sg_time now);
bool sg_pulse_watch_hangs(struct sg_pulse_watch *watch, const struct sg_pulse *pulse, sg_time now, sg_time most);

#endif
