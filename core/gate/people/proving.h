/* SPDX-License-Identifier: Apache-2.0
 * Asking a prove module. Private to people/. */
#ifndef SG_GATE_PEOPLE_PROVING_H
#define SG_GATE_PEOPLE_PROVING_H

#include "gate/decide/sight.h"
#include "gate/people/people.h"
#include "gate/state/enrolment.h"

enum {
	SG_CHALLENGE_MS = 120 * 1000 /* so long a challenge stands */
};

#define SG_SIGN_IN_WHAT "sign-in"

/* The confirmed enrolment of this person for this method: the one that `device` names, or, where that is empty, the one confirmed last. NULL if there is none.
 * One that was made by another user, or as another person, is nobody's. */
struct sg_enrolment *sg_enrolment_of(const struct sg_gate *gate, const struct sg_admin *admin, struct sg_str method, struct sg_str device);
/* limits.proof_tries that did not succeed, the last one not limits.proof_rest ago: nothing is asked, and once a rest an alert says so (proofs_tried). */
bool sg_prove_tired(struct sg_gate *gate, const struct sg_enrolment *e, struct sg_tries *tries);
/* A try begins. It counts at once, so that those sent together count like those sent one after the other; what succeeded, or was never answered, was none. */
void sg_prove_tried(const struct sg_gate *gate, struct sg_tries *tries);
void sg_prove_was_none(struct sg_tries *tries);

/* Makes a challenge for this thing (an approval and its digest, a sign-in) and keeps it with the enrolment. False: no random numbers. */
bool sg_challenge_make(struct sg_gate *gate, struct sg_enrolment *e, struct sg_str what);
/* The one for this thing: a sign-in has its own. */
struct sg_challenge *sg_challenge_of(struct sg_enrolment *e, struct sg_str what);
bool sg_challenge_stands(const struct sg_gate *gate, struct sg_enrolment *e, struct sg_str what);

/* Sends verb and response to the module of the enrolment's method; `then` hears its answer, NULL if it did not answer. The challenge is the one that stands for
 * `what`, else one that nobody knows. False: the module is away, nothing will be heard. */
bool sg_prove_ask(struct sg_gate *gate, struct sg_request *r, struct sg_enrolment *e, const char *verb, struct sg_str what, struct sg_str response,
		  void (*then)(struct sg_gate *, struct sg_request *, const struct sg_json *));
/* The module said ok. Else it is answered with what it said, 503 if it said nothing. */
bool sg_proven(struct sg_gate *gate, struct sg_request *r, const struct sg_json *answer);

#endif
