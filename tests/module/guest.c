/* SPDX-License-Identifier: Apache-2.0
 * Guests: fork, frames, exit codes. */
#include "guest.h"

#include "base/canon.h"
#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATIENCE_MS = 20000 };

void
guest_start(struct guest *g, struct sg_host_process how)
{
	int pair[2];
	pid_t parent = getpid();
	*g = (struct guest){.next = 1, .log = memfd_create("guest-log", 0)};
	sg_arena_init(&g->arena, 64 << 20);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0 || g->log < 0)
		abort();
	g->pid = fork();
	if (g->pid == 0) {
		dup2(g->log, STDERR_FILENO);
		close(pair[0]);
		how.gate = pair[1];
		how.parent = parent;
		_exit(sg_host_run(&how));
	}
	close(pair[1]);
	sg_link_init(&g->link, pair[0], SG_ROLE_GATE, SG_ROLE_HOST);
}

/* sg_link_wait with patience, so that a test ends by itself. */
static bool
next_frame(struct guest *g, struct sg_frame *frame)
{
	enum sg_status status;
	while ((status = sg_link_next(&g->link, frame, NULL)) == SG_AGAIN) {
		struct pollfd ready = {.fd = g->link.fd, .events = POLLIN};
		if (poll(&ready, 1, PATIENCE_MS) <= 0 || sg_link_fill(&g->link, NULL) != SG_OK)
			return false;
	}
	return status == SG_OK;
}

static const struct sg_json *
parse(struct guest *g, struct sg_str payload)
{
	const struct sg_json *json = NULL;
	struct sg_json_limits limits = {.bytes = 1 << 20};
	return sg_canon_parse(&g->arena, payload, &limits, &json, NULL) == SG_OK ? json : NULL;
}

const struct sg_json *
guest_ready(struct guest *g)
{
	struct sg_frame frame;
	if (!next_frame(g, &frame) || frame.type != SG_FRAME_H_LOADING || (g->loading = parse(g, frame.payload)) == NULL)
		return NULL;
	return next_frame(g, &frame) && frame.type == SG_FRAME_H_READY ? parse(g, frame.payload) : NULL;
}

const struct sg_json *
guest_call(struct guest *g, const char *request, int pidfd)
{
	struct sg_frame frame;
	uint64_t id = g->next++;
	int copy = pidfd >= 0 ? fcntl(pidfd, F_DUPFD_CLOEXEC, 3) : -1;
	if (sg_link_queue(&g->link, copy >= 0 ? SG_FRAME_H_LOOK : SG_FRAME_H_CALL, id, sg_str(request), copy, NULL) !=
		    SG_OK ||
	    sg_link_flush(&g->link, NULL) != SG_OK || !next_frame(g, &frame))
		return NULL;
	return frame.type == SG_FRAME_H_ANSWER && frame.id == id ? parse(g, frame.payload) : NULL;
}

int
guest_end(struct guest *g)
{
	int status = 0;
	sg_link_done(&g->link);
	while (waitpid(g->pid, &status, 0) < 0 && errno == EINTR)
		;
	ssize_t len = pread(g->log, g->said, sizeof(g->said) - 1, 0);
	g->said[len > 0 ? len : 0] = '\0';
	close(g->log);
	sg_arena_done(&g->arena);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

bool
guest_refused(const struct sg_json *answer, const char *code)
{
	bool ok = true;
	return sg_json_bool(sg_json_get(answer, "ok"), &ok) && !ok && sg_json_is(answer, "code", code);
}

const char *
guest_text(struct guest *g, const struct sg_json *answer, const char *name)
{
	struct sg_str text;
	if (!sg_json_string(sg_json_get(answer, name), &text))
		return "";
	return sg_arena_strdup(&g->arena, text);
}

int
guest_secret(const char *text)
{
	int fd = memfd_create("secret", MFD_CLOEXEC);
	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		abort();
	return fd;
}

int
guest_pidfd(pid_t pid)
{
	return (int)syscall(SYS_pidfd_open, pid, 0);
}
