/* SPDX-License-Identifier: Apache-2.0
 * Is the state in memory what its journal gives (I1)? Asked by every play of the unit tests, and at each orderly stop in dev mode, or where STEPGATE_CHECK_FOLD
 * stands in the environment, as it does in the tests of a running daemon. */
#ifndef SG_GATE_DRIFT_H
#define SG_GATE_DRIFT_H

#include "gate/snapshot/refold.h"

enum { SG_DRIFT_TOLD = 4096 };

/* Folds the journal from its first leaf (where retention deleted that: from the newest snapshot) and compares all that a snapshot holds. Nothing may be on its way to the disk, or owed. Both states forget what is due, so
 * that only what a leaf should have said is compared; every member of every leaf must have a row in gate/state/leaf.h. Deadlines of an earlier run of the machine
 * are counted from the clock as it is now and differ where it was set. `told` (initialised, SG_DRIFT_TOLD) says what is in one alone; it is empty where both are the same. False: they differ, or it could not be found out. */
bool sg_state_is_fold(struct sg_state *state, const struct sg_journal *journal, struct sg_buf *told);

#endif
