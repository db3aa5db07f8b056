/* SPDX-License-Identifier: Apache-2.0
 * Zygote and worker over real sockets: order, batches, retirement, who is the culprit, and what a worker still may do.
 */
#include "unit/policy/world.h"

#include "base/digest.h"
#include "frame/link.h"

#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATIENCE = 20000 };

struct room {
	struct sg_link zygote;
	pid_t pid;
};

static enum sg_status
receive(struct sg_link *link, struct sg_frame *frame, int most)
{
	enum sg_status status;
	while ((status = sg_link_next(link, frame, NULL)) == SG_AGAIN) {
		struct pollfd wait = {link->fd, POLLIN, 0};
		if (poll(&wait, 1, most) <= 0)
			return SG_TIMEOUT;
		if ((status = sg_link_fill(link, NULL)) != SG_OK)
			return status;
	}
	return status;
}

static uint16_t
open_room(struct room *room, const char *text, const struct sg_policy_limits *limits)
{
	int pair[2];
	struct sg_frame frame = {0};
	struct sg_policy_source source = {SG_STR("a.lua"), sg_str(text)};
	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	fflush(stdout);
	room->pid = fork();
	if (room->pid == 0) {
		close(pair[0]);
		_exit(sg_policy_zygote(pair[1], &source, 1, limits));
	}
	close(pair[1]);
	sg_link_init(&room->zygote, pair[0], SG_ROLE_SUPERVISOR, SG_ROLE_ZYGOTE);
	CU_ASSERT_EQUAL(receive(&room->zygote, &frame, PATIENCE), SG_OK);
	snprintf(world_report, sizeof(world_report), "%.*s", SG_STR_ARG(frame.payload));
	return frame.type;
}

static int
close_room(struct room *room)
{
	int how = -1;
	sg_link_done(&room->zygote);
	waitpid(room->pid, &how, 0);
	return WIFEXITED(how) ? WEXITSTATUS(how) : 100 + WTERMSIG(how);
}

static int
spawn(struct room *room, struct sg_link *worker)
{
	int pair[2];
	struct sg_frame frame = {.fd = -1};
	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair), 0);
	sg_link_init(worker, pair[0], SG_ROLE_GATE, SG_ROLE_WORKER);
	CU_ASSERT_EQUAL(sg_link_queue(&room->zygote, SG_FRAME_Z_SPAWN, 7, SG_STR(""), pair[1], NULL), SG_OK);
	CU_ASSERT_EQUAL(sg_link_flush(&room->zygote, NULL), SG_OK);
	CU_ASSERT_EQUAL(receive(&room->zygote, &frame, PATIENCE), SG_OK);
	CU_ASSERT_EQUAL(frame.type, SG_FRAME_Z_SPAWNED);
	CU_ASSERT_EQUAL(frame.id, 7);
	return frame.fd;
}

static bool
gone(int pidfd)
{
	struct pollfd wait = {pidfd, POLLIN, 0};
	bool dead = poll(&wait, 1, PATIENCE) == 1;
	close(pidfd);
	return dead;
}

static void
ask(struct sg_link *worker, enum sg_frame_type type, uint64_t id, const char *action)
{
	char request[8192];
	snprintf(request, sizeof(request), REQUEST, action, "{}", "{}", "[]");
	CU_ASSERT_EQUAL(sg_link_queue(worker, type, id, sg_str(request), -1, NULL), SG_OK);
}

static void
in_order(void)
{
	struct room room;
	struct sg_link worker;
	struct sg_frame frame;
	CU_ASSERT_EQUAL(open_room(&room,
				  "rule{id='x',on='pay.*',effect=allow{}}\nafter{id='h',on='**',effect=function(r) "
				  "return add{} end}",
				  NULL),
			SG_FRAME_Z_READY);
	CU_ASSERT_PTR_NOT_NULL(strstr(world_report, "\"digest\":"));
	int pidfd = spawn(&room, &worker);
	for (uint64_t i = 0; i < 8; i++)
		ask(&worker, i % 3 == 2 ? SG_FRAME_P_AFTER : SG_FRAME_P_JUDGE, 100 + i, i % 2 == 0 ? "pay.x" : "other");
	sg_link_flush(&worker, NULL);
	for (uint64_t i = 0; i < 8; i++) {
		CU_ASSERT_EQUAL(receive(&worker, &frame, PATIENCE), SG_OK);
		CU_ASSERT_EQUAL(frame.type, SG_FRAME_P_EFFECTS);
		CU_ASSERT_EQUAL(frame.id, 100 + i);
		bool effect = i % 3 == 2 || i % 2 == 0;
		CU_ASSERT_EQUAL(sg_str_is(frame.payload, NO_MATCH), !effect);
	}
	sg_link_done(&worker); /* the gate lets go: the worker leaves by itself */
	CU_ASSERT_TRUE(gone(pidfd));
	CU_ASSERT_EQUAL(close_room(&room), 0);
}

static void
refused(void)
{
	struct room room;
	CU_ASSERT_EQUAL(open_room(&room, "rule{", NULL), SG_FRAME_Z_FAILED);
	CU_ASSERT_PTR_NOT_NULL(strstr(world_report, "{\"errors\":[{\"file\":\"a.lua\""));
	CU_ASSERT_EQUAL(close_room(&room), 1);
}

static void
retires(void)
{
	struct room room;
	struct sg_link worker;
	struct sg_frame frame;
	struct sg_policy_limits limits = {.requests = 3};
	open_room(&room, "rule{id='x',on='**',effect=allow{}}", &limits);
	int pidfd = spawn(&room, &worker);
	for (uint64_t i = 0; i < 5; i++)
		ask(&worker, SG_FRAME_P_JUDGE, i, "pay.x");
	sg_link_flush(&worker, NULL);
	for (uint64_t i = 0; i < 3; i++)
		CU_ASSERT_EQUAL(receive(&worker, &frame, PATIENCE), SG_OK);
	CU_ASSERT_EQUAL(receive(&worker, &frame, PATIENCE), SG_UNAVAILABLE);
	CU_ASSERT_TRUE(gone(pidfd));
	sg_link_done(&worker);
	CU_ASSERT_EQUAL(close_room(&room), 0);
}

static void
abort_ends_worker(void)
{
	struct room room;
	struct sg_link worker;
	struct sg_frame frame;
	open_room(&room,
		  "local n = 0 rule{id='x',on='bad.x',when=function(r) n = 1 return true end,effect=allow{}}\n"
		  "rule{id='e',on='err.x',when=function(r) error() end,effect=allow{}}",
		  NULL);
	int pidfd = spawn(&room, &worker);
	ask(&worker, SG_FRAME_P_JUDGE, 1, "err.x");
	ask(&worker, SG_FRAME_P_JUDGE, 2, "bad.x");
	ask(&worker, SG_FRAME_P_JUDGE, 3, "bad.x");
	sg_link_flush(&worker, NULL);
	CU_ASSERT_EQUAL(receive(&worker, &frame, PATIENCE), SG_OK);
	CU_ASSERT_PTR_NOT_NULL(memmem(frame.payload.ptr, frame.payload.len, "policy_error", 12));
	CU_ASSERT_EQUAL(receive(&worker, &frame, PATIENCE), SG_OK);
	CU_ASSERT_PTR_NOT_NULL(memmem(frame.payload.ptr, frame.payload.len, "policy_state", 12));
	CU_ASSERT_EQUAL(receive(&worker, &frame, PATIENCE), SG_UNAVAILABLE);
	CU_ASSERT_TRUE(gone(pidfd));
	sg_link_done(&worker);
	CU_ASSERT_EQUAL(close_room(&room), 0);
}

/* Three requests in one batch, the second never ends: the first must be answered nevertheless, or the gate would blame
 * it. */
static void
culprit(void)
{
	struct room room;
	struct sg_link worker;
	struct sg_frame frame;
	struct sg_policy_limits limits = {.steps = UINT64_C(1) << 60};
	open_room(&room, "rule{id='x',on='loop.x',when=function(r) while true do end end,effect=allow{}}", &limits);
	int pidfd = spawn(&room, &worker);
	ask(&worker, SG_FRAME_P_JUDGE, 1, "pay.x");
	ask(&worker, SG_FRAME_P_JUDGE, 2, "loop.x");
	ask(&worker, SG_FRAME_P_JUDGE, 3, "pay.x");
	sg_link_flush(&worker, NULL);
	CU_ASSERT_EQUAL(receive(&worker, &frame, PATIENCE), SG_OK);
	CU_ASSERT_EQUAL(frame.id, 1);
	CU_ASSERT_EQUAL(receive(&worker, &frame, 100), SG_TIMEOUT);
	CU_ASSERT_EQUAL(syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0), 0);
	CU_ASSERT_TRUE(gone(pidfd));
	sg_link_done(&worker);
	pidfd = spawn(&room, &worker);
	ask(&worker, SG_FRAME_P_JUDGE, 3, "pay.x");
	sg_link_flush(&worker, NULL);
	CU_ASSERT_EQUAL(receive(&worker, &frame, PATIENCE), SG_OK);
	CU_ASSERT_EQUAL(frame.id, 3);
	sg_link_done(&worker);
	CU_ASSERT_TRUE(gone(pidfd));
	CU_ASSERT_EQUAL(close_room(&room), 0);
}

/* What is no request is answered in its place. */
static void
unreadable(void)
{
	struct room room;
	struct sg_link worker;
	struct sg_frame frame;
	open_room(&room, "", NULL);
	int pidfd = spawn(&room, &worker);
	sg_link_queue(&worker, SG_FRAME_P_JUDGE, 1, SG_STR("{\"b\":1,\"a\":2}"), -1, NULL);
	ask(&worker, SG_FRAME_P_JUDGE, 2, "pay.x");
	sg_link_flush(&worker, NULL);
	CU_ASSERT_EQUAL(receive(&worker, &frame, PATIENCE), SG_OK);
	CU_ASSERT_PTR_NOT_NULL(memmem(frame.payload.ptr, frame.payload.len, "could not be read", 17));
	CU_ASSERT_EQUAL(receive(&worker, &frame, PATIENCE), SG_OK);
	CU_ASSERT_EQUAL(frame.id, 2);
	sg_link_done(&worker);
	CU_ASSERT_TRUE(gone(pidfd));
	CU_ASSERT_EQUAL(close_room(&room), 0);
}

/* The zygote dies: its workers die with it. */
static void
orphan(void)
{
	struct room room;
	struct sg_link worker;
	struct sg_frame frame;
	int how;
	open_room(&room, "", NULL);
	int pidfd = spawn(&room, &worker);
	ask(&worker, SG_FRAME_P_JUDGE, 1, "pay.x"); /* once it answers it has tied itself to its parent */
	sg_link_flush(&worker, NULL);
	CU_ASSERT_EQUAL(receive(&worker, &frame, PATIENCE), SG_OK);
	kill(room.pid, SIGKILL);
	waitpid(room.pid, &how, 0);
	CU_ASSERT_TRUE(gone(pidfd));
	sg_link_done(&worker);
	sg_link_done(&room.zygote);
}

/* From the outside: what the kernel says about a worker. */
static void
confined(void)
{
	struct room room;
	struct sg_link worker;
	struct sg_frame frame;
	char path[64], line[256], pid[32] = "";
	open_room(&room, "", NULL);
	int pidfd = spawn(&room, &worker);
	ask(&worker, SG_FRAME_P_JUDGE, 1, "pay.x");
	sg_link_flush(&worker, NULL);
	CU_ASSERT_EQUAL(receive(&worker, &frame, PATIENCE), SG_OK);
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", pidfd);
	FILE *file = fopen(path, "r");
	while (file != NULL && fgets(line, sizeof(line), file) != NULL)
		sscanf(line, "Pid: %31s", pid);
	if (file != NULL)
		fclose(file);
	int seccomp = -1, privileges = -1;
	snprintf(path, sizeof(path), "/proc/%s/status", pid);
	file = fopen(path, "r");
	CU_ASSERT_PTR_NOT_NULL(file);
	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		sscanf(line, "Seccomp: %d", &seccomp);
		sscanf(line, "NoNewPrivs: %d", &privileges);
	}
	if (file != NULL)
		fclose(file);
	CU_ASSERT_EQUAL(seccomp, 2);
	CU_ASSERT_EQUAL(privileges, 1);
	sg_link_done(&worker);
	CU_ASSERT_TRUE(gone(pidfd));
	CU_ASSERT_EQUAL(close_room(&room), 0);
}

SG_CASES("policy.worker", {"answers come in order, with their ids", in_order},
	 {"a set that does not load says why", refused}, {"a worker retires after its requests", retires},
	 {"an aborted state ends its worker after the answer", abort_ends_worker},
	 {"the first unanswered request is the culprit", culprit}, {"what is no request is answered too", unreadable},
	 {"workers do not outlive their zygote", orphan},
	 {"a worker is under seccomp without new privileges", confined})
