/* SPDX-License-Identifier: Apache-2.0
 * Looking at peers: who is asked about, in which turn, and what it has cost. Private to the loop. */
#ifndef SG_GATE_LOOP_LOOK_H
#define SG_GATE_LOOP_LOOK_H

#include "gate/wire/wire.h"

struct sg_loop;
struct sg_child;

/* Facts being gathered from the steps of the stack, as it stood when the look began. */
enum { SG_LOOK_SHARED = 32 /* requests that one look answers */ };
struct sg_look {
	struct sg_look *next;
	uint64_t number;
	struct sg_look_for {
		uint64_t id, conn; /* the request that waits, and its connection */
	} whom[SG_LOOK_SHARED]; /* all connections of one process, where nothing was presented on them */
	size_t whom_count;
	bool asked;     /* some step was: who comes now comes too late for it */
	size_t waiting; /* answers */
	struct sg_arena arena;
	struct sg_stated steps[SG_STEPS_MAX];
	bool failed[SG_STEPS_MAX];
	size_t answers[SG_STEPS_MAX]; /* that this step has given */
	size_t owes[SG_STEPS_MAX];    /* answers, while it waits */
	bool waits[SG_STEPS_MAX];     /* for its user's turn */
	uint64_t stack;               /* catalogue.h: of the steps */
	unsigned begun;               /* so often: a reload may change the stack while it is under way */
	sg_time since;
	size_t count;
};

/* What looking at a user's processes has cost those who waited behind it. */
struct sg_looker {
	uint64_t whose;
	uint64_t served; /* when it was last asked about, counted; whoever is new comes first */
	bool quick;      /* several may be asked about at once */
	bool known;      /* it was found to be an agent or an enforcer */
	sg_time until;   /* its looks rest: they took long */
	sg_time hung;    /* a host last hung over it; 0: none */
	sg_time slow;    /* its last look that took long; 0: none */
};

/* A user over whose processes attest hosts hung: until then nobody looks at them. */
struct sg_blamed {
	uid_t uid;
	sg_time until;
};

/* looks.c. The look of this number, or NULL; the place of a step in it (its count: none); asks a host about it, counting the questions (0: it cannot be asked);
 * hears of a step: {NULL, 0} is no answer; a host's answer: whatever it says of a look that is over is nothing. */
struct sg_look *sg_look_of(const struct sg_loop *loop, uint64_t number);
size_t sg_look_step(const struct sg_look *look, struct sg_str name);
/* All that the stack in force would ask stands in line. False: nothing does. */
bool sg_look_line_up(struct sg_loop *loop, struct sg_look *look, const struct sg_conn *conn);
size_t sg_look_ask(struct sg_loop *loop, struct sg_look *look, size_t i, struct sg_child *host, const struct sg_conn *conn);
void sg_look_answer(struct sg_loop *loop, struct sg_look *look, size_t i, struct sg_str payload);
void sg_look_answered(struct sg_loop *loop, const struct sg_child *host, uint64_t number, struct sg_str payload);
/* look_begin.c: at the end of a turn: who came in it is asked about. */
void sg_looks_ask(struct sg_loop *loop);
/* One of those for whom it is done who is still there; NULL: nobody is. */
struct sg_conn *sg_look_conn(struct sg_loop *loop, const struct sg_look *look);
/* line_up.c: an attest host is asked about one user at a time, the one whose turn is longest ago; what takes long rests afterwards. */
uint64_t sg_look_whose(struct sg_loop *loop, const struct sg_conn *conn);
/* Its user is named by no stanza, and was not found to be anybody lately. */
bool sg_is_stranger(struct sg_loop *loop, const struct sg_conn *conn);
/* NULL: nothing good is known of it. */
struct sg_looker *sg_looker_known(struct sg_loop *loop, uint64_t whose);
/* The host is there, has answered, or something new waits: the next are asked, if it is at nothing. */
void sg_looks_next(struct sg_loop *loop, struct sg_child *host);
/* It has answered all that it was asked. */
void sg_looks_done(struct sg_loop *loop, struct sg_child *host);
/* It is gone: what waits for it goes to the next one if it hung, else it has no answer. */
void sg_looks_gone(struct sg_loop *loop, struct sg_child *host);
/* Each turn: those that rested may be due; what has waited for too long is answered: nothing is known. */
void sg_looks_turn(struct sg_loop *loop);
struct sg_looker *sg_looker_of(struct sg_loop *loop, uint64_t whose);
/* hung.c: an attest host did not answer in time and is about to be ended. False: it was asked nothing. */
bool sg_looks_hung(struct sg_loop *loop, struct sg_child *host);
/* What it is at has taken too long. */
bool sg_looks_late(const struct sg_child *host, sg_time now, sg_time allowed);
/* blamed.c: nobody looks at processes of this user, of this peer, now. */
bool sg_is_blamed(const struct sg_loop *loop, uid_t uid);
bool sg_looks_refuse(struct sg_loop *loop, const struct sg_conn *conn);

#endif
