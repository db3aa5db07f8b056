/* SPDX-License-Identifier: Apache-2.0
 * The system calls each role may make, as one table over libseccomp. */
#ifndef SG_BASE_CONFINE_CALLS_H
#define SG_BASE_CONFINE_CALLS_H

#include "base/confine.h"

/* Loads the filter of `profile`; 0, or a negative errno. Everything unlisted answers EPERM. */
int sg_confine_calls(enum sg_profile profile);

#endif
