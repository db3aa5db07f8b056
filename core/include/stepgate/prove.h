/* SPDX-License-Identifier: Apache-2.0
 * Prove modules hold what a person presents against what that person enrolled: a code, an assertion of a security key. They never say who somebody is and
 * never say yes: which enrolment, what for, and whether that is enough are the gate's to know. They keep nothing: what they must know of an enrolment
 * comes with each call, and a secret that must not be known outside is derived from the module's own key (host->secret) and the enrolment. Once started,
 * the process can open nothing at all. */
#ifndef STEPGATE_PROVE_H
#define STEPGATE_PROVE_H

#include <stepgate/module.h>

enum {
	SG_ENROLMENT_MAX = 63,      /* bytes of an enrolment's id: [A-Za-z0-9-] */
	SG_CHALLENGE_BYTES = 32,
	SG_RESPONSE_MAX = 16384,    /* bytes that a person's device presents */
	SG_OFFER_MAX = 4096,        /* bytes of an offer */
	SG_PROVE_KEY_MAX = 2048,    /* bytes of a public key as recorded */
	SG_FINGERPRINT_MAX = 100    /* bytes */
};

/* How a person answers: by typing six to ten digits; by a browser's WebAuthn call, whose answer is a JSON object. */
enum sg_prove_form { SG_PROVE_CODE = 1, SG_PROVE_WEBAUTHN = 2 };

/* What is known of a proof that held. */
enum {
	SG_PROOF_BOUND = 1,    /* it is over the challenge: it proves this and nothing else */
	SG_PROOF_USER = 2,     /* the device knew its user (a PIN, a finger), not only that somebody touched it */
	SG_PROOF_BACKED_UP = 4 /* the key is copied to other devices */
};

struct sg_prove_in {
	size_t size;
	sg_time deadline;
	struct sg_str enrolment; /* trusted: its id */
	struct sg_str person;    /* trusted: whose, as people read it; 1 to 255 bytes */
	struct sg_str site;      /* trusted: the origin of the approvers' page, "https://approve.acme.example"; empty where there is none */
	struct sg_str challenge; /* trusted: SG_CHALLENGE_BYTES, fresh, made for this person and this thing */
	struct sg_str key;       /* trusted: what enrol answered; empty before */
	int64_t counter;         /* trusted: what the last enrol or prove answered; 0 before */
	struct sg_str response;  /* hostile; empty in offer */
};

struct sg_prove_out {
	size_t size;
	struct sg_str offer;       /* of offer: a JSON object, for the person's device and nobody else; never recorded; at most SG_OFFER_MAX */
	struct sg_str key;         /* of enrol: public, printable ASCII, recorded; 1 to SG_PROVE_KEY_MAX */
	struct sg_str fingerprint; /* of enrol: what an admin compares with what the person reads out; printable ASCII, 1 to SG_FINGERPRINT_MAX */
	int64_t counter;           /* of enrol and prove: 0, or greater than the one that came in: the gate refuses any other, so that no proof serves twice */
	unsigned seen;             /* of enrol and prove: SG_PROOF_ bits */
};

/* The same call with the same challenge answers the same way. A proof that does not hold is SG_REFUSED with a code, and says nothing of the module.
 *   offer  what the device is asked with: to be enrolled (no key yet), or to prove. NULL: there is nothing to show.
 *   enrol  the response shows that the device is there. Required.
 *   prove  the response was made by what was enrolled, now. Required. */
struct sg_prove_ops {
	size_t size;
	enum sg_prove_form form;
	enum sg_status (*offer)(void *state, const struct sg_prove_in *in, struct sg_prove_out *out, struct sg_err *err);
	enum sg_status (*enrol)(void *state, const struct sg_prove_in *in, struct sg_prove_out *out, struct sg_err *err);
	enum sg_status (*prove)(void *state, const struct sg_prove_in *in, struct sg_prove_out *out, struct sg_err *err);
};

#endif
