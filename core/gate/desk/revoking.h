/* SPDX-License-Identifier: Apache-2.0
 * Credentials that are being taken back, until their issuers say that they are gone. */
#ifndef SG_GATE_REVOKING_H
#define SG_GATE_REVOKING_H

#include "base/json.h"
#include "base/canon.h"

struct sg_gate;
struct sg_lease;
struct sg_clock;
struct sg_request;

enum {
	SG_REVOKE_PAUSE_S = 64 /* longest pause before an issuer is told once more; the first is 2 s, each twice the one before */
};

/* Revokes a lease: recorded, told to its issuer, dead once the issuer says so. One that is being revoked is told again at once. False if it could not
 * be recorded. */
bool sg_lease_revoke(struct sg_gate *gate, struct sg_lease *lease, struct sg_str by, const char *why);
/* making.c: its issuer is about to be asked by that request to make it. False: no memory. */
bool sg_making_begin(struct sg_gate *gate, uint64_t request, struct sg_lease *lease);
/* That call is over, or never went: what was taken back meanwhile is told to its issuer now. One that was no make is passed over. */
void sg_making_over(struct sg_gate *gate, uint64_t request);
void sg_makings_done(struct sg_gate *gate);
/* Tells issuers what is being revoked and they have not heard of; so much of it, the rest by the clock. */
void sg_leases_revoking(struct sg_gate *gate);
/* Takes back what touches confidential things and was given before its task was labelled. Cheap where none was: asked at the end of each piece of work and each tick. */
void sg_leases_soaked(struct sg_gate *gate);
/* Each second, in slices: what ran out and must be confirmed is revoked, and issuers are told again of what they have not confirmed. */
void sg_leases_turn(struct sg_gate *gate);

struct sg_revoking {
	int64_t open;        /* leases that are being revoked, or may be by what is ended in slices */
	int64_t failing;     /* those of them whose issuer has said no, or is away */
	int64_t residual_ms; /* no longer than that may what was taken back be taken by who verifies it offline, by the clock that says more */
};

/* Its issuer has said that it is gone, and whoever does not ask takes it still. */
bool sg_lease_lives_on(const struct sg_gate *gate, const struct sg_lease *lease);
struct sg_revoking sg_revoking_now(const struct sg_gate *gate);
/* [NAME]: issuers of those that fail, 16 at most. */
void sg_write_failing_issuers(struct sg_json_writer *w, const struct sg_gate *gate);
/* Leases of this issuer that it was told to take back, and has not, after more than one try. */
size_t sg_lease_unconfirmed(const struct sg_gate *gate, struct sg_str issuer);

/* What stood in line at an issuer has its turn, or (`lost`) has lost its place with the issuer's process: then it is due again. True: it is to be told. */
bool sg_revoke_in_turn(struct sg_gate *gate, struct sg_str request, bool lost);
/* An issuer's word on a revocation; it counts for its own leases alone, and its yes for what was made by what it is (sg_issuer_tag, when it began; 0: tokens). */
void sg_gate_confirmed(struct sg_gate *gate, struct sg_str issuer, uint64_t by, struct sg_str answer);
/* What that issuer was told to take back it has not, within its time, and is not ended for it: each of them is failing, and that is said once. */
void sg_issuer_hangs(struct sg_gate *gate, struct sg_str issuer, uint64_t by);
/* There are leases of that issuer, made by that, which live or are to be taken back still; one that ran out counts for a second or two. */
bool sg_issuer_owes(const struct sg_gate *gate, struct sg_str issuer, uint64_t by);

#endif
