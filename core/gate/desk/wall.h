/* SPDX-License-Identifier: Apache-2.0
 * The wall clock as the gate takes it: never further ahead than the record and the time that passed since allow. A clock set ten years ahead for a minute
 * would else leave a record that no later clock could follow. CLOCK_BOOTTIME counts what passed, sleep included. */
#ifndef SG_GATE_WALL_H
#define SG_GATE_WALL_H

#include "base/canon.h"
#include "gate/catalogue/reason.h"

struct sg_gate;
struct sg_request;

enum { SG_CLOCK_BEHIND_MS = 5000 /* behind the last leaf by more, and nothing is allowed: clock_behind */ };
#define SG_CLOCK_START_MS (INT64_C(400) * 86400 * 1000) /* a start so far behind the last leaf is believed: nobody knows how long the gate was away */

struct sg_wall {
	bool anchored; /* a wall clock was believed since the gate started */
	int64_t wall_ms; /* what it said when it was last believed, or the last leaf's time at the start */
	sg_time boot;    /* when; 0: the gate has just started */
	int64_t ahead_ms; /* further than is believed; 0: it is believed */
	bool said;
};

/* The wall clock in milliseconds, or, while it stands further ahead than limits.clock_jump (at the first start of a run of the machine: SG_CLOCK_START_MS) of the last leaf and the time
 * since, what it would be by the time that passed. The journal writes the same. */
int64_t sg_wall_now(struct sg_gate *gate, int64_t wall_ms, sg_time boot);

/* allowed; clock_behind, clock_ahead: nothing is allowed now. Every door that a yes leaves by asks it: a new allow, its repeat, its release, and introspection
 * for clock_ahead (behind, a credential's life is counted by the boot clock). */
enum sg_reason sg_wall_good(const struct sg_gate *gate);

/* {"ahead_ms","behind_ms","state":"good"|"ahead"|"behind"} */
void sg_write_wall(struct sg_json_writer *w, const struct sg_gate *gate);

/* Each tick: what is wrong with it is said once. */
void sg_wall_turn(struct sg_gate *gate);

/* POST /v1/clock/accept {"reason"}: an operator says that the clock is right, ahead or behind. Recorded; leaf time goes on from it, also backwards. What was
 * given an end that no time from now on could give ends. */
void sg_route_clock_accept(struct sg_gate *gate, struct sg_request *request);

#endif
