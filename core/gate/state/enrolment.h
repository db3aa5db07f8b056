/* SPDX-License-Identifier: Apache-2.0
 * A person's device, as a module of kind prove knows it: begun by an operator, shown by the person, confirmed by an operator, used until it is revoked. Public
 * parts alone: what is secret is the device's, or derived in the module. */
#ifndef SG_GATE_STATE_ENROLMENT_H
#define SG_GATE_STATE_ENROLMENT_H

#include "frame/segment.h"
#include "gate/catalogue/catalogue.h"
#include "gate/state/bounds.h"
#include "gate/state/deadline.h"

#include <stepgate/prove.h>

enum {
	SG_ENROLMENTS = 1024,         /* in all; those that are revoked are not kept */
	SG_ENROLMENTS_EACH = 8,       /* of one admin */
	SG_ENROL_MS = 10 * 60 * 1000, /* so long its code serves */
	SG_ENROL_CODE = 33            /* bytes of a code, with its NUL */
};

/* What came of it. Nothing is proven by one that is not confirmed. */
#define SG_ENROLMENT_STATES(X) X(begun) X(enrolled) X(confirmed)

enum sg_enrolment_state {
#define X(name) SG_ENROLMENT_##name,
	SG_ENROLMENT_STATES(X)
#undef X
};

struct sg_enrolment {
	char id[SG_ID_MAX];
	char admin[64], method[64]; /* stanzas of admins and of prove */
	char begun_by[64];          /* who may not confirm it; "": the person showed it themselves, so anybody may */
	int64_t uid;                /* the admin's then: a stanza that went on to somebody else proves nothing */
	uint64_t person;            /* sg_person_tag of the human that the admin was; 0: none */
	char code[SG_SHA256_HEX];   /* digest of the code that serves once */
	struct sg_deadline ends;    /* of the code */
	char *key;                  /* NULL until it is enrolled */
	char fingerprint[SG_FINGERPRINT_MAX + 1];
	int64_t counter; /* of its last proof */
	int64_t at_ms;   /* when it came into this state */
	enum sg_enrolment_state state;
	/* In memory alone: what its next proof must be over, for what, and until when; tries that did not succeed, and when the last one was, of each kind. */
	struct sg_challenge {
		char text[48], what[SG_SHA256_HEX];
		sg_time until;
	} challenge, sign_in_challenge; /* strangers ask for the second one */
	struct sg_tries {
		unsigned count;
		sg_time at;
		bool told; /* of the rest there is */
	} tries, sign_in_tries; /* of whoever the gate knows already; of strangers, who must not keep the person from approving elsewhere */
};

const char *sg_enrolment_state_name(enum sg_enrolment_state state);
struct sg_state;
/* NULL if there is none. */
struct sg_enrolment *sg_state_enrolment(const struct sg_state *state, struct sg_str id);
/* What is begun for this admin and method now takes its place; or its code was over before, and nothing came of it. */
bool sg_enrolment_gives_way(const struct sg_enrolment *enrolment, struct sg_str admin, struct sg_str method, int64_t at_ms);
void sg_enrolment_free(struct sg_enrolment *enrolment);

#endif
