/* SPDX-License-Identifier: Apache-2.0
 * Frames on a stream socket. Knows lengths and the table; knows nothing of what a payload means. */
#include "frame/link.h"

#include "base/err.h"
#include "base/octets.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { READ_CHUNK = 64 << 10 };

void
sg_link_init(struct sg_link *link, int fd, enum sg_role self, enum sg_role peer)
{
	*link = (struct sg_link){.fd = fd, .self = self, .peer = peer, .state = SG_LINK_STARTING};
	sg_buf_init(&link->in, SG_FRAME_MAX + SG_FRAME_HEAD + READ_CHUNK);
	sg_buf_init(&link->out, SG_LINK_OUT_MAX);
}

void
sg_link_done(struct sg_link *link)
{
	if (link->fd >= 0)
		close(link->fd);
	link->fd = -1;
	for (size_t i = 0; i < link->in_fd_count; i++)
		close(link->in_fds[i]);
	for (size_t i = 0; i < link->out_fd_count; i++)
		close(link->out_fds[i].fd);
	free(link->out_fds);
	link->out_fds = NULL;
	link->in_fd_count = link->out_fd_count = link->out_fd_room = 0;
	sg_buf_done(&link->in);
	sg_buf_done(&link->out);
}

static enum sg_status
check_queue(struct sg_link *link, enum sg_frame_type type, struct sg_str payload, int fd, struct sg_err *err)
{
	const struct sg_frame_rule *rule = sg_frame_rule((uint16_t)type);
	if (link->fd < 0)
		return sg_fail(err, SG_UNAVAILABLE, "link_closed", "the other process is gone");
	if (!sg_frame_allowed((uint16_t)type, link->self, link->peer, link->state) || rule->carries_fd != (fd >= 0))
		return sg_fail(err, SG_BUG, "frame_forbidden", "frame %d may not be sent here", type);
	if (payload.len > SG_FRAME_MAX || link->out.len > SG_LINK_OUT_MAX - SG_FRAME_HEAD - payload.len ||
	    (fd >= 0 && link->out_fd_count == SG_LINK_OUT_FDS))
		return sg_fail(err, SG_LIMIT, "frame_backlog", "%zu bytes wait for a process that does not read", link->out.len);
	return SG_OK;
}

static bool
has_fd_room(struct sg_link *link)
{
	size_t room = link->out_fd_room == 0 ? SG_LINK_FDS : 2 * link->out_fd_room;
	struct sg_link_out_fd *grown = link->out_fd_count < link->out_fd_room ? link->out_fds : realloc(link->out_fds, room * sizeof(*grown));
	if (grown == NULL)
		return false;
	link->out_fd_room = link->out_fd_count < link->out_fd_room ? link->out_fd_room : room;
	link->out_fds = grown;
	return true;
}

enum sg_status
sg_link_queue(struct sg_link *link, enum sg_frame_type type, uint64_t id, struct sg_str payload, int fd, struct sg_err *err)
{
	enum sg_status status = check_queue(link, type, payload, fd, err);
	if (status == SG_OK && fd >= 0 && !has_fd_room(link))
		status = sg_fail(err, SG_NOMEM, "no_memory", "no memory for a frame");
	if (status != SG_OK) {
		if (fd >= 0)
			close(fd);
		return status;
	}

	unsigned char head[SG_FRAME_HEAD] = {0};
	sg_octets_put(head, payload.len, 4);
	sg_octets_put(head + 4, type, 2);
	sg_octets_put(head + 8, id, 8);
	if (fd >= 0) {
		link->out_fds[link->out_fd_count].at = link->out.len;
		link->out_fds[link->out_fd_count++].fd = fd;
	}
	sg_buf_add(&link->out, head, sizeof(head));
	sg_buf_str(&link->out, payload);
	if (sg_frame_rule((uint16_t)type)->makes_ready)
		link->state = SG_LINK_READY;
	return link->out.failed ? sg_fail(err, SG_NOMEM, "no_memory", "no memory for a frame") : SG_OK;
}

/* One sendmsg: up to the next descriptor, or from it to the one after. */
static ssize_t
send_some(struct sg_link *link)
{
	union {
		char bytes[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = {.bytes = {0}};
	struct iovec part = {link->out.ptr, link->out.len};
	struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
	size_t next = 0;
	bool with_fd = link->out_fd_count > 0 && link->out_fds[0].at == 0;
	if (with_fd) {
		message.msg_control = control.bytes;
		message.msg_controllen = sizeof(control.bytes);
		struct cmsghdr *head = CMSG_FIRSTHDR(&message);
		head->cmsg_level = SOL_SOCKET;
		head->cmsg_type = SCM_RIGHTS;
		head->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(head), &link->out_fds[0].fd, sizeof(int));
		next = 1;
	}
	if (link->out_fd_count > next)
		part.iov_len = link->out_fds[next].at;

	ssize_t sent = sendmsg(link->fd, &message, MSG_NOSIGNAL);
	if (sent > 0 && with_fd) {
		close(link->out_fds[0].fd);
		memmove(link->out_fds, link->out_fds + 1, --link->out_fd_count * sizeof(link->out_fds[0]));
	}
	return sent;
}

enum sg_status
sg_link_flush(struct sg_link *link, struct sg_err *err)
{
	if (link->out.failed)
		return sg_fail(err, SG_NOMEM, "no_memory", "something that should have been sent was lost");
	while (link->fd >= 0 && link->out.len > 0) {
		ssize_t sent = send_some(link);
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return SG_AGAIN;
		if (sent <= 0)
			return sg_fail(err, SG_UNAVAILABLE, "link_closed", "sending: %s", strerror(errno));
		sg_buf_drop(&link->out, (size_t)sent);
		for (size_t i = 0; i < link->out_fd_count; i++)
			link->out_fds[i].at -= (size_t)sent;
	}
	return link->fd >= 0 ? SG_OK : sg_fail(err, SG_UNAVAILABLE, "link_closed", "the other process is gone");
}

bool
sg_link_pending(const struct sg_link *link)
{
	return link->out.len > 0 || link->out.failed;
}

void
sg_link_break(struct sg_link *link)
{
	link->out.failed = true;
}

static void
keep_descriptors(struct sg_link *link, struct msghdr *message, bool *too_many)
{
	for (struct cmsghdr *head = CMSG_FIRSTHDR(message); head != NULL; head = CMSG_NXTHDR(message, head)) {
		if (head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS)
			continue;
		size_t count = (head->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t i = 0; i < count; i++) {
			int fd;
			memcpy(&fd, CMSG_DATA(head) + i * sizeof(int), sizeof(int));
			if (link->in_fd_count < SG_LINK_FDS) {
				link->in_fds[link->in_fd_count++] = fd;
			} else {
				close(fd);
				*too_many = true;
			}
		}
	}
}

static void
forget_used(struct sg_link *link)
{
	if (link->in_used > 0)
		sg_buf_drop(&link->in, link->in_used);
	link->in_used = 0;
}

enum sg_status
sg_link_fill(struct sg_link *link, struct sg_err *err)
{
	union {
		char bytes[CMSG_SPACE(SG_LINK_FDS * sizeof(int))];
		struct cmsghdr align;
	} control;
	forget_used(link);
	char *to = link->fd < 0 ? NULL : sg_buf_reserve(&link->in, READ_CHUNK);
	if (to == NULL)
		return sg_fail(err, SG_UNAVAILABLE, "link_closed", "the other process is gone or floods");

	struct iovec part = {to, READ_CHUNK};
	struct msghdr message = {
		.msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof(control.bytes)};
	ssize_t got;
	do {
		got = recvmsg(link->fd, &message, MSG_CMSG_CLOEXEC);
	} while (got < 0 && errno == EINTR);
	if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return SG_AGAIN;
	if (got <= 0)
		return sg_fail(err, SG_UNAVAILABLE, "link_closed", "%s", got == 0 ? "end of stream" : strerror(errno));

	bool too_many = (message.msg_flags & MSG_CTRUNC) != 0;
	keep_descriptors(link, &message, &too_many);
	link->in.len += (size_t)got;
	return too_many ? sg_fail(err, SG_LIMIT, "link_fds", "more than %d descriptors in transit", SG_LINK_FDS) : SG_OK;
}

static enum sg_status
take_descriptor(struct sg_link *link, struct sg_frame *frame, struct sg_err *err)
{
	if (link->in_fd_count == 0)
		return sg_fail(err, SG_MALFORMED, "frame_no_fd", "frame %d came without its descriptor", frame->type);
	frame->fd = link->in_fds[0];
	memmove(link->in_fds, link->in_fds + 1, --link->in_fd_count * sizeof(link->in_fds[0]));
	return SG_OK;
}

static enum sg_status
check_head(const struct sg_link *link, uint64_t len, uint16_t type, uint16_t reserved, struct sg_err *err)
{
	const struct sg_frame_rule *rule = sg_frame_rule(type);
	if (len > SG_FRAME_MAX)
		return sg_fail(err, SG_MALFORMED, "frame_length", "frame of %llu bytes, limit is %d", (unsigned long long)len,
			       SG_FRAME_MAX);
	if (reserved != 0)
		return sg_fail(err, SG_MALFORMED, "frame_reserved", "reserved bits are set");
	if (rule == NULL)
		return sg_fail(err, SG_MALFORMED, "frame_unknown", "no frame has number %d", type);
	if (!sg_frame_allowed(type, link->peer, link->self, link->state))
		return sg_fail(err, SG_MALFORMED, "frame_forbidden", "%s is not for this sender, receiver or state", rule->name);
	if ((rule->payload == SG_PAYLOAD_NONE) != (len == 0))
		return sg_fail(err, SG_MALFORMED, "frame_payload", "%s with %llu bytes", rule->name, (unsigned long long)len);
	return SG_OK;
}

static enum sg_status
next(struct sg_link *link, struct sg_frame *frame, struct sg_err *err)
{
	size_t left = link->in.len - link->in_used;
	if (left < SG_FRAME_HEAD)
		return SG_AGAIN;
	const char *at = link->in.ptr + link->in_used;

	uint64_t len = sg_octets_get(at, 4);
	struct sg_frame found = {.type = (uint16_t)sg_octets_get(at + 4, 2), .id = sg_octets_get(at + 8, 8), .fd = -1};
	enum sg_status status = check_head(link, len, found.type, (uint16_t)sg_octets_get(at + 6, 2), err);
	if (status != SG_OK)
		return status;
	if (left - SG_FRAME_HEAD < len)
		return SG_AGAIN;

	const struct sg_frame_rule *rule = sg_frame_rule(found.type);
	if (rule->carries_fd && (status = take_descriptor(link, &found, err)) != SG_OK)
		return status;
	found.payload = (struct sg_str){at + SG_FRAME_HEAD, (size_t)len};
	link->in_used += SG_FRAME_HEAD + (size_t)len;
	if (rule->makes_ready)
		link->state = SG_LINK_READY;
	*frame = found;
	return SG_OK;
}

/* What was handed out is not kept until more comes. */
enum sg_status
sg_link_next(struct sg_link *link, struct sg_frame *frame, struct sg_err *err)
{
	enum sg_status status = next(link, frame, err);
	if (status == SG_AGAIN)
		forget_used(link);
	return status;
}

enum sg_status
sg_link_wait(struct sg_link *link, struct sg_frame *frame, struct sg_err *err)
{
	enum sg_status status;
	while ((status = sg_link_next(link, frame, err)) == SG_AGAIN)
		if ((status = sg_link_fill(link, err)) != SG_OK)
			return status;
	return status;
}
