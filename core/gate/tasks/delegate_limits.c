/* SPDX-License-Identifier: Apache-2.0
 * What is asked of constraints: limits on arguments, and rates. */
#include "gate/tasks/delegate.h"

#include "base/pattern.h"
#include "base/str.h"
#include "conf/path.h"
#include "gate/state/grant.h"

static size_t
rates_of(const struct sg_json *constraints)
{
	size_t count = 0;
	for (const struct sg_json *of = constraints == NULL ? NULL : sg_json_first(constraints); of != NULL; of = sg_json_next(constraints, of))
		count += of->type == SG_JSON_OBJECT && sg_json_get(sg_json_get(of, ""), "rate") != NULL;
	return count;
}

static size_t
rates_above(const struct sg_task *task)
{
	size_t count = 0;
	for (const struct sg_task *t = task; t != NULL; t = t->parent)
		count += t->grant == NULL ? 0 : rates_of(t->grant->constraints);
	return count;
}

bool
sg_limits_read(const struct sg_request *r, const struct sg_task *parent, const struct sg_json **out)
{
	const struct sg_json *all = sg_json_get(r->body, "constraints");
	size_t count = 0;
	*out = all;
	if (all == NULL)
		return true;
	if (all->type != SG_JSON_OBJECT)
		return false;
	for (const struct sg_json *of = sg_json_first(all); of != NULL; of = sg_json_next(all, of)) {
		if (of->type != SG_JSON_OBJECT || !sg_pattern_valid(of->name, '.'))
			return false;
		for (const struct sg_json *c = sg_json_first(of); c != NULL; c = sg_json_next(of, c))
			if (!sg_constraint_valid(c) || ++count > SG_GRANT_CONSTRAINTS || c->name.len > SG_PATH_MAX || (c->name.len == 0) != (sg_json_get(c, "rate") != NULL))
				return false;
	}
	return rates_of(all) == 0 || rates_of(all) + rates_above(parent) <= SG_GRANT_RATES;
}

bool
sg_limits_a_place(const struct sg_request *r)
{
	const struct sg_json *all = sg_json_get(r->body, "constraints");
	for (const struct sg_json *of = all == NULL ? NULL : sg_json_first(all); of != NULL; of = sg_json_next(all, of))
		for (const struct sg_json *c = sg_json_first(of); c != NULL; c = sg_json_next(of, c))
			if (of->type == SG_JSON_OBJECT && c->name.len > 0 && sg_path_has_place(c->name))
				return true;
	return false;
}

bool
sg_limits_something(const struct sg_gate *gate, const struct sg_request *r)
{
	const struct sg_json *all = sg_json_get(r->body, "constraints");
	if (all != NULL && all->count > SG_GRANT_CONSTRAINTS)
		return true; /* too many are rule 5's, before any is looked at */
	for (const struct sg_json *of = sg_json_first(all); of != NULL; of = sg_json_next(all, of)) {
		bool some = !sg_pattern_valid(of->name, '.');
		if (of->type == SG_JSON_OBJECT && of->count == 0)
			return false;
		for (size_t i = 0; i < gate->catalogue->action_count && !some; i++)
			some = sg_pattern_match(of->name, gate->catalogue->actions[i].name, '.');
		if (!some)
			return false;
	}
	return true;
}
