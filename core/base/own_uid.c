/* SPDX-License-Identifier: Apache-2.0
 * Becoming somebody who owns nothing and whom nobody else is. */
#include "base/own_uid.h"

#include "base/digest.h"
#include "base/str.h"

#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { PIDS_MOST = 1 << 22 /* PID_MAX_LIMIT of 64-bit kernels, include/linux/threads.h */ };

bool
sg_own_uids_are(void)
{
	FILE *map = fopen("/proc/self/uid_map", "re");
	unsigned long long first, outside, count;
	bool there = false;
	while (map != NULL && !there && fscanf(map, "%llu %llu %llu", &first, &outside, &count) == 3)
		there = first <= SG_OWN_UIDS && first + count >= SG_OWN_UIDS + 2ULL * PIDS_MOST;
	if (map != NULL)
		fclose(map);
	return there;
}

/* Of this thread and, before there are others, of the process: as the C library would change all threads, the sandbox is not asked for that. */
static bool
become(uid_t user)
{
	return syscall(SYS_setresgid, user, user, user) == 0 && syscall(SYS_setresuid, user, user, user) == 0;
}

static uid_t
of_path(const char *path)
{
	unsigned char digest[SG_SHA256_BYTES];
	sg_sha256(digest, sg_str(path));
	return SG_OWN_UIDS + PIDS_MOST + (((uid_t)digest[0] << 16 | (uid_t)digest[1] << 8 | digest[2]) & (PIDS_MOST - 1));
}

bool
sg_become_nobody_else(const char *path)
{
	uid_t own = path != NULL ? of_path(path) : SG_OWN_UIDS + (uid_t)getpid();
	return syscall(SYS_setgroups, 0, NULL) == 0 && become(sg_own_uids_are() ? own : SG_NOBODY);
}
