/* SPDX-License-Identifier: Apache-2.0
 * Peers: with SO_PEERPIDFD, without it, gone before they were read, reused, and from another PID namespace. */
#include "base/peer.h"

#include "base/err.h"
#include "unit/cases.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

typedef enum sg_status reader(const struct sg_sys *self, int socket, struct sg_peer *peer, struct sg_err *err);

static char path[108];

static int
listening(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	snprintf(path, sizeof(path), "/tmp/sg-peer-%d.sock", (int)getpid());
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	unlink(path);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	CU_ASSERT_EQUAL_FATAL(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	CU_ASSERT_EQUAL_FATAL(listen(fd, 8), 0);
	return fd;
}

static void
connect_there(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0)
		_exit(3);
}

/* A child that connects and then stays, or dies at once. */
static pid_t
child(bool stays)
{
	pid_t pid = fork();
	if (pid != 0)
		return pid;
	connect_there();
	if (stays)
		pause();
	_exit(0);
}

static void
live_peer(reader *read_peer, bool exact)
{
	struct sg_peer peer;
	struct sg_err err = {0};
	int listener = listening();
	pid_t pid = child(true);
	int fd = accept(listener, NULL, NULL);
	CU_ASSERT_EQUAL(read_peer(&sg_sys_real, fd, &peer, &err), SG_OK);
	CU_ASSERT_EQUAL(peer.pid, pid);
	CU_ASSERT_EQUAL(peer.uid, getuid());
	CU_ASSERT_EQUAL(peer.pidfd_exact, exact);
	CU_ASSERT_TRUE(peer.start_time != 0);
	CU_ASSERT_TRUE(sg_peer_alive(&sg_sys_real, &peer));
	struct sg_peer reused = peer; /* the same number, another start: without the exact pidfd that is all there is to tell by */
	reused.pidfd_exact = false;
	reused.start_time++;
	CU_ASSERT_FALSE(sg_peer_alive(&sg_sys_real, &reused));
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	CU_ASSERT_FALSE(sg_peer_alive(&sg_sys_real, &peer));
	sg_peer_done(&peer);
	CU_ASSERT_FALSE(sg_peer_alive(&sg_sys_real, &peer));
	close(fd);
	close(listener);
	unlink(path);
}

static void
with_peerpidfd(void)
{
	int ends[2];
	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	int pidfd = sg_peer_pidfd(ends[0]);
	bool has = pidfd >= 0;
	if (!has)
		printf("(NOT RUN: this kernel has no SO_PEERPIDFD) ");
	close(pidfd);
	close(ends[0]);
	close(ends[1]);
	live_peer(sg_peer_read, has);
}

static void
without_peerpidfd(void)
{
	live_peer(sg_sys_without_peerpidfd.peer, false);
}

static void
gone(void)
{
	reader *const readers[] = {sg_peer_read, sg_peer_read_old};
	for (int i = 0; i < 2; i++) {
		struct sg_peer peer;
		struct sg_err err = {0};
		int listener = listening();
		pid_t pid = child(false);
		waitpid(pid, NULL, 0);
		int fd = accept(listener, NULL, NULL);
		CU_ASSERT_EQUAL(readers[i](&sg_sys_real, fd, &peer, &err), SG_REFUSED);
		CU_ASSERT_STRING_EQUAL(err.code, "peer_gone");
		close(fd);
		close(listener);
		unlink(path);
	}
}

/* The number of a dead peer given to another process before it is read. SO_PEERPIDFD sees it. Without it nothing can: the kernel keeps only the number. */
static bool
take_number(pid_t wanted, pid_t *other)
{
	for (int i = 0; i < 50; i++) {
		char text[16];
		int fd = open("/proc/sys/kernel/ns_last_pid", O_WRONLY);
		int len = snprintf(text, sizeof(text), "%d", (int)wanted - 1);
		bool set = fd >= 0 && write(fd, text, (size_t)len) == len;
		if (fd >= 0)
			close(fd);
		*other = set ? fork() : -1;
		if (*other == 0) {
			pause();
			_exit(0);
		}
		if (*other == wanted)
			return true;
		if (*other > 0) {
			kill(*other, SIGKILL);
			waitpid(*other, NULL, 0);
		}
	}
	return false;
}

static void
reused_number(void)
{
	struct sg_peer peer;
	struct sg_err err = {0};
	pid_t other;
	int listener = listening();
	pid_t pid = child(false);
	waitpid(pid, NULL, 0);
	if (!take_number(pid, &other)) {
		printf("(NOT RUN: needs root and ns_last_pid) ");
	} else {
		int fd = accept(listener, NULL, NULL);
		if (sg_peer_pidfd(fd) >= 0 || errno != ENOPROTOOPT) {
			CU_ASSERT_EQUAL(sg_peer_read(&sg_sys_real, fd, &peer, &err), SG_REFUSED);
			CU_ASSERT_STRING_EQUAL(err.code, "peer_gone");
		}
		/* the honest limit of the old way: told in peer.h and in the README */
		CU_ASSERT_EQUAL(sg_peer_read_old(&sg_sys_real, fd, &peer, &err), SG_OK);
		CU_ASSERT_EQUAL(peer.pid, other);
		sg_peer_done(&peer);
		close(fd);
		kill(other, SIGKILL);
		waitpid(other, NULL, 0);
	}
	close(listener);
	unlink(path);
}

static void
other_namespace(void)
{
	int listener = listening(), result[2];
	CU_ASSERT_EQUAL_FATAL(pipe(result), 0);
	pid_t outer = fork();
	if (outer == 0) { /* the one who accepts lives in a namespace where the peer has no number */
		char said = 'n';
		if (unshare(CLONE_NEWPID) == 0) {
			pid_t inner = fork();
			if (inner == 0) {
				struct sg_peer peer;
				struct sg_err err = {0};
				int fd = accept(listener, NULL, NULL);
				enum sg_status status = sg_peer_read(&sg_sys_real, fd, &peer, &err);
				said = status == SG_REFUSED && strcmp(err.code, "peer_unknown") == 0 ? 'y' : 'f';
				_exit(write(result[1], &said, 1) == 1 ? 0 : 1);
			}
			waitpid(inner, NULL, 0);
			_exit(0);
		}
		_exit(write(result[1], &said, 1) == 1 ? 0 : 1);
	}
	pid_t pid = child(true);
	char said = 'f';
	CU_ASSERT_EQUAL(read(result[0], &said, 1), 1);
	if (said == 'n')
		printf("(NOT RUN: needs root to make a PID namespace) ");
	CU_ASSERT_NOT_EQUAL(said, 'f');
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	waitpid(outer, NULL, 0);
	close(result[0]);
	close(result[1]);
	close(listener);
	unlink(path);
}

SG_CASES("base.peer", {"with SO_PEERPIDFD", with_peerpidfd}, {"without it", without_peerpidfd}, {"gone before it was read", gone},
	 {"its number given to another", reused_number}, {"from another PID namespace", other_namespace})
