/* SPDX-License-Identifier: Apache-2.0
 * The beginning of an id stands for it, where it is the only one that begins so. */
#ifndef SG_CTL_WHOLE_ID_H
#define SG_CTL_WHOLE_ID_H

#include "ctl/ctl.h"

enum { SG_CTL_ID_LEAST = 10 }; /* characters of an id that is begun: fewer, and an agent could make one that begins so too */

/* Puts the whole id in place of the command's first argument, where that is the beginning of one (of an approval, a task, a lease, a domain; of a decision the number of its leaf is enough: "d12"). Asks the
 * daemon, in silence. Anything else stays as it is. SG_CTL_OK; SG_CTL_USAGE after it was told that several begin so. `room` holds it as long as the command runs. */
int sg_ctl_whole_id(struct sg_ctl *ctl, char room[128]);

#endif
