/* SPDX-License-Identifier: Apache-2.0
 * Finding a command by its words. */
#ifndef SG_CTL_FIND_H
#define SG_CTL_FIND_H

#include "ctl/ctl.h"

/* The words were a group's name, and its commands were printed: nothing more is to be done, exit 0. */
enum { SG_CTL_LISTED = -1 };

/* How many of `args` the command's words take; 0 if they are others. */
size_t sg_ctl_words_match(const char *words, const char *const *args, size_t count);
/* ctl->args name no command: tells what is near (SG_CTL_USAGE), or lists the group of that name (SG_CTL_LISTED). */
int sg_ctl_no_command(const struct sg_ctl *ctl, const struct sg_ctl_command *commands, size_t count);

#endif
