/* SPDX-License-Identifier: Apache-2.0
 * One request on its way through the gate. Private to gate/. */
#ifndef SG_GATE_REQUEST_H
#define SG_GATE_REQUEST_H

#include "base/canon.h"
#include "gate/buckets.h"
#include "gate/gate.h"

enum sg_stage {
	SG_STAGE_LOOK,    /* waits for the first look at facts */
	SG_STAGE_JUDGE,   /* waits for policy */
	SG_STAGE_COMMIT,  /* waits for the disk; what then happens is `after_sync` */
	SG_STAGE_ISSUE,   /* waits for the credential and for the second look at facts */
	SG_STAGE_VERIFY,  /* waits for the verify host's reading of what was issued */
	SG_STAGE_CALL,    /* waits for a host on behalf of another route */
	SG_STAGE_SLOWED,  /* refused for its caller's rate; the answer waits until `wait_until` */
	SG_STAGE_POLL,    /* waits for something to happen, until `wait_until` */
	SG_STAGE_TURN,    /* judged, but others were quicker: waits for its turn (turns.h) */
};

enum { SG_REQUEST_BUDGET = 16 << 20, SG_JUDGE_MOST = 3 /* judgements of one refusal, however often there is a reload */, SG_STALE_MOST = 256 /* judgements that the past overtook */, SG_HOOKS_AT_ONCE = 128 /* silence waits while so many are asked about */, SG_KEY_MAX = 64, SG_TOKEN_MAX = 4096, SG_ACTION_NAME_MAX = 256, SG_RESOURCE_TYPE_MAX = 128, SG_RESOURCE_ID_MAX = 4096 };
/* What falls silent in one tick: after a standstill all of it is due at once. A hook reads its decision again, which may be megabytes long. */
enum { SG_SILENCE_AT_ONCE = 512, SG_SILENCE_HOOKS = 8 };

/* Of what an agent sent, wherever it is read again: limits.max_body bounds it as it came; written out canonically it may be longer. */
extern const struct sg_json_limits sg_request_limits;

struct sg_request {
	uint64_t id, conn;
	char key[24];
	const struct sg_route_row *route;
	struct sg_str argument;
	struct sg_arena arena;
	const struct sg_json *body;
	enum sg_stage stage;
	sg_time started, wait_until;
	uint64_t wait_leaf;
	void (*after_sync)(struct sg_gate *gate, struct sg_request *request);
	void (*after_look)(struct sg_gate *gate, struct sg_request *request);
	void (*after_call)(struct sg_gate *gate, struct sg_request *request, const struct sg_json *answer);
	void (*looked_at)(struct sg_gate *gate, struct sg_request *request, bool same); /* in SG_STAGE_ISSUE: the second look is in */
	void (*polled)(struct sg_gate *gate, struct sg_request *request);   /* in SG_STAGE_POLL: something may have happened */
	void (*reviewed)(struct sg_gate *gate, struct sg_request *request); /* in SG_STAGE_POLL: a reload came; who asks may be nobody any more */
	void (*in_turn)(struct sg_gate *gate, struct sg_request *request);  /* in SG_STAGE_TURN: it is its turn */
	void (*lost)(struct sg_gate *gate, struct sg_request *request);     /* in SG_STAGE_COMMIT: the leaf is lost; NULL: told that it is in force */

	/* what it costs */
	sg_time spent; /* in the gate's thread */
	int64_t units; /* see buckets.h */
	bool paid, agent_paid; /* by whoever is behind the connection; by its agent */

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
	const struct sg_resource *found;         /* the catalogue's stanza of the resource, or NULL */
	enum sg_sensitivity level;               /* of action and resource, the higher */
	const struct sg_json *effective_args;    /* after narrowing; the arguments before */
	int64_t cost[SG_DIMENSIONS];
	struct sg_str domain;      /* of the decision that is looked at */
	const char *misspelt;      /* what is wrong with the resource's id, in words of ours; NULL: nothing */
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
	uint64_t turn_root;
	const char *turn_agent;
	struct sg_str turn_owner; /* whose budget its rules read; "" none */
	struct sg_request *turn_next;
	uint32_t reads; /* of enum sg_moving: what rules read */
	struct sg_clock judged_at;
	int64_t judged_steady;
	char sight[SG_ID_MAX]; /* the approval that policy was shown */
	uint64_t ended_tasks, ended_leases; /* of a kill */
	int64_t life_ms;       /* what the digest says of the credential's life; 0: there is none */
	uint64_t judged_task_seq, judged_instance_seq, judged_generation;
	const struct sg_catalogue *judged_catalogue;
	struct sg_str input, answer; /* to and from policy */
	struct sg_effect effects[SG_EFFECTS_MAX];
	size_t effect_count;
	struct sg_merged merged;
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
	struct sg_str token, claims;
	const struct sg_issuer *issuer;
};

/* work.c: the gate works on this request from now on, or on none. Between them nobody else is in hand. */
void sg_work_begin(struct sg_gate *gate, const struct sg_request *request);
/* Behind an enforcer: request->agent is known, and from now on it is in hand alone. */
void sg_work_known(struct sg_gate *gate, const struct sg_request *request);
void sg_work_spent(struct sg_gate *gate, struct sg_request *request);
void sg_work_end(struct sg_gate *gate);
/* Its caller was in hand when a gate hung, lately. */
bool sg_work_refused(struct sg_gate *gate, const struct sg_request *request);
/* status: hangs, refused callers, the slowest request and turn. */
void sg_write_work(struct sg_json_writer *w, const struct sg_gate *gate);
/* request.c: life */
struct sg_request *sg_request_new(struct sg_gate *gate, struct sg_conn *conn, const struct sg_route_row *route,
				  struct sg_str argument);
void sg_request_end(struct sg_gate *gate, struct sg_request *request);
struct sg_request *sg_request_find(struct sg_gate *gate, uint64_t id);
struct sg_conn *sg_conn_find(struct sg_gate *gate, uint64_t id);
/* Waits until `leaf` is synced, then calls `then`. */
void sg_request_sync(struct sg_gate *gate, struct sg_request *request, uint64_t leaf,
		     void (*then)(struct sg_gate *, struct sg_request *));
void sg_gate_now(struct sg_gate *gate);

/* wait.c */
/* Ids of the requests that are wanted now, so that each may end another; the caller frees. */
size_t sg_requests_collect(struct sg_gate *gate, uint64_t **ids, bool (*wanted)(const struct sg_gate *, const struct sg_request *));
/* Tells everybody who waits for an approval or an event that something may have happened. */
void sg_wake(struct sg_gate *gate);
/* Answers those that were slowed for long enough. */
void sg_wake_slowed(struct sg_gate *gate);

/* answer.c: everything that leaves */
enum { SG_ANSWER_MAX = 3 << 20 /* bytes */ };
void sg_answer_buf(struct sg_gate *gate, struct sg_request *request, unsigned status, struct sg_buf *body);
void sg_answer_error(struct sg_gate *gate, struct sg_request *request, unsigned status, enum sg_reason reason, const char *hint);
/* answer_decision.c */
void sg_answer_decision(struct sg_gate *gate, struct sg_request *request);
void sg_answer_attempt(struct sg_gate *gate, struct sg_request *request, const struct sg_attempt *attempt,
		       enum sg_verdict verdict, enum sg_reason reason);

/* who.c: users, agents, enforcers */
enum { SG_CONN_NAME = 40 };
/* The user behind a connection, as the kernel says; -1: it is on another machine, or gone (NULL). */
int64_t sg_conn_uid(const struct sg_conn *conn);
/* Its user's number, or what its address counts as: for buckets and whatever else is kept of a caller. */
void sg_conn_name(const struct sg_conn *conn, char out[SG_CONN_NAME]);
/* The operator who speaks there, as records name them: never empty; "stepgate" where the daemon itself does it. */
struct sg_str sg_conn_operator(const struct sg_conn *conn);
/* One of these match expressions is "STEP:uid=UID". */
bool sg_match_names_uid(const struct sg_strings *match, uid_t uid);
/* Once sg_who_agent has said who asks: the task is that agent's and that process's own. */
bool sg_who_owns(const struct sg_request *request, const struct sg_task *task);
bool sg_who_agent(struct sg_gate *gate, struct sg_request *request, const struct sg_conn *conn, enum sg_reason *reason);
bool sg_who_enforcer(struct sg_gate *gate, struct sg_request *request, const struct sg_conn *conn, enum sg_reason *reason);
/* False: the agent's instance is a control group or a unit, and this process is surely in none. */
bool sg_instance_id(const struct sg_gate *gate, const struct sg_conn *conn, const struct sg_agent *agent, char out[SG_ID_MAX]);
/* The control group of the peer, as a fact of strength boundary says; "" without one. */
struct sg_str sg_conn_group(const struct sg_gate *gate, const struct sg_conn *conn);
/* The control group that is the instance; "" where it is a process. */
struct sg_str sg_instance_group(const struct sg_gate *gate, const struct sg_conn *conn, const struct sg_agent *agent);
bool sg_bucket_take(struct sg_gate *gate, const char *kind, struct sg_str name);
/* room.c: what a connection holds its place by, least first. */
enum sg_hold {
	SG_HOLD_NONE,
	SG_HOLD_IDLE,       /* nobody knows who speaks there, and nothing is being done */
	SG_HOLD_STRANGE,    /* nobody knows; something is being done */
	SG_HOLD_KNOWN_IDLE, /* an agent or an enforcer, for whom nothing is being done */
	SG_HOLD_KNOWN,
	SG_HOLD_NAMED       /* the configuration names its uid; or it is from far, or an operator's: they have bounds of their own */
};
enum { SG_STRANGERS_PART = 4 }; /* of all connections one in so many may be of nobody knows whom */
/* Some agent's or enforcer's `match`, or an admin's stanza, names this uid. */
bool sg_uid_named(const struct sg_catalogue *catalogue, uid_t uid);
enum sg_hold sg_conn_hold(struct sg_gate *gate, const struct sg_conn *conn);
/* The most that another one may hold and be turned out for somebody who comes; `named`: whose uid the configuration names. */
enum sg_hold sg_hold_least(bool named);
/* Closes it, with what only waits there. */
void sg_conn_turn_out(struct sg_gate *gate, const struct sg_conn *conn);
/* There is place for another connection of this peer, of at most `most` without those of operators: or was made, by closing one that holds less. */
bool sg_conn_room(struct sg_gate *gate, const struct sg_peer *peer, size_t most);
/* address.c. What an address counts as: an IPv6 user has a whole network of 64 bits; an IPv4 address stands for itself. */
void sg_address_name(const unsigned char address[16], char out[33]);
/* True if both count as one. */
bool sg_address_same(const unsigned char one[16], const unsigned char other[16]);
/* False if more connections come from there than the rate admits. */
bool sg_address_take(struct sg_gate *gate, const unsigned char address[16]);
void sg_address_sweep(struct sg_gate *gate);
void sg_gap_count(struct sg_gate *gate, int which, enum sg_reason reason);

/* record.c: leaves */
enum sg_status sg_record(struct sg_gate *gate, const char *kind, struct sg_str body, struct sg_str input, uint64_t *number,
			 struct sg_err *err);
/* What is so whether it can be recorded or not, and changes nothing in the state: where it cannot be recorded now, its record is owed. The leaf's number, which
 * is on disk once it is synced; 0: it has none yet. */
uint64_t sg_record_or_owe(struct sg_gate *gate, const char *kind, struct sg_str body);
void sg_write_deadline(struct sg_json_writer *w, const struct sg_gate *gate, const struct sg_deadline *deadline);
/* What both clocks show now. */
void sg_write_clock(struct sg_json_writer *w, const struct sg_gate *gate);
/* carry.c: array of the labels that the arguments bring into the result. */
void sg_write_carried(struct sg_json_writer *w, const struct sg_gate *gate, const struct sg_request *request, const struct sg_task *task);
/* decision_leaf.c: fills request->decision. False: it could not be recorded. */
bool sg_record_decision(struct sg_gate *gate, struct sg_request *request, uint64_t *number);
/* How: "closed" (with what stands below it), "frozen", "thawed"; `by` whom: an operator, "agent:NAME", "enforcer:NAME", "stepgate"; `why` a word of ours.
 * False: it could not be recorded; *number: of its leaf, may be NULL. */
bool sg_record_task(struct sg_gate *gate, const struct sg_task *task, const char *how, struct sg_str by, const char *why, uint64_t *number);
/* The daemon itself ends a task. */
bool sg_end_task(struct sg_gate *gate, const struct sg_task *task, const char *why);
/* "active": r->lease is handed out. */
bool sg_record_handed(struct sg_gate *gate, const struct sg_request *request);
bool sg_record_lease(struct sg_gate *gate, const char *lease, const char *state, struct sg_str by, const char *why);
bool sg_record_withheld(struct sg_gate *gate, struct sg_request *request, enum sg_reason reason);
bool sg_random_id(struct sg_gate *gate, const char *prefix, char out[SG_ID_MAX]);

/* tasks.c */
void sg_write_task(struct sg_json_writer *w, const struct sg_gate *gate, const struct sg_task *task, bool with_token);
void sg_answer_opened(struct sg_gate *gate, struct sg_request *request);
/* It, one above it, or one below it stands still: who asks cannot end it. */
bool sg_task_holds_frozen(const struct sg_task *task);
/* duty.c: may this agent (as this instance and user, where they are known: "" and -1 else) take this role in this tree? */
bool sg_duty_allows(const struct sg_gate *gate, const struct sg_task *root, const struct sg_agent *agent, struct sg_str role, const char *instance, int64_t uid);
/* task_open.c */
/* A child as it is to be opened; NULL parent: a root. */
struct sg_opening {
	const struct sg_agent *agent;
	const struct sg_intent *intent;
	const struct sg_task *parent;
	struct sg_str role, on_behalf;
	const char *opener;
	struct sg_str grant;  /* canonical; "" for a root */
	struct sg_str limits; /* canonical object */
	const struct sg_json *inputs;
	int64_t ttl_ms;
	bool claimed;
};
/* Records it under r->task, then answers. */
void sg_open_task(struct sg_gate *gate, struct sg_request *request, const struct sg_opening *opening);
/* The key makes the id, so that a repeat finds the task that the first one opened, also after a restart. */
void sg_task_id(const struct sg_gate *gate, const struct sg_request *request, const char *opener, struct sg_str agent, char out[SG_ID_MAX]);
/* The body is the one that opened this task. */
bool sg_asked_same(struct sg_request *request, const struct sg_task *task);
bool sg_task_room(const struct sg_gate *gate, struct sg_str agent);

/* routes */
void sg_route_act(struct sg_gate *gate, struct sg_request *request);
void sg_route_evaluation(struct sg_gate *gate, struct sg_request *request);
void sg_route_try(struct sg_gate *gate, struct sg_request *request);
void sg_route_ceiling(struct sg_gate *gate, struct sg_request *request);
void sg_route_task_open(struct sg_gate *gate, struct sg_request *request);
void sg_route_plan(struct sg_gate *gate, struct sg_request *request);
void sg_route_delegate(struct sg_gate *gate, struct sg_request *request);
void sg_route_tree(struct sg_gate *gate, struct sg_request *request);
void sg_route_thaw(struct sg_gate *gate, struct sg_request *request);
void sg_route_agents(struct sg_gate *gate, struct sg_request *request);
void sg_route_agent_change(struct sg_gate *gate, struct sg_request *request);
void sg_route_domains(struct sg_gate *gate, struct sg_request *request);
void sg_route_domain_change(struct sg_gate *gate, struct sg_request *request);
void sg_route_human_change(struct sg_gate *gate, struct sg_request *request);
void sg_route_task_show(struct sg_gate *gate, struct sg_request *request);
void sg_route_task_close(struct sg_gate *gate, struct sg_request *request);
void sg_route_session_end(struct sg_gate *gate, struct sg_request *request);
void sg_route_outcome(struct sg_gate *gate, struct sg_request *request);
void sg_route_approval(struct sg_gate *gate, struct sg_request *request);
void sg_route_introspect(struct sg_gate *gate, struct sg_request *request);
void sg_route_jwks(struct sg_gate *gate, struct sg_request *request);
void sg_route_status(struct sg_gate *gate, struct sg_request *request);
void sg_route_decision(struct sg_gate *gate, struct sg_request *request);
void sg_route_approvals(struct sg_gate *gate, struct sg_request *request);
void sg_route_approve(struct sg_gate *gate, struct sg_request *request);
void sg_route_refuse(struct sg_gate *gate, struct sg_request *request);
void sg_route_tasks(struct sg_gate *gate, struct sg_request *request);
void sg_route_leases(struct sg_gate *gate, struct sg_request *request);
void sg_route_lease_revoke(struct sg_gate *gate, struct sg_request *request);
void sg_route_lease_forget(struct sg_gate *gate, struct sg_request *request);
void sg_route_kill(struct sg_gate *gate, struct sg_request *request);
void sg_route_lift(struct sg_gate *gate, struct sg_request *request);
void sg_route_config(struct sg_gate *gate, struct sg_request *request);
void sg_route_reload(struct sg_gate *gate, struct sg_request *request);
void sg_route_events(struct sg_gate *gate, struct sg_request *request);

/* decide.c, commit.c, release.c: one decision */
bool sg_in_force(struct sg_gate *gate, struct sg_request *request, enum sg_reason *reason);
bool sg_ceilings(struct sg_gate *gate, struct sg_request *request, enum sg_reason *reason);
enum sg_reason sg_may_spend(const struct sg_gate *gate, const struct sg_request *request);
/* plan.c: what a step names: the action, what it is done to, with which arguments (NULL: any). Keyed by the tree; 0: no memory. */
uint64_t sg_step_digest(const struct sg_gate *gate, const struct sg_task *task, struct sg_str action, const struct sg_json *resource, const struct sg_json *args);
/* plan.c: may this task, whose role acts on a plan alone, do this now? request->step says which step it is, from 1 on. False: *reason. */
bool sg_plan_admits(const struct sg_gate *gate, struct sg_request *request, const struct sg_task *task, enum sg_reason *reason);
/* owner.c */
bool sg_human_gone(const struct sg_gate *gate, const struct sg_human *human);
/* Since when nobody answers for this agent; 0: somebody does. */
int64_t sg_owner_gone_ms(const struct sg_gate *gate, const struct sg_agent *agent);
/* Neither retired nor suspended nor long overdue, and somebody answers for it; without an owner it may still read for its `essential` time (`reads`). */
bool sg_agent_stands(const struct sg_gate *gate, const struct sg_agent *agent, bool reads, enum sg_reason *reason);
/* people.c: ids of agents that were registered again. After recovery, a reload and each such change. */
void sg_agent_ids(struct sg_gate *gate);
bool sg_record_agent(struct sg_gate *gate, struct sg_str agent, const char *event, struct sg_str by, uint64_t *number);
bool sg_behalf_admits(const struct sg_gate *gate, const struct sg_agent *agent, struct sg_str human_id, const struct sg_action *action);
enum { SG_FOUND_MAX = 8 }; /* stanzas that have one resource: resource_many */
/* ceiling.c: the stanzas of the catalogue that have what a request is about; all of them hold. */
const struct sg_resource *sg_next_found(const struct sg_gate *gate, const struct sg_request *request, const struct sg_resource *before);
/* arguments.c: SG_REASON_allowed or arguments_form with the name of one that does not fit. */
enum sg_reason sg_arguments_fit(const struct sg_action *action, const struct sg_json *args, struct sg_str *which);
/* What stands for a tool's digest where one listing had several of its name. */
#define SG_TOOL_TWICE "twice"
/* tool.c: SG_REASON_allowed, tool_new, tool_changed, tool_quarantined or tool_twice. */
enum sg_reason sg_tool_admits(const struct sg_gate *gate, const struct sg_request *request, const struct sg_task *task);
/* Puts what was refused as new or changed, or is being registered from within, into quarantine for its tree. */
void sg_tool_quarantine(struct sg_gate *gate, const struct sg_request *request);
/* threshold.c: counts what was just recorded, and freezes the tree where it happens too often. */
void sg_thresholds(struct sg_gate *gate, struct sg_request *request);
/* Records that somebody was told: `what` a reason's code, `who` a person. */
void sg_alert(struct sg_gate *gate, const char *what, struct sg_str who, struct sg_str agent, struct sg_str task);
/* False: it could not be recorded. */
bool sg_gate_freeze(struct sg_gate *gate, const struct sg_task *task, const char *why);
/* question.c: what policy is asked. */
void sg_write_question(struct sg_buf *out, struct sg_gate *gate, struct sg_request *request, const struct sg_task *task);
/* past.c: the answers to one rule's needs, an object, as of `now_ms` (steady). *trouble: set to what keeps an answer from being told, if anything does. */
void sg_write_past(struct sg_json_writer *w, const struct sg_state *state, const struct sg_task *task, const struct sg_json *needs, struct sg_str now,
		   int64_t now_ms, struct sg_arena *arena, enum sg_reason *trouble);
void sg_judge(struct sg_gate *gate, struct sg_request *request);
void sg_judged(struct sg_gate *gate, struct sg_request *request);
void sg_deny(struct sg_gate *gate, struct sg_request *request, enum sg_reason reason);
/* deny.c: records r->verdict, which is no allow, and answers it once that is on disk. */
void sg_record_and_answer(struct sg_gate *gate, struct sg_request *request);
/* Answers a denial that cannot be recorded; it is counted. */
void sg_deny_unrecorded(struct sg_gate *gate, struct sg_request *request);
/* Its record is lost: it was denied. */
void sg_decision_lost(struct sg_gate *gate, struct sg_request *request);
/* commit.c: it is allowed, as merged: spent, recorded, issued. */
void sg_commit_allow(struct sg_gate *gate, struct sg_request *request, struct sg_task *task);
/* A person must say yes, or has: allowed with that approval, or one is opened. */
void sg_settle_approval(struct sg_gate *gate, struct sg_request *request, struct sg_task *task);
void sg_issue(struct sg_gate *gate, struct sg_request *request);
void sg_issue_called(struct sg_gate *gate, struct sg_request *request, const struct sg_json *answer);
void sg_release(struct sg_gate *gate, struct sg_request *request);
void sg_write_credential(struct sg_json_writer *w, const struct sg_request *request);
void sg_write_action(struct sg_buf *out, const struct sg_gate *gate, const struct sg_request *request, struct sg_str args,
		     const struct sg_task *task);
/* conn_end.c */
void sg_conn_free(struct sg_conn *conn);
/* look.c. A module must look before this connection's next request is run: it never has, something was presented, or a reload came. */
bool sg_look_due(const struct sg_gate *gate, const struct sg_conn *conn);
/* Its user is an operator and, but for mode dev, no agent. */
/* The process behind it could pass for an agent. */
bool sg_fits_an_agent(const struct sg_gate *gate, const struct sg_conn *conn);
bool sg_is_operator(const struct sg_gate *gate, const struct sg_conn *conn);
/* Its operator is a person whom another operator disabled. */
bool sg_operator_gone(const struct sg_gate *gate, const struct sg_conn *conn);
/* After a reload: closes operators' connections that are none any more, and refuses who waits for what it may see no more; at most `most` looked at in a call. */
void sg_conns_review(struct sg_gate *gate, size_t most);
/* Nobody has looked at who is behind this connection: it comes before its first request is judged. */
bool sg_first_look_due(const struct sg_gate *gate, const struct sg_conn *conn);
/* Calls `then` once the facts of the asker are fresh: at once if the last look is young, else after another. */
void sg_look_first(struct sg_gate *gate, struct sg_request *request, void (*then)(struct sg_gate *, struct sg_request *));
/* The same, with another look in any case. */
void sg_look_now(struct sg_gate *gate, struct sg_request *request, void (*then)(struct sg_gate *, struct sg_request *));
/* Records a denial that belongs to no task, then answers. */
void sg_deny_unkeyed(struct sg_gate *gate, struct sg_request *request, enum sg_reason reason);
/* digest.c */
enum { SG_INPUT_MAX = 2 << 20 /* bytes of an action, written */ };
/* request->life_ms: the longest that a credential may live by issuer, limit and policy (0: policy says nothing). */
void sg_bind_life(const struct sg_gate *gate, struct sg_request *request, int64_t policy_ms);
/* Over these arguments. False: it could not be written. */
bool sg_digest_of(struct sg_gate *gate, struct sg_request *request, struct sg_str args, const struct sg_task *task, char out[SG_SHA256_HEX]);
void sg_digest_asked(struct sg_gate *gate, struct sg_request *request, const struct sg_task *task);
/* "agent:NAME" or "enforcer:NAME" */
void sg_asker(const struct sg_request *request, char out[80]);
/* The uid that an enforcer saw is the one of the task's instance. */
bool sg_peer_uid_fits(const struct sg_gate *gate, struct sg_request *request, const struct sg_task *task);
/* repeat.c: answers as the attempt of this key was answered, as far as that still stands. */
void sg_repeat(struct sg_gate *gate, struct sg_request *request);
/* Asks the verify host of a format to read r->token with these keys ({NULL, 0}: none); the answer comes to the stage that is set. `lease`: the one
 * it should be of, where the format holds only something derived from it. False: it could not be asked. */
bool sg_ask_verify(struct sg_gate *gate, const struct sg_request *request, enum sg_issue_format format, struct sg_str keys,
		   struct sg_str lease);
/* The leaf number in a decision id. */
bool sg_decision_leaf(struct sg_str decision, uint64_t *number);
void sg_outcome_record(struct sg_gate *gate, struct sg_request *request, struct sg_attempt *attempt, struct sg_str result,
		       const char *asker);
/* rules.c. The rule's patterns take this action. */
bool sg_rule_fits(const struct sg_json *rule, struct sg_str action);
/* The set in force has a hook for what was done; true, too, where no set is in force. */
bool sg_hook_due(const struct sg_gate *gate, const struct sg_attempt *attempt);
/* after.c. Starts the hooks of policy for an outcome whose leaf says that one is due. `labels`: of the report, or NULL. */
void sg_after(struct sg_gate *gate, struct sg_attempt *attempt, struct sg_str result, const struct sg_json *labels);
/* A hook's answer is in: request->reason is `allowed` if it may be applied. */
void sg_afterwards(struct sg_gate *gate, struct sg_request *request);
/* Hooks that are due and that nobody is asking about have failed. After recovery, and once the journal takes what it did not. */
void sg_hooks_lost(struct sg_gate *gate);
/* Keeps a body that could not be recorded, to be appended when the journal opens again. */
/* After a failed sync: turns what was appended and lost into what is owed. */
void sg_gate_lost(struct sg_gate *gate);
/* Writes what is owed, as far as the journal takes it. */
void sg_gate_pay(struct sg_gate *gate);
void sg_gate_write_gaps(struct sg_gate *gate);
void sg_gate_forget_owed(struct sg_gate *gate);
void sg_gate_expire(struct sg_gate *gate);
/* silence.c: what nobody reported on in time becomes unknown. */
void sg_gate_silence(struct sg_gate *gate);
/* Looks at the processes of some instances: tasks of those that are gone end. */
void sg_gate_watch(struct sg_gate *gate);
/* Tasks without a request for longer than their intent allows end. */
void sg_gate_idle(struct sg_gate *gate);
/* Agents whose owner went, or came back, since this was last looked at: recorded, and those without one fall. */
void sg_gate_owners(struct sg_gate *gate);
void sg_gate_orphans(struct sg_gate *gate);
void sg_gate_synced_if_idle(struct sg_gate *gate);
bool sg_gate_owe(struct sg_gate *gate, const char *kind, struct sg_str body);
/* Once the kills that are held outside are durable, they need not be any more. */
void sg_gate_release_held(struct sg_gate *gate);
void sg_replayed(struct sg_gate *gate, struct sg_request *request);

#endif
