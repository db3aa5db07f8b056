/* SPDX-License-Identifier: Apache-2.0
 * From a system call to the grant that gives it. */
#include "host/check_refused.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

static bool
is_one(const char *call, const char *const *list)
{
	for (; *list != NULL; list++)
		if (strcmp(call, *list) == 0)
			return true;
	return false;
}

static const char *
of_socket(const struct sg_refused *one)
{
	bool inet = one->args[0] == AF_INET || one->args[0] == AF_INET6;
	if (!inet)
		return one->args[0] == AF_UNIX ? "NAME=unix:PATH" : NULL;
	return (one->args[1] & 0xf) == SOCK_DGRAM ? "resolver, or network" : (one->args[1] & 0xf) == SOCK_STREAM ? "NAME=tcp:HOST:PORT, or network" : NULL;
}

static const char *
of_path(const struct sg_refused *one)
{
	static const char *const of_resolver[] = {"/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf", "/etc/host.conf", "/etc/gai.conf", "/etc/services", NULL};
	static char read[SG_REFUSED_PATH + 16];
	if (strcmp(one->call, "openat") == 0 && (one->args[2] & (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC)) != 0)
		return "NAME=folder:PATH";
	if (is_one(one->path, of_resolver) || strcmp(one->path, "/") == 0) /* where libc looks whether it changed */
		return "resolver";
	snprintf(read, sizeof(read), "NAME=read:%.80s", one->path[0] == '/' ? one->path : "PATH");
	return read;
}

/* NULL: no grant gives it. */
static const char *
grant_for(const struct sg_refused *one)
{
	static const char *const opening[] = {"open", "openat", "newfstatat", "stat", "statx", "access", "faccessat", "faccessat2", "readlink", "readlinkat", "getdents64", NULL};
	static const char *const writing[] = {"mkdir", "mkdirat", "unlink", "unlinkat", "rename", "renameat", "renameat2", "ftruncate", "pwrite64", "fsync", "fdatasync", NULL};
	static const char *const talking[] = {"connect", "sendto", "recvfrom", "sendmmsg", "recvmmsg", "getsockname", "getpeername", "setsockopt", "getsockopt", "shutdown", NULL};
	static const char *const programs[] = {"execve", "execveat", "fork", "vfork", "clone", NULL};
	if (strcmp(one->call, "fcntl") == 0 || strcmp(one->call, "flock") == 0)
		return "locks";
	if (strcmp(one->call, "socket") == 0)
		return of_socket(one);
	if (is_one(one->call, opening))
		return of_path(one);
	return is_one(one->call, writing) ? "NAME=folder:PATH" : is_one(one->call, talking) ? "network" : is_one(one->call, programs) ? "NAME=run:PROGRAM" : NULL;
}

void
sg_check_refused(const struct sg_watched *seen, char text[240])
{
	size_t at = (size_t)snprintf(text, 240, seen->count > 0 ? "refused were " : "which calls were refused could not be seen");
	for (size_t i = seen->count; i-- > 0 && at < 240;) {
		const struct sg_refused *one = &seen->last[i];
		const char *grant = grant_for(one);
		at += (size_t)snprintf(text + at, 240 - at, "%s%s%s%.60s (%s%s)", i + 1 < seen->count ? ", " : "", one->call, one->path[0] != '\0' ? " " : "", one->path,
				       grant != NULL ? "grant " : "no grant gives it: do it in start, or not at all", grant != NULL ? grant : "");
	}
}
