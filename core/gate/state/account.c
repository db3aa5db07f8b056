/* SPDX-License-Identifier: Apache-2.0
 * Accounts: what was spent, by whom, in which window. A task draws on the one above it unless it was lent an amount of its own; an outcome returns what
 * was not used; a task that ends hands its spending up. */
#include "gate/state/fold_in.h"

#include "base/str.h"

#include <stdio.h>
#include <stdlib.h>

#define SUM_MOST (INT64_C(1) << 52) /* what JSON still holds as a whole number; what is said to have been used has no other bound together */

/* Between nothing and the most, whatever is added or returned. */
static int64_t
sum(int64_t held, int64_t amount)
{
	int64_t all = held + amount;
	return all < 0 ? 0 : all < SUM_MOST ? all : SUM_MOST;
}

static int64_t
part_of(const struct sg_account *account, int64_t at_ms)
{
	int64_t width = account->window_ms / (SG_SLOTS - 1);
	return at_ms / (width > 0 ? width : 1);
}

int64_t
sg_account_spent(const struct sg_account *account, int64_t now_ms)
{
	int64_t all = 0, now = part_of(account, now_ms);
	if (account->window_ms == 0)
		return account->total;
	for (int64_t part = account->newest; part > account->newest - SG_SLOTS && part >= 0; part--)
		if (part > now - SG_SLOTS)
			all = sum(all, account->slot[part % SG_SLOTS]);
	return all;
}

static void
account_add(struct sg_account *account, int64_t amount, int64_t at_ms)
{
	int64_t part = part_of(account, at_ms);
	account->total = sum(account->total, amount);
	if (account->window_ms == 0 || part <= account->newest - SG_SLOTS)
		return;
	for (int64_t i = part - account->newest < SG_SLOTS ? account->newest + 1 : part - SG_SLOTS + 1; i <= part; i++)
		account->slot[i % SG_SLOTS] = 0;
	if (part > account->newest)
		account->newest = part;
	account->slot[part % SG_SLOTS] = sum(account->slot[part % SG_SLOTS], amount);
}

struct sg_account *
sg_state_account(const struct sg_state *state, struct sg_str key)
{
	return sg_table_get(&state->accounts, key);
}

bool
sg_account_key(struct sg_str key, enum sg_dimension *dimension, int64_t *window_ms)
{
	size_t last = key.len, middle;
	while (last > 0 && key.ptr[last - 1] != '/')
		last--;
	middle = last > 0 ? last - 1 : 0;
	while (middle > 0 && key.ptr[middle - 1] != '/')
		middle--;
	return last > 0 && middle > 0 && sg_dimension_named((struct sg_str){key.ptr + middle, last - 1 - middle}, dimension) &&
	       sg_str_int((struct sg_str){key.ptr + last, key.len - last}, 0, INT64_MAX, window_ms);
}

/* "agent:NAME/money": what accounts that differ in their window alone have in common. */
static struct sg_str
subject_of(struct sg_str key)
{
	while (key.len > 0 && key.ptr[key.len - 1] != '/')
		key.len--;
	return (struct sg_str){key.ptr, key.len > 0 ? key.len - 1 : 0};
}

struct sg_account *
sg_state_accounts_like(const struct sg_state *state, struct sg_str key)
{
	return sg_table_get(&state->subjects, subject_of(key));
}

int64_t
sg_accounts_spent(const struct sg_state *state, struct sg_str key, int64_t window_ms, int64_t now_ms)
{
	int64_t most = 0;
	for (const struct sg_account *a = sg_state_accounts_like(state, key); a != NULL; a = a->like) {
		int64_t spent = window_ms == 0 ? a->total : sg_account_spent(a, now_ms);
		most = spent > most ? spent : most;
	}
	return most;
}

bool
sg_account_link(struct sg_state *state, struct sg_account *account)
{
	struct sg_account *first = sg_state_accounts_like(state, sg_str(account->key));
	if (first == NULL)
		return sg_table_put(&state->subjects, subject_of(sg_str(account->key)), account) == SG_OK;
	account->like = first->like;
	first->like = account;
	return true;
}

static struct sg_account *
account_of(struct sg_fold *f, struct sg_str key, enum sg_dimension *dimension)
{
	int64_t window_ms = 0;
	struct sg_account *account = sg_table_get(&f->state->accounts, key);
	if (!sg_account_key(key, dimension, &window_ms)) {
		f->missing = "an account";
		return NULL;
	}
	if (account != NULL)
		return account;
	account = calloc(1, sizeof(*account));
	if (account == NULL || (account->key = strndup(key.ptr, key.len)) == NULL) {
		free(account);
		f->missing = "memory";
		return NULL;
	}
	account->window_ms = window_ms;
	int64_t before = sg_accounts_spent(f->state, key, window_ms, f->steady_ms);
	sg_fold_put(f, &f->state->accounts, account->key, account);
	if (!sg_account_link(f->state, account))
		f->missing = "memory";
	account_add(account, before, f->steady_ms); /* another window of the same budget: what was spent under the one before stays spent */
	return account;
}

/* What a task used beyond what it was lent: that much the one above it has no longer. */
static int64_t
beyond(const struct sg_task *task, enum sg_dimension d)
{
	return task->spent[d] > task->limit[d] ? task->spent[d] - task->limit[d] : 0;
}

/* Up to the one that was lent its own, and further what it used beyond that. */
static void
charge_up(struct sg_task *task, enum sg_dimension d, int64_t amount)
{
	for (struct sg_task *t = task; t != NULL && amount != 0; t = t->parent) {
		bool lent = t->parent != NULL && t->limit[d] >= 0 && !t->merged;
		int64_t before = lent ? beyond(t, d) : 0;
		t->spent[d] = sum(t->spent[d], amount);
		if (lent)
			amount = beyond(t, d) - before;
	}
}

static void
charge_tree(struct sg_task *task, enum sg_dimension d, int64_t amount)
{
	struct sg_tree *tree = sg_task_tree(task);
	charge_up(task, d, amount);
	if (tree != NULL)
		tree->spent[d] = sum(tree->spent[d], amount);
}

static void
add_charge(struct sg_fold *f, struct sg_attempt *attempt, const struct sg_json *entry)
{
	const struct sg_json *key = sg_json_first(entry), *amount = key == NULL ? NULL : sg_json_next(entry, key);
	struct sg_str name;
	struct sg_charge *charge = &attempt->charges[attempt->charge_count];
	if (!sg_json_string(key, &name) || !sg_json_int(amount, &charge->amount)) {
		f->missing = "charges";
		return;
	}
	charge->account = account_of(f, name, &charge->dimension);
	charge->at_ms = f->steady_ms;
	if (charge->account == NULL)
		return;
	account_add(charge->account, charge->amount, f->steady_ms);
	attempt->charge_count++;
}

/* All before any is charged: a new one begins with what its like held before this. */
static void
make_accounts(struct sg_fold *f, const struct sg_json *charges)
{
	for (const struct sg_json *e = sg_json_first(charges); e != NULL; e = sg_json_next(charges, e)) {
		enum sg_dimension dimension;
		struct sg_str name;
		if (sg_json_string(sg_json_first(e), &name))
			account_of(f, name, &dimension);
	}
}

void
sg_fold_charge(struct sg_fold *f, struct sg_attempt *attempt)
{
	const struct sg_json *cost = sg_fold_get(f, "cost"), *charges = sg_fold_get(f, "charges");
	for (int d = 0; d < SG_DIMENSIONS; d++) {
		int64_t amount = d == SG_DIMENSION_calls ? 1 : 0;
		sg_json_int(sg_json_get(cost, sg_dimension_name((enum sg_dimension)d)), &amount);
		attempt->spent[d] = amount;
		charge_tree(attempt->task, (enum sg_dimension)d, amount);
		attempt->task->reserved[d] = sum(attempt->task->reserved[d], amount);
	}
	if (charges == NULL || charges->count == 0 || charges->count > SG_CHARGES_MAX)
		return;
	attempt->charges = calloc(charges->count, sizeof(*attempt->charges));
	if (attempt->charges == NULL) {
		f->missing = "memory";
		return;
	}
	make_accounts(f, charges);
	for (const struct sg_json *e = sg_json_first(charges); e != NULL; e = sg_json_next(charges, e))
		add_charge(f, attempt, e);
}

/* An account that others spend from as well. */
static bool
is_shared(const struct sg_account *account)
{
	return strncmp(account->key, "agent:", 6) != 0;
}

int64_t
sg_fold_own_room(const struct sg_task *task, enum sg_dimension d)
{
	int64_t room = 0;
	for (const struct sg_task *t = task; t != NULL; t = t->parent) {
		int64_t left = t->limit[d] - t->spent[d] - t->lent[d];
		if (t->parent == NULL)
			return SUM_MOST;
		room = sum(room, t->limit[d] >= 0 && left > 0 && !t->merged ? left : 0); /* what went back at its end is nobody's to fill */
		if (strcmp(t->parent->agent, t->agent) != 0)
			break;
	}
	return room;
}

void
sg_fold_settle(struct sg_attempt *attempt, const int64_t used[SG_DIMENSIONS], bool self)
{
	for (size_t i = 0; i < attempt->charge_count; i++) {
		struct sg_charge *c = &attempt->charges[i];
		if (self && is_shared(c->account) && used[c->dimension] > c->amount)
			continue;
		account_add(c->account, used[c->dimension] - c->amount, c->at_ms);
		c->amount = used[c->dimension];
	}
	for (int d = 0; d < SG_DIMENSIONS; d++) {
		charge_tree(attempt->task, (enum sg_dimension)d, used[d] - attempt->spent[d]);
		attempt->task->reserved[d] = sum(attempt->task->reserved[d], attempt->outcome ? 0 : -attempt->spent[d]); /* settled once: no longer reserved */
		attempt->spent[d] = used[d];
	}
}

/* As what is spent: of whoever it is drawn from, up to the one that was lent its own. */
static void
lend_up(struct sg_task *from, enum sg_dimension d, int64_t amount)
{
	for (struct sg_task *t = from; t != NULL && amount != 0; t = t->parent) {
		t->lent[d] = sum(t->lent[d], amount);
		if (t->parent != NULL && t->limit[d] >= 0 && !t->merged)
			return;
	}
}

void
sg_task_lend(struct sg_task *task)
{
	for (int d = 0; d < SG_DIMENSIONS; d++)
		if (task->limit[d] >= 0)
			lend_up(task->parent, (enum sg_dimension)d, task->limit[d]);
}

void
sg_task_merge(struct sg_task *task)
{
	if (task->merged || task->parent == NULL)
		return;
	task->merged = true;
	for (int d = 0; d < SG_DIMENSIONS; d++) {
		if (task->limit[d] < 0)
			continue;
		lend_up(task->parent, (enum sg_dimension)d, task->lent[d] - task->limit[d]); /* what it lent is drawn from there now */
		charge_up(task->parent, (enum sg_dimension)d, task->spent[d] - beyond(task, (enum sg_dimension)d));
	}
}
