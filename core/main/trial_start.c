/* SPDX-License-Identifier: Apache-2.0
 * The host's own way from its first line to READY or REFUSED, in a child. */
#include "main/trial_start.h"

#include "base/canon.h"
#include "base/str.h"
#include "frame/link.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int64_t
now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
take_refusal(struct sg_str payload, char line[SG_TRIAL_LINE])
{
	struct sg_arena arena;
	const struct sg_json *json = NULL;
	bool may_mend = false;
	sg_arena_init(&arena, 64 << 10);
	if (sg_canon_parse(&arena, payload, NULL, &json, NULL) == SG_OK) {
		struct sg_str code = sg_json_text_at(json, "code"), text = sg_json_text_at(json, "text");
		sg_json_bool(sg_json_get(json, "may_mend"), &may_mend);
		snprintf(line, SG_TRIAL_LINE, "%c%.*s: %.*s", may_mend ? '?' : '-', SG_STR_ARG(code), SG_STR_ARG(text));
	}
	sg_arena_done(&arena);
}

/* True: it has said whether it is ready. */
static bool
take_frames(struct sg_link *link, char line[SG_TRIAL_LINE])
{
	struct sg_frame frame;
	while (sg_link_next(link, &frame, NULL) == SG_OK) {
		if (frame.type == SG_FRAME_H_READY)
			snprintf(line, SG_TRIAL_LINE, "+");
		else if (frame.type == SG_FRAME_H_REFUSED)
			take_refusal(frame.payload, line);
		if (line[0] != '\0')
			return true;
	}
	return false;
}

static void
hear(int fd, char line[SG_TRIAL_LINE])
{
	struct sg_link link;
	int64_t until = now_ms() + SG_TRIAL_WAIT_MS, left;
	sg_link_init(&link, fd, SG_ROLE_GATE, SG_ROLE_HOST);
	while ((left = until - now_ms()) > 0) {
		struct pollfd p = {fd, POLLIN, 0};
		if (poll(&p, 1, (int)left) < 0 && errno != EINTR)
			break;
		enum sg_status status = sg_link_fill(&link, NULL);
		if (take_frames(&link, line) || (status != SG_OK && status != SG_AGAIN))
			break;
	}
	sg_link_done(&link);
}

static void
run(const struct sg_host_process *how, int fd)
{
	struct sg_host_process it = *how;
	int quiet = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (quiet >= 0)
		dup2(quiet, STDERR_FILENO);
	it.gate = fd;
	it.parent = 0;
	_exit(sg_host_run(&it));
}

void
sg_trial_start(const struct sg_host_process *how, char line[SG_TRIAL_LINE])
{
	int ends[2];
	line[0] = '\0';
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		return;
	fflush(stdout);
	fflush(stderr);
	pid_t pid = fork();
	if (pid == 0) {
		close(ends[0]);
		run(how, ends[1]);
	}
	close(ends[1]);
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	if (pid > 0) {
		hear(ends[0], line);
		kill(pid, SIGKILL); /* it has said what it had to say, or never will */
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {
		}
	} else {
		close(ends[0]);
	}
}
