/* SPDX-License-Identifier: Apache-2.0
 * What comes in on a connection. Without TLS the kernel names the sender of each byte. */
#include "door/conn_tls.h"

#include "base/str.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static pid_t
sender(struct msghdr *message)
{
	pid_t pid = -1;
	for (struct cmsghdr *head = CMSG_FIRSTHDR(message); head != NULL; head = CMSG_NXTHDR(message, head)) {
		struct ucred credentials;
		if (head->cmsg_level == SOL_SOCKET && head->cmsg_type == SCM_RIGHTS) {
			int fd;
			for (size_t at = 0; at + sizeof(int) <= head->cmsg_len - CMSG_LEN(0); at += sizeof(int)) {
				memcpy(&fd, CMSG_DATA(head) + at, sizeof(fd));
				close(fd); /* nobody was asked for descriptors */
			}
		}
		if (head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_CREDENTIALS)
			continue;
		memcpy(&credentials, CMSG_DATA(head), sizeof(credentials));
		pid = credentials.pid;
	}
	return pid;
}

/* A byte from another process than the one that connected, or from nobody: the gate hears of it, and the connection ends. The kernel names each byte's
 * sender, for the listener had SO_PASSCRED before anybody could connect, and a connection has it from its listener. */
static bool
same_sender(struct sg_door *door, struct sg_door_conn *conn, pid_t pid)
{
	if (pid > 0 && pid == conn->pid)
		return true;
	sg_link_queue(&door->gate, SG_FRAME_D_CHANGED, conn->id, SG_STR(""), -1, NULL);
	sg_door_conn_end(door, conn, true);
	return false;
}

static void
read_some(struct sg_door *door, struct sg_door_conn *conn)
{
	union {
		char bytes[512];
		struct cmsghdr align;
	} control;
	char *to = sg_buf_reserve(&conn->in, SG_READ_CHUNK);
	if (to == NULL) {
		sg_door_conn_refuse(door, conn, SG_HTTP_http_body_size, "");
		return;
	}
	struct iovec part = {to, SG_READ_CHUNK};
	struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof(control.bytes)};
	ssize_t got = recvmsg(conn->fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got <= 0) {
		sg_door_conn_end(door, conn, true);
		return;
	}
	if (!same_sender(door, conn, sender(&message)))
		return;
	sg_door_conn_received(door, conn, (size_t)got);
}

void
sg_door_conn_event(struct sg_door *door, struct sg_door_conn *conn, uint32_t events)
{
	if ((events & EPOLLOUT) != 0)
		sg_door_conn_flush(door, conn);
	if (conn->fd >= 0 && (events & (EPOLLIN | EPOLLHUP | EPOLLERR | EPOLLRDHUP)) != 0)
		conn->tls != NULL ? sg_door_tls_read(door, conn) : read_some(door, conn);
}
