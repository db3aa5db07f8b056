/* SPDX-License-Identifier: Apache-2.0
 * sd_notify(3): datagrams of NAME=VALUE lines to a socket that the environment names. */
#include "main/notify.h"

#include "base/sys.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static struct sockaddr_un where;
static socklen_t where_len; /* 0: nobody is told */
static int64_t watchdog_us, turned_us;
static bool was_open, ready_due; /* ready_due: it is to be said that it is open, or that a reload is over */
static uint64_t known_reloads;   /* that were said */

static int64_t
monotonic_us(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

void
sg_notify_begin(void)
{
	const char *path = getenv("NOTIFY_SOCKET"), *every = getenv("WATCHDOG_USEC"), *whose = getenv("WATCHDOG_PID");
	size_t len = path == NULL ? 0 : strlen(path);
	if (len > 1 && len < sizeof(where.sun_path) && (path[0] == '/' || path[0] == '@')) {
		where.sun_family = AF_UNIX;
		memcpy(where.sun_path, path, len);
		where.sun_path[0] = path[0] == '@' ? '\0' : '/'; /* @: abstract */
		where_len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
	}
	if (every != NULL && (whose == NULL || strtol(whose, NULL, 10) == (long)getpid()))
		watchdog_us = strtoll(every, NULL, 10);
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
}

/* One datagram, with a descriptor where `with` is one. */
static bool
send_to(int fd, const char *text, int with)
{
	union {
		struct cmsghdr head;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = {.bytes = {0}};
	struct iovec bytes = {(void *)(uintptr_t)text, strlen(text)};
	struct msghdr message = {.msg_name = &where, .msg_namelen = where_len, .msg_iov = &bytes, .msg_iovlen = 1};
	if (with >= 0) {
		message.msg_control = control.bytes;
		message.msg_controllen = sizeof(control.bytes);
		control.head = (struct cmsghdr){.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof(int))};
		memcpy(CMSG_DATA(&control.head), &with, sizeof(with));
	}
	return sendmsg(fd, &message, MSG_NOSIGNAL) >= 0;
}

/* False: its queue is full; said again in the next turn. */
static bool
say_with(const char *text, int with)
{
	int fd = where_len == 0 ? -1 : socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return where_len == 0;
	bool sent = send_to(fd, text, with);
	bool later = !sent && (errno == EAGAIN || errno == ENOBUFS);
	if (!sent && !later)
		perror("stepgated: NOTIFY_SOCKET");
	close(fd);
	return !later;
}

static bool
say(const char *text)
{
	return say_with(text, -1);
}

static bool
say_reloading(void)
{
	char text[64];
	snprintf(text, sizeof(text), "RELOADING=1\nMONOTONIC_USEC=%" PRId64, monotonic_us());
	return say(text);
}

void
sg_notify_turn(bool open, bool reloading, uint64_t reloads)
{
	if (where_len == 0)
		return;
	if (!was_open)
		known_reloads = reloads; /* what is read before it is open is part of the start */
	if (open && reloads != known_reloads && was_open && say_reloading()) {
		known_reloads = reloads;
		ready_due = true;
	}
	ready_due |= open && !was_open;
	was_open |= open;
	if (ready_due && !reloading && reloads == known_reloads && say("READY=1"))
		ready_due = false;
	int64_t now = monotonic_us();
	if (watchdog_us > 0 && now - turned_us >= watchdog_us / 2 && say("WATCHDOG=1"))
		turned_us = now;
}

void
sg_notify_stopping(void)
{
	say("STOPPING=1");
}

bool
sg_notify_heard(void)
{
	return where_len != 0;
}

bool
sg_notify_keep(const char *name, int fd)
{
	char text[128];
	snprintf(text, sizeof(text), "FDSTORE=1\nFDNAME=%.64s", name);
	return say_with(text, fd);
}

void
sg_notify_forget(const char *name)
{
	char text[128];
	snprintf(text, sizeof(text), "FDSTOREREMOVE=1\nFDNAME=%.64s", name);
	say(text);
}
