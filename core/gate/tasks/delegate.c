/* SPDX-License-Identifier: Apache-2.0
 * Handing a part of a task on, never more of it than there is (I5). The eleven rules, in order; the first that does not hold is the answer. What is asked beyond what may be handed on is
 * refused, or, where the caller says so or hands on to itself, cut off and shown. */
#include "gate/tasks/tasks.h"
#include "gate/tasks/delegate.h"

#include "base/pattern.h"
#include "base/str.h"
#include "gate/state/grant.h"
#include "gate/decide/ceiling.h"
#include "gate/decide/spend.h"

#include <stdio.h>

/* ---- reading what is asked ---- */

static bool
read_patterns(struct sg_request *r, const char *name, char separator, bool *has, struct sg_strings *out)
{
	const struct sg_json *list = sg_json_get(r->body, name);
	*has = list != NULL && list->type != SG_JSON_NULL;
	if (!*has)
		return true;
	if (list->type != SG_JSON_ARRAY || list->count > SG_GRANT_PATTERNS)
		return false;
	struct sg_str *items = sg_arena_alloc(&r->arena, (list->count + 1) * sizeof(*items));
	if (items == NULL)
		return false;
	out->items = items;
	for (const struct sg_json *e = sg_json_first(list); e != NULL; e = sg_json_next(list, e))
		if (!sg_json_string(e, &items[out->count]) || !sg_pattern_valid(items[out->count++], separator))
			return false;
	return true;
}

static bool
read_amounts(const struct sg_request *r, int64_t out[SG_DIMENSIONS])
{
	const struct sg_json *budgets = sg_json_get(r->body, "budgets");
	for (int d = 0; d < SG_DIMENSIONS; d++)
		out[d] = -1;
	for (const struct sg_json *b = sg_json_first(budgets); b != NULL; b = sg_json_next(budgets, b)) {
		enum sg_dimension d;
		if (!sg_dimension_named(b->name, &d) || !sg_json_int(b, &out[d]) || out[d] < 0 || out[d] > (INT64_C(1) << 45))
			return false;
	}
	return budgets == NULL || budgets->type == SG_JSON_OBJECT;
}

static bool
read_asked(struct sg_gate *gate, struct sg_request *r, struct sg_delegation *d, const char **wrong)
{
	struct sg_str agent = sg_json_text_at(r->body, "to"), intent = sg_json_text_at(r->body, "intent"), level = sg_json_text_at(r->body, "sensitivity"), excess = sg_json_text_at(r->body, "excess");
	int64_t ttl_s = 0;
	d->to = agent.len == 0 ? r->agent : sg_catalogue_agent(gate->catalogue, agent);
	if (d->to == NULL)
		d->to = sg_catalogue_agent_id(gate->catalogue, agent);
	d->own = d->to == r->agent;
	d->intent = sg_catalogue_intent(gate->catalogue, intent.len > 0 ? intent : sg_str(d->parent->intent));
	d->role = sg_json_text_at(r->body, "role");
	d->narrow = excess.len == 0 ? d->own : sg_str_is(excess, "narrow");
	d->has_level = level.len > 0;
	d->level = sg_sensitivity_named(level);
	d->max_depth = SG_DEPTH_MAX;
	*wrong = "excess is \"narrow\" or \"refuse\"";
	if (excess.len > 0 && !d->narrow && !sg_str_is(excess, "refuse"))
		return false;
	*wrong = "actions, hand_on and resources are lists of at most 64 patterns";
	if (!read_patterns(r, "actions", '.', &d->has_actions, &d->actions) || !read_patterns(r, "hand_on", '.', &d->has_hand_on, &d->hand_on) ||
	    !read_patterns(r, "resources", '/', &d->has_resources, &d->resources))
		return false;
	*wrong = "budgets is {\"money\":hundredths,...}: bytes, calls, money, tokens";
	if (!read_amounts(r, d->budget))
		return false;
	*wrong = "ttl is seconds, depth a number";
	const struct sg_json *ttl = sg_json_get(r->body, "ttl"), *depth = sg_json_get(r->body, "depth");
	if ((ttl != NULL && (!sg_json_int(ttl, &ttl_s) || ttl_s < 1 || ttl_s > 31536000)) || (depth != NULL && (!sg_json_int(depth, &d->max_depth) || d->max_depth < 0)))
		return false;
	d->ttl_ms = ttl_s * 1000;
	*wrong = "a path in constraints leads to one argument: none of them has a place in a list (\"to.0\")";
	if (sg_limits_a_place(r))
		return false;
	*wrong = "each pattern in constraints names an action of the catalogue and limits something; one of these names none, or says nothing";
	return sg_limits_something(gate, r);
}

/* ---- what may be handed on ---- */

/* What is in both: what of the one is covered by the other, both ways. */
static struct sg_strings
in_both(struct sg_request *r, const struct sg_strings *from, const struct sg_strings *asked, char separator)
{
	struct sg_str *items = sg_arena_alloc(&r->arena, (asked->count + from->count + 1) * sizeof(*items));
	struct sg_strings kept = {items, 0};
	for (size_t i = 0; items != NULL && i < asked->count; i++) {
		struct sg_strings one = {&asked->items[i], 1};
		if (sg_patterns_cover(from, &one, separator))
			items[kept.count++] = asked->items[i];
	}
	for (size_t i = 0; items != NULL && i < from->count; i++) {
		struct sg_strings one = {&from->items[i], 1};
		if (sg_patterns_cover(asked, &one, separator) && !sg_strings_have(&kept, from->items[i]))
			items[kept.count++] = from->items[i];
	}
	return kept;
}

/* By a role: what it hands on, and of that no more than it was given to hand on. Without one: what it was given to hand on, else what it was given, else
 * what its intent has. */
static struct sg_strings
may_hand_on(const struct sg_gate *gate, struct sg_request *r, const struct sg_task *parent)
{
	const struct sg_task_role *role = sg_catalogue_role(gate->catalogue, sg_str(parent->role));
	const struct sg_intent *intent = sg_catalogue_intent(gate->catalogue, sg_str(parent->intent));
	bool given = parent->grant != NULL && parent->grant->has_hand_on;
	if (parent->role[0] != '\0' && role != NULL && given)
		return in_both(r, &parent->grant->hand_on, &role->hand_on, '.');
	if (parent->role[0] != '\0')
		return role != NULL ? role->hand_on : (struct sg_strings){NULL, 0};
	if (given)
		return parent->grant->hand_on;
	if (parent->grant != NULL && parent->grant->has_actions)
		return parent->grant->actions;
	return intent != NULL ? intent->actions : (struct sg_strings){NULL, 0};
}

static struct sg_strings
resources_of(const struct sg_gate *gate, const struct sg_task *task)
{
	const struct sg_intent *intent;
	for (const struct sg_task *t = task; t != NULL; t = t->parent)
		if (t->grant != NULL && t->grant->has_resources)
			return t->grant->resources;
	intent = sg_catalogue_intent(gate->catalogue, sg_str(task->root->intent));
	return intent != NULL ? intent->resources : (struct sg_strings){NULL, 0};
}

static void
say_cut(struct sg_delegation *d, const char *what, struct sg_str which)
{
	sg_buf_printf(&d->cut, "%s%s %.*s", d->cut.len > 0 ? "\n" : "", what, SG_STR_ARG(which));
}

static bool
cut(struct sg_request *r, struct sg_delegation *d, const char *what, const struct sg_strings *from, struct sg_strings *asked, char separator)
{
	for (size_t i = 0; i < asked->count; i++) {
		struct sg_strings one = {&asked->items[i], 1};
		if (!sg_patterns_cover(from, &one, separator))
			say_cut(d, what, asked->items[i]);
	}
	*asked = in_both(r, from, asked, separator);
	return asked->count > 0 && asked->count <= SG_GRANT_PATTERNS;
}

static bool
within(struct sg_request *r, struct sg_delegation *d, const char *what, const struct sg_strings *from, struct sg_strings *asked, char separator)
{
	return sg_patterns_cover(from, asked, separator) || (d->narrow && cut(r, d, what, from, asked, separator));
}

/* ---- the rules ---- */

static bool
rule_1(struct sg_gate *gate, struct sg_request *r, struct sg_delegation *d)
{
	enum sg_reason reason;
	return d->parent->claimed && sg_task_stopped(&gate->state, d->parent) == NULL && sg_who_owns(r, d->parent) && d->intent != NULL &&
	       sg_task_stands(gate, d->parent, &reason);
}

static bool
rule_2(struct sg_gate *gate, struct sg_request *r, struct sg_delegation *d)
{
	int64_t left = sg_deadline_left(&d->parent->ends, &gate->state.now), most = d->intent->ttl_ms;
	(void)r;
	if (most > left)
		most = left;
	if (d->ttl_ms > most && !d->narrow)
		return false;
	if (d->ttl_ms > most)
		say_cut(d, "ttl", SG_STR(""));
	if (d->ttl_ms == 0 || d->ttl_ms > most)
		d->ttl_ms = most;
	return most > 0;
}

static bool
rule_3(struct sg_gate *gate, struct sg_request *r, struct sg_delegation *d)
{
	const struct sg_intent *root = sg_catalogue_intent(gate->catalogue, sg_str(d->parent->root->intent)),
			       *own = sg_catalogue_intent(gate->catalogue, sg_str(d->parent->intent));
	int64_t most = root == NULL ? 0 : root->depth;
	(void)r;
	if (d->parent->grant != NULL && d->parent->grant->max_depth < most)
		most = d->parent->grant->max_depth;
	if (d->max_depth > most)
		d->max_depth = most;
	return own != NULL && d->parent->depth + 1 <= most && d->parent->depth + 1 <= SG_DEPTH_MAX && d->parent->children < own->children;
}

static bool
rule_4(struct sg_gate *gate, struct sg_request *r, struct sg_delegation *d)
{
	struct sg_strings hand_on = may_hand_on(gate, r, d->parent), resources = resources_of(gate, d->parent);
	if (!d->has_actions)
		d->actions = hand_on;
	if (!d->has_resources)
		d->resources = resources;
	if (!d->has_hand_on)
		d->hand_on = d->actions;
	/* whatever is done below must be within this grant: to hand on more would be to hand on nothing */
	return d->actions.count > 0 && within(r, d, "action", &hand_on, &d->actions, '.') &&
	       (d->hand_on.count == 0 || (within(r, d, "hand_on", &hand_on, &d->hand_on, '.') && within(r, d, "hand_on", &d->actions, &d->hand_on, '.'))) &&
	       within(r, d, "resource", &resources, &d->resources, '/');
}

static bool
overlap(struct sg_str a, struct sg_str b)
{
	return sg_pattern_covers(a, b, '.') || sg_pattern_covers(b, a, '.');
}

static bool
tighter(const struct sg_json *above, const struct sg_json *of, const struct sg_json *c)
{
	for (const struct sg_json *up = sg_json_first(above); up != NULL; up = sg_json_next(above, up)) {
		const struct sg_json *limit = overlap(up->name, of->name) ? sg_json_get_str(up, c->name) : NULL;
		if (limit != NULL && !sg_constraint_covers(limit, c))
			return false;
	}
	return true;
}

static bool
rule_5(struct sg_gate *gate, struct sg_request *r, struct sg_delegation *d)
{
	(void)gate;
	if (!sg_limits_read(r, d->parent, &d->constraints))
		return false;
	for (const struct sg_task *t = d->parent; t != NULL && d->constraints != NULL; t = t->parent)
		for (const struct sg_json *of = t->grant == NULL ? NULL : sg_json_first(d->constraints); of != NULL; of = sg_json_next(d->constraints, of))
			for (const struct sg_json *c = sg_json_first(of); c != NULL; c = sg_json_next(of, c))
				if (!tighter(t->grant->constraints, of, c))
					return false;
	return true;
}

static bool
rule_6(struct sg_gate *gate, struct sg_request *r, struct sg_delegation *d)
{
	enum sg_sensitivity most = SG_RESTRICTED;
	(void)r;
	for (const struct sg_task *t = d->parent; t != NULL; t = t->parent) {
		const struct sg_intent *intent = sg_catalogue_intent(gate->catalogue, sg_str(t->intent));
		if (intent != NULL && intent->sensitivity < most)
			most = intent->sensitivity;
		if (t->grant != NULL && t->grant->sensitivity < most)
			most = t->grant->sensitivity;
	}
	if (d->has_level && d->level > most && !d->narrow)
		return false;
	if (d->has_level && d->level > most)
		say_cut(d, "sensitivity", sg_str(sg_sensitivity_name(d->level)));
	if (!d->has_level || d->level > most)
		d->level = most;
	return true;
}

static bool
rule_7(struct sg_gate *gate, struct sg_request *r, struct sg_delegation *d)
{
	int64_t left[SG_DIMENSIONS];
	(void)r;
	sg_budget_left(gate, d->parent, left);
	for (int i = 0; i < SG_DIMENSIONS; i++) {
		if (left[i] < 0 || d->budget[i] <= left[i])
			continue;
		if (!d->narrow || left[i] == 0)
			return false;
		say_cut(d, "budget", sg_str(sg_dimension_name((enum sg_dimension)i)));
		d->budget[i] = left[i];
	}
	return true;
}

/* Two agents are two instances; which ones is known when the task is claimed, and asked again there. */
static bool
rule_8(struct sg_gate *gate, struct sg_request *r, struct sg_delegation *d)
{
	const struct sg_task_role *from = sg_catalogue_role(gate->catalogue, sg_str(d->parent->role)), *to = sg_catalogue_role(gate->catalogue, d->role);
	(void)r;
	return !(d->own && from != NULL && to != NULL && from != to);
}

static bool
rule_10(struct sg_gate *gate, struct sg_request *r, struct sg_delegation *d)
{
	const struct sg_intent *root = sg_catalogue_intent(gate->catalogue, sg_str(d->parent->root->intent));
	if (d->role.len == 0 && d->parent->role[0] != '\0' && d->own)
		d->role = sg_str(d->parent->role);
	if (d->role.len == 0)
		return root != NULL && root->roles.count == 0;
	return root != NULL && sg_strings_have(&root->roles, d->role) && sg_strings_have(&d->to->roles, d->role) &&
	       sg_duty_allows(gate, d->parent->root, d->to, d->role, d->own ? r->instance : "", -1);
}

static bool
rule_11(struct sg_gate *gate, struct sg_request *r, struct sg_delegation *d)
{
	(void)gate;
	return d->to != NULL && (d->own || sg_strings_have(&r->agent->delegates, d->to->name) || sg_strings_have(&r->agent->delegates, SG_STR("*")));
}

static const struct {
	bool (*holds)(struct sg_gate *, struct sg_request *, struct sg_delegation *);
	enum sg_reason reason;
} rules[] = {
	{rule_1, SG_REASON_rule_1_lineage},    {rule_11, SG_REASON_rule_11_may_act},  {rule_3, SG_REASON_rule_3_depth},
	{rule_2, SG_REASON_rule_2_life},       {rule_4, SG_REASON_rule_4_scope},      {rule_5, SG_REASON_rule_5_constraint},
	{rule_6, SG_REASON_rule_6_sensitivity}, {rule_7, SG_REASON_rule_7_budget},    {rule_8, SG_REASON_rule_8_key},
	{rule_10, SG_REASON_rule_10_duty}, /* rule 9, approvals, is asked when one is redeemed */
};

enum sg_reason
sg_delegation_refused(struct sg_gate *gate, struct sg_request *r, struct sg_delegation *d)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (!rules[i].holds(gate, r, d))
			return rules[i].reason;
	if (!sg_strings_have(&d->to->intents, d->intent->name))
		return SG_REASON_intent_forbidden;
	if (!sg_str_is(d->to->environment, d->parent->environment) ||
	    (d->intent->environment.len > 0 && !sg_str_eq(d->intent->environment, d->to->environment)))
		return SG_REASON_wrong_environment;
	if (!sg_behalf_admits(gate, d->to, sg_str(d->parent->on_behalf), NULL))
		return SG_REASON_not_delegated;
	return sg_task_room(gate, d->to->name) && sg_task_room(gate, r->agent->name) ? SG_REASON_allowed : SG_REASON_too_many_tasks;
}

bool
sg_delegation_read(struct sg_gate *gate, struct sg_request *r, struct sg_delegation *d, const char **wrong)
{
	return read_asked(gate, r, d, wrong);
}
