/* SPDX-License-Identifier: Apache-2.0
 * What a module is given in place of a grant while it is only tried: nobody is reached, nothing of somebody's is written. */
#ifndef SG_HOST_GRANT_TRIAL_H
#define SG_HOST_GRANT_TRIAL_H

#include "host/grant.h"

/* Whether such a grant reaches others: sockets, addresses, programs, and what lets a module reach them by itself. */
bool sg_grant_reaches(enum sg_grant_kind kind);

/* An end that nobody is at, into `open->fd`; of a program what a start looks at is looked at (sg_open_trusted's codes). SG_UNAVAILABLE grant_connect. */
enum sg_status sg_grant_stand_in(struct sg_open_grant *open, struct sg_err *err);

/* Takes the folder that is open there back for an empty one in `trial`, of its mode. SG_UNAVAILABLE grant_connect; nothing is open then. */
enum sg_status sg_grant_other_folder(struct sg_open_grant *open, const char *trial, struct sg_err *err);

#endif
