/* SPDX-License-Identifier: Apache-2.0
 * Forking roles, killing them. */
#include "base/canon.h"
#include "base/confine.h"
#include "base/sys.h"
#include "base/str.h"
#include "door/door.h"
#include "gate/loop/loop.h"
#include "host/host.h"
#include "main/supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static struct sg_process *
free_row(struct sg_supervisor *s)
{
	for (size_t i = 0; i < SG_PROCESSES; i++)
		if (!s->processes[i].used)
			return &s->processes[i];
	return NULL;
}

static bool
note(struct sg_supervisor *s, uint64_t slot, pid_t pid, int pidfd, enum sg_role role)
{
	struct sg_process *row = free_row(s);
	if (row == NULL)
		return false;
	*row = (struct sg_process){.used = true, .slot = slot, .pid = pid, .pidfd = pidfd, .role = role};
	return true;
}

/* Everything the supervisor holds is closed in a child but its own end: descriptors of other processes are other processes' business. */
/* A signal to the whole group (a terminal's Ctrl-C, a service manager's stop) is for the supervisor, which then ends the others in order. */
static void
begin_role(const char *name)
{
	sigset_t none;
	prctl(PR_SET_NAME, name, 0, 0, 0); /* for ps */
	signal(SIGTERM, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void
become_child(const char *name, int keep)
{
	begin_role(name);
	if (keep > 3)
		syscall(SYS_close_range, 3, keep - 1, 0);
	syscall(SYS_close_range, keep + 1, ~0U, 0);
}

static bool
pair(int ends[2])
{
	return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0;
}

bool
sg_role_gate(struct sg_supervisor *s, bool tells)
{
	int ends[2], self = getpid();
	if (!pair(ends))
		return false;
	sg_pulse_lend(s->pulse);
	pid_t pid = fork();
	if (pid == 0) {
		become_child("sg-gate", ends[1]);
		_exit(sg_gate_run(&(struct sg_gate_process){.supervisor = ends[1], .parent = self, .pulse = s->pulse, .tells = tells}));
	}
	sg_pulse_keep(s->pulse);
	close(ends[1]);
	if (pid < 0) {
		close(ends[0]);
		return false;
	}
	s->gate_pid = pid;
	sg_pulse_watch_begin(&s->pulse_watch, s->pulse, sg_supervisor_monotonic());
	sg_link_init(&s->gate, ends[0], SG_ROLE_SUPERVISOR, SG_ROLE_GATE);
	struct sg_buf first;
	sg_buf_init(&first, SG_FRAME_MAX);
	sg_buf_printf(&first, "{\"document\":%.*s,\"state\":\"%s\"}", (int)s->document.len, s->document.ptr, s->state_dir);
	sg_link_queue(&s->gate, SG_FRAME_S_CONFIG, 0, sg_buf_view(&first), -1, NULL);
	sg_buf_done(&first);
	sg_held_tell(s);
	for (int i = 0; i < SG_FACES; i++) {
		char face[64];
		int len = snprintf(face, sizeof(face), "{\"face\":\"%s\"}", sg_face_name(s->faces[i].face));
		sg_link_queue(&s->gate, SG_FRAME_S_LISTEN, 0, (struct sg_str){face, (size_t)len}, fcntl(s->faces[i].fd, F_DUPFD_CLOEXEC, 3), NULL);
	}
	sg_tls_hand(s);
	fcntl(ends[0], F_SETFL, O_NONBLOCK); /* it reads on once it has recovered, and nobody makes the supervisor wait for that */
	enum sg_status told = sg_link_flush(&s->gate, NULL);
	return told == SG_OK || told == SG_AGAIN;
}

bool
sg_role_zygote(struct sg_supervisor *s, const struct sg_policy_files *files, struct sg_str document)
{
	int ends[2], self = getpid();
	struct sg_policy_limits limits = {.memory = (size_t)sg_document_limit(document, "policy_memory")};
	if (!pair(ends))
		return false;
	pid_t pid = fork();
	if (pid == 0) {
		become_child("sg-policy", ends[1]);
		if (sg_die_with_parent(self, NULL) != SG_OK)
			_exit(70);
		_exit(sg_policy_zygote(ends[1], files->list, files->count, &limits));
	}
	close(ends[1]);
	if (pid < 0) {
		close(ends[0]);
		return false;
	}
	s->candidate_pid = pid;
	fcntl(ends[0], F_SETFL, O_NONBLOCK); /* nobody makes the supervisor wait */
	sg_link_init(&s->candidate, ends[0], SG_ROLE_SUPERVISOR, SG_ROLE_ZYGOTE);
	s->candidate_since = sg_sys_real.boot_time(&sg_sys_real);
	s->candidate_most = sg_document_limit(document, "policy_load_deadline") * SG_MSEC;
	return true;
}

/* ---- children of the gate ---- */

static int
run_door(struct sg_supervisor *s, int fd, int self, enum sg_face face)
{
	struct sg_door_process how = {.gate = fd, .parent = self, .face = sg_face_spoken(face), .tls = face == SG_FACE_TLS};
	if (how.tls && !sg_tls_files(s, &how.certificate, &how.key))
		return 78;
	how.limits = (struct sg_door_limits){.max_body = (size_t)sg_supervisor_limit(s, "max_body"),
					     .connections = (size_t)sg_supervisor_limit(s, "connections"),
					     .head_ms = sg_supervisor_limit(s, "head_timeout"),
					     .body_ms = sg_supervisor_limit(s, "body_timeout"),
					     .idle_ms = sg_supervisor_limit(s, "idle_timeout"),
					     .handshake_ms = sg_tls_handshake_ms(s),
					     .requests = (uint32_t)sg_supervisor_limit(s, "requests_per_connection")};
	return sg_door_run(&how);
}

static int
open_issuer_key(const struct sg_supervisor *s, const char *name)
{
	char path[1200];
	snprintf(path, sizeof(path), "%s/issue/%s.pem", s->state_dir, name);
	return open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
}

/* A sink reads the journal and keeps its cursor in a folder of its own. */
static bool
open_cursor(const struct sg_supervisor *s, const char *name, struct sg_host_process *how, char journal[1100], char cursor[1200])
{
	char all[1100];
	snprintf(all, sizeof(all), "%s/audit", s->state_dir);
	snprintf(journal, 1100, "%s/journal", s->state_dir);
	snprintf(cursor, 1200, "%s/audit/%s", s->state_dir, name);
	mkdir(all, 0700);
	mkdir(cursor, 0700);
	how->journal = open(journal, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	how->cursor = open(cursor, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	how->journal_path = journal;
	how->cursor_path = cursor;
	return how->journal >= 0 && how->cursor >= 0;
}

/* "attest.peer", "issue.token", "audit.siem": section and stanza; "verify.jwt": a module of this program that needs no stanza. */
static int
run_host(struct sg_supervisor *s, int fd, int self, const char *full, int key, bool next)
{
	char section[16], kind[16], module[64];
	const char *dot = strchr(full, '.');
	if (dot == NULL)
		return 78;
	snprintf(section, sizeof(section), "%.*s", (int)(dot - full), full);
	const char *name = dot + 1;
	struct sg_buf document;
	sg_buf_init(&document, SG_FRAME_MAX);
	sg_buf_str(&document, sg_buf_view(&s->next_document));
	if (next && !sg_supervisor_adopt(s, sg_buf_view(&document))) /* in this process alone */
		return 78;
	const struct sg_json *stanza = sg_json_get(sg_json_get(s->config, section), name);
	struct sg_str use = sg_str(name), given_kind = sg_str(section);
	struct sg_buf text;
	sg_buf_init(&text, 64 << 10);
	sg_json_string(sg_json_get(stanza, "use"), &use);
	sg_json_string(sg_json_get(stanza, "kind"), &given_kind);
	snprintf(kind, sizeof(kind), "%.*s", SG_STR_ARG(given_kind));
	snprintf(module, sizeof(module), "%.*s", SG_STR_ARG(use));
	if (stanza != NULL)
		sg_canon_write(&text, stanza);
	char journal[1100], cursor[1200];
	struct sg_host_process how = {.gate = fd, .parent = self, .kind = kind, .name = name, .module = module,
				      .module_dir = s->module_dir, .stanza = sg_buf_view(&text), .key = key};
	if (strcmp(section, "audit") == 0 && !open_cursor(s, name, &how, journal, cursor))
		return 78;
	return sg_host_run(&how);
}

/* Both above 2; `other` may be none. */
static void
close_all_but(int one, int other)
{
	int low = other < 3 || one < other ? one : other, high = other > one ? other : one;
	if (low > 3)
		syscall(SYS_close_range, 3, low - 1, 0);
	if (high > low + 1)
		syscall(SYS_close_range, low + 1, high - 1, 0);
	syscall(SYS_close_range, high + 1, ~0U, 0);
}

static void
child_main(struct sg_supervisor *s, int fd, int self, const char *role, enum sg_face face, const char *name, int key, bool next)
{
	begin_role(strcmp(role, "door") == 0 ? "sg-door" : "sg-host");
	close_all_but(fd, key);
	_exit(strcmp(role, "door") == 0 ? run_door(s, fd, self, face) : run_host(s, fd, self, name, key, next));
}

static pid_t
fork_child(struct sg_supervisor *s, int ends[2], const char *role, enum sg_face face, const char *name, bool next)
{
	int self = getpid();
	int key = strncmp(name, "issue.", 6) == 0 ? open_issuer_key(s, name + 6) : -1;
	pid_t pid = fork();
	if (pid == 0)
		child_main(s, ends[1], self, role, face, name, key, next);
	if (key >= 0)
		close(key);
	return pid;
}

static void
give_to_gate(struct sg_supervisor *s, uint64_t slot, pid_t pid, int fd)
{
	char text[96];
	int len = snprintf(text, sizeof(text), "{\"generation\":%llu,\"pid\":%d,\"slot\":%llu}", (unsigned long long)s->generation, (int)pid,
			   (unsigned long long)slot);
	sg_link_queue(&s->gate, SG_FRAME_S_CHILD, 0, (struct sg_str){text, (size_t)len}, fd, NULL);
}

static void
copy_word(const struct sg_json *request, const char *name, char *out, size_t room)
{
	struct sg_str text = {"", 0};
	sg_json_string(sg_json_get(request, name), &text);
	snprintf(out, room, "%.*s", SG_STR_ARG(text));
}

/* There is no row for it, so that nobody could end it later. */
static void
refuse(pid_t pid, int pidfd)
{
	kill(pid, SIGKILL);
	if (pidfd >= 0)
		close(pidfd);
}

void
sg_role_spawn(struct sg_supervisor *s, const struct sg_json *request)
{
	char role[16], face[16], name[SG_CHILD_NAME];
	int64_t slot = 0;
	int ends[2];
	copy_word(request, "role", role, sizeof(role));
	copy_word(request, "face", face, sizeof(face));
	copy_word(request, "name", name, sizeof(name));
	if (!sg_json_int(sg_json_get(request, "slot"), &slot) || !pair(ends))
		return;
	if (strcmp(role, "worker") == 0) {
		bool asked = s->zygote.fd >= 0 && sg_link_queue(&s->zygote, SG_FRAME_Z_SPAWN, (uint64_t)slot, SG_STR(""), ends[1], NULL) == SG_OK;
		if (!asked && s->zygote.fd < 0)
			close(ends[1]);
		give_to_gate(s, (uint64_t)slot, 0, ends[0]); /* without a zygote the gate sees the other end closed, and denies */
		return;
	}
	bool next = false;
	sg_json_bool(sg_json_get(request, "next"), &next);
	pid_t pid = fork_child(s, ends, role, sg_face_named(sg_str(face)), name, next);
	close(ends[1]);
	int pidfd = pid > 0 ? (int)syscall(SYS_pidfd_open, pid, 0) : -1;
	if (pid > 0 && !note(s, (uint64_t)slot, pid, pidfd, strcmp(role, "door") == 0 ? SG_ROLE_DOOR : SG_ROLE_HOST))
		refuse(pid, pidfd);
	give_to_gate(s, (uint64_t)slot, pid > 0 ? pid : 0, ends[0]); /* where nobody has the other end, the gate sees it closed */
}

/* Workers are the zygote's children, no SIGCHLD tells of them: their process, once it is gone, leaves a readable pidfd behind. */
void
sg_role_forget_workers(struct sg_supervisor *s)
{
	for (size_t i = 0; i < SG_PROCESSES; i++) {
		struct sg_process *row = &s->processes[i];
		struct pollfd ended = {.fd = row->pidfd, .events = POLLIN};
		if (row->used && row->pid == 0 && poll(&ended, 1, 0) != 0)
			sg_role_end_row(row);
	}
}

void
sg_role_spawned(struct sg_supervisor *s, uint64_t slot, int pidfd)
{
	sg_role_forget_workers(s); /* one that left by itself keeps no place from the next */
	if (!note(s, slot, 0, pidfd, SG_ROLE_WORKER)) {
		sg_role_end(pidfd, 0);
		close(pidfd);
	}
}

void
sg_role_end_row(struct sg_process *row)
{
	if (row->pidfd >= 0)
		close(row->pidfd);
	row->used = false;
}

void
sg_role_kill(struct sg_supervisor *s, uint64_t slot)
{
	for (size_t i = 0; i < SG_PROCESSES; i++) {
		struct sg_process *row = &s->processes[i];
		if (!row->used || row->slot != slot)
			continue;
		sg_role_end(row->pidfd, row->pid);
		if (row->pid == 0)
			sg_role_end_row(row); /* a worker is reaped by its zygote */
	}
}

void
sg_role_kill_all(struct sg_supervisor *s)
{
	for (size_t i = 0; i < SG_PROCESSES; i++)
		if (s->processes[i].used)
			sg_role_kill(s, s->processes[i].slot);
}
