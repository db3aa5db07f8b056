/* SPDX-License-Identifier: Apache-2.0
 * The truth: tasks, attempts, leases, approvals, taint, kills. It is the fold of the journal and changes in one place only: sg_state_fold. */
#ifndef SG_GATE_STATE_H
#define SG_GATE_STATE_H

#include "base/ring.h"
#include "base/table.h"
#include "frame/cut.h"
#include "frame/segment.h"
#include "gate/catalogue/catalogue.h"
#include "gate/catalogue/facts.h"
#include "gate/catalogue/reason.h"
#include "gate/state/duties.h"
#include "gate/state/approval.h"
#include "gate/state/deadline.h"
#include "gate/state/domain.h"
#include "gate/state/hold.h"
#include "gate/state/lease.h"
#include "gate/state/mask.h"
#include "gate/state/past.h"
#include "gate/state/times.h"

/* X(name, what it means). Ranks only rise: a task never goes back to a row above, but that an operator may thaw a frozen one. */
#define SG_TASK_STATES(X)                                                                                              \
	X(open, "it may act")                                                                                          \
	X(frozen, "it may not act until an operator has looked at it")                                                 \
	X(closing, "it has ended; issuers are still taking back what it held")                                         \
	X(closed, "it has ended, and nothing of it is left alive")                                                     \
	X(killed, "an operator stopped it")

enum sg_task_state {
#define X(name, meaning) SG_TASK_##name,
	SG_TASK_STATES(X)
#undef X
	SG_TASK_STATE_COUNT
};
#define SG_TASK_OPEN SG_TASK_open
#define SG_TASK_FROZEN SG_TASK_frozen
#define SG_TASK_CLOSING SG_TASK_closing
#define SG_TASK_CLOSED SG_TASK_closed
#define SG_TASK_KILLED SG_TASK_killed

/* The one table of steps between them: may `from` become `to`? */
bool sg_task_may_become(enum sg_task_state from, enum sg_task_state to);

struct sg_hearer;
struct sg_hearers;

/* A process was found to be this agent's. One process may be several agents, which it tells apart by naming one; so many are kept. */
enum { SG_SHOWN = 4 };
struct sg_shown {
	uint64_t agent;    /* sg_person_tag of its name */
	uint64_t rests_on; /* as its agent's (catalogue.h) was then; 0: nothing is here */
	enum sg_strength strength;
};

struct sg_instance {
	char id[SG_ID_MAX];
	struct sg_taint taint; /* as older snapshots have it, until its domain takes it over */
	size_t tasks; /* open ones */
	size_t refs;  /* tasks in memory */
	int64_t seen_ms; /* when its last task was opened */
	int64_t uid;     /* of its process; -1 if only asserted or not yet there */
	int64_t pid, start_time; /* of its process; 0: not known */
	char *group;             /* the control group it is; "" or NULL: it is a process */
	struct sg_ring open;             /* its tasks that are open or stand still (holder.h) */
	uint64_t still;                  /* it is gone, and all that it had open stands still: nothing is to be done before something goes on (state->stirs and one, then; 0: it is not). In memory alone */
	struct sg_shown shown[SG_SHOWN]; /* what it showed itself to be */
	size_t shown_next;
};

/* One step of a plan: how often it may be done, and how often it was. */
struct sg_plan_step {
	uint64_t digest;
	int64_t times, done; /* times 0: as often as asked (signed before plans counted) */
};

struct sg_plan {
	char digest[SG_SHA256_HEX], signer[SG_ID_MAX];
	struct sg_plan_step *steps;
	size_t count;
	bool any_order; /* else a step's turn comes when those before it are done */
};

/* What belongs to a whole tree; kept at its root, made when first needed. */
struct sg_tree {
	int64_t spent[SG_DIMENSIONS];
	struct sg_history history;
	struct sg_values values;
	struct sg_plan plan;
	struct sg_times denials, step_ups, kills;
	uint64_t classes; /* set of the classes of actions it was allowed */
	struct sg_quarantined {
		char *action; /* as an agent named it: not kept once and for ever */
		char digest[SG_SHA256_HEX];
	} *quarantine;
	size_t quarantine_count;
	bool quarantine_full;
	struct sg_mask mask; /* secrets it was given */
	struct sg_duties duties; /* roles that its parts were claimed in */
	bool unseen; /* more was named in it than values has: what comes back from now on may be that, and is taken for trusted no more */
};

/* What a task was given by the one above it; NULL lists and -1 mean no bound of its own. */
struct sg_task_grant {
	struct sg_arena arena;
	size_t refs; /* tasks that have it: equal grants are kept once */
	struct sg_str text; /* as it stands in the leaf, canonical */
	bool has_actions, has_hand_on, has_resources;
	struct sg_strings actions, hand_on, resources;
	const struct sg_json *constraints; /* NULL: none */
	enum sg_sensitivity sensitivity;
	int64_t max_depth; /* of its tree, counted from the root */
};

struct sg_task {
	char id[SG_ID_MAX];
	const char *agent, *intent, *environment, *opener, *enforcer; /* enforcer: "" if the agent itself opened it */
	int64_t opener_uid; /* -1: none on this machine, or not recorded */
	const char *role, *on_behalf; /* "": none */
	char asked[17]; /* names the body that opened it; "": not recorded */
	struct sg_task *parent, *root;
	struct sg_tree *tree;                         /* of a root; NULL until needed, and below one */
	struct sg_task_grant *grant;                       /* NULL for a root */
	struct sg_instance *instance;
	struct sg_domain *domain;
	struct sg_holder *holder;
	struct sg_ring soaks; /* in state.soaks */
	struct sg_ring of_holder, of_instance, of_domain, of_tree; /* while it is open or stands still (holder.h) */
	struct sg_ring open;                         /* of a root: all of its tree that are, itself included */
	struct sg_task *tree_next, *tree_before;     /* others of its tree, a ring */
	size_t open_below, frozen_below, waiting_below; /* tasks below it that have not ended; that stand still; that wait for an operator (sg_task_counts) */
	bool is_open, is_frozen, is_waiting;            /* it is counted there by those above it */
	bool by_domain; /* frozen with its domain */
	bool heard;     /* it is counted in its root's hearers */
	bool asserted; /* whose it is was not proven, by an enforcer's word or by hints alone: no credentials */
	bool seen;     /* somebody looked at the process that holds it; records of before do not say */
	bool claimed;  /* an instance holds it; a task handed on waits for one */
	bool merged;   /* its spending was handed up */
	enum sg_task_state state;
	int64_t depth, children, kept; /* children: open ones right below it; kept: those in memory */
	int64_t opened_ms, ended_ms; /* ended_ms: 0 while open */
	int64_t idle_ms, last_ms;    /* idle_ms: 0 for never */
	sg_time last_boot;           /* not recorded: when this gate last saw it act */
	struct sg_deadline ends;
	struct sg_taint taint;
	struct sg_table attempts; /* by key */
	struct sg_table unsure;   /* unsure.c: of those that nobody knows the outcome of, how many did the same */
	struct sg_attempt *writes; /* to memories, that may not be over */
	struct sg_ring of_writers; /* in domain->writers */
	struct sg_task *flow_next; /* while it is one of state.flowing */
	bool flows;
	int64_t flow_since_ms; /* since when what it writes may carry that */
	struct sg_burst *opened_below; /* NULL until the first child */
	int64_t generation;
	int64_t leases, approvals; /* not dead; open or granted */
	int64_t leases_kept, approvals_kept; /* in memory, in whatever state */
	struct sg_approval *its_approvals;   /* those, the newest first */
	struct sg_lease *its_leases;
	size_t owed; /* outcomes of its actions that are awaited, and hooks that are due: it is not forgotten before them */
	int64_t denied, step_ups; /* denied: of a root: attempts denied in its tree */
	int64_t tree_last_ms; /* of a root: when something of its tree was last asked */
	sg_time tree_last_boot;
	int64_t steps; /* of a root: allowed in its tree since a person last had a say */
	int64_t limit[SG_DIMENSIONS], spent[SG_DIMENSIONS], reserved[SG_DIMENSIONS], lent[SG_DIMENSIONS]; /* limit: -1 for none of its own */
	uint64_t soak_round, soak_walked; /* of a root, in memory alone: soak.c */
	struct sg_hearers *hearers; /* of a root: hearers.h; NULL before its first part */
	struct sg_ring splits, of_splits; /* of a root: those of its tree that have a split_below; its place there */
	int64_t split_below; /* the money that broke a budget; less of it, asked next by the same agent in this tree, is a split; 0: none did */
};

enum sg_attempt_state {
	SG_ATTEMPT_DENIED,
	SG_ATTEMPT_STEP_UP,
	SG_ATTEMPT_ALLOWED,
	SG_ATTEMPT_WITHHELD,
};

enum { SG_ATTEMPT_HOOKS = 2 }; /* due for one attempt: unknown, and what became known later */

struct sg_attempt {
	char key[SG_ID_MAX + 1]; /* as the caller named it */
	char asked[SG_SHA256_HEX], digest[SG_SHA256_HEX];
	char decision[SG_ID_MAX], lease[SG_ID_MAX], approval[SG_ID_MAX];
	enum sg_attempt_state state;
	enum sg_reason reason;
	struct sg_deadline use_by;
	char asker[80]; /* who asked: "agent:NAME" or "enforcer:NAME" */
	const char *action;
	bool plain;   /* allowed as asked: not narrowed, no obligations */
	bool outcome; /* one was reported */
	bool owed;    /* one must be reported by `report_by` */
	unsigned hooks;       /* outcomes whose hook is due: its end is recorded, too */
	unsigned hooks_asked; /* of them, those that policy is being asked about; in memory alone */
	struct sg_deadline report_by;
	struct sg_attempt *owed_next, *owed_before;
	char result[16];
	int64_t spent[SG_DIMENSIONS]; /* reserved for it, or settled */
	struct sg_charge {
		struct sg_account *account;
		int64_t amount;
		enum sg_dimension dimension;
		int64_t at_ms;
	} *charges; /* on accounts other than those of its tree */
	size_t charge_count;
	uint64_t same;          /* keyed digest of what is done to what with which arguments, whoever asks; 0: it reads, or a record of before */
	char wrote[33];         /* the memory it may write; "": none */
	char read[33];          /* the memory that it touches, while that may not be over; "": none */
	int64_t read_until_ms;  /* nobody touches it by this allow later, unless an outcome says so */
	struct sg_hearer *hears; /* whoever touches it, among the memory's */
	int64_t allowed_ms;     /* 0: not recorded */
	struct sg_attempt *read_next, *read_before;   /* others that touch that memory */
	struct sg_attempt *write_next, *write_before; /* others of its task that write, if it writes */
	bool touches; /* it stands in those lists */
	uint64_t policy, labels_tag; /* which rules allowed it, and sg_taint_tag of its task then */
	uint64_t deed[2];       /* its number in the past of its agent and of its tree, and one; 0: none */
	struct sg_taint labels; /* what the allow put on the task: what its results carry */
	struct sg_task *task;
};

/* What one subject has spent of one dimension, in a sliding window or ever. */
struct sg_account {
	char *key; /* "agent:NAME/money/86400000", the window in milliseconds, 0: ever */
	int64_t window_ms, total;
	struct sg_account *like; /* of the same subject and dimension, with another window; ends with NULL */
	int64_t slot[SG_SLOTS]; /* what was spent in each part of the window */
	int64_t newest;         /* number of the newest part */
};

/* What was written to a declared memory. */
struct sg_memory {
	char id[33]; /* keyed digest of type and id */
	char *agent; /* whose share it counts for: who wrote what it carries first; "": that one was forgotten, and others wrote, or a snapshot of before does not say */
	const char **writers; /* whose tasks left something there, by name; kept words */
	size_t writer_count;
	uint64_t leaf; /* the one that made it; 0: it is from a snapshot */
	struct {
		uint64_t leaf, seq;
		const struct sg_task *task;
	} flowed; /* what came to it last; in memory alone */
	uint64_t passed; /* the leaf by which it last went to all who read it, and since when they have it; in memory alone */
	int64_t passed_since_ms;
	struct sg_taint taint;
};

enum sg_agent_state { SG_AGENT_active, SG_AGENT_suspended, SG_AGENT_retired };

/* What was decided about an agent or a human at run time; what is not here is as its stanza says. */
struct sg_agent_life {
	char *name;
	enum sg_agent_state state;
	int64_t generation;  /* 1 from the start; one more each time a retired name is registered again */
	int64_t alone_ms;    /* since when its owner is gone; 0: the owner is there */
	int64_t since_ms;
};

struct sg_human_life {
	char *id;
	bool disabled;
	int64_t since_ms, gone_ms; /* gone: when they were disabled last, whatever was said since; 0: never. No yes of before counts (decide/givers.c) */
};

struct sg_state {
	struct sg_table tasks, instances, leases, approvals, histories, killed, decisions; /* decisions: id → attempt */
	struct sg_table endings; /* under way, by key (ending.h) */
	struct sg_table domains;
	struct sg_table users; /* users.c: of each, its domains by kind */
	struct sg_table subjects; /* accounts by what their keys have before the window: the first of those that are alike */
	struct sg_table words, grants, accounts, memories, agents, humans, enrolments; /* words, grants: kept once */
	struct sg_table sessions;
	struct sg_table holders; /* by agent (holder.h) */
	struct sg_table issued;  /* by issuer (issued.h) */
	uint64_t cleansed;       /* the leaf by which an operator last cleansed a domain; 0: none was */
	uint64_t faded;          /* the same of what faded; in memory alone */
	uint64_t soak_round; /* in memory alone: soak.c */
	struct sg_ring *soaks;   /* tasks that labels came to, until their leases were looked at; in memory alone */
	struct sg_table readings, writers; /* fold_memory.c: reads of a memory that may not be over; how many memories an agent has */
	struct sg_task *flowing; /* within one leaf: what they now carry goes to the memories that they write */
	struct sg_attempt *owed_first, *owed_last; /* allowed actions whose outcome is awaited, oldest first */
	bool killed_all;
	struct sg_cut cut;      /* the newest leaf's word about what retention deletes */
	struct sg_hold_word hold;
	struct sg_clock now;    /* set by the caller before folding */
	struct sg_steady steady;
	char boot_id[SG_ID_MAX];
	unsigned char key[SG_KEY_BYTES]; /* the state key: names and nonces derive from it */
	uint64_t open_tasks, live_leases, open_approvals;
	struct sg_longest longest_lease; /* of all that ever were, in memory alone */
	uint64_t stirs;   /* so often something that stood still was let go on; in memory alone */
	bool by_operator; /* within one leaf, in memory alone: it is an operator's word */
	uint64_t carried; /* tasks, memories and reads that labels were carried to, new there or not; in memory alone: whoever brings them pays by it */
};

enum sg_status sg_state_init(struct sg_state *state, const unsigned char key[SG_KEY_BYTES], const char *boot_id,
			     struct sg_err *err);
void sg_state_done(struct sg_state *state);

/* Applies one leaf: the only way the state changes. SG_OK; SG_NOMEM; SG_BUG (state_kind, state_form) for a leaf it does not know, which
 * must end the gate: a record nobody understands may be a kill. */
enum sg_status sg_state_fold(struct sg_state *state, const struct sg_record *record, struct sg_err *err);
/* What keeps a leaf from being folded: a member whose form is wrong, or what it stands on; "kind" if it is none. NULL: nothing. Touches nothing. */
const char *sg_state_lacks(struct sg_state *state, const struct sg_record *record);

/* After recovery: everything pending becomes revoking; attempts without an answer stay as recorded. Calls `each` for each such lease. */
void sg_state_pending(struct sg_state *state, void (*each)(void *to, struct sg_lease *lease), void *to);

/* unsure.c. It was allowed, and nobody knows what came of it. */
bool sg_attempt_unsure(const struct sg_attempt *attempt);
/* The task has one such of this digest, or that does the same (0: nothing is). */
bool sg_task_unsure_of(const struct sg_task *task, const char *digest, uint64_t same);
/* fold_session.c. What that enforcer names so; NULL: nothing is in memory of it. */
const struct sg_session *sg_session_find(const struct sg_state *state, struct sg_str enforcer, struct sg_str name);
/* It has labels, a level, counts or a freeze. */
bool sg_domain_carries(const struct sg_domain *domain);
/* account.c. The first of the accounts that differ from `key` in their window alone, then ->like; and the most that any of them holds as spent. */
struct sg_account *sg_state_accounts_like(const struct sg_state *state, struct sg_str key);
int64_t sg_accounts_spent(const struct sg_state *state, struct sg_str key, int64_t window_ms, int64_t now_ms);
struct sg_task *sg_state_task(const struct sg_state *state, struct sg_str id);
struct sg_lease *sg_state_lease(const struct sg_state *state, struct sg_str id);
struct sg_approval *sg_state_approval(const struct sg_state *state, struct sg_str id);
struct sg_attempt *sg_state_decision(const struct sg_state *state, struct sg_str id);
bool sg_state_killed(const struct sg_state *state, struct sg_str agent);
bool sg_task_live(const struct sg_state *state, const struct sg_task *task);
/* Into the task that it is of, and out of it. */
void sg_approval_join(struct sg_approval *approval);
void sg_lease_join(struct sg_lease *lease);
void sg_lease_leave(struct sg_lease *lease);
/* The task's open or granted approval of this effective digest, or NULL. */
struct sg_approval *sg_state_approval_of(const struct sg_state *state, const struct sg_task *task, const char *digest);
bool sg_approval_live(const struct sg_state *state, const struct sg_approval *approval);

/* has.c. How many an agent has, counted only if it could have `most`: 0 where it has fewer for certain. */
size_t sg_state_agent_tasks(const struct sg_state *state, struct sg_str agent, size_t most);
/* The same with those that ended and are still kept. */
size_t sg_state_agent_kept(const struct sg_state *state, struct sg_str agent);
size_t sg_state_agent_leases(const struct sg_state *state, struct sg_str agent, size_t most);
size_t sg_state_agent_approvals(const struct sg_state *state, struct sg_str agent, size_t most);

/* A copy of `text` that is kept once and for ever; NULL on no memory. For names that the configuration bounds. */
const char *sg_state_word(struct sg_state *state, struct sg_str text);
/* The first 16 hex digits of an id, behind its prefix, as a number. */
uint64_t sg_state_tag(const char *id);
/* "d<leaf>-<tail>": the id of the decision whose leaf that is. */
void sg_decision_id(char out[SG_ID_MAX], uint64_t leaf, const char *tail);
/* Something was asked in it. Once it is in its tree. */
void sg_task_asks(struct sg_task *task, int64_t at_ms, sg_time boot);
/* Into the ring of its tree, and out of it. A root is a ring of its own. */
void sg_task_join_tree(struct sg_task *task);
void sg_task_leave_tree(struct sg_task *task);
/* Its agent opened it of its own accord. */
bool sg_task_self_opened(const struct sg_task *task);
/* `task` is `above`, or below it. */
bool sg_task_is_below(const struct sg_task *task, const struct sg_task *above);
/* A task above it, or itself, that is not open; NULL: all are. */
const struct sg_task *sg_task_stopped(const struct sg_state *state, const struct sg_task *task);
/* What belongs to its tree; made if need be, NULL on no memory. */
struct sg_tree *sg_task_tree(struct sg_task *task);
/* Steady milliseconds as of `state->now`. */
int64_t sg_state_steady(const struct sg_state *state);

struct sg_agent_life *sg_state_agent(const struct sg_state *state, struct sg_str name);
struct sg_human_life *sg_state_human(const struct sg_state *state, struct sg_str id);
enum { SG_ADMIN_LIFE = 256 };
/* The id by which what was said of whoever has this stanza of the admins stands among people: "admin:NAME", in `out`. */
struct sg_str sg_state_admin_life(struct sg_str name, char out[SG_ADMIN_LIFE]);
struct sg_memory *sg_state_memory(const struct sg_state *state, const char *id);
struct sg_account *sg_state_account(const struct sg_state *state, struct sg_str key);
/* What an account holds at `now_ms`. */
int64_t sg_account_spent(const struct sg_account *account, int64_t now_ms);
/* Names a resource without telling it: 32 hex digits. */
void sg_state_handle(const struct sg_state *state, struct sg_str type, struct sg_str id, char out[33]);

/* Names the state key without telling it: 32 hex digits. */
void sg_state_fingerprint(const struct sg_state *state, char out[33]);

/* 16 bytes known to the task's parties only: HMAC of the state key over the id. */
void sg_task_nonce(const struct sg_state *state, struct sg_str task, unsigned char nonce[16]);
/* "sgt1.<task>.<generation>.<hex HMAC>": proof that its bearer was given the task. */
void sg_task_token(const struct sg_state *state, const struct sg_task *task, char out[192]);
/* The one that was given out when it was opened: where somebody else claimed it since, good for saying that claim again and for nothing else. */
void sg_task_handed_token(const struct sg_state *state, const struct sg_task *task, char out[192]);
/* The task that this token claims, or claimed; NULL: none. */
struct sg_task *sg_state_handed_task(const struct sg_state *state, struct sg_str token);
/* The task a token stands for, or NULL. Constant-time in the token's secret part. */
struct sg_task *sg_state_token_task(const struct sg_state *state, struct sg_str token);

const char *sg_task_state_name(enum sg_task_state state);
const char *sg_lease_state_name(enum sg_lease_state state);
const char *sg_approval_state_name(enum sg_approval_state state);

bool sg_taint_has(const struct sg_taint *taint, struct sg_str label);
/* state_key.c, keyed: whoever chooses labels or texts cannot choose them so that they come to the tag of others. */
/* The same for the same labels; else another, but by chance. Never 0. */
uint64_t sg_taint_tag(const struct sg_state *state, const struct sg_taint *taint);
/* Of what a rule told people; 0 for "". */
uint64_t sg_words_tag(const struct sg_state *state, struct sg_str words);
enum sg_word sg_taint_word(const struct sg_taint *taint, size_t place);

#endif
