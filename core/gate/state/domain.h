/* SPDX-License-Identifier: Apache-2.0
 * Domains: what the kernel keeps apart, and the sessions that some of them are of. */
#ifndef SG_GATE_STATE_DOMAIN_H
#define SG_GATE_STATE_DOMAIN_H

#include "base/ring.h"
#include "frame/segment.h"
#include "gate/state/kept.h"
#include "gate/state/past.h"
#include "gate/state/times.h"

/* What an enforcer speaks for: each agent of it is in a domain of its own. Kept while there is one. */
struct sg_session {
	char *key; /* "enforcer|session" */
	struct sg_domain *first;
};

/* What the kernel keeps apart from other domains (domain.h). What is read in one task of it may be known to all its processes. */
struct sg_domain {
	char id[SG_ID_MAX], kind[16];
	char *name; /* NULL: not known */
	struct sg_session *session; /* NULL: it is of none */
	struct sg_domain *session_next, *session_before;
	struct sg_taint taint;
	struct sg_kept kept;
	bool frozen;
	struct sg_counted denials, step_ups; /* of roots that their agent opened itself */
	size_t tasks, refs;                /* open ones; those in memory */
	struct sg_ring open; /* those that are open or stand still (holder.h) */
	struct sg_ring of_user; /* users.c: with those of the same user and kind */
	uint64_t spread;          /* the leaf by which it last told all that it carries; before state->cleansed: some may carry less */
	uint64_t soak_round, soak_origin; /* in memory alone, as the next: soak.c */
	struct sg_domain *soak_next;
	struct sg_ring hears;     /* hearers.h: trees that it works in, or did not long ago */
	struct sg_ring writers; /* tasks that have ended while what they write may not be over */
	int64_t fade_ms;              /* so long after its last open task it carries what it carries; below 0: for ever */
	int64_t idle_ms;              /* steady: when its last open task ended; 0 while it has one */
	int64_t since_ms, frozen_ms;  /* since when it carries labels; 0: none; when it was frozen */
};

#endif
