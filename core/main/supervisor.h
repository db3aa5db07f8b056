/* SPDX-License-Identifier: Apache-2.0
 * The supervisor: the only process that forks roles. It holds the configuration, the listening sockets and the lock on the state; it parses
 * nothing that an agent, a script or a module said. */
#ifndef SG_MAIN_SUPERVISOR_H
#define SG_MAIN_SUPERVISOR_H

#include "frame/link.h"
#include "frame/routes.h"
#include "gate/journal/pulse.h"
#include "main/options.h"
#include "main/policy_files.h"
#include "main/shut.h"

#include <sys/types.h>

enum { SG_PROCESSES = 1200 /* as many as the gate may ask for, and those that are ending */, SG_FACES = 4, SG_RESTARTS = 10, SG_BACKLOG = 4096 /* connections that wait; the kernel cuts it at net.core.somaxconn */ };

struct sg_process {
	bool used;
	uint64_t slot; /* 0: gate or zygote */
	pid_t pid;     /* 0: a worker, known by its pidfd alone */
	int pidfd;
	enum sg_role role;
};

struct sg_supervisor {
	const struct sg_main_options *options;
	struct sg_buf document; /* the configuration in force, canonical */
	struct sg_arena arena;
	const struct sg_json *config;
	int lock, run_lock, signals, watch, self;
	struct {
		enum sg_face face;
		int fd;
		char path[108];
		struct sg_shut shut; /* users that may not connect there for now */
	} faces[SG_FACES];
	int tls; /* the TLS face's socket, -1: none */
	sg_time tls_due; /* its address is somebody's; when it is tried again, 0: never */
	struct sg_link gate, zygote, candidate; /* candidate: a zygote that compiles, not yet in force */
	struct sg_link retired;                 /* the zygote before: kept until its workers have answered */
	pid_t retired_pid;
	sg_time retired_at;
	struct sg_process processes[SG_PROCESSES];
	pid_t gate_pid, zygote_pid, candidate_pid; /* 0: none */
	struct sg_pulse *pulse;            /* the gate's */
	struct sg_pulse_watch pulse_watch;
	int gate_status; /* exit status of the last gate (enum sg_gate_end), -1 if it was killed */
	sg_time gate_due; /* monotonic: without a gate until then, for want of room; 0: not so */
	unsigned room_tries; /* in a row that found no room */
	struct sg_policy_files sources, next_sources; /* in force; of the reload under way */
	struct sg_buf manifest;
	uint64_t generation;
	sg_time candidate_since, candidate_most; /* when it was begun; how long it may take */
	unsigned restarts; /* of the gate, since it last opened */
	bool reloading, stopping, announced;
	bool came_up; /* it was announced, or a gate that ended had opened the admin face: an operator may count on the daemon, and nothing that can be mended ends it */
	bool handed_over; /* the sockets, to whoever started the daemon */
	bool again; /* a reload was asked for while one was under way, which may have read older files */
	uint64_t asked, asked_again; /* id of the gate's wish that the reload under way (the one after it) answers; 0: nobody's */
	struct sg_buf next_document, next_manifest; /* of the reload under way */
	bool refused; /* a module that is listed does not start, and the daemon has not opened yet */
	bool preparing;                             /* policy is compiled, the gate starts the modules */
	uint64_t reloads; /* that were begun */
	uint64_t preparation; /* counts them, so that late word of one is not taken for the next */
	sg_time preparing_since;
	struct sg_held { /* in the order in which they came */
		struct sg_held *next;
		size_t len;
		char bytes[];
	} *held; /* stops that no journal has yet */
	char module_dir[1024], state_dir[1024], policy_dir[1024], run_dir[128];
};

/* CLOCK_MONOTONIC: stands still while the machine sleeps. */
sg_time sg_supervisor_monotonic(void);
/* Runs until stopped; the exit status. */
int sg_supervisor_run(const struct sg_main_options *options);

/* config.c: reads the configuration into `out`; false with the errors on stderr (or `errors`, JSON, if not NULL). */
bool sg_supervisor_config(const struct sg_main_options *options, struct sg_buf *out, struct sg_buf *errors);
/* True if a running daemon can take `document`: what the sockets, the lock, the record and the running modules stand on is as it was, and a start with it would open (would.h). `policy_dir` is then the one it names;
 * else `report` has the errors, JSON. */
bool sg_supervisor_may_follow(const struct sg_supervisor *s, struct sg_str document, char policy_dir[1024], struct sg_buf *report);
bool sg_supervisor_adopt(struct sg_supervisor *s, struct sg_str document);
/* keep.c: keeps policy and configuration now in force by their digests. */
void sg_supervisor_keep(const struct sg_supervisor *s);
int64_t sg_supervisor_limit(const struct sg_supervisor *s, const char *name);
/* The same of a canonical document that is not in force; 0: it has none. */
int64_t sg_document_limit(struct sg_str document, const char *name);

/* listen.c: the sockets and the lock. False with a line on stderr. */
bool sg_supervisor_lock(struct sg_supervisor *s);
bool sg_supervisor_listen(struct sg_supervisor *s);
/* Gives the sockets to whoever started the daemon, who hands them to the next one. False: not all yet, to be given again. */
bool sg_supervisor_hand_over(const struct sg_supervisor *s);
/* The files go, unless somebody may keep the sockets for the next daemon: then they are that one's, or go with their folder. */
void sg_supervisor_unlisten(const struct sg_supervisor *s);

#define SG_TLS_KEPT "tls" /* the name under which its socket is handed over: FileDescriptorName= of a socket unit */
/* tls.c: the TLS face. Each false with a line on stderr. */
bool sg_tls_listen(struct sg_supervisor *s);
/* An address that somebody else had is tried again each second. */
void sg_tls_turn(struct sg_supervisor *s);
/* Gives the socket to the gate, if there is one. */
void sg_tls_hand(struct sg_supervisor *s);
/* Opens certificate and key, both by sg_open_trusted, the key readable by its owner alone. The caller's. */
bool sg_tls_files(const struct sg_supervisor *s, int *certificate, int *key);
int64_t sg_tls_handshake_ms(const struct sg_supervisor *s);

/* roles.c: forking. Each child keeps its own end and nothing else. */
/* `tells`: says why if it cannot start. False: nothing was forked (gate_pid is 0), or it was not told everything. */
bool sg_role_gate(struct sg_supervisor *s, bool tells);
/* `document`: whose limits hold for it, the one in force or the one that is to be. */
bool sg_role_zygote(struct sg_supervisor *s, const struct sg_policy_files *files, struct sg_str document);
void sg_role_spawn(struct sg_supervisor *s, const struct sg_json *request);
/* signal.c: ends a process of the daemon's (SIGKILL), whoever it has become; its end is noticed as any. A line in the log where that cannot be. `pid` 0: not known. */
void sg_role_end(int pidfd, pid_t pid);
void sg_role_kill(struct sg_supervisor *s, uint64_t slot);
void sg_role_kill_all(struct sg_supervisor *s);
/* Its process is gone. */
void sg_role_end_row(struct sg_process *row);
/* reap.c */
void sg_role_reap(struct sg_supervisor *s);
void sg_role_forget_workers(struct sg_supervisor *s);
void sg_role_spawned(struct sg_supervisor *s, uint64_t slot, int pidfd);

/* held.c */
/* {"body","kind"}, canonical, or "{}": all that came is recorded. */
void sg_held_take(struct sg_supervisor *s, struct sg_str stop);
/* To a new gate, before it has a socket to answer on. */
void sg_held_tell(struct sg_supervisor *s);
void sg_held_forget(struct sg_supervisor *s);

/* restart.c */
/* Each turn without a gate: starts another one, at once or when it is due. The exit status of the daemon, or -1: it goes on. */
int sg_restart_turn(struct sg_supervisor *s);
/* A gate is open: what was counted of those before it is over. */
void sg_restart_over(struct sg_supervisor *s);

/* reload.c */
/* A new gate hears which policy is in force, or that none is. */
void sg_reload_tell_policy(struct sg_supervisor *s);
/* `asked`: the frame's id that asked for it, 0 for a signal or a saved file. Begins now, or once the one under way has ended. */
void sg_reload_begin(struct sg_supervisor *s, uint64_t asked);
void sg_reload_turn(struct sg_supervisor *s);
/* The gate's word on the modules of the next document. */
void sg_reload_prepared(struct sg_supervisor *s, const struct sg_frame *frame);
/* The gate died: whatever it was preparing is kept out. */
void sg_reload_gate_gone(struct sg_supervisor *s);
void sg_reload_zygote_said(struct sg_supervisor *s, const struct sg_frame *frame);
void sg_reload_failed(struct sg_supervisor *s, struct sg_str errors);
void sg_reload_deadline(struct sg_supervisor *s);
void sg_reload_retire(struct sg_supervisor *s, bool now);

#endif
