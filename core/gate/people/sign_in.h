/* SPDX-License-Identifier: Apache-2.0
 * Who is signed in on the approvers' page. The page's process speaks for them: each request of it carries the token that the person's browser got, and counts as that
 * person's for as long as the sign-in stands. They are in memory alone: a gate that starts anew knows nobody. */
#ifndef SG_GATE_PEOPLE_SIGN_IN_H
#define SG_GATE_PEOPLE_SIGN_IN_H

#include "gate/people/people.h"
#include "gate/state/enrolment.h"

struct sg_sign_in {
	char digest[SG_SHA256_HEX]; /* of its token; the first SG_SIGN_IN_ID of it name it to people */
	char admin[64], enrolment[SG_ID_MAX];
	sg_time began, used;
};

enum {
	SG_SIGN_IN_ID = 16,
	SG_SIGN_INS = 1024,    /* in all: one more ends the one that was idle longest */
	SG_SIGN_INS_EACH = 8,  /* of one person, likewise */
	SG_SIGN_IN_TOKEN = 48  /* bytes of a token, with its NUL */
};

/* It counts still: for its person, its device, its time. */
bool sg_sign_in_stands(const struct sg_gate *gate, const struct sg_sign_in *s);
/* NULL: no token of one that stands. */
struct sg_sign_in *sg_sign_in_by_token(const struct sg_gate *gate, struct sg_str token);

/* Whose word this request is: who is signed in, where it came from the page; else who connected. NULL: nobody's. It stands no longer than
 * the person, the device that was shown, and what limits it. */
const struct sg_admin *sg_speaker(const struct sg_gate *gate, const struct sg_request *r);

/* The request came from the page. */
bool sg_by_page(const struct sg_gate *gate, const struct sg_request *r);

/* On the page who is signed in pays from a purse of their own, strangers from one of theirs; a no is free. False: nothing is answered yet. */
bool sg_page_afford(struct sg_gate *gate, struct sg_request *r);

/* A request of the page came: whoever it is of is not idle. Call once for each. */
void sg_sign_in_used(struct sg_gate *gate, const struct sg_request *r);

void sg_route_page(struct sg_gate *gate, struct sg_request *r);
void sg_route_sign_in_challenge(struct sg_gate *gate, struct sg_request *r);
void sg_route_sign_in(struct sg_gate *gate, struct sg_request *r);
void sg_route_sign_out(struct sg_gate *gate, struct sg_request *r);
void sg_route_sign_ins(struct sg_gate *gate, struct sg_request *r);
void sg_sign_ins_done(struct sg_gate *gate);

#endif
