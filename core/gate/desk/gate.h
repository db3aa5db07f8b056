/* SPDX-License-Identifier: Apache-2.0
 * The gate: a state machine that decides. Events go in through wire/wire.h; what it wants from the world goes out through `ports` and `sys`. It has no
 * sockets, no threads and no clock of its own, so a test can play every order of events. One thread. */
#ifndef SG_GATE_GATE_H
#define SG_GATE_GATE_H

#include "base/canon.h"
#include "base/ring.h"
#include "base/sys.h"
#include "frame/routes.h"
#include "frame/table.h"
#include "gate/catalogue/facts.h"
#include "gate/state/ending.h"
#include "gate/state/fold.h"
#include "gate/desk/issuers.h"
#include "gate/journal/journal.h"
#include "gate/desk/hold.h"
#include "gate/desk/merged.h"
#include "gate/desk/stage.h"
#include "gate/desk/wall.h"

struct sg_gate;

/* BUSY: it is there, and has as much to do as it is given at once; its next answer makes room. LINED: it waits for its turn there. */
enum sg_called { SG_CALL_AWAY, SG_CALL_TAKEN, SG_CALL_BUSY, SG_CALL_LINED };

/* What the gate asks of its surroundings. `id` comes back with the answer; late answers are dropped by it. */
struct sg_ports {
	void *self;
	/* Sends an HTTP answer on a connection. */
	void (*answer)(void *self, uint64_t conn, unsigned status, struct sg_str body);
	/* The connection may talk: its descriptor goes to the door of its face. */
	void (*admit)(void *self, uint64_t conn, enum sg_face face);
	/* Ends a connection, answered or not. */
	void (*close)(void *self, uint64_t conn);
	/* Asks a policy worker; false if there is none. Answer: sg_gate_judged. `agent` for fair queueing. */
	bool (*judge)(void *self, uint64_t id, enum sg_frame_type type, struct sg_str input);
	/* Asks the attestation stack about the peer of a connection; false if there is none. Answer: sg_gate_looked. */
	bool (*look)(void *self, uint64_t id, uint64_t conn);
	/* Calls the host of a module of `kind` ("issue", "verify"); `by` not 0: the issuer that is this one (sg_issuer_tag), or none. SG_CALL_TAKEN: the answer is
	 * sg_gate_called. */
	enum sg_called (*call)(void *self, uint64_t id, const char *kind, struct sg_str name, uint64_t by, struct sg_str request);
	/* Tells an issuer (what made it, `by`, while that is there) to take back what that agent has: in the agent's turn, or (`first`) before all else. sg_gate_confirmed hears of it. SG_CALL_LINED: first
	 * sg_revoke_in_turn is asked whether it is still to be told. */
	enum sg_called (*take_back)(void *self, struct sg_str issuer, uint64_t by, struct sg_str agent, bool first, struct sg_str request);
	/* Writes the array of module instances, for `status`. */
	void (*modules)(void *self, struct sg_json_writer *w);
	/* Asks the supervisor to read configuration and policy again, from now on. Answer: sg_gate_reloaded with this id. */
	void (*reload)(void *self, uint64_t id);
	/* Ends the process now: the state in memory is not to be used any more. Does not come back. NULL in tests: the call fails instead. */
	void (*end)(void *self);
	/* A line for the operator's eyes (dev mode prints decisions). */
	void (*say)(void *self, const char *line);
	/* Keeps what is in force and could not be recorded ({"body","kind"}) for the gate after this one, should there be one; "{}": all of it is recorded.
	 * NULL: nobody keeps it. */
	void (*hold)(void *self, struct sg_str held);
	/* A line for the log, in every mode: something that an operator has to look at. Lines about one thing share what there is room for: an agent, or "" for what
	 * is none's. Through sg_gate_warn alone. NULL: as `say`. */
	void (*warn)(void *self, struct sg_str about, const char *line);
};

/* A round through all of one kind (wire/rounds.c): where it goes on, and whether it is under way. In one turn it looks at no more than SG_ROUND_SLICE slots of a
 * table, and stops where it has done SG_ROUND_DONE things. */
enum { SG_ROUNDS = 6, SG_REVIEWS = 4, SG_ROUND_MS = 10000, SG_ROUND_SLICE = 4096, SG_ROUND_DONE = 256 };
struct sg_round {
	size_t at;
	bool open;
	const void *slots; /* a review: the table's when it was begun */
};

struct sg_bucket {
	char *key;
	int64_t tokens_milli; /* thousandths of a unit; below 0: a debt */
	uint64_t refused;     /* in a row */
	int purse;            /* enum sg_purse */
	sg_time at;
	sg_time proven_at;    /* of a place: when an enforcer was last found there */
};

struct sg_conn {
	uint64_t id;
	enum sg_face face;
	struct sg_peer peer; /* pidfd owned */
	struct sg_facts facts;
	uint64_t configured; /* the configuration that they were read under, counted */
	uint64_t stack;      /* the attest stack that stated them (catalogue.h) */
	sg_time looked; /* when the facts were read; 0 never */
	uint64_t looked_for; /* the request for which somebody looked last */
	bool admitted, changed;
	bool seen;   /* a first look is over */
	bool unseen; /* the last look found nothing: nobody speaks here until one does */
	bool named;  /* the configuration names its uid */
	bool known;  /* an agent or an enforcer was found to speak here */
	bool blind;  /* an operator of whom nothing could be established: may look, stop and reload, nothing else */
	bool asked;  /* something, before this */
	bool approver; /* it came by the approver's socket */
	bool operates; /* it came by the operators', of one who may do more than approve or watch */
	bool unread; /* something was presented since the last look */
	enum sg_reason why; /* changed: how; no facts: why there are none */
	struct sg_str presented[2]; /* token, chain: what the peer presented, owned; {NULL, 0}: nothing */
	uint64_t request; /* the one under way, 0 if none */
	const struct sg_admin *admin;
	char caller[64]; /* the agent that spoke last; "" until it is known */
	enum sg_hold hold;
	struct sg_heap_place place, crowd_place; /* in gate->holds; in crowd->far */
	struct sg_crowd *crowd;
};

struct sg_gate {
	const struct sg_sys *sys;
	struct sg_ports ports;
	struct sg_state state;
	struct sg_journal journal;
	struct sg_catalogue *catalogue;
	struct sg_catalogue *retired; /* catalogues that requests under way may still point to */
	char policy[SG_SHA256_HEX];
	struct sg_buf manifest;    /* of the policy in force */
	struct sg_arena manifest_arena;
	const struct sg_json *const *needy, *const *hooks; /* rules that need history, by id; that look at outcomes: in the manifest's arena */
	size_t needy_count, hook_count;
	bool names_here; /* some rule may read r.time.here */
	size_t hooks_asked; /* that policy is being asked about */
	struct sg_wall wall;
	uint64_t made_anew;     /* how often the state was folded again after a loss */
	bool expiring;          /* a round through leases whose end their issuers must hear of is under way, */
	size_t expire_at;       /* and where it goes on */
	size_t owed_ends;       /* so many of them are in force without a record */
	bool revoking_more;     /* an issuer had no room for all that it is to take back */
	unsigned revoking_heard; /* so many answers came since then */
	sg_time leases_at;      /* then issuers are told again of what they have not confirmed */
	bool hooks_lost; /* a hook is due that nobody is asking about */
	uint64_t policy_generation;
	struct sg_table conns, requests, buckets;
	size_t people, operators; /* of the connections, those on the face of operators and approvers; of those who operated when they came */
	struct sg_heap places[SG_HOLDS]; /* connections by what they hold their place by, oldest first */
	struct sg_table crowds;         /* by user or address */
	size_t connections_most;        /* as the descriptors of this process have room for; 0: no less than limits.connections */
	size_t addresses_at;            /* where the look for such as say nothing goes on */
	size_t addresses;               /* buckets of addresses (desk/address.c) */
	struct sg_table making;                /* credentials that are being made, by request (desk/making.c) */
	struct sg_table sign_ins;              /* on the approvers' page, by the digest of their token: people/sign_in.h */
	struct sg_table flights;               /* requests by the attempt that is under way with them */
	struct sg_ring waiting[SG_STAGES];     /* requests by what they wait for */
	uint64_t configured, reviewed; /* how many configurations there were; under which all connections were judged anew */
	size_t review_at;
	bool review_again;
	struct {
		unsigned char bytes[512];
		size_t left;
	} chance; /* drawn from the system for many at once; what was given is wiped */
	uint64_t turn; /* of the loop, counted; 0: there is none */
	struct {
		uint64_t turn, start_time;
		pid_t pid;
	} alive; /* a process that was found to live in that turn */
	struct sg_request *turns; /* who stands in line for a turn, first come first */
	struct sg_buf jwks; /* key set of the JWT issuers, canonical */
	struct sg_issuer_told *issuers;
	uint64_t next_id;
	struct {
		uint64_t count;
		enum sg_reason reason;
		int64_t from_ms, to_ms;
	} gap[2]; /* unrecorded answers: overload, closed journal */
	bool holds, held_full; /* what is not durable is held outside; not all of it: there is too much */
	size_t held_bytes;    /* of what is held there and stops nothing */
	uint64_t held_after;  /* while something is held: what is durable and stands behind this leaf may be what was held */
	struct sg_inherited *inherited; /* desk/inherit.c; NULL: nothing was handed over */
	uint64_t held_until;  /* the leaf with which the last of those is; 0: it is not written yet */
	struct sg_owed *owed; /* leaves that a closed journal could not take, newest first */
	bool tls_open;  /* the face over the network listens */
	bool stopping, reloading;
	bool recovered; /* the state is that of the journal: what is found wrong with it may be recorded */
	bool sync_late; /* late.c: the disk does not answer */
	uint64_t sync_durable, sync_held; /* late.c: what was durable then; what was held of what waits, up to there */
	sg_time sync_since;               /* late.c: since when nothing more is durable */
	bool audit_lags; /* a required sink is too far behind: nothing is allowed */
	uint64_t snapshot_last, snapshot_at; /* leaf of the newest one that a leaf names; of the one being written, 0: none */
	sg_time snapshot_again; /* one could not be written, which was said: not tried again before; 0: none failed */
	int snapshot_end, inspect_end; /* of the copy that writes it, of the one that reads what the start did not: wire/copy.h; -1: none */
	bool snapshot_wanted; /* before its time: retention waits for it */
	struct sg_keep {
		struct sg_cut due;    /* a leaf on disk says so, and the disk's thread is to delete it; segment 0: nothing */
		uint64_t done;        /* segments up to this one are deleted */
		sg_time next, again;  /* not looked before, not tried again before */
		bool looking;         /* whether anything needs `cut`, */
		struct sg_cut cut;    /* which begins at leaf `first`, */
		uint64_t first;
		const char *why;
		char needed[96];      /* by what, so that nothing goes though it should; "" */
		bool twice, told;     /* the record is beyond twice its bound; that was said */
		size_t table, at;     /* and where that goes on */
		const void *slots;
	} keep; /* wire/keep.c */
	uint64_t sinks_have; /* leaves up to this one are in every sink */
	uint64_t head_leaf, loss_leaf; /* of the head beside the journal; of the leaf that says that a loss was taken, 0: none */
	sg_time head_at; /* not written again before */
	unsigned passed_over; /* head and snapshots that could not be read at the start; the last of them, and why */
	char passed_why[320];
	sg_time inspect_until, inspect_at; /* what the start did not read is read beside it; 0: no more */
	uint64_t reload_conn;
	size_t sessions_at; /* where the look at idle sessions goes on */
	size_t watched_at; /* where the look at processes of instances goes on */
	struct {
		uint64_t id; /* the request that is worked on, 0: none */
		uint64_t carried; /* state.carried as it was when that began */
		sg_time since;
	} work;
	struct {
		const char *route;
		sg_time took;
	} slowest_request;
	sg_time slowest_turn;
	struct sg_ending_walk {
		char key[SG_ENDING_KEY]; /* of which ending; "": of none yet */
		size_t kind, at;         /* of what, and where it goes on */
		bool seen;               /* something was found since the first kind */
		const void *slots;       /* the table's when it was begun */
	} ending;                        /* tasks/ending.c */
	struct sg_round reviews[SG_REVIEWS]; /* people/review.c */
	int64_t ends_most_ms;                /* no task may end later: a clock was accepted, and not all were looked at yet; 0: as they say */
	struct sg_round rounds[SG_ROUNDS];
	sg_time rounds_at, sessions_next; /* when they began; when idle sessions are looked at again */
	sg_time last_reopen, gap_since;
	sg_time last_lost, rest; /* when a group was lost; so long after a trial comes the next one */
	bool shut;       /* the journal was closed since it was last open */
	void (*reopened)(struct sg_gate *gate); /* what could not be recorded meanwhile is looked at, before anybody is answered */
	uint64_t decided;
	uint64_t by_reason[SG_REASON_COUNT], by_verdict[4]; /* since this gate began; verdicts in the order of sg_verdict_place */
	uint64_t shut_out;   /* times that a user who only connected was refused by the kernel for a moment */
	uint64_t turned_out; /* connections that were closed so that others find place */
	struct sg_buf layers; /* canonical JSON array: which processes lack which layer of confinement */
};

#endif
