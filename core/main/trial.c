/* SPDX-License-Identifier: Apache-2.0
 * A module may hang or die: it is asked in a child, and not for ever. */
#include "main/trial.h"

#include "base/canon.h"
#include "base/str.h"
#include "frame/link.h"
#include "host/trial.h"
#include "main/supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- its options ---- */

static void
say_options(const struct sg_host_process *how, int to)
{
	char line[SG_TRIAL_LINE];
	struct sg_err err = {0};
	bool looked = false;
	enum sg_status status = sg_host_trial(how, to, &looked, &err);
	int len = snprintf(line, sizeof(line), "%c%s: %s", status == SG_OK ? '+' : looked ? '-' : '?', err.code != NULL ? err.code : "", err.text);
	len = len < (int)sizeof(line) ? len : (int)sizeof(line) - 1;
	_exit(write(to, line, (size_t)len) == len ? 0 : 1);
}

static void
hear_options(int from, int wait_ms, char line[SG_TRIAL_LINE])
{
	struct pollfd p = {from, POLLIN, 0};
	int ready;
	while ((ready = poll(&p, 1, wait_ms)) < 0 && errno == EINTR) {
	}
	ssize_t got = ready > 0 ? read(from, line, SG_TRIAL_LINE - 1) : 0;
	line[got > 0 ? got : 0] = '\0';
}

/* ---- its start ---- */

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
hear_start(int fd, int wait_ms, char line[SG_TRIAL_LINE])
{
	struct sg_link link;
	sg_time until = sg_supervisor_monotonic() + wait_ms * SG_MSEC, left;
	fcntl(fd, F_SETFL, O_NONBLOCK);
	sg_link_init(&link, dup(fd), SG_ROLE_GATE, SG_ROLE_HOST);
	while ((left = until - sg_supervisor_monotonic()) > 0) {
		struct pollfd p = {fd, POLLIN, 0};
		if (poll(&p, 1, (int)(left / SG_MSEC) + 1) < 0 && errno != EINTR)
			break;
		enum sg_status status = sg_link_fill(&link, NULL);
		if (take_frames(&link, line) || (status != SG_OK && status != SG_AGAIN))
			break;
	}
	sg_link_done(&link);
}

/* The host's own way from its first line to READY or REFUSED. */
static void
say_start(const struct sg_host_process *how, int to)
{
	struct sg_host_process it = *how;
	int quiet = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (quiet >= 0)
		dup2(quiet, STDERR_FILENO);
	it.gate = to;
	it.parent = 0;
	_exit(sg_host_run(&it));
}

/* ---- its folder ---- */

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

/* Where nothing is anybody else's: beside the sockets, else where such folders are made. */
static bool
make_folder(const char *run_dir, char folder[SG_TRIAL_FOLDER])
{
	const char *const places[] = {run_dir, "/run", "/tmp"};
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (snprintf(folder, SG_TRIAL_FOLDER, "%s/stepgate-trial-XXXXXX", places[i]) < SG_TRIAL_FOLDER && mkdtemp(folder) != NULL)
			return true;
	return false;
}

/* ---- in a child ---- */

static void
ask(const struct sg_host_process *how, int wait_ms, void (*say)(const struct sg_host_process *how, int to), void (*hear)(int from, int wait_ms, char line[SG_TRIAL_LINE]),
    char line[SG_TRIAL_LINE])
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
		say(how, ends[1]);
	}
	close(ends[1]);
	if (pid > 0) {
		hear(ends[0], wait_ms, line);
		kill(pid, SIGKILL); /* it has said what it had to say, or never will */
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {
		}
	}
	close(ends[0]);
}

void
sg_trial_options(const struct sg_host_process *how, int wait_ms, char line[SG_TRIAL_LINE])
{
	ask(how, wait_ms, say_options, hear_options, line);
}

void
sg_trial_start(const struct sg_host_process *how, const char *run_dir, int wait_ms, char line[SG_TRIAL_LINE])
{
	struct sg_host_process it = *how;
	char folder[SG_TRIAL_FOLDER];
	it.trial = folder;
	if (make_folder(run_dir, folder)) {
		ask(&it, wait_ms, say_start, hear_start, line);
		nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	} else {
		snprintf(line, SG_TRIAL_LINE, "?no_folder: no folder can be made to try it in: %s", strerror(errno));
	}
}
