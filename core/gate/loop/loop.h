/* SPDX-License-Identifier: Apache-2.0
 * The gate's surroundings, for real: sockets, doors, workers, hosts, the disk's thread, around the state machine of gate.h. */
#ifndef SG_GATE_LOOP_H
#define SG_GATE_LOOP_H

#include "base/fd.h"
#include "frame/link.h"
#include "gate/journal/keep.h"
#include "gate/loop/line.h"
#include "gate/loop/look.h"
#include "gate/wire/wire.h"
#include "gate/journal/pulse.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>

enum { SG_LISTENERS = 8, SG_CHILDREN = 1088 /* processes: as many doors as limits.doors may say, and the rest */, SG_CHILD_COMES_S = 10, SG_CHILDREN_KEPT = 24 /* that doors of agents leave to workers, modules and the other faces */, SG_WORKER_DEPTH = 8, SG_WORKER_SHARE = 4 /* of one agent in one worker */, SG_JUDGE_QUEUE = 4096, SG_JUDGE_SHARE = 2048 /* of one agent in the queue */, SG_JUDGE_AGAIN = 3, SG_BLAMED = 64, SG_LOOKERS = 256 /* users of whom is known what looking at them took */, SG_SUSPECTS = 64, SG_SUSPECT_S = 60, SG_ACCEPT_BATCH = 64, SG_ACCEPT_SPENT_US = 500 /* for closing those of users without a connection left; then the face rests */, SG_ACCEPT_REST_MS = 1, SG_SHUT_KNOWN = 16, SG_SHUT_AGAIN_MS = 500 /* not more often is the supervisor told to shut one user out */, SG_TURN_OUT_MS = 20 };
enum {
	SG_WORKER_START = 1000, /* milliseconds a worker may take to be forked and confined, on top of its first answer */
	SG_CHILD_NAME = 96,
	SG_WANTED_MAX = 64,  /* modules, all kinds; one more is never started */
	SG_HOST_START_S = 10, /* from the request for a process to its READY */
	SG_HOST_LEAVE_S = 1, /* from the end of its link to SIGKILL */
	SG_ADMIN_ALONE_MS = 3000, /* operators wait no longer than that for what agents need: attestation, policy */
	SG_ADMIN_FIRST_MS = 500, /* operators who wait when the gate opens are served before other faces open, for so long */
	SG_BACKOFF_S = 60,   /* longest pause before another try */
	SG_SINKS_MAX = SG_WANTED_MAX,
	SG_SINK_PROGRESS_S = 10, /* a sink that has something to carry and gets no further for so long is killed */
	SG_FAULTS = 3,       /* faults in a row of an issuer; then another instance of it is started beside it */
	SG_FAULTS_REST_S = 10, /* and no instance is so replaced before it is so old */
	SG_BREAKER = 6       /* failures in a row; from then on one try each SG_BACKOFF_S, and status says so */
};

enum sg_source_kind { SG_SOURCE_SUPERVISOR, SG_SOURCE_LISTEN, SG_SOURCE_CHILD, SG_SOURCE_COMMIT };

/* What an epoll event is about. */
struct sg_source {
	enum sg_source_kind kind;
	int fd;
};

/* One question for policy, kept until it is answered so that it can go to another worker. */
struct sg_question {
	struct sg_question *next;
	uint64_t id;
	enum sg_frame_type type;
	unsigned again; /* so often a worker left when this stood at its head */
	uint64_t whose; /* names the agent; 0: nobody's */
	sg_time since; /* asked at */
	size_t len;
	char input[];
};

struct sg_call {
	uint64_t id, look; /* look: nonzero if part of a look */
	sg_time deadline;
	struct sg_call *next;
};

/* A process the gate talks to. */
struct sg_child {
	struct sg_source source; /* first: epoll hands it back */
	bool used, linked, retiring;
	uint64_t made_by;  /* of an issuer that is or was in use: sg_issuer_tag */
	sg_time late_at; /* when it is said again that it is late, and left alone */
	sg_time owes_at; /* when it is looked again whether something of it is out */
	enum sg_role role;
	uint64_t slot, generation;
	struct sg_link link;
	sg_time asked_at; /* for its process, which is not there yet; 0: nobody waits for one: it came, or came and went */
	uint32_t events;
	/* door */
	enum sg_face face;
	uid_t uid;
	/* worker: what it was given, in order; the clock runs on the head */
	struct sg_question *head, *tail;
	size_t depth;
	uint64_t served, last; /* answers so far; whose the last one was */
	sg_time head_since;
	/* host: an instance of a module */
	int pid;
	bool visible; /* in /proc, when it was linked */
	char name[SG_CHILD_NAME]; /* "issue.token": the stanza */
	char stanza[SG_SHA256_HEX], digest[SG_SHA256_HEX]; /* what it was started for; the module's file */
	char why[320]; /* the last thing that went wrong; "" */
	bool ready; /* a worker: it has answered once */
	bool may_mend; /* host: what went wrong last may go right by itself: something was not to be reached */
	bool hung;     /* host: it is ended because it did not answer in time */
	struct {
		uint64_t whose; /* sg_look_whose: of one user alone, so that it is known who keeps it */
		int64_t uid;    /* of this machine's user; -1: a peer of another machine */
		bool stranger;  /* of which nothing is known */
		unsigned count;
		sg_time since;
	} asked_about; /* attest host: what it is at */
	bool asking; /* attest host: it is being asked just now */
	bool started;  /* host: this stanza was ready once: what goes wrong later is no refusal */
	bool entered; /* host: in use; one that is being prepared is ready before it is */
	struct sg_buf said; /* host: its READY, until it enters */
	struct sg_call *calls; /* that it was asked */
	struct sg_line line;   /* that it is not asked yet */
	sg_time since, respawn_at;
	sg_time busy_since; /* it had nothing to do before */
	unsigned quick;     /* calls in a row that took no time, at most SG_CALLS_QUICK */
	sg_time answered;   /* when it last answered a call: while it goes on, those behind are not late */
	unsigned failures, restarts; /* failures: in a row */
	unsigned faults; /* issuer: calls in a row that failed for the module's own reasons */
	uint64_t asked;
	/* audit host: how far it was told to carry, how far it is, leaves that were gone before it could */
	uint64_t told, durable, gaps;
	sg_time progress_at;
};

/* How far behind an audit sink may be. */
struct sg_sink_bound {
	char name[64];
	bool required;
	int64_t leaves, ms;
	uint64_t durable; /* its last word */
	uint64_t mark; /* a leaf that is not safe there yet; 0: none */
	sg_time mark_at;
};

/* A module that should run. */
struct sg_wanted {
	char name[SG_CHILD_NAME], stanza[SG_SHA256_HEX];
	int64_t refresh_ms; /* 0: never */
};

struct sg_wanted_list {
	struct sg_wanted items[SG_WANTED_MAX];
	size_t count;
};

struct sg_waiting_conn {
	struct sg_waiting_conn *next;
	uint64_t id;
	int fd;
	enum sg_face face;
	uid_t uid;
	bool admitted;
};

/* What becomes of a child's frames, and of what was asked of it once it is gone, role by role. */
struct sg_loop;
struct sg_child_part {
	bool (*frame)(struct sg_loop *loop, struct sg_child *child, const struct sg_frame *frame); /* false: it broke the rules */
	void (*gone)(struct sg_loop *loop, struct sg_child *child);
	void (*missed)(struct sg_loop *loop, struct sg_child *child); /* NULL: nothing; before `gone`, where it was asked for and did not come */
};

struct sg_loop {
	const struct sg_child_part *parts; /* indexed by enum sg_role */
	struct sg_gate *gate;
	struct {
		uint64_t whose;
		sg_time until;
	} suspects[SG_SUSPECTS]; /* agents whose judgements cost workers lately */
	size_t suspect_next;
	const struct sg_sys *sys;
	sg_time read_at; /* what had come by then is read in this turn */
	int epoll, commit_event, state_folder;
	struct sg_source supervisor_source, commit_source;
	struct sg_link supervisor;
	struct {
		struct sg_source source;
		enum sg_face face;
	} listeners[SG_LISTENERS];
	size_t listener_count;
	size_t descriptors; /* that this process may have open */
	struct sg_child children[SG_CHILDREN];
	size_t children_top; /* none is used from here on: nobody looks at places for processes that are not there */
	struct sg_waiting_conn *conns; /* descriptors not yet with a door */
	struct sg_wanted_list wanted;
	char wanted_config[SG_SHA256_HEX]; /* the configuration they were read from */
	struct {
		bool active, told;
		uint64_t id;
		struct sg_wanted_list list;
	} next; /* what the configuration that is being prepared wants */
	struct sg_sink_bound sinks[SG_SINKS_MAX];
	size_t sink_count;
	char sinks_config[SG_SHA256_HEX];
	struct sg_question *queue, *queue_end;
	size_t queued;
	struct sg_look *looks;
	bool looks_new; /* some of them came in this turn */
	struct sg_blamed blamed[SG_BLAMED];
	size_t blamed_next;
	struct sg_looker lookers[SG_LOOKERS];
	sg_time strangers_until; /* nobody looks at users of whom nothing is known */
	uint64_t lookers_served;
	uint64_t next_slot, next_conn, next_look;
	struct sg_table conn_doors; /* connection id → struct sg_conn_door */
	pthread_t disk;
	sem_t work; /* once for each thing that is handed over */
	struct sg_commit *commit; /* with the disk's thread; NULL when idle */
	atomic_bool commit_given, commit_done, ending; /* set for the disk's thread, by it, for it */
	struct sg_discard discard; /* likewise, while `discarding` */
	atomic_bool discard_given, discard_done;
	bool discarding;
	struct {
		atomic_bool given, done; /* the disk's thread is to make it; has, or could not */
		bool making, made;       /* made: as it was last heard */
		int error;
		uint64_t room; /* what the disk has left */
		sg_time next;  /* not tried again before */
	} reserve;
	bool policy_known, stop;
	sg_time opens_since; /* the journal is open and faces may be since, but for attestation and policy; 0: not yet */
	sg_time admin_since; /* the admin face is open since; 0: not yet */
	sg_time turn_out_at; /* not before is a door of strangers ended for another stranger */
	struct {
		uid_t uid;
		enum sg_face face;
		sg_time until;
	} shut[SG_SHUT_KNOWN]; /* whom the supervisor was told of lately */
	size_t shut_next;
	bool more; /* what is done in slices is not done: the end of what was stopped, a list */
	sg_time accept_rests; /* some face rests until then; 0: none */
	bool accepting, root;
	unsigned layers;
};

/* How a gate's process ends: what the supervisor makes of it. */
enum sg_gate_end {
	SG_GATE_STOPPED = 0,  /* it was told to */
	SG_GATE_LINK = 70,    /* without its supervisor, or before it could begin */
	SG_GATE_NO_ROOM = 74, /* it could not start for now: the disk or memory did not give what it takes */
	SG_GATE_ANEW = 75,    /* it ran and cannot go on: another one, which reads the journal, can */
	SG_GATE_BROKEN = 78   /* it can never start from this state or configuration */
};

struct sg_gate_process {
	int supervisor; /* link to the supervisor */
	int parent;     /* its pid */
	struct sg_pulse *pulse;
	bool tells; /* on stderr, why it does not start */
};

/* The gate's process, from its first line to its exit code (enum sg_gate_end). */
int sg_gate_run(const struct sg_gate_process *how);

/* doors.c */
void sg_doors_accept(struct sg_loop *loop, struct sg_source *listener, enum sg_face face);
/* Each turn: faces that rest from connections nobody could afford are open again once it is time. */
void sg_doors_rested(struct sg_loop *loop);
void sg_doors_admit(void *self, uint64_t conn, enum sg_face face);
void sg_doors_answer(void *self, uint64_t conn, unsigned status, struct sg_str body);
void sg_doors_close(void *self, uint64_t conn);
/* Passes on connections that found the link full. */
void sg_doors_turn(struct sg_loop *loop);
void sg_doors_limits(struct sg_loop *loop);
void sg_door_linked(struct sg_loop *loop, struct sg_child *door);
/* Frames of a door; false if it broke the rules. */
bool sg_door_frame(struct sg_loop *loop, struct sg_child *door, const struct sg_frame *frame);
void sg_door_gone(struct sg_loop *loop, struct sg_child *door);
int sg_doors_fd(struct sg_loop *loop, uint64_t conn);

/* door_room.c: the door of this face, and of this uid on the agent face: the one that is there, or another one, for which one that holds less is ended where there
 * are as many as may be. NULL: there is no place. */
struct sg_child *sg_door_for(struct sg_loop *loop, enum sg_face face, uid_t uid);

/* whose.c: an agent by its name; the one whose request that is, 0: nobody's. */
uint64_t sg_whose_agent(struct sg_str name);
uint64_t sg_whose(const struct sg_loop *loop, uint64_t id);

/* pool.c */
bool sg_pool_judge(void *self, uint64_t id, enum sg_frame_type type, struct sg_str input);
bool sg_pool_frame(struct sg_loop *loop, struct sg_child *worker, const struct sg_frame *frame);
void sg_pool_gone(struct sg_loop *loop, struct sg_child *worker);
void sg_pool_fill(struct sg_loop *loop);
void sg_pool_pump(struct sg_loop *loop);
void sg_pool_deadlines(struct sg_loop *loop);
void sg_pool_done(struct sg_loop *loop);

/* hosts.c. A call waits until those before it are answered, and then for its turn. */
enum sg_called sg_hosts_take_back(void *self, struct sg_str issuer, uint64_t by, struct sg_str agent, bool first, struct sg_str request);
enum sg_called sg_hosts_call(void *self, uint64_t id, const char *kind, struct sg_str name, uint64_t by, struct sg_str request);
bool sg_hosts_look(void *self, uint64_t id, uint64_t conn);
/* sinks.c: tells sinks how far they may carry, and the gate whether a required one lags. */
void sg_sinks_turn(struct sg_loop *loop);
/* A sink's word, at READY and later: {"durable":n,...}; false if it cannot be. */
bool sg_sink_told(struct sg_loop *loop, struct sg_child *host, const struct sg_json *json);
bool sg_sink_is_late(const struct sg_child *host, sg_time now);
/* A ready instance begins to be used: what it said of itself holds from now on. False if that cannot be. */
bool sg_host_enter(struct sg_loop *loop, struct sg_child *host);

/* instances.c */
/* What a configuration document wants. */
void sg_instances_want(struct sg_wanted_list *list, const struct sg_json *document);
/* The instance of this stanza that is not on its way out, or NULL. */
struct sg_child *sg_instance_of(struct sg_loop *loop, const struct sg_wanted *wanted);
/* Asks for a process; `before`: the one it replaces, or NULL. `next`: by the document that is being prepared. */
void sg_instance_spawn(struct sg_loop *loop, const struct sg_wanted *wanted, const struct sg_child *before, bool next);
bool sg_wanted_is_sink(const char *name);
/* The list has this one's stanza. */
bool sg_wanted_has(const struct sg_wanted_list *list, const struct sg_child *host);
/* The instance that the configuration in force wants. */
bool sg_instance_is_current(const struct sg_loop *loop, const struct sg_child *host);
/* prepare.c, each turn: tells the supervisor about a module that keeps the daemon from opening, or how a preparation went. */
void sg_prepare_turn(struct sg_loop *loop);
/* Starts what `document` would need and is not there; answers with SG_FRAME_G_PREPARED when all of it is ready, or one is not going to be. */
void sg_instances_prepare(struct sg_loop *loop, uint64_t id, const struct sg_json *document);
/* The preparation is over: what it started is kept only if the configuration in force wants it. */
void sg_instances_settled(struct sg_loop *loop);
/* Writes the array of instances: calls, digest, failures, name, restarts, state, why. */
void sg_hosts_tell(void *self, struct sg_json_writer *w);
/* The host "PREFIXname", or NULL. */
/* The issuer that made it, by sg_issuer_tag, as long as it is there; NULL: it is not, or by 0. */
struct sg_child *sg_host_maker(struct sg_loop *loop, struct sg_str issuer, uint64_t by);
struct sg_child *sg_host_named(struct sg_loop *loop, const char *prefix, struct sg_str name);
/* Notes a call (id) or a look (number) that this host owes an answer; false on no memory. */
bool sg_host_remember(struct sg_loop *loop, struct sg_child *host, uint64_t id, uint64_t look);
/* stood.c: after a part of a turn that began at `from`: if it was long, every clock that runs on others is set on by it. Now. */
sg_time sg_loop_stood(struct sg_loop *loop, sg_time from);
bool sg_host_frame(struct sg_loop *loop, struct sg_child *host, const struct sg_frame *frame);
void sg_host_gone(struct sg_loop *loop, struct sg_child *host);
void sg_hosts_fill(struct sg_loop *loop);
void sg_hosts_deadlines(struct sg_loop *loop);
bool sg_hosts_attest_ready(const struct sg_loop *loop);

/* disk.c: the thread that writes and syncs */
bool sg_disk_start(struct sg_loop *loop);
void sg_disk_turn(struct sg_loop *loop); /* hands over what waits, takes what is done */
void sg_disk_end(struct sg_loop *loop);

/* children.c */
struct sg_child *sg_child_spawn(struct sg_loop *loop, enum sg_role role, enum sg_face face, uid_t uid, const char *name, bool next);
struct sg_child *sg_child_slot(struct sg_loop *loop, uint64_t slot);
void sg_child_kill(struct sg_loop *loop, struct sg_child *child);
/* Closes the link and tells whoever depends on it. */
void sg_child_gone(struct sg_loop *loop, struct sg_child *child);
/* warn.c: the port of that name (desk/gate.h). */
enum { SG_WARNED = 128 /* agents, and twice those that stand still, whose lines are counted at a time */ };
void sg_loop_warn(void *self, struct sg_str about, const char *line);
/* Each tick: what was counted and not said is told once its time is over. */
void sg_loop_warn_turn(const struct sg_loop *loop);
/* Each tick: those that were asked for and did not come are gone. */
void sg_children_due(struct sg_loop *loop);
/* A door that did not come: connections that wait for it are closed. */
void sg_door_missed(struct sg_loop *loop, struct sg_child *door);
void sg_child_event(struct sg_loop *loop, struct sg_child *child, uint32_t events);
bool sg_loop_watch(struct sg_loop *loop, struct sg_source *source, uint32_t events, bool fresh);
void sg_loop_flush(struct sg_loop *loop);

/* supervisor.c: takes what came from there; false: it is gone, or broke the rules. */
bool sg_supervisor_read(struct sg_loop *loop);
/* tell.c: to the supervisor */
bool sg_supervisor_send(struct sg_loop *loop, enum sg_frame_type type, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
