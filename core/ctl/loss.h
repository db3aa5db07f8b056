/* SPDX-License-Identifier: Apache-2.0
 * Writing what the next start records of leaves that are gone (frame/loss.h). */
#ifndef SG_CTL_LOSS_H
#define SG_CTL_LOSS_H

#include "frame/cut.h"

struct sg_loss {
	uint64_t ahead, last; /* what was there went so far; what is there goes so far */
	const char *reason, *what;
	bool kill;
	struct sg_cut cut; /* what retention had deleted, as the anchor says; segment 0: nothing */
};

/* Whole or not at all, synced, of the folder's owner, in the name of whoever runs this. False: errno. */
bool sg_loss_write(int journal, const struct sg_loss *loss);

#endif
