/* SPDX-License-Identifier: Apache-2.0
 * One request on its way through the gate. Private to gate/. */
#ifndef SG_GATE_REQUEST_H
#define SG_GATE_REQUEST_H

#include "base/canon.h"
#include "gate/desk/buckets.h"
#include "gate/desk/gate.h"

enum { SG_REQUEST_BUDGET = 16 << 20, SG_JUDGE_MOST = 3 /* judgements of one refusal, however often there is a reload */, SG_STALE_MOST = 256 /* judgements that the past overtook */, SG_HOOKS_AT_ONCE = 128 /* silence waits while so many are asked about */, SG_KEY_MAX = 64, SG_TOKEN_MAX = 4096, SG_ACTION_NAME_MAX = 256, SG_RESOURCE_TYPE_MAX = 128, SG_RESOURCE_ID_MAX = 4096 };
/* What falls silent in one tick: after a standstill all of it is due at once. A hook reads its decision again, which may be megabytes long. */
enum { SG_SILENCE_AT_ONCE = 512, SG_SILENCE_HOOKS = 8 };

/* Of what an agent sent, wherever it is read again: limits.max_body bounds it as it came; written out canonically it may be longer. */
extern const struct sg_json_limits sg_request_limits;

/* Whose purse: the agent's that spoke last on the connection, its user's or address's otherwise, as what it came. */
enum sg_payer { SG_PAYER_AGENT, SG_PAYER_UID, SG_PAYER_ADMIN, SG_PAYER_ENFORCER, SG_PAYER_STRANGER, SG_PAYER_COUNT };

struct sg_request {
	uint64_t id, conn;
	struct sg_catalogue *under; /* the oldest that it may point into, which is kept as long (catalogue->users) */
	const struct sg_catalogue *who; /* under which it was found out who asks */
	const struct sg_route_row *route;
	struct sg_str argument;
	struct sg_arena arena;
	const struct sg_json *body;
	enum sg_stage stage;
	struct sg_ring waits; /* in the ring of its stage */
	sg_time waits_since;  /* in that stage */
	char flight[SG_ID_MAX + SG_KEY_MAX + 2]; /* "task key" while that attempt is under way; "": none */
	sg_time wait_until;
	uint64_t wait_leaf;
	void (*after_sync)(struct sg_gate *gate, struct sg_request *request);
	void (*after_look)(struct sg_gate *gate, struct sg_request *request);
	void (*after_call)(struct sg_gate *gate, struct sg_request *request, const struct sg_json *answer);
	struct sg_str speaks_as; /* in a list of approvals: the admin for whom it is made */
	struct sg_str device; /* in SG_STAGE_CALL: the enrolment that the call is about */
	void (*looked_at)(struct sg_gate *gate, struct sg_request *request, bool same); /* in SG_STAGE_ISSUE: the second look is in */
	void (*polled)(struct sg_gate *gate, struct sg_request *request);   /* in SG_STAGE_POLL: something may have happened */
	void (*reviewed)(struct sg_gate *gate, struct sg_request *request); /* in SG_STAGE_POLL: a reload came; who asks may be nobody any more */
	void (*in_turn)(struct sg_gate *gate, struct sg_request *request);  /* in SG_STAGE_TURN: it is its turn */
	void (*lost)(struct sg_gate *gate, struct sg_request *request);     /* in SG_STAGE_COMMIT: the leaf is lost; NULL: told that it is in force */

	/* what it costs */
	sg_time spent; /* in the gate's thread */
	int64_t units; /* see buckets.h */
	enum sg_payer payer; /* whose purse `paid` it */
	bool paid, agent_paid; /* by whoever is behind the connection; by its agent */
	uint64_t refusals; /* of the reports of that agent, in a row */

	/* who asks */
	const struct sg_agent *agent;
	const struct sg_enforcer *enforcer;
	enum sg_strength strength;
	char instance[SG_ID_MAX];
	bool proven; /* the agent itself, or shown by a task token */

	/* what is asked */
	bool authzen, ask; /* ask: judge only, spend and record nothing */
	bool replay;       /* judge again what the record says */
	bool hook;         /* an after-hook: answers nobody */
	bool blind;        /* judged without an approval: the one at hand is for something else */
	char attempt[SG_KEY_MAX + 1];
	struct sg_str task, approval_named, tool;
	const struct sg_action *action;
	const struct sg_json *resource, *args, *context;
	struct sg_str action_name, resource_type, resource_id, audience;
	char asked[SG_SHA256_HEX], digest[SG_SHA256_HEX];
	char asked_bound[SG_SHA256_HEX], bound[SG_SHA256_HEX]; /* the same without the arguments that a yes does not hold to, where there are such: sg_bound */
	uint64_t asked_under; /* number of the configuration that `asked` was made under */
	const struct sg_resource *found;         /* the catalogue's stanza of the resource, or NULL */
	enum sg_sensitivity level;               /* of action and resource, the higher */
	const struct sg_json *effective_args;    /* after narrowing; the arguments before */
	const struct sg_json *within;            /* the arguments that were found within all bounds of catalogue and grants, */
	uint64_t within_under;                   /* under that configuration */
	int64_t cost[SG_DIMENSIONS];
	struct sg_str domain;      /* of the decision that is looked at */
	const char *misspelt;      /* what is wrong with the resource's id, in words of ours; NULL: nothing */
	size_t looks;              /* left of SG_SHADOW_LOOKS, while its ceilings are asked */
	struct sg_str misfit;      /* the argument that does not fit the catalogue */
	struct sg_masked secret; /* the fingerprint of an opaque credential */
	struct sg_str issuer_said, issuer_told; /* why it made no credential: for the record; and as much of it as its asker may hear */
	struct sg_str narrowed_to; /* what a task was given less than asked, canonical */
	size_t step;    /* of the signed plan, from 1 on; 0: none */
	bool ask_owner; /* a ceiling asks a person: an overdue review, a level of autonomy */

	/* what was said */
	unsigned judgements;
	unsigned stale; /* so often the past had moved when it was to commit */
	int turn;       /* enum sg_turn */
	bool asks_past;
	enum sg_reason trouble; /* of the past that rules asked for; SG_REASON_allowed: none */
	bool behind;            /* nobody who is known asks: with a token of r->agent's that nobody took, or whose process is to show itself anew */
	bool counts;            /* what it is answered is one of the decisions that `status` counts */
	bool rates_good;        /* rates had room as of */
	uint64_t rates_changes; /* this state of its past (sg_past_changes) */
	size_t walked;          /* entries of the past that its question looked at */
	uint64_t past_changes;  /* sg_past_changes, when it was asked */
	uint64_t turn_root, turn_agent;
	struct sg_str turn_owner; /* whose budget its rules read; "" none */
	struct sg_request *turn_next;
	uint32_t reads; /* of enum sg_moving: what rules read */
	struct sg_clock judged_at;
	int64_t judged_steady;
	char sight[SG_ID_MAX]; /* the approval that policy was shown */
	uint64_t ended_tasks, ended_leases; /* of a kill */
	struct sg_listing *listing;         /* what is being listed (listing.c), freed with it; or NULL */
	int64_t life_ms;       /* what the digest says of the credential's life; 0: there is none */
	uint64_t judged_task_seq, judged_instance_seq, judged_generation;
	const struct sg_catalogue *judged_catalogue;
	struct sg_str input, answer; /* to and from policy */
	struct sg_effect *effects; /* effect_count of them, in the arena */
	size_t effect_count;
	enum sg_verdict verdict;
	enum sg_reason reason;
	struct sg_str effective; /* arguments, canonical */
	bool again; /* a repeat of what is done: what it counted itself is not held against it */
	bool narrowed;

	/* what came of it */
	char tail[17], decision[SG_ID_MAX], lease[SG_ID_MAX], approval[SG_ID_MAX];
	int64_t use_by_ms;
	struct sg_deadline use_by, lease_ends;
	uint64_t task_seq, instance_seq; /* taint right after this commit */
	bool looked_again, made;
	bool facts_changed;
	bool anew; /* the state was folded anew since it was judged: nothing of before can be compared with it */
	struct sg_str token, claims;
	const struct sg_issuer *issuer;

	struct sg_merged merged; /* of what was said; last, for the lists in it are not cleared */
};

struct sg_request *sg_request_new(struct sg_gate *gate, struct sg_conn *conn, const struct sg_route_row *route,
				  struct sg_str argument);
void sg_request_end(struct sg_gate *gate, struct sg_request *request);
/* From now on it points into the catalogue in force alone. */
void sg_request_renew(struct sg_gate *gate, struct sg_request *request);
/* It waits for that from now on. */
void sg_request_wait(struct sg_gate *gate, struct sg_request *request, enum sg_stage stage);
/* Its attempt is under way from now on, until the request ends. False: another request has the same one under way. */
bool sg_request_fly(struct sg_gate *gate, struct sg_request *request);
/* Waits until `leaf` is synced, then calls `then`. */
void sg_request_sync(struct sg_gate *gate, struct sg_request *request, uint64_t leaf,
		     void (*then)(struct sg_gate *, struct sg_request *));
/* Whoever waits longest for that; NULL: nobody does. */
struct sg_request *sg_request_first(struct sg_gate *gate, enum sg_stage stage);
struct sg_request *sg_request_find(struct sg_gate *gate, uint64_t id);
struct sg_conn *sg_conn_find(const struct sg_gate *gate, uint64_t id);
/* Ids of those that wait for the same and are wanted, in their order, so that each may end another. On no memory there are none. */
struct sg_ids {
	uint64_t *at;
	size_t count, room; /* room: bytes */
};
struct sg_ids sg_requests_collect(struct sg_gate *gate, enum sg_stage stage, bool (*wanted)(const struct sg_gate *, const struct sg_request *));
void sg_ids_done(struct sg_ids *ids);
/* wait.c: those of them that wait for a record are answered without it, as they asked for (`lost`), or that it is in force and not recorded yet. */
void sg_answer_unsynced(struct sg_gate *gate, bool (*wanted)(const struct sg_gate *, const struct sg_request *));
/* Tells everybody who waits for an approval or an event that something may have happened. */
void sg_wake(struct sg_gate *gate);
/* Answers those that were slowed for long enough. */
void sg_wake_slowed(struct sg_gate *gate);
void sg_gate_synced_if_idle(struct sg_gate *gate);
void sg_gate_now(struct sg_gate *gate);
/* A commit ended: call after sg_journal_done. */
void sg_gate_synced(struct sg_gate *gate);

#endif
