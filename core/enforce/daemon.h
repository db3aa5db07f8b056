/* SPDX-License-Identifier: Apache-2.0
 * Asking the daemon, for programs that stand in front of agents: on the agent face for itself, or on the enforcer face for a task whose token it
 * was given. Anything but a clear yes is a no. */
#ifndef SG_ENFORCE_DAEMON_H
#define SG_ENFORCE_DAEMON_H

#include "base/buf.h"
#include "base/json.h"
#include "frame/client.h"

enum { SG_TELL_MS = 200 /* between two tries to tell an outcome */ };

enum {
	SG_DAEMON_DEPTH = 23,     /* arguments nested deeper than that the daemon does not read, and hangs up */
	SG_DAEMON_ANEW_MS = 250   /* not more often does a session connect: what it is hung up for is its client's doing */
};

struct sg_daemon {
	char socket[108];  /* agent.sock or enforcer.sock */
	bool enforcer;
	char task[64], token[192]; /* token: of the task, enforcer face */
	int64_t peer_uid;          /* enforcer face: who presented the token */
	int64_t began_ms; /* the connection, by sg_mcp_now_ms */
	struct sg_client_line line; /* kept while there is something to ask: many sessions of one gateway must not connect for each word */
	struct sg_untold *untold; /* outcomes that were not taken, oldest first */
	size_t untold_count;
	int64_t tell_ms; /* when they are told again */
	int64_t marks;   /* of what the domain of its task carries: sg_daemon_stands */
};

struct sg_ask {
	struct sg_str action, resource_type, resource_id, tool /* hex digest or empty */;
	struct sg_str arguments; /* canonical JSON object */
	const char *key;
};

enum sg_said { SG_SAID_DENY = 0, SG_SAID_ALLOW = 0x2b9d4c73, SG_SAID_STEP_UP = 0x4d62b31e };

struct sg_reply {
	enum sg_said said;
	struct sg_str decision, code, reason, say, approval; /* in `arena` */
	struct sg_str arguments;                             /* effective, canonical; SG_SAID_ALLOW only */
	struct sg_str resource_id;                           /* as it was decided, likewise */
};

/* Opens a task under `intent` on the agent face; fills task and token. Errors: daemon_away, daemon_refused with its reason as text. */
enum sg_status sg_daemon_open(struct sg_daemon *daemon, const char *intent, const char *key, struct sg_err *err);
/* Ends the task; best effort. */
void sg_daemon_close(struct sg_daemon *daemon);
/* Hangs up where nothing was asked for a second: idle sessions hold no connections. Milliseconds until then; -1: there is none. */
int sg_daemon_rest(struct sg_daemon *daemon);
/* Decides one action. A daemon that is away or answers anything odd is SG_SAID_DENY with code daemon_away or daemon_odd. */
void sg_daemon_act(struct sg_daemon *daemon, const struct sg_ask *ask, struct sg_arena *arena, struct sg_reply *reply);
/* It failed, says the server; what it did until then, or all the same, nobody else knows: nothing is given back, and it stands in the history. "failed" alone is what
 * was never given to a server. */
#define SG_FAILED_PERHAPS "failed perhaps"
/* Reports what happened: "ok", "failed", SG_FAILED_PERHAPS, "partial", "unknown", and `values`, a canonical JSON array of what came back, or {NULL, 0}. Where a report
 * with values is not taken, one without them is made: what is not known to the gate is less bad than an outcome that nobody told. One that cannot be taken now is kept, and
 * told again: until it is taken, nothing more is decided in this session (SG_SAID_DENY, daemon_away). */
void sg_daemon_outcome(struct sg_daemon *daemon, struct sg_str decision, const char *result, struct sg_str values);
/* Tells again what was not taken, if it is time to. True: nothing is left. */
bool sg_daemon_tell_again(struct sg_daemon *daemon);
/* For a minute more, at the end of a session; what is left then is said on stderr, and lost. */
void sg_daemon_tell_last(struct sg_daemon *daemon);
/* Appends those of `names` (a canonical JSON array of action names) that ceilings may ever allow, as {"actions":[...]}. `tools`: an array with one
 * digest for each name, and only those are meant that the pin fits; or {NULL, 0}. */
enum sg_status sg_daemon_ceiling(struct sg_daemon *daemon, struct sg_str names, struct sg_str tools, struct sg_buf *out, struct sg_err *err);

enum sg_stands { SG_STANDS_UNKNOWN /* nobody can say */, SG_STANDS_BUSY /* not now: too much is asked of the daemon */, SG_STANDS, SG_STANDS_STILL /* it is frozen, and may go on later */, SG_STANDS_NO_MORE };
/* Does the task stand whose token this is (enforcer face)? SG_STANDS fills its agent's name and the number of agents that this enforcer stands in
 * front of, at least 1. */
/* daemon->marks is another number than before if what its domain carries has changed since. */
enum sg_stands sg_daemon_stands(struct sg_daemon *daemon, char *agent, size_t room, size_t *agents);

#endif
