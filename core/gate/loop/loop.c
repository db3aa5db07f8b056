/* SPDX-License-Identifier: Apache-2.0
 * The gate's process: starts, confines itself, recovers, then turns: read what came, decide, hand groups to the disk, send. */
#include "gate/loop/loop.h"
#include "gate/desk/listing.h"
#include "gate/tasks/ending.h"
#include "gate/people/review.h"

#include "base/own_uid.h"
#include "gate/desk/lost.h"

#include "base/canon.h"
#include "base/confine.h"
#include "base/err.h"
#include "base/secret.h"
#include "base/spare.h"
#include "base/str.h"

#include <errno.h>
#include <signal.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <unistd.h>

enum { EVENTS = 64 };

static void
say(void *self, const char *line)
{
	struct sg_loop *loop = self;
	if (loop->gate != NULL && loop->gate->catalogue != NULL && loop->gate->catalogue->dev)
		fprintf(stdout, "%s\n", line);
	fflush(stdout);
}

static void
ask_reload(void *self, uint64_t id)
{
	struct sg_loop *loop = self;
	sg_link_queue(&loop->supervisor, SG_FRAME_G_RELOAD, id, SG_STR(""), -1, NULL);
}

static void
hold(void *self, struct sg_str held)
{
	struct sg_loop *loop = self;
	sg_link_queue(&loop->supervisor, SG_FRAME_G_HOLD, 0, held, -1, NULL);
	sg_link_flush(&loop->supervisor, NULL); /* before it is answered */
}

/* ---- starting ---- */

struct start_files {
	unsigned char state_key[SG_KEY_BYTES];
	char boot_id[SG_ID_MAX];
	int journal, keys;
	char state_path[1024];
};

static enum sg_status
read_file(int folder, const char *name, void *out, size_t room, size_t *len, struct sg_err *err)
{
	sg_pulse_disk(true);
	int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	ssize_t got = fd < 0 ? -1 : read(fd, out, room);
	int error = errno;
	if (fd >= 0)
		close(fd);
	sg_pulse_disk(false);
	if (got < 0)
		return sg_fail(err, SG_UNAVAILABLE, "state_missing", "%s: %s", name, strerror(error));
	*len = (size_t)got;
	return SG_OK;
}

/* State without its keys, or keys without their state, is somebody else's: refuse. */
static enum sg_status
open_state(struct start_files *files, const char *path, struct sg_err *err)
{
	size_t len = 0;
	snprintf(files->state_path, sizeof(files->state_path), "%s", path);
	sg_pulse_disk(true);
	int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	sg_pulse_disk(false);
	if (folder < 0)
		return sg_fail(err, SG_UNAVAILABLE, "state_missing", "%s: %s; run stepgate init first", path, strerror(errno));
	sg_pulse_disk(true);
	files->journal = openat(folder, "journal", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	files->keys = openat(folder, "keys", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	close(folder);
	sg_pulse_disk(false);
	if (files->journal < 0 || files->keys < 0)
		return sg_fail(err, SG_UNAVAILABLE, "state_missing", "%s lacks journal/ or keys/; run stepgate init first", path);
	enum sg_status status = read_file(files->keys, "state.key", files->state_key, SG_KEY_BYTES, &len, err);
	if (status == SG_OK && len != SG_KEY_BYTES)
		status = sg_fail(err, SG_MALFORMED, "state_key", "keys/state.key is not %d bytes", SG_KEY_BYTES);
	if (status == SG_OK)
		status = read_file(AT_FDCWD, "/proc/sys/kernel/random/boot_id", files->boot_id, 36, &len, err);
	return status;
}

static enum sg_status
first_frame(struct sg_loop *loop, struct sg_arena *arena, const struct sg_json **json, struct sg_err *err)
{
	struct sg_frame frame;
	struct sg_json_limits limits = {.bytes = SG_FRAME_MAX, .nodes = 1 << 20};
	enum sg_status status = sg_link_wait(&loop->supervisor, &frame, err);
	if (status == SG_OK && frame.type != SG_FRAME_S_CONFIG)
		status = sg_fail(err, SG_MALFORMED, "frame_forbidden", "the first frame must be the configuration");
	return status == SG_OK ? sg_canon_parse(arena, frame.payload, &limits, json, err) : status;
}

static enum sg_status
confine(struct sg_loop *loop, const struct start_files *files, struct sg_err *err)
{
	int keep[4 + SG_LINK_FDS] = {loop->supervisor.fd, files->journal, files->keys, loop->epoll};
	size_t count = 4;
	for (size_t i = 0; i < loop->supervisor.in_fd_count; i++) /* sockets that came with the first frame */
		keep[count++] = loop->supervisor.in_fds[i];
	char journal[1100], keys[1100]; /* not the folder beside them, where the issuers' keys lie */
	snprintf(journal, sizeof(journal), "%s/journal", files->state_path);
	snprintf(keys, sizeof(keys), "%s/keys", files->state_path);
	struct sg_confinement how = {.profile = SG_PROFILE_GATE, .folders = {{journal, true}, {keys, true}, {"/proc", false}}, .folder_count = 3,
				     .keep = keep, .keep_count = count};
	if (access("/sys/fs/cgroup", F_OK) == 0) /* whether instances that are control groups are still there */
		how.folders[how.folder_count++] = (struct sg_confine_folder){"/sys/fs/cgroup", false};
	return sg_confine(&how, &loop->layers, err);
}

static void
end_now(void *self)
{
	(void)self;
	_exit(SG_GATE_ANEW);
}

static struct sg_ports
ports(struct sg_loop *loop)
{
	return (struct sg_ports){loop,		 sg_doors_answer, sg_doors_admit, sg_doors_close, sg_pool_judge,
				 sg_hosts_look, sg_hosts_call, sg_hosts_take_back, sg_hosts_tell, ask_reload, end_now, say, hold, sg_loop_warn};
}

static enum sg_status
start(struct sg_loop *loop, struct sg_err *err)
{
	struct sg_arena arena;
	struct start_files files = {.journal = -1, .keys = -1};
	struct sg_buf document;
	const struct sg_json *json = NULL;
	struct sg_str path = {"", 0};
	char folder[1024];
	sg_arena_init(&arena, 64 << 20);
	sg_buf_init(&document, SG_FRAME_MAX);
	enum sg_status status = first_frame(loop, &arena, &json, err);
	if (status == SG_OK) {
		sg_json_string(sg_json_get(json, "state"), &path);
		sg_canon_write(&document, sg_json_get(json, "document"));
		snprintf(folder, sizeof(folder), "%.*s", SG_STR_ARG(path));
		status = open_state(&files, folder, err);
	}
	if (status == SG_OK)
		status = confine(loop, &files, err);
	if (status == SG_OK) {
		struct sg_gate_start how = {.sys = loop->sys, .ports = ports(loop), .document = sg_buf_view(&document),
					    .journal_folder = files.journal, .keys_folder = files.keys,
					    .state_key = files.state_key, .boot_id = files.boot_id};
		status = sg_gate_create(&loop->gate, &how, err);
	}
	sg_wipe(files.state_key, sizeof(files.state_key));
	sg_buf_done(&document);
	sg_arena_done(&arena);
	return status;
}

static void
watch_listeners(struct sg_loop *loop, bool admin)
{
	for (size_t i = 0; i < loop->listener_count; i++)
		if ((loop->listeners[i].face == SG_FACE_ADMIN) == admin)
			sg_loop_watch(loop, &loop->listeners[i].source, EPOLLIN, true);
}

/* The admin face first: a kill order that waited in its backlog is in force before anybody else is answered. The others a tick later, or once operators who wait there
 * had half a second. Faces open once peers can be attested and it is known what policy says, also that it says nothing; operators wait for that no longer than a moment: they look
 * what is in the way, and stop. */
static void
open_faces(struct sg_loop *loop)
{
	sg_time now = loop->sys->boot_time(loop->sys);
	if (loop->accepting || loop->gate->journal.durable == 0)
		return;
	loop->opens_since = loop->opens_since == 0 ? now : loop->opens_since;
	bool ready = loop->policy_known && sg_hosts_attest_ready(loop);
	if (!ready && now - loop->opens_since < SG_ADMIN_ALONE_MS * SG_MSEC)
		return;
	if (loop->admin_since == 0) {
		sg_pulse_answers();
		watch_listeners(loop, true);
	}
	loop->admin_since = loop->admin_since == 0 ? now : loop->admin_since;
	if (!ready || now - loop->admin_since < (loop->gate->conns.count > 0 ? SG_ADMIN_FIRST_MS : 1) * SG_MSEC)
		return;
	watch_listeners(loop, false);
	loop->accepting = true;
	sg_link_queue(&loop->supervisor, SG_FRAME_G_OPEN, 0, SG_STR(""), -1, NULL);
}

/* ---- turning ---- */

static bool
one_event(struct sg_loop *loop, const struct epoll_event *event)
{
	struct sg_source *source = event->data.ptr;
	switch (source->kind) {
	case SG_SOURCE_SUPERVISOR:
		return sg_supervisor_read(loop);
	case SG_SOURCE_LISTEN:
		for (size_t i = 0; i < loop->listener_count; i++)
			if (&loop->listeners[i].source == source)
				sg_doors_accept(loop, source, loop->listeners[i].face);
		return true;
	case SG_SOURCE_CHILD:
		sg_child_event(loop, (struct sg_child *)source, event->events);
		return true;
	case SG_SOURCE_COMMIT:
		return true; /* sg_disk_turn takes it */
	}
	return false;
}

/* Short while something has a deadline, long while nothing does. */
static int
patience_ms(const struct sg_loop *loop)
{
	if (loop->more)
		return 0;
	if (loop->accept_rests != 0)
		return SG_ACCEPT_REST_MS;
	for (size_t i = 0; i < loop->children_top; i++)
		if (loop->children[i].used && loop->children[i].head != NULL)
			return 5;
	return 100;
}

static bool
turn(struct sg_loop *loop)
{
	struct epoll_event events[EVENTS];
	static sg_time last_tick;
	int count = epoll_wait(loop->epoll, events, EVENTS, patience_ms(loop));
	sg_time from = loop->read_at = loop->sys->boot_time(loop->sys);
	loop->gate->turn++;
	for (int i = 0; i < count; i++) {
		if (!one_event(loop, &events[i]))
			return false;
		sg_pulse_hand("");
	}
	sg_pulse_beat();
	sg_doors_rested(loop);
	sg_disk_turn(loop);
	sg_time now = sg_loop_stood(loop, from);
	sg_pool_deadlines(loop);
	if (now - last_tick >= 50 * SG_MSEC) {
		last_tick = now;
		sg_children_due(loop);
		sg_loop_warn_turn(loop);
		sg_hosts_deadlines(loop);
		sg_hosts_fill(loop);
		sg_pool_fill(loop);
		sg_gate_tick(loop->gate);
		open_faces(loop);
	}
	loop->more = sg_endings_turn(loop->gate);
	loop->more |= sg_listings_turn(loop->gate);
	loop->more |= sg_reviews_turn(loop->gate);
	sg_disk_turn(loop);
	sg_sinks_turn(loop);
	sg_looks_ask(loop);
	sg_loop_flush(loop);
	if (loop->conns != NULL) {
		sg_doors_turn(loop);
		sg_looks_ask(loop);
		sg_loop_flush(loop);
	}
	sg_loop_stood(loop, now);
	sg_work_turned(loop->gate, loop->sys->boot_time(loop->sys) - from);
	return count >= 0 || errno == EINTR;
}

static void
note_layers(struct sg_loop *loop)
{
	const char *lacks = sg_profile_lacks(SG_PROFILE_GATE, loop->layers);
	if (lacks != NULL)
		sg_gate_unconfined(loop->gate, "gate", lacks);
	if (!loop->root)
		sg_gate_unconfined(loop->gate, "attestation", "a uid of its own (started without root): it sees processes of this uid only, and could read this uid's files");
	else if (!sg_own_uids_are())
		sg_gate_unconfined(loop->gate, "attestation", "a uid that nobody else is (this user namespace has none): whoever runs as 65534 can stop it");
	if (loop->root)
		sg_gate_unconfined(loop->gate, "daemon", "a uid of its own (started as root, without capabilities)");
}

/* What the processes, the journal and a connection that is just being taken need is not for connections. */
static void
count_descriptors(struct sg_loop *loop, bool tells)
{
	enum { LEAST = 64, OTHERS = 128 /* modules and workers */, EACH = 4 /* descriptors of a process */ };
	size_t there = loop->descriptors, kept = EACH * ((size_t)loop->gate->catalogue->limits.doors + OTHERS), most = there > kept + LEAST ? there - kept : LEAST;
	loop->gate->connections_most = most;
	if (tells && most < (size_t)loop->gate->catalogue->limits.connections)
		fprintf(stderr, "stepgated: gate: %zu open files are allowed (RLIMIT_NOFILE): %zu connections at most, not limits.connections (%lld)\n", there, most,
			(long long)loop->gate->catalogue->limits.connections);
}

static const struct sg_child_part parts[] = {
	[SG_ROLE_DOOR] = {sg_door_frame, sg_door_gone, sg_door_missed},
	[SG_ROLE_WORKER] = {sg_pool_frame, sg_pool_gone},
	[SG_ROLE_HOST] = {sg_host_frame, sg_host_gone},
};

int
sg_gate_run(const struct sg_gate_process *how)
{
	struct sg_err err = {0};
	struct sg_loop *loop = calloc(1, sizeof(*loop));
	if (loop == NULL || sg_die_with_parent(how->parent, &err) != SG_OK || sg_digest_start(&err) != SG_OK) {
		free(loop);
		return SG_GATE_LINK;
	}
	sg_spare_keep(SG_SPARE_MANY);
	sg_pulse_use(how->pulse);
	sg_pulse_beat();
	signal(SIGCHLD, SIG_IGN); /* copies that write snapshots: nobody waits for them */
	loop->sys = &sg_sys_real;
	loop->parts = parts;
	loop->root = geteuid() == 0;
	loop->descriptors = sg_descriptors_raise(SG_DESCRIPTORS);
	loop->epoll = epoll_create1(EPOLL_CLOEXEC);
	sg_link_init(&loop->supervisor, how->supervisor, SG_ROLE_GATE, SG_ROLE_SUPERVISOR);
	sg_table_init(&loop->conn_doors, (uint64_t)loop->sys->boot_time(loop->sys));
	enum sg_status started = start(loop, &err);
	if (started == SG_OK && !sg_disk_start(loop))
		started = sg_fail(&err, SG_UNAVAILABLE, "no_thread", "no thread for the disk");
	if (started != SG_OK) {
		if (how->tells)
			fprintf(stderr, "stepgated: gate: %s (%s)\n", err.text, err.code);
		free(loop);
		return started == SG_UNAVAILABLE || started == SG_NOMEM ? SG_GATE_NO_ROOM : SG_GATE_BROKEN;
	}
	note_layers(loop);
	count_descriptors(loop, how->tells);
	fcntl(how->supervisor, F_SETFL, O_NONBLOCK);
	loop->supervisor_source = (struct sg_source){SG_SOURCE_SUPERVISOR, how->supervisor};
	sg_loop_watch(loop, &loop->supervisor_source, EPOLLIN, true);
	sg_loop_watch(loop, &loop->commit_source, EPOLLIN, true);
	sg_hosts_fill(loop);
	while (!loop->stop && turn(loop)) {
	}
	sg_gate_stop(loop->gate);
	sg_disk_end(loop);
	if (loop->stop)
		sg_gate_stopped(loop->gate);
	sg_head_follow(loop->gate, true);
	sg_loop_flush(loop);
	int status = loop->stop ? SG_GATE_STOPPED : SG_GATE_LINK;
	free(loop); /* the rest goes with the process */
	return status;
}
