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

/* Keeps this process out of core dumps and ptrace by its own uid: PR_SET_DUMPABLE 0, RLIMIT_CORE 0. */
void sg_process_undumpable(void);

/* Keeps all memory of this process out of swap, what it gets later too; not that of its children. False where RLIMIT_MEMLOCK is bounded and
 * cannot be lifted: then nothing is locked, for at that bound memory would run out. */
bool sg_process_lock(void);

#endif
