/* SPDX-License-Identifier: Apache-2.0
 * Looking at the state. Changing it is fold.c's. */
#include "gate/state/fold_in.h"
#include "gate/state/ending.h"

#include "base/err.h"
#include "base/pattern.h"
#include "base/secret.h"
#include "base/line.h"
#include "base/str.h"

#include <stdio.h>
#include <stdlib.h>

enum sg_status
sg_state_init(struct sg_state *state, const unsigned char key[SG_KEY_BYTES], const char *boot_id, struct sg_err *err)
{
	*state = (struct sg_state){.killed_all = false};
	memcpy(state->key, key, SG_KEY_BYTES);
	snprintf(state->boot_id, sizeof(state->boot_id), "%s", boot_id);
	if ((state->soaks = calloc(1, sizeof(*state->soaks))) == NULL)
		return sg_fail(err, SG_NOMEM, "no_memory", "no memory for the state");
	struct sg_table *tables[] = {&state->tasks, &state->domains, &state->users, &state->instances, &state->leases, &state->approvals, &state->histories, &state->killed, &state->endings,
				     &state->decisions, &state->subjects, &state->words, &state->grants, &state->accounts, &state->memories, &state->readings, &state->writers, &state->sessions, &state->holders, &state->issued, &state->agents, &state->humans, &state->enrolments};
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		uint64_t seed;
		enum sg_status status = sg_random(&seed, sizeof(seed), err);
		if (status != SG_OK)
			return status;
		sg_table_init(tables[i], seed);
	}
	return SG_OK;
}

struct sg_task *
sg_state_task(const struct sg_state *state, struct sg_str id)
{
	return sg_table_get(&state->tasks, id);
}

struct sg_lease *
sg_state_lease(const struct sg_state *state, struct sg_str id)
{
	return sg_table_get(&state->leases, id);
}

struct sg_approval *
sg_state_approval(const struct sg_state *state, struct sg_str id)
{
	return sg_table_get(&state->approvals, id);
}

struct sg_attempt *
sg_state_decision(const struct sg_state *state, struct sg_str id)
{
	return sg_table_get(&state->decisions, id);
}

bool
sg_state_killed(const struct sg_state *state, struct sg_str agent)
{
	return state->killed_all || sg_table_get(&state->killed, agent) != NULL;
}

int64_t
sg_state_steady(const struct sg_state *state)
{
	const struct sg_steady *s = &state->steady;
	int64_t wall = state->now.wall_ms - s->at.wall_ms, boot = (state->now.boot - s->at.boot) / SG_MSEC;
	int64_t passed = strcmp(s->boot_id, state->boot_id) == 0 && boot < wall ? boot : wall;
	return s->ms + (passed > 0 ? passed : 0);
}

struct sg_agent_life *
sg_state_agent(const struct sg_state *state, struct sg_str name)
{
	return sg_table_get(&state->agents, name);
}

struct sg_human_life *
sg_state_human(const struct sg_state *state, struct sg_str id)
{
	return sg_table_get(&state->humans, id);
}

struct sg_str
sg_state_admin_life(struct sg_str name, char out[SG_ADMIN_LIFE])
{
	struct sg_line line = sg_line_begin(out, SG_ADMIN_LIFE, "admin:");
	sg_line_str(&line, name);
	return sg_line_view(&line);
}

struct sg_memory *
sg_state_memory(const struct sg_state *state, const char *id)
{
	return sg_table_get(&state->memories, sg_str(id));
}

const char *
sg_state_word(struct sg_state *state, struct sg_str text)
{
	char *word = text.len == 0 ? "" : sg_table_get(&state->words, text);
	if (word != NULL)
		return word;
	word = strndup(text.ptr, text.len);
	if (word != NULL && sg_table_put(&state->words, sg_str(word), word) != SG_OK) {
		free(word);
		return NULL;
	}
	return word;
}

bool
sg_task_self_opened(const struct sg_task *task)
{
	return strncmp(task->opener, "agent:", 6) == 0;
}

void
sg_task_asks(struct sg_task *task, int64_t at_ms, sg_time boot)
{
	struct sg_task *root = task->root;
	task->last_ms = at_ms;
	task->last_boot = boot;
	root->tree_last_ms = at_ms > root->tree_last_ms ? at_ms : root->tree_last_ms;
	root->tree_last_boot = boot > root->tree_last_boot ? boot : root->tree_last_boot;
}

void
sg_task_join_tree(struct sg_task *task)
{
	struct sg_task *root = task->root;
	if (root == task) {
		task->tree_next = task->tree_before = task;
		return;
	}
	task->tree_next = root->tree_next;
	task->tree_before = root;
	root->tree_next->tree_before = task;
	root->tree_next = task;
}

void
sg_task_leave_tree(struct sg_task *task)
{
	if (task->tree_next == NULL)
		return;
	task->tree_next->tree_before = task->tree_before;
	task->tree_before->tree_next = task->tree_next;
	task->tree_next = task->tree_before = NULL;
}

bool
sg_task_is_below(const struct sg_task *task, const struct sg_task *above)
{
	for (; task != NULL; task = task->parent)
		if (task == above)
			return true;
	return false;
}

const struct sg_task *
sg_task_stopped(const struct sg_state *state, const struct sg_task *task)
{
	for (; task != NULL; task = task->parent)
		if (task->state != SG_TASK_OPEN || sg_deadline_over(&task->ends, &state->now) || sg_state_killed(state, sg_str(task->agent)) ||
		    sg_task_ending(state, task) != NULL)
			return task;
	return NULL;
}

struct sg_tree *
sg_task_tree(struct sg_task *task)
{
	if (task->root->tree == NULL)
		task->root->tree = calloc(1, sizeof(*task->root->tree));
	return task->root->tree;
}

void
sg_times_note(struct sg_times *times, int64_t at_ms)
{
	times->at_ms[times->next++ % SG_TIMES_MAX] = at_ms;
}

int64_t
sg_times_count(const struct sg_times *times, int64_t now_ms, int64_t within_ms)
{
	int64_t count = 0;
	for (uint64_t i = times == NULL ? 0 : times->next; i > 0 && times->next - i < SG_TIMES_MAX; i--)
		count += times->at_ms[(i - 1) % SG_TIMES_MAX] > now_ms - within_ms;
	return count;
}

bool
sg_task_live(const struct sg_state *state, const struct sg_task *task)
{
	return task->claimed && sg_task_stopped(state, task) == NULL;
}

bool
sg_approval_live(const struct sg_state *state, const struct sg_approval *approval)
{
	return (approval->state == SG_APPROVAL_OPEN || approval->state == SG_APPROVAL_GRANTED) &&
	       !sg_deadline_over(&approval->ends, &state->now) && !sg_task_is_ending(state, approval->task);
}

struct sg_approval *
sg_state_approval_of(const struct sg_state *state, const struct sg_task *task, const char *digest)
{
	for (struct sg_approval *a = task->its_approvals; a != NULL; a = a->next)
		if (strcmp(a->digest, digest) == 0 && sg_approval_live(state, a))
			return a;
	return NULL;
}

const char *
sg_task_state_name(enum sg_task_state state)
{
	static const char *const names[] = {
#define X(name, meaning) #name,
		SG_TASK_STATES(X)
#undef X
	};
	return names[state];
}

bool
sg_task_may_become(enum sg_task_state from, enum sg_task_state to)
{
	static const bool may[SG_TASK_STATE_COUNT][SG_TASK_STATE_COUNT] = {
		[SG_TASK_open] = {[SG_TASK_frozen] = true, [SG_TASK_closing] = true, [SG_TASK_closed] = true, [SG_TASK_killed] = true},
		[SG_TASK_frozen] = {[SG_TASK_open] = true, [SG_TASK_closing] = true, [SG_TASK_closed] = true, [SG_TASK_killed] = true},
		[SG_TASK_closing] = {[SG_TASK_closed] = true},
	};
	return may[from][to];
}

const char *
sg_lease_state_name(enum sg_lease_state state)
{
	static const char *const names[] = {"pending", "active", "revoking", "dead"};
	return names[state];
}

const char *
sg_approval_state_name(enum sg_approval_state state)
{
	static const char *const names[] = {"open", "granted", "consumed", "denied", "void", "expired"};
	return names[state];
}

void
sg_state_pending(struct sg_state *state, void (*each)(void *to, struct sg_lease *lease), void *to)
{
	size_t at = 0;
	for (struct sg_lease *l; (l = sg_table_next(&state->leases, &at)) != NULL;)
		if (l->state == SG_LEASE_PENDING || l->state == SG_LEASE_REVOKING)
			each(to, l);
}

uint64_t
sg_person_tag(struct sg_str id)
{
	unsigned char digest[SG_SHA256_BYTES];
	uint64_t tag = 0;
	if (id.len == 0)
		return 0;
	sg_sha256(digest, id);
	for (int i = 0; i < 8; i++)
		tag = tag << 8 | digest[i];
	return tag | 1;
}
