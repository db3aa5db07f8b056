/* SPDX-License-Identifier: Apache-2.0
 * What a person types at the terminal. */
#ifndef SG_CTL_TYPED_H
#define SG_CTL_TYPED_H

enum { SG_CTL_TYPED = 256 };

/* Asks on stderr and reads one line of stdin, without its end. NULL if there is none, or it is too long. `line` is what is returned. */
const char *sg_ctl_typed(const char *what, char line[SG_CTL_TYPED]);

#endif
