/* SPDX-License-Identifier: Apache-2.0
 * The supervisor's turn: signals, the gate's wishes, the zygotes' words. */
#include "main/supervisor.h"
#include "main/handed.h"
#include "main/notify.h"
#include "main/would.h"

#include "base/fd.h"

#include "base/canon.h"
#include "base/sys.h"
#include "base/str.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

enum { EXIT_OK = 0, EXIT_INTERNAL = 70, EXIT_CONFIG = 78, STOP_SECONDS = 5, STOP_CHECK_SECONDS = 60 /* where the gate compares its state with its journal (gate/snapshot/drift.h) */ };

/* Operators are never shut out. */
static void
shut_out(struct sg_supervisor *s, const struct sg_json *json)
{
	int64_t uid = -1;
	enum sg_face face = sg_face_named(sg_json_text_at(json, "face"));
	if (!sg_json_int(sg_json_get(json, "uid"), &uid) || uid < 0 || uid > UINT32_MAX || face == SG_FACE_ADMIN)
		return;
	for (int i = 0; i < SG_FACES; i++)
		if (s->faces[i].face == face && sg_shut_add(&s->faces[i].shut, (uid_t)uid, sg_supervisor_monotonic()))
			sg_shut_write(&s->faces[i].shut, s->faces[i].path);
}

static void
let_in(struct sg_supervisor *s)
{
	for (int i = 0; i < SG_FACES; i++)
		if (sg_shut_over(&s->faces[i].shut, sg_supervisor_monotonic()))
			sg_shut_write(&s->faces[i].shut, s->faces[i].path);
}

static bool
gate_frame(struct sg_supervisor *s, const struct sg_frame *frame)
{
	struct sg_arena arena;
	const struct sg_json *json = NULL;
	int64_t slot = 0;
	if (frame->type == SG_FRAME_G_RELOAD) {
		sg_reload_begin(s, frame->id);
		return true;
	}
	if (frame->type == SG_FRAME_G_HOLD) {
		sg_held_take(s, frame->payload);
		return true;
	}
	if (frame->type == SG_FRAME_G_PREPARED) {
		sg_reload_prepared(s, frame);
		return true;
	}
	if (frame->type == SG_FRAME_G_OPEN) {
		if (!s->announced) {
			printf("stepgated: open in %s\n", s->run_dir);
			fflush(stdout);
		}
		s->announced = s->came_up = true;
		sg_restart_over(s); /* this one came up */
		return true;
	}
	sg_arena_init(&arena, 64 << 10);
	bool good = sg_canon_parse(&arena, frame->payload, NULL, &json, NULL) == SG_OK;
	if (good && frame->type == SG_FRAME_G_SPAWN)
		sg_role_spawn(s, json);
	else if (good && frame->type == SG_FRAME_G_KILL && sg_json_int(sg_json_get(json, "slot"), &slot))
		sg_role_kill(s, (uint64_t)slot);
	else if (good && frame->type == SG_FRAME_G_SHUT)
		shut_out(s, json);
	sg_arena_done(&arena);
	return good;
}

static void
read_gate(struct sg_supervisor *s)
{
	struct sg_frame frame;
	enum sg_status filled = sg_link_fill(&s->gate, NULL), status;
	bool broken = false;
	while (!broken && (status = sg_link_next(&s->gate, &frame, NULL)) == SG_OK)
		broken = !gate_frame(s, &frame);
	bool lost = broken || status == SG_MALFORMED || (filled != SG_OK && filled != SG_AGAIN);
	if (lost && s->gate_pid != 0)
		kill(s->gate_pid, SIGKILL); /* its end is noticed by SIGCHLD */
	if (lost)
		sg_link_done(&s->gate);
}

/* One that closes its link or breaks the frame table is of no more use: its end is noticed by SIGCHLD, and it is made again. */
static void
lose_zygote(struct sg_supervisor *s, struct sg_link *link)
{
	pid_t pid = link == &s->zygote ? s->zygote_pid : link == &s->candidate ? s->candidate_pid : s->retired_pid;
	sg_link_done(link);
	if (pid > 0)
		kill(pid, SIGKILL);
}

static void
read_zygote(struct sg_supervisor *s, struct sg_link *link)
{
	struct sg_frame frame;
	enum sg_status filled = sg_link_fill(link, NULL), status;
	while ((status = sg_link_next(link, &frame, NULL)) == SG_OK) {
		if (frame.type == SG_FRAME_Z_SPAWNED) {
			sg_role_spawned(s, frame.id, frame.fd);
			continue;
		}
		sg_reload_zygote_said(s, &frame);
		return; /* the link may have moved */
	}
	if (status != SG_AGAIN || (filled != SG_OK && filled != SG_AGAIN))
		lose_zygote(s, link);
}

static void
read_signals(struct sg_supervisor *s)
{
	struct signalfd_siginfo info;
	while (read(s->signals, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		if (info.ssi_signo == SIGHUP)
			sg_reload_begin(s, 0);
		else if (info.ssi_signo != SIGCHLD)
			s->stopping = true;
	}
	sg_role_reap(s);
}

static void
read_watch(struct sg_supervisor *s)
{
	char events[4096];
	bool lua = false;
	for (ssize_t got; (got = read(s->watch, events, sizeof(events))) > 0;)
		for (char *at = events; at < events + got;) {
			const struct inotify_event *event = (const struct inotify_event *)at;
			size_t len = event->len > 0 ? strlen(event->name) : 0;
			lua |= len > 4 && strcmp(event->name + len - 4, ".lua") == 0 && event->name[0] != '.';
			at += sizeof(*event) + event->len;
		}
	if (lua)
		sg_reload_begin(s, 0);
}

static void
flush_all(struct sg_supervisor *s)
{
	struct sg_link *links[] = {&s->gate, &s->zygote, &s->candidate, &s->retired};
	for (size_t i = 0; i < sizeof(links) / sizeof(*links); i++)
		if (links[i]->fd >= 0 && sg_link_pending(links[i]))
			sg_link_flush(links[i], NULL);
}

static struct pollfd
wish(const struct sg_link *link)
{
	return (struct pollfd){link->fd, (short)(POLLIN | (link->fd >= 0 && sg_link_pending(link) ? POLLOUT : 0)), 0};
}

/* Links move while a turn lasts (a candidate comes into force): what was seen of one is no word on another that stands in its place. */
static bool
may_read(const struct pollfd *seen, const struct sg_link *link)
{
	return (seen->revents & ~POLLOUT) != 0 && seen->fd == link->fd;
}

/* A gate that does not turn is ended. A new one is started once this one is reaped; the admin face's connections wait in its backlog until then. */
static void
watch_gate(struct sg_supervisor *s)
{
	int64_t most = sg_supervisor_limit(s, "gate_hang");
	if (!sg_pulse_watch_hangs(&s->pulse_watch, s->pulse, sg_supervisor_monotonic(), most * SG_MSEC) || s->gate_pid == 0)
		return;
	fprintf(stderr, "stepgated: the gate has not turned for %lld ms and is ended\n", (long long)most);
	s->pulse->hangs++;
	atomic_store(&s->pulse->at_fault, true);
	kill(s->gate_pid, SIGKILL); /* its end is noticed by SIGCHLD */
	sg_pulse_watch_begin(&s->pulse_watch, s->pulse, sg_supervisor_monotonic());
}

static void
turn(struct sg_supervisor *s)
{
	struct sg_link *zygotes[] = {&s->zygote, &s->candidate, &s->retired};
	struct pollfd polls[] = {{s->signals, POLLIN, 0}, {s->watch, POLLIN, 0}, wish(&s->gate), wish(zygotes[0]), wish(zygotes[1]), wish(zygotes[2])};
	if (poll(polls, sizeof(polls) / sizeof(*polls), 200) < 0 && errno != EINTR)
		return;
	if (may_read(&polls[2], &s->gate))
		read_gate(s);
	for (size_t i = 0; i < 3; i++)
		if (may_read(&polls[3 + i], zygotes[i]))
			read_zygote(s, zygotes[i]);
	if (polls[0].revents != 0)
		read_signals(s);
	if (polls[1].revents != 0)
		read_watch(s);
	sg_reload_deadline(s);
	sg_reload_retire(s, false);
	/* a zygote that died while its policy is in force is made again from the same files */
	if (s->zygote_pid == 0 && s->candidate_pid == 0 && s->manifest.len > 0 && !s->stopping)
		sg_role_zygote(s, &s->sources, sg_buf_view(&s->document));
	sg_reload_turn(s);
	flush_all(s);
	let_in(s);
	sg_tls_turn(s);
	watch_gate(s);
	s->handed_over = s->handed_over || (s->announced && sg_supervisor_hand_over(s));
	sg_notify_turn(s->announced, s->reloading || s->preparing, s->reloads);
}

static int
stop(struct sg_supervisor *s)
{
	sg_time until = sg_sys_real.boot_time(&sg_sys_real) + (getenv("STEPGATE_CHECK_FOLD") != NULL ? STOP_CHECK_SECONDS : STOP_SECONDS) * SG_SEC;
	sg_notify_stopping();
	if (s->gate.fd >= 0) {
		sg_link_queue(&s->gate, SG_FRAME_S_STOP, 0, SG_STR(""), -1, NULL);
		sg_link_flush(&s->gate, NULL);
	}
	while (s->gate_pid != 0 && sg_sys_real.boot_time(&sg_sys_real) < until) {
		poll(NULL, 0, 10);
		sg_link_flush(&s->gate, NULL);
		sg_role_reap(s);
	}
	bool over = s->gate_pid == 0 && (s->gate_status == 0 || s->gate_due != 0); /* one that found no room had nothing to write */
	int status = over ? EXIT_OK : EXIT_INTERNAL;
	sg_role_kill_all(s);
	if (s->gate_pid != 0)
		kill(s->gate_pid, SIGKILL);
	if (s->zygote_pid != 0)
		kill(s->zygote_pid, SIGKILL);
	sg_reload_retire(s, true);
	sg_supervisor_unlisten(s);
	return status;
}

static bool
start_signals(struct sg_supervisor *s)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* in every role: a file that may not grow is a disk error, as a full disk is */
	sigprocmask(SIG_BLOCK, &set, NULL);
	s->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	s->watch = -1;
	if (s->options->watch != NULL) {
		s->watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
		inotify_add_watch(s->watch, s->policy_dir, IN_CLOSE_WRITE | IN_MOVED_TO | IN_DELETE | IN_MOVED_FROM);
	}
	return s->signals >= 0;
}

static bool
start_policy(struct sg_supervisor *s)
{
	struct sg_buf report;
	sg_buf_init(&report, SG_FRAME_MAX);
	bool good = sg_policy_files_read(&s->sources, s->policy_dir, true, &report) == SG_OK && sg_role_zygote(s, &s->sources, sg_buf_view(&s->document));
	if (!good)
		sg_reload_failed(s, report.len > 0 ? sg_buf_view(&report) : SG_STR("[]"));
	sg_buf_done(&report);
	return true; /* a daemon whose policy is broken starts, says so, and denies everything */
}

static struct sg_supervisor *
new_supervisor(const struct sg_main_options *options)
{
	struct sg_supervisor *s = calloc(1, sizeof(*s));
	if (s == NULL || (s->pulse = sg_pulse_new()) == NULL) {
		free(s);
		return NULL;
	}
	s->options = options;
	s->gate.fd = s->zygote.fd = s->candidate.fd = s->retired.fd = s->tls = -1;
	sg_buf_init(&s->document, SG_FRAME_MAX);
	sg_buf_init(&s->next_document, SG_FRAME_MAX);
	sg_buf_init(&s->manifest, SG_FRAME_MAX);
	sg_buf_init(&s->next_manifest, SG_FRAME_MAX);
	sg_arena_init(&s->arena, 256 << 20);
	return s;
}

static void
free_supervisor(struct sg_supervisor *s)
{
	struct sg_link *links[] = {&s->gate, &s->zygote, &s->candidate, &s->retired};
	for (size_t i = 0; i < sizeof(links) / sizeof(*links); i++)
		sg_link_done(links[i]);
	sg_policy_files_done(&s->sources);
	sg_policy_files_done(&s->next_sources);
	sg_arena_done(&s->arena);
	sg_buf_done(&s->manifest);
	sg_buf_done(&s->next_manifest);
	sg_buf_done(&s->next_document);
	sg_buf_done(&s->document);
	free(s);
}

static bool
configure(struct sg_supervisor *s)
{
	struct sg_buf document;
	sg_buf_init(&document, SG_FRAME_MAX);
	bool good = sg_supervisor_config(s->options, &document, NULL) && sg_supervisor_adopt(s, sg_buf_view(&document));
	sg_buf_done(&document);
	good = good && sg_would_pass(s->config, sg_would_state) && sg_supervisor_lock(s) && sg_supervisor_listen(s) && sg_tls_listen(s);
	sg_handed_end();
	return good;
}

static int
supervise(struct sg_supervisor *s)
{
	sg_notify_begin();
	sg_handed_begin();
	if (!configure(s))
		return EXIT_CONFIG;
	if (!start_signals(s) || !sg_role_gate(s, true) || !start_policy(s))
		return EXIT_INTERNAL;
	int result = -1;
	while (!s->stopping && result < 0) {
		turn(s);
		if (s->refused)
			result = EXIT_CONFIG;
		if (s->gate_pid == 0 && !s->stopping)
			result = sg_restart_turn(s);
	}
	return s->stopping ? stop(s) : (stop(s), result);
}

int
sg_supervisor_run(const struct sg_main_options *options)
{
	struct sg_supervisor *s = new_supervisor(options);
	if (s == NULL)
		return EXIT_INTERNAL;
	sg_descriptors_raise(SG_DESCRIPTORS); /* a connection is one in the gate and one in its door: 1,024, as shells and units give, are too few */
	int result = supervise(s);
	free_supervisor(s);
	return result;
}
