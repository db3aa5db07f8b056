/* SPDX-License-Identifier: Apache-2.0
 * The system calls each role may make, as one table over libseccomp. */
#ifndef SG_BASE_CONFINE_CALLS_H
#define SG_BASE_CONFINE_CALLS_H

#include "base/confine.h"

/* What a host needs beside its profile: for a while, to load a module; for good, to keep files in a folder of its own. Beside these a set may have
 * what its stanza lets it do by itself: enum sg_more. */
enum { SG_CALLS_LOADING = 1, SG_CALLS_FILES = 2 };

/* Loads the filter of `profile` and of `sets`; 0, or a negative errno. Everything unlisted answers EPERM. A filter loaded over another allows
 * what both allow. `next`: the one filter that may be loaded over this one, from sg_confine_next_keep; NULL: none in particular. */
int sg_confine_calls(enum sg_profile profile, unsigned sets, const void *next);
/* The same filter, written to `fd` as BPF instead. */
int sg_confine_calls_write(enum sg_profile profile, unsigned sets, int fd);

/* confine_next.c: the filter that a host loads once its module has started. It is made before the module runs and laid where nobody in this process
 * can change, move or cover it: the filter before it sees to that, and allows seccomp(2) with this address alone. So the number of filters
 * that the kernel tells of a host grows by ours or not at all, whoever asks for it. 0, or a negative errno. */
enum { SG_CONFINE_NEXT_BYTES = 64 << 10 };
int sg_confine_next_keep(enum sg_profile profile, unsigned sets, const void **next);
int sg_confine_next_load(const void *next);

#endif
