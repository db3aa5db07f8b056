/* SPDX-License-Identifier: Apache-2.0
 * Costs and budgets at the moment of an action. Every budget an action falls under is asked; the one that has least decides. */
#include "gate/decide/decide.h"
#include "gate/decide/spend.h"

#include "base/str.h"
#include "gate/state/grant.h"
#include "gate/state/split.h"

#include <math.h>
#include <stdio.h>

#define COST_MOST (INT64_C(1) << 45) /* 350 thousand million units of money, 32 TiB: sums of a million such still fit */

/* Money is written in units and counted in hundredths, rounded up; everything else in whole numbers. */
static bool
amount_of(const struct sg_json *value, enum sg_dimension dimension, int64_t *out)
{
	struct sg_str text;
	if (dimension == SG_DIMENSION_money && sg_json_string(value, &text))
		return sg_money_read(text, out);
	if (value == NULL || value->type != SG_JSON_NUMBER || !(value->number >= 0))
		return false;
	double amount = dimension == SG_DIMENSION_money ? ceil(value->number * 100 - 1e-6) : ceil(value->number);
	if (!(amount < (double)COST_MOST))
		return false;
	*out = amount < 1 && value->number > 0 ? 1 : (int64_t)amount; /* however little it is, it is not nothing */
	return true;
}

enum sg_reason
sg_cost_of(const struct sg_action *action, const struct sg_json *args, int64_t cost[SG_DIMENSIONS])
{
	memset(cost, 0, SG_DIMENSIONS * sizeof(*cost));
	cost[SG_DIMENSION_calls] = 1;
	for (size_t i = 0; i < action->cost_count; i++) {
		const struct sg_cost *c = &action->costs[i];
		int64_t amount = c->fixed;
		if (amount < 0 && !amount_of(sg_argument_at(args, c->argument), c->dimension, &amount))
			return SG_REASON_budget_argument;
		cost[c->dimension] += amount;
		if (cost[c->dimension] > COST_MOST)
			return SG_REASON_budget_argument;
	}
	return SG_REASON_allowed;
}

/* ---- accounts beyond the tree ---- */

struct subject {
	const char *kind;
	struct sg_str name;
	const struct sg_budgets *budgets;
};

enum { SUBJECTS = 3 + SG_FOUND_MAX };

static size_t
subjects_of(const struct sg_gate *gate, const struct sg_agent *agent, const struct sg_request *r, struct subject out[SUBJECTS])
{
	const struct sg_human *owner = agent == NULL ? NULL : sg_catalogue_human_id(gate->catalogue, agent->owner);
	size_t count = 0;
	if (agent != NULL)
		out[count++] = (struct subject){"agent", agent->name, &agent->budgets};
	if (owner != NULL)
		out[count++] = (struct subject){"owner", owner->name, &owner->budgets};
	if (r != NULL && r->action != NULL)
		out[count++] = (struct subject){"action", r->action->name, &r->action->budgets};
	for (const struct sg_resource *f = NULL; r != NULL && count < SUBJECTS && (f = sg_next_found(gate, r, f)) != NULL;)
		out[count++] = (struct subject){"resource", f->name, &f->budgets};
	return count;
}

static struct sg_str
key_of(const struct subject *s, const struct sg_budget *b, char out[256])
{
	int len = snprintf(out, 256, "%s:%.*s/%s/%lld", s->kind, SG_STR_ARG(s->name), sg_dimension_name(b->dimension), (long long)b->window_ms);
	return (struct sg_str){out, len < 256 ? (size_t)len : 255};
}

static int64_t
left_of(const struct sg_gate *gate, const struct subject *s, const struct sg_budget *b)
{
	char key[256];
	const struct sg_account *account = sg_state_account(&gate->state, key_of(s, b, key));
	int64_t now_ms = sg_state_steady(&gate->state);
	int64_t spent = account != NULL ? sg_account_spent(account, now_ms) : sg_accounts_spent(&gate->state, sg_str(key), b->window_ms, now_ms);
	return spent < b->amount ? b->amount - spent : 0;
}

/* ---- the tree ---- */

static int64_t
least(int64_t a, int64_t b)
{
	return a < 0 ? b : b < 0 || a < b ? a : b;
}

static void
lower(int64_t left[SG_DIMENSIONS], enum sg_dimension d, int64_t amount, int64_t used)
{
	left[d] = least(left[d], amount > used ? amount - used : 0);
}

static void
left_in_tree(const struct sg_gate *gate, const struct sg_task *task, int64_t left[SG_DIMENSIONS])
{
	bool drawn[SG_DIMENSIONS]; /* still drawing on the one above */
	for (int d = 0; d < SG_DIMENSIONS; d++)
		drawn[d] = true;
	for (const struct sg_task *t = task; t != NULL; t = t->parent) {
		const struct sg_intent *intent = sg_catalogue_intent(gate->catalogue, sg_str(t->intent));
		for (size_t i = 0; intent != NULL && i < intent->budgets.count; i++) {
			const struct sg_budget *b = &intent->budgets.items[i];
			if (drawn[b->dimension])
				lower(left, b->dimension, b->amount, t->spent[b->dimension] + t->lent[b->dimension]);
		}
		for (int d = 0; d < SG_DIMENSIONS; d++) {
			if (drawn[d] && t->limit[d] >= 0)
				lower(left, (enum sg_dimension)d, t->limit[d], t->spent[d] + t->lent[d]);
			drawn[d] = drawn[d] && !(t->parent != NULL && t->limit[d] >= 0);
		}
	}
	const struct sg_intent *root = sg_catalogue_intent(gate->catalogue, sg_str(task->root->intent));
	for (size_t i = 0; root != NULL && i < root->tree.count; i++)
		lower(left, root->tree.items[i].dimension, root->tree.items[i].amount,
		      task->root->tree == NULL ? 0 : task->root->tree->spent[root->tree.items[i].dimension]);
}

static void
left_beyond(const struct sg_gate *gate, const struct subject *subjects, size_t count, int64_t left[SG_DIMENSIONS])
{
	for (size_t s = 0; s < count; s++)
		for (size_t i = 0; i < subjects[s].budgets->count; i++) {
			const struct sg_budget *b = &subjects[s].budgets->items[i];
			left[b->dimension] = least(left[b->dimension], left_of(gate, &subjects[s], b));
		}
}

static void
clear(int64_t left[SG_DIMENSIONS])
{
	for (int d = 0; d < SG_DIMENSIONS; d++)
		left[d] = -1;
}

void
sg_budget_left(const struct sg_gate *gate, const struct sg_task *task, int64_t left[SG_DIMENSIONS])
{
	struct subject subjects[SUBJECTS];
	clear(left);
	left_in_tree(gate, task, left);
	left_beyond(gate, subjects, subjects_of(gate, sg_catalogue_agent(gate->catalogue, sg_str(task->agent)), NULL, subjects), left);
}

enum sg_reason
sg_budgets_allow(const struct sg_gate *gate, const struct sg_request *r, const struct sg_task *task, const int64_t cost[SG_DIMENSIONS])
{
	struct subject subjects[SUBJECTS];
	int64_t left[SG_DIMENSIONS], money = cost[SG_DIMENSION_money];
	clear(left);
	left_in_tree(gate, task, left);
	left_beyond(gate, subjects, subjects_of(gate, r->agent, r, subjects), left);
	for (int d = 0; d < SG_DIMENSIONS; d++)
		if (left[d] >= 0 && cost[d] > left[d])
			return SG_REASON_budget_exceeded;
	return money > 0 && money < sg_task_split_below(task) ? SG_REASON_split : SG_REASON_allowed;
}

static void
write_entry(struct sg_json_writer *w, struct sg_str key, int64_t amount, size_t *left)
{
	if (*left == 0)
		return;
	--*left;
	sg_jw_array(w);
	sg_jw_str(w, key);
	sg_jw_int(w, amount);
	sg_jw_end(w);
}

static bool
is_configured(const struct subject *s, const struct sg_account *account)
{
	char key[256];
	for (size_t i = 0; i < s->budgets->count; i++)
		if (sg_str_is(key_of(s, &s->budgets->items[i], key), account->key))
			return true;
	return false;
}

/* Windows that a reload took out are charged as well: should one come back, nothing was forgotten meanwhile. */
static void
write_old(struct sg_json_writer *w, const struct sg_gate *gate, const struct sg_request *r, const struct subject *s, const struct sg_budget *b, size_t *left)
{
	char key[256];
	for (const struct sg_budget *o = s->budgets->items; o < b; o++)
		if (o->dimension == b->dimension)
			return;
	for (const struct sg_account *a = sg_state_accounts_like(&gate->state, key_of(s, b, key)); a != NULL; a = a->like)
		if (!is_configured(s, a))
			write_entry(w, sg_str(a->key), r->cost[b->dimension], left);
}

_Static_assert(SUBJECTS * SG_BUDGETS_MAX < SG_CHARGES_MAX, "all that is configured is charged, whatever is charged beside it");

void
sg_write_charges(struct sg_json_writer *w, const struct sg_gate *gate, const struct sg_request *r)
{
	char key[256];
	struct subject subjects[SUBJECTS];
	size_t count = subjects_of(gate, r->agent, r, subjects), left = SG_CHARGES_MAX;
	sg_jw_array(w);
	for (size_t s = 0; s < count; s++)
		for (size_t i = 0; i < subjects[s].budgets->count; i++) {
			const struct sg_budget *b = &subjects[s].budgets->items[i];
			write_entry(w, key_of(&subjects[s], b, key), r->cost[b->dimension], &left);
		}
	for (size_t s = 0; s < count; s++)
		for (size_t i = 0; i < subjects[s].budgets->count; i++)
			write_old(w, gate, r, &subjects[s], &subjects[s].budgets->items[i], &left);
	sg_jw_end(w);
}

static void
write_amounts(struct sg_json_writer *w, const int64_t amounts[SG_DIMENSIONS], int64_t none)
{
	sg_jw_object(w); /* the table of dimensions stands in canonical order */
	for (int d = 0; d < SG_DIMENSIONS; d++)
		if (amounts[d] != none)
			sg_jw_named_int(w, sg_dimension_name((enum sg_dimension)d), amounts[d]);
	sg_jw_end(w);
}

void
sg_write_cost(struct sg_json_writer *w, const int64_t cost[SG_DIMENSIONS])
{
	write_amounts(w, cost, 0);
}

void
sg_write_left(struct sg_json_writer *w, const int64_t left[SG_DIMENSIONS])
{
	write_amounts(w, left, -1);
}
