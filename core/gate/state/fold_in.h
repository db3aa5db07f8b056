/* SPDX-License-Identifier: Apache-2.0
 * One leaf being folded: reading its body. Its form (leaf.h) and what it stands on (fold_asks.c) are asked before anything is touched; what can be missing
 * after that is memory, and then the process ends: what it holds may be half a leaf. Private to the files fold_*.c. */
#ifndef SG_GATE_FOLD_IN_H
#define SG_GATE_FOLD_IN_H

#include "gate/state/holder.h"
#include "base/json_index.h"
#include "gate/state/fold.h"

struct sg_fold {
	struct sg_state *state;
	const struct sg_json *body;
	uint64_t number;
	int64_t at_ms;
	int64_t steady_ms; /* the same, on the clock that only passes */
	const char *missing;
	struct sg_str config, policy;
	struct sg_json_index named; /* of `body`, where it is a leaf's */
};

/* A member of the body; NULL: it is not there. */
static inline const struct sg_json *
sg_fold_get(const struct sg_fold *f, const char *name)
{
	return f->named.object != NULL && f->named.object == f->body ? sg_json_index_get(&f->named, name) : sg_json_get(f->body, name);
}

/* Members that must be there. */
struct sg_str sg_fold_text(struct sg_fold *f, const char *name);
bool sg_fold_flag(struct sg_fold *f, const char *name);
int64_t sg_fold_int(struct sg_fold *f, const char *name);
/* A copy that the caller owns. */
char *sg_fold_keep(struct sg_fold *f, const char *name);
/* A copy that the state keeps once. "" if `name` is not there: leaves of before lack some. */
const char *sg_fold_word(struct sg_fold *f, const char *name);
void sg_fold_id(struct sg_fold *f, const char *name, char *out, size_t room);
/* A number of milliseconds that can be a time. */
bool sg_fold_time(int64_t ms);
/* Boot time holds within a boot; in another one only the wall clock is left. */
struct sg_deadline sg_fold_deadline(struct sg_fold *f, const char *name);
struct sg_task *sg_fold_task_of(struct sg_fold *f);
void sg_fold_put(struct sg_fold *f, struct sg_table *table, const char *key, void *value);
/* Members that leaves of before lack. */
int64_t sg_fold_int_or(const struct sg_fold *f, const char *name, int64_t otherwise);
bool sg_fold_flag_or(const struct sg_fold *f, const char *name, bool otherwise);
struct sg_str sg_fold_text_or(const struct sg_fold *f, const char *name);

/* fold_approval.c, fold_enrolment.c */
void sg_fold_methods(struct sg_fold *f, struct sg_requirement *requirement);
/* A proof was made by this device: its counter goes on. */
void sg_enrolment_used(struct sg_state *state, struct sg_str id, int64_t counter);
/* All of them: leaves were lost, and what they said of devices nobody knows. */
void sg_enrolments_drop(struct sg_state *state);

/* fold_domain.c */
struct sg_domain *sg_fold_domain_of(struct sg_fold *f, struct sg_str id);
/* The one that the leaf names, brought up to date with it; its instance where it names none. NULL and noted as missing on no memory. */
struct sg_domain *sg_fold_domain_named(struct sg_fold *f);
void sg_domain_enter(struct sg_domain *domain, struct sg_task *task);
void sg_domain_leave(struct sg_task *task, int64_t steady_ms);
/* One of its open tasks ended. */
void sg_domain_ended(struct sg_domain *domain, int64_t steady_ms);
void sg_domain_free(struct sg_state *state, struct sg_domain *domain);
/* Its kind is known; this is its name. */
void sg_domain_call(struct sg_fold *f, struct sg_domain *domain, struct sg_str name);
/* fold_session.c. What has kind and name of a session's is one of its domains from then on. False on no memory. */
bool sg_session_enter(struct sg_state *state, struct sg_domain *domain);
void sg_session_leave(struct sg_state *state, struct sg_domain *domain);
/* users.c. The next domain behind `at` of the same user that is of another kind; at NULL: the first; NULL: no more. */
struct sg_domain *sg_domain_kin(const struct sg_state *state, const struct sg_domain *domain, struct sg_domain *at);
/* Its kind and its name are known. False on no memory. */
bool sg_user_enter(struct sg_state *state, struct sg_domain *domain);
void sg_user_leave(struct sg_state *state, struct sg_domain *domain);
/* fold_kin.c. One that nobody was in takes over what those carry. */
void sg_domain_join_kin(struct sg_fold *f, struct sg_domain *domain);

/* taint.c. It has labels, or a level above public: there is something to carry. */
bool sg_taint_carries(const struct sg_taint *taint);
/* Joined, it would change nothing. */
bool sg_taint_within(const struct sg_taint *taint, const struct sg_taint *in);
void sg_taint_raise(struct sg_taint *taint, enum sg_sensitivity level);
/* One label more, as that word. False on no memory. */
bool sg_taint_add(struct sg_taint *taint, struct sg_str label, enum sg_word word);
/* A named label has found no place. */
void sg_taint_fill(struct sg_taint *taint);
/* All that stand in a member of the leaf. */
void sg_fold_labels(struct sg_fold *f, struct sg_taint *labels, const char *member, enum sg_word word);
/* All that `from` has. */
bool sg_taint_join(struct sg_taint *taint, const struct sg_taint *from);
/* The labels that both have are kept once from now on, as those are that were joined. */
void sg_taint_share(struct sg_taint *taint, const struct sg_taint *with);
void sg_taint_free(struct sg_taint *taint);
/* ---- soak.c ---- */

/* Into a task, its whole tree, the domains of those, and the other tasks of these. */
void sg_taint_soak(struct sg_fold *f, struct sg_task *task, const struct sg_taint *with, int64_t since_ms);
/* As `since_ms`: it was done by this leaf, and nobody who had ended by then heard of it; else since then. */
#define SG_NOW_ALONE INT64_MAX
/* Since when whoever worked beside it may have heard of what an attempt brought: its allow. NULL: SG_NOW_ALONE. */
int64_t sg_attempt_since(const struct sg_attempt *attempt);
struct sg_reading;
/* What was written to a memory, to all who may be reading it and have not ended by now, but `from`, who wrote it; since then, or (SG_NOW_ALONE) by this leaf. */
void sg_taint_soak_readers(struct sg_fold *f, const struct sg_reading *reading, const struct sg_taint *with, const struct sg_task *from, int64_t since_ms);
/* Members `taint` and `sensitivity` of the leaf, soaked into the task. */
void sg_fold_spread(struct sg_fold *f, struct sg_task *task, enum sg_word word, int64_t since_ms);

/* unsure.c: its state or outcome may have changed, `before` as sg_attempt_unsure was. False on no memory. */
bool sg_unsure_note(struct sg_attempt *attempt, bool before);
void sg_unsure_free(struct sg_task *task);

/* fold_hook.c: a hook is due for the outcome of `attempt` (NULL: none), or one that was due is over, as the leaf says. */
void sg_fold_hook(struct sg_fold *f, struct sg_attempt *attempt);

/* fold_task.c: it was claimed, and its role is remembered. */
void sg_fold_duty(struct sg_fold *f, const struct sg_task *task);

/* account.c */
/* "agent:NAME/money/86400000": dimension, and the window in milliseconds. */
bool sg_account_key(struct sg_str key, enum sg_dimension *dimension, int64_t *window_ms);
void sg_fold_charge(struct sg_fold *f, struct sg_attempt *attempt);
/* What was not used goes back; then the attempt holds what was. `self`: it is the agent's own word, which fills no account that others spend from. */
void sg_fold_settle(struct sg_attempt *attempt, const int64_t used[SG_DIMENSIONS], bool self);
/* What its agent may say that it used beyond what was reserved: of a root all, of a part what its agent was lent and has left. */
int64_t sg_fold_own_room(const struct sg_task *task, enum sg_dimension dimension);
/* Beside those of its subject. False on no memory. */
bool sg_account_link(struct sg_state *state, struct sg_account *account);
/* A task's own amounts are taken from whoever it would draw on: the one above it, and on up to the next that was lent its own. */
void sg_task_lend(struct sg_task *task);
/* An ended task hands its spending up and gives back what was lent to it. */
void sg_task_merge(struct sg_task *task);

/* history.c */
void sg_fold_remember(struct sg_fold *f, struct sg_attempt *attempt);
/* What it spent was `before`, and is settled now: its past says so as well. */
void sg_fold_spent(struct sg_fold *f, const struct sg_attempt *attempt, const int64_t before[SG_DIMENSIONS]);

/* What came of it is told for good. */
void sg_fold_told(struct sg_state *state, const struct sg_attempt *attempt);

/* values.c */
/* Values (hex digests, an array) seen first at `origin`. */
void sg_fold_values(struct sg_fold *f, struct sg_task *task, const struct sg_json *values, const char *origin, const char *decision, const struct sg_taint *taint);
/* What agents of the tree said of themselves since then is from nobody knows where: they had heard what is told only now. */
void sg_fold_doubt_words(struct sg_fold *f, struct sg_task *root, const struct sg_taint *told, int64_t since_ms);
/* As sg_fold_values, said by an agent that hands the task on: for that agent it is its own word. */
void sg_fold_values_of(struct sg_fold *f, struct sg_task *task, const struct sg_json *values, const char *origin, uint64_t sayer, const struct sg_taint *taint);

/* fold_approval.c: members that say who asked for what an approval is for. */
void sg_fold_asker(struct sg_fold *f, struct sg_approval *approval);
void sg_fold_end_lease(struct sg_state *state, struct sg_lease *lease, enum sg_lease_state to);
void sg_fold_end_approval(struct sg_state *state, struct sg_approval *approval, enum sg_approval_state to);
/* fold_ending.c. All that an ending of this key takes ends, or begins to, as the leaf says. */
void sg_fold_ends(struct sg_fold *f, const char *key, enum sg_task_state to);
/* A task and all below it; what is below it may only begin to. */
void sg_fold_end_tree(struct sg_fold *f, struct sg_task *task);
void sg_fold_await(struct sg_state *state, struct sg_attempt *attempt);
void sg_fold_await_no_more(struct sg_state *state, struct sg_attempt *attempt);

/* The kinds, each in its file. */
#define X(name, function, asks, text) void sg_fold_kind_##function(struct sg_fold *f);
SG_LEAF_KINDS(X)
#undef X

/* fold_asks.c: what must be there for that leaf, and is not; NULL: it can be folded. */
#define X(name, function, asks, text) const char *sg_fold_asks_##asks(const struct sg_fold *f);
SG_LEAF_KINDS(X)
#undef X

#endif
