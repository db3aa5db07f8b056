/* SPDX-License-Identifier: Apache-2.0
 * The system calls each role may make, as one table over libseccomp. */
#ifndef SG_BASE_CONFINE_CALLS_H
#define SG_BASE_CONFINE_CALLS_H

#include "base/confine.h"

/* What a host needs beside its profile: for a while, to load a module; for good, to keep files in a folder of its own. */
enum { SG_CALLS_LOADING = 1, SG_CALLS_FILES = 2 };

/* Loads the filter of `profile` and of `sets`; 0, or a negative errno. Everything unlisted answers EPERM. A filter loaded over another allows
 * what both allow. */
int sg_confine_calls(enum sg_profile profile, unsigned sets);

#endif
