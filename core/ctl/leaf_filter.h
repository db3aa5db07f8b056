/* SPDX-License-Identifier: Apache-2.0
 * Which leaves are shown: --since, --until, --agent, --verdict, --action. */
#ifndef SG_CTL_LEAF_FILTER_H
#define SG_CTL_LEAF_FILTER_H

#include "ctl/ctl.h"

struct sg_leaf_filter {
	const struct sg_ctl *ctl;   /* whose patterns of actions; borrowed */
	int64_t since_leaf;         /* leaves behind this one; 0: all */
	int64_t since_ms, until_ms; /* from then on, before then; 0 and INT64_MAX: always */
	bool timed;                 /* --since is a time */
};

/* From the command line. SG_CTL_OK, or SG_CTL_USAGE after it was told. */
int sg_leaf_filter_read(struct sg_leaf_filter *filter, const struct sg_ctl *ctl);
/* Once it is known where the record ends: a number behind that is no leaf's. SG_CTL_OK, or SG_CTL_USAGE after it was told. */
int sg_leaf_filter_within(const struct sg_leaf_filter *filter, uint64_t last);
/* `leaf` as the journal has it: {"at","body","kind","n",..}. What says nothing of an agent, a verdict or an action is not taken where one is asked for. */
bool sg_leaf_filter_takes(const struct sg_leaf_filter *filter, const struct sg_json *leaf);

/* Milliseconds since 1970 of "2h" (before now; s, m, h, d), "2026-11-30", "2026-11-30T12:00" or "..:00Z", in UTC. False: it is none. */
bool sg_leaf_time(const char *text, int64_t now_ms, int64_t *out);

#endif
