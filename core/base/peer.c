/* SPDX-License-Identifier: Apache-2.0
 * Peers: what the kernel knows at connect(), and whether that process still lives. */
#include "base/peer.h"

#include "base/err.h"
#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77
#endif
#define PIDFS_MAGIC 0x50494446

int
sg_peer_pidfd(int socket)
{
	int pidfd = -1;
	socklen_t len = sizeof(pidfd);
	return getsockopt(socket, SOL_SOCKET, SO_PEERPIDFD, &pidfd, &len) == 0 ? pidfd : -1;
}

static uint64_t
start_time_in(const char *text)
{
	const char *at = strrchr(text, ')'); /* the command name may hold anything, also spaces and brackets */
	for (int field = 2; at != NULL && field < 22; field++)
		at = strchr(at + 1, ' ');
	return at == NULL ? 0 : strtoull(at + 1, NULL, 10);
}

/* Bytes read, 0 if there is no such process, -1 if that could not be found out. */
static ssize_t
read_stat(pid_t pid, char *text, size_t room)
{
	char path[32];
	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT || errno == ESRCH ? 0 : -1;
	ssize_t got = read(fd, text, room - 1);
	int error = errno;
	close(fd);
	if (got < 0)
		return error == ESRCH ? 0 : -1;
	text[got] = '\0';
	return got;
}

uint64_t
sg_process_start_time(pid_t pid)
{
	char text[1024];
	return read_stat(pid, text, sizeof(text)) > 0 ? start_time_in(text) : 0;
}

uint64_t
sg_process_start(const struct sg_sys *self, pid_t pid)
{
	char text[1024];
	ssize_t got = read_stat(pid, text, sizeof(text));
	const char *name = got > 0 ? strrchr(text, ')') : NULL;
	(void)self;
	if (got < 0)
		return UINT64_MAX;
	bool ended = name != NULL && strlen(name) > 2 && (name[2] == 'Z' || name[2] == 'X');
	return got == 0 || ended ? 0 : start_time_in(text);
}

static enum sg_status
read_credentials(int socket, struct sg_peer *peer, struct sg_err *err)
{
	struct ucred credentials;
	socklen_t len = sizeof(credentials);
	*peer = (struct sg_peer){.pidfd = -1};
	if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &len) != 0)
		return sg_fail(err, SG_REFUSED, "peer_unknown", "SO_PEERCRED: %s", strerror(errno));
	peer->uid = credentials.uid;
	peer->gid = credentials.gid;
	peer->pid = credentials.pid;

	len = sizeof(peer->groups);
	if (getsockopt(socket, SOL_SOCKET, SO_PEERGROUPS, peer->groups, &len) == 0)
		peer->group_count = len / sizeof(gid_t);
	if (peer->pid <= 0) /* another PID namespace: nothing about this process can be looked at, now or later */
		return sg_fail(err, SG_REFUSED, "peer_unknown", "the peer has no process id here (another PID namespace)");
	return SG_OK;
}

static void
note_pidfs(struct sg_peer *peer)
{
	struct stat status;
	struct statfs system;
	if (fstatfs(peer->pidfd, &system) == 0 && system.f_type == PIDFS_MAGIC && fstat(peer->pidfd, &status) == 0)
		peer->pidfs = status.st_ino;
}

enum sg_status
sg_peer_read_old(const struct sg_sys *self, int socket, struct sg_peer *peer, struct sg_err *err)
{
	(void)self;
	enum sg_status status = read_credentials(socket, peer, err);
	if (status != SG_OK)
		return status;
	uint64_t before = sg_process_start_time(peer->pid);
	peer->pidfd = (int)syscall(SYS_pidfd_open, peer->pid, 0);
	peer->start_time = sg_process_start_time(peer->pid);
	if (peer->pidfd >= 0 && before != 0 && before == peer->start_time) {
		note_pidfs(peer);
		return SG_OK;
	}
	sg_peer_done(peer);
	return sg_fail(err, SG_REFUSED, "peer_gone", "the process that connected is gone");
}

enum sg_status
sg_peer_read(const struct sg_sys *self, int socket, struct sg_peer *peer, struct sg_err *err)
{
	int pidfd = sg_peer_pidfd(socket);
	if (pidfd < 0 && (errno == ENOPROTOOPT || errno == EINVAL))
		return sg_peer_read_old(self, socket, peer, err);
	enum sg_status status = read_credentials(socket, peer, err);
	if (status == SG_OK && pidfd < 0)
		return sg_fail(err, SG_REFUSED, "peer_gone", "the process that connected is gone");
	if (status != SG_OK) {
		if (pidfd >= 0)
			close(pidfd);
		return status;
	}
	peer->pidfd = pidfd;
	peer->pidfd_exact = true;
	peer->start_time = sg_process_start_time(peer->pid);
	note_pidfs(peer);
	if (sg_peer_alive(self, peer) && peer->start_time != 0)
		return SG_OK; /* alive after the reads, so they were of this process */
	sg_peer_done(peer);
	return sg_fail(err, SG_REFUSED, "peer_gone", "the process that connected is gone");
}

bool
sg_peer_alive(const struct sg_sys *self, const struct sg_peer *peer)
{
	(void)self;
	struct pollfd exit_event = {.fd = peer->pidfd, .events = POLLIN};
	if (peer->network)
		return true; /* its end is the connection's */
	if (peer->pidfd < 0 || poll(&exit_event, 1, 0) != 0)
		return false;
	return peer->pidfd_exact || sg_process_start_time(peer->pid) == peer->start_time;
}

void
sg_peer_done(struct sg_peer *peer)
{
	if (peer->pidfd >= 0)
		close(peer->pidfd);
	peer->pidfd = -1;
}
