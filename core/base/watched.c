/* SPDX-License-Identifier: Apache-2.0
 * ptrace(2), from one system call to the next. */
#include "base/watched.h"

#include <errno.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

bool
sg_watch_me(void)
{
	return ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0 && raise(SIGSTOP) == 0;
}

/* Which argument is a path; -1: none. */
static int
path_argument(long call)
{
	switch (call) {
#ifdef SYS_open
	case SYS_open:
	case SYS_access:
	case SYS_stat:
	case SYS_readlink:
	case SYS_mkdir:
	case SYS_unlink:
	case SYS_rename:
#endif
	case SYS_execve:
		return 0;
	case SYS_openat:
	case SYS_newfstatat:
	case SYS_statx:
	case SYS_faccessat:
#ifdef SYS_faccessat2
	case SYS_faccessat2:
#endif
	case SYS_readlinkat:
	case SYS_mkdirat:
	case SYS_unlinkat:
		return 1;
	default:
		return -1;
	}
}

static void
read_path(pid_t child, uint64_t from, char path[SG_REFUSED_PATH])
{
	for (size_t at = 0; at + sizeof(long) <= SG_REFUSED_PATH - 1; at += sizeof(long)) {
		errno = 0;
		long word = ptrace(PTRACE_PEEKDATA, child, (char *)(uintptr_t)from + at, NULL);
		if (errno != 0)
			return;
		memcpy(path + at, &word, sizeof(word));
		if (memchr(&word, '\0', sizeof(word)) != NULL)
			return;
	}
}

static void
add(struct sg_watched *seen, const struct sg_refused *one)
{
	for (size_t i = 0; i < seen->count; i++)
		if (strcmp(seen->last[i].call, one->call) == 0 && strcmp(seen->last[i].path, one->path) == 0 && seen->last[i].args[1] == one->args[1])
			return;
	if (seen->count == SG_REFUSED_KEPT)
		memmove(&seen->last[0], &seen->last[1], sizeof(*one) * --seen->count);
	seen->last[seen->count++] = *one;
}

static void
note(pid_t child, const struct __ptrace_syscall_info *entry, struct sg_watched *seen)
{
	struct sg_refused one = {.args = {entry->entry.args[0], entry->entry.args[1], entry->entry.args[2]}};
	char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, (int)entry->entry.nr);
	snprintf(one.call, sizeof(one.call), "%s", name != NULL ? name : "a call");
	free(name);
	int path = path_argument((long)entry->entry.nr);
	if (path >= 0)
		read_path(child, entry->entry.args[path], one.path);
	add(seen, &one);
}

/* Where a call begins it is kept, where it ends it is judged. */
static void
look(pid_t child, struct __ptrace_syscall_info *entry, bool on, struct sg_watched *seen)
{
	struct __ptrace_syscall_info now;
	if (ptrace(PTRACE_GET_SYSCALL_INFO, child, (void *)sizeof(now), &now) <= 0)
		return;
	if (now.op == PTRACE_SYSCALL_INFO_ENTRY)
		*entry = now;
	else if (on && now.op == PTRACE_SYSCALL_INFO_EXIT && now.exit.is_error != 0 && (now.exit.rval == -EPERM || now.exit.rval == -EACCES))
		note(child, entry, seen);
}

int
sg_watch(pid_t child, const volatile bool *on, struct sg_watched *seen)
{
	struct __ptrace_syscall_info entry = {0};
	int status = -1, hand_on;
	*seen = (struct sg_watched){0};
	for (;;) {
		while (waitpid(child, &status, 0) < 0)
			if (errno != EINTR)
				return -1;
		if (!WIFSTOPPED(status))
			return status;
		bool call = WSTOPSIG(status) == (SIGTRAP | 0x80), first = WSTOPSIG(status) == SIGSTOP;
		if (first)
			ptrace(PTRACE_SETOPTIONS, child, NULL, (void *)(PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL));
		if (call)
			look(child, &entry, *on, seen);
		hand_on = call || first ? 0 : WSTOPSIG(status);
		ptrace(PTRACE_SYSCALL, child, NULL, (void *)(intptr_t)hand_on);
	}
}
