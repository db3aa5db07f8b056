/* SPDX-License-Identifier: Apache-2.0
 * Secrets: wiping them, comparing them, making them. */
#ifndef SG_BASE_SECRET_H
#define SG_BASE_SECRET_H

#include <stdbool.h>
#include <stepgate/types.h>

/* Overwrites memory in a way the compiler may not leave out. */
void sg_wipe(void *bytes, size_t len);

/* Compares in time that depends on `len` alone. */
bool sg_secret_eq(const void *a, const void *b, size_t len);

/* Fills `bytes` from the kernel's generator; SG_UNAVAILABLE when it does not answer (then nothing may be issued). */
enum sg_status sg_random(void *bytes, size_t len, struct sg_err *err);

/* Keeps this process out of core dumps, ptrace by its own uid and swap of its locked pages: PR_SET_DUMPABLE 0, RLIMIT_CORE 0. */
void sg_process_undumpable(void);

#endif
