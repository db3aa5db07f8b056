/* SPDX-License-Identifier: Apache-2.0
 * Ending a process of the daemon's. One that has become another user can be signalled by that user, or with a capability (CAP_KILL) that would reach every process
 * of the machine: a child becomes that user for it. */
#include "main/supervisor.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static bool
user_of(pid_t pid, uid_t *uid)
{
	char path[64], line[256];
	bool found = false;
	snprintf(path, sizeof(path), "/proc/%ld/status", (long)pid);
	FILE *file = fopen(path, "re");
	while (file != NULL && !found && fgets(line, sizeof(line), file) != NULL)
		if (strncmp(line, "Uid:", 4) == 0) {
			*uid = (uid_t)strtoul(line + 4, NULL, 10);
			found = true;
		}
	if (file != NULL)
		fclose(file);
	return found;
}

static bool
end(int pidfd)
{
	return syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0) == 0 || errno == ESRCH;
}

void
sg_role_end(int pidfd, pid_t pid)
{
	uid_t uid;
	if (end(pidfd))
		return;
	if (errno != EPERM || pid <= 0 || !user_of(pid, &uid)) {
		fprintf(stderr, "stepgated: process %ld cannot be ended: %s\n", (long)pid, strerror(errno));
		return;
	}
	pid_t child = fork();
	if (child == 0)
		_exit(setresuid(uid, uid, uid) == 0 && end(pidfd) ? 0 : (fprintf(stderr, "stepgated: process %ld cannot be ended: %s\n", (long)pid, strerror(errno)), 1));
}
