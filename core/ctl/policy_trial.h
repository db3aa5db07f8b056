/* SPDX-License-Identifier: Apache-2.0
 * Policy files before they are where the daemon reads them. */
#ifndef SG_CTL_POLICY_TRIAL_H
#define SG_CTL_POLICY_TRIAL_H

#include "ctl/ctl.h"
#include "ctl/policy_pack.h"

/* The folder's files with those of the packs among them or in the place of what is there, in a folder of its own that goes again: whether they load with `config`, and their tests pass. SG_CTL_OK, or an exit
 * code, told. */
int sg_trial_run(const struct sg_ctl *ctl, const struct sg_pack *packs, size_t count, const char *folder, const char *config);
/* Prints how the file that is there differs from the one that would be put there, as diff -u does. */
void sg_trial_difference(const struct sg_pack *pack, const char *folder);

#endif
