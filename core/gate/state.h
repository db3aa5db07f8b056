/* SPDX-License-Identifier: Apache-2.0
 * The truth: tasks, attempts, leases, approvals, taint, kills. It is the fold of the journal and changes in one place only: sg_state_fold. */
#ifndef SG_GATE_STATE_H
#define SG_GATE_STATE_H

#include "base/table.h"
#include "frame/segment.h"
#include "gate/catalogue.h"
#include "gate/reason.h"

enum {
	SG_ID_MAX = 64,          /* ids: "t-", "a-", "l-" and 32 hex digits; decisions "d<leaf>-<16 hex>" */
	SG_LABELS_MAX = 64,      /* labels of one task or instance; one more and it carries "overflow" and the highest sensitivity */
	SG_LABEL_MAX = 128,      /* bytes of a label */
	SG_HISTORY_MAX = 1024,   /* allowed actions remembered per agent; counts stop there, which is more than any rule should ask */
	SG_APPROVAL_GROUPS = 8,  /* groups one approval may need */
	SG_APPROVAL_PROOFS = 32, /* yes-sayers one approval may gather */
};

/* Time in both clocks: over when either says so, so that neither sleep nor a clock set back prolongs anything. */
struct sg_deadline {
	int64_t wall_ms;
	sg_time boot;
};

struct sg_clock {
	int64_t wall_ms;
	sg_time boot;
};

bool sg_deadline_over(const struct sg_deadline *deadline, const struct sg_clock *now);
struct sg_deadline sg_deadline_in(const struct sg_clock *now, int64_t ms);
/* Milliseconds left, 0 if over. */
int64_t sg_deadline_left(const struct sg_deadline *deadline, const struct sg_clock *now);

/* Labels and high-water sensitivity; both only grow. `seq` rises with every change. */
struct sg_taint {
	char *labels[SG_LABELS_MAX];
	size_t count;
	enum sg_sensitivity sensitivity;
	uint64_t seq;
};

enum sg_task_state { SG_TASK_OPEN, SG_TASK_FROZEN, SG_TASK_CLOSED, SG_TASK_KILLED };

struct sg_instance {
	char id[SG_ID_MAX];
	struct sg_taint taint;
	size_t tasks; /* open ones */
	size_t refs;  /* tasks in memory */
	int64_t seen_ms; /* when its last task was opened */
};

struct sg_task {
	char id[SG_ID_MAX];
	char *agent, *intent, *environment, *opener, *enforcer; /* enforcer: "" if the agent itself opened it */
	struct sg_instance *instance;
	int64_t uid;   /* of the instance's process; -1 if only asserted */
	bool asserted; /* an enforcer opened it without proof of the agent: no credentials */
	enum sg_task_state state;
	int64_t opened_ms, ended_ms; /* ended_ms: 0 while open */
	struct sg_deadline ends;
	struct sg_taint taint;
	struct sg_table attempts; /* by key */
	int64_t generation;
};

enum sg_attempt_state {
	SG_ATTEMPT_DENIED,
	SG_ATTEMPT_STEP_UP,
	SG_ATTEMPT_ALLOWED,
	SG_ATTEMPT_WITHHELD,
};

struct sg_attempt {
	char key[SG_ID_MAX + 1]; /* as the caller named it */
	char asked[SG_SHA256_HEX], digest[SG_SHA256_HEX];
	char decision[SG_ID_MAX], lease[SG_ID_MAX], approval[SG_ID_MAX];
	enum sg_attempt_state state;
	enum sg_reason reason;
	struct sg_deadline use_by;
	char asker[80]; /* who asked: "agent:NAME" or "enforcer:NAME" */
	bool plain;   /* allowed as asked: not narrowed, no obligations */
	bool outcome; /* one was reported */
	char result[16];
	struct sg_task *task;
};

enum sg_lease_state { SG_LEASE_PENDING, SG_LEASE_ACTIVE, SG_LEASE_REVOKING, SG_LEASE_DEAD };

struct sg_lease {
	char id[SG_ID_MAX];
	char decision[SG_ID_MAX], approval[SG_ID_MAX], digest[SG_SHA256_HEX];
	char *issuer, *audience, *agent;
	struct sg_task *task;
	enum sg_lease_state state;
	struct sg_deadline ends;
};

enum sg_approval_state {
	SG_APPROVAL_OPEN,
	SG_APPROVAL_GRANTED,
	SG_APPROVAL_CONSUMED,
	SG_APPROVAL_DENIED,
	SG_APPROVAL_VOID,
	SG_APPROVAL_EXPIRED,
};

struct sg_requirement {
	struct {
		char group[64];
		int64_t quorum;
	} groups[SG_APPROVAL_GROUPS];
	size_t count;
	int64_t ttl_ms; /* 0: not set */
};

struct sg_approval {
	char id[SG_ID_MAX], asked[SG_SHA256_HEX], digest[SG_SHA256_HEX];
	char config[SG_SHA256_HEX], policy[SG_SHA256_HEX]; /* digests in force when it was opened */
	struct sg_requirement requirement;
	struct {
		char human[64], group[64];
		int64_t at_ms;
	} proofs[SG_APPROVAL_PROOFS];
	size_t proof_count;
	char *agent, *owner, *opener, *say;
	uint64_t leaf; /* where it was opened; what the human sees is sealed beside that leaf */
	char *action;  /* the same, canonical JSON, once it was read; NULL before */
	struct sg_task *task;
	enum sg_approval_state state;
	int64_t opened_ms;
	struct sg_deadline ends;
};

/* Allowed actions of one agent, newest at `next - 1`. */
struct sg_history {
	char *agent;
	struct {
		char *action;
		int64_t at_ms;
		char task[SG_ID_MAX];
	} events[SG_HISTORY_MAX];
	uint64_t next;
};

struct sg_state {
	struct sg_table tasks, instances, leases, approvals, histories, killed, decisions; /* decisions: id → attempt */
	bool killed_all;
	struct sg_clock now;    /* set by the caller before folding */
	char boot_id[SG_ID_MAX];
	unsigned char key[SG_KEY_BYTES]; /* the state key: names and nonces derive from it */
	uint64_t open_tasks, live_leases, open_approvals;
};

enum sg_status sg_state_init(struct sg_state *state, const unsigned char key[SG_KEY_BYTES], const char *boot_id,
			     struct sg_err *err);
void sg_state_done(struct sg_state *state);

/* Applies one leaf: the only way the state changes. SG_OK; SG_NOMEM; SG_BUG (state_kind, state_form) for a leaf it does not know, which
 * must end the gate: a record nobody understands may be a kill. */
enum sg_status sg_state_fold(struct sg_state *state, const struct sg_record *record, struct sg_err *err);

/* After recovery: everything pending becomes revoking; attempts without an answer stay as recorded. Calls `each` for each such lease. */
void sg_state_pending(struct sg_state *state, void (*each)(void *to, struct sg_lease *lease), void *to);

struct sg_task *sg_state_task(const struct sg_state *state, struct sg_str id);
struct sg_lease *sg_state_lease(const struct sg_state *state, struct sg_str id);
struct sg_approval *sg_state_approval(const struct sg_state *state, struct sg_str id);
struct sg_attempt *sg_state_decision(const struct sg_state *state, struct sg_str id);
bool sg_state_killed(const struct sg_state *state, struct sg_str agent);
bool sg_task_live(const struct sg_state *state, const struct sg_task *task);
/* The task's open or granted approval of this effective digest, or NULL. */
struct sg_approval *sg_state_approval_of(const struct sg_state *state, const struct sg_task *task, const char *digest);
bool sg_approval_live(const struct sg_state *state, const struct sg_approval *approval);

/* How many an agent has, counted only if it could have `most`: 0 where all agents together have fewer. */
size_t sg_state_agent_tasks(const struct sg_state *state, struct sg_str agent, size_t most);
size_t sg_state_agent_leases(const struct sg_state *state, struct sg_str agent, size_t most);
size_t sg_state_agent_approvals(const struct sg_state *state, struct sg_str agent, size_t most);

/* How often `pattern` was allowed: over all tasks of the agent, or (task not NULL) in that task, within `within_ms` (0: ever). */
int64_t sg_state_count(const struct sg_state *state, struct sg_str agent, const struct sg_task *task, struct sg_str pattern,
		       int64_t within_ms);

/* Names the state key without telling it: 32 hex digits. */
void sg_state_fingerprint(const struct sg_state *state, char out[33]);

/* 16 bytes known to the task's parties only: HMAC of the state key over the id. */
void sg_task_nonce(const struct sg_state *state, struct sg_str task, unsigned char nonce[16]);
/* "sgt1.<task>.<generation>.<hex HMAC>": proof that its bearer was given the task. */
void sg_task_token(const struct sg_state *state, const struct sg_task *task, char out[192]);
/* The task a token stands for, or NULL. Constant-time in the token's secret part. */
struct sg_task *sg_state_token_task(const struct sg_state *state, struct sg_str token);

const char *sg_task_state_name(enum sg_task_state state);
const char *sg_lease_state_name(enum sg_lease_state state);
const char *sg_approval_state_name(enum sg_approval_state state);

bool sg_taint_has(const struct sg_taint *taint, struct sg_str label);

#endif
