/* SPDX-License-Identifier: Apache-2.0
 * Arguments that a yes does not hold to are named one by one and have no effect: none that bears authority, has a form, is narrowed or costs, and none of an action
 * whose credential an issuer may put them into. */
#include "conf/check.h"

#include "base/str.h"
#include "conf/budget.h"

#include <string.h>

static const struct sg_conf_node *
first_of(const struct sg_conf_node *action, const char *key)
{
	const struct sg_conf_node *list = sg_conf_node_get(action, key);
	return list == NULL || list->kind != SG_CONF_LIST ? NULL : list->first;
}

/* A path that begins with it, in `authority`, `narrow` or `costs`. */
static bool
is_begun_in(const struct sg_conf_node *action, const char *key, struct sg_str name)
{
	for (const struct sg_conf_node *e = first_of(action, key); e != NULL; e = e->next) {
		struct sg_cost cost = {.argument = {"", 0}};
		bool costs = strcmp(key, "costs") == 0;
		struct sg_str path = e->kind != SG_CONF_TEXT ? SG_STR("") : !costs ? e->text : sg_cost_read(e->text, &cost) ? cost.argument : SG_STR("");
		size_t end = 0;
		while (end < path.len && path.ptr[end] != '.' && path.ptr[end] != '[')
			end++;
		if (sg_str_eq((struct sg_str){path.ptr, end}, name))
			return true;
	}
	return false;
}

/* True if `arguments` names none, or this one as a plain value. */
static bool
is_plain(const struct sg_conf_node *action, struct sg_str name, bool *formed)
{
	const struct sg_conf_node *all = first_of(action, "arguments");
	bool found = all == NULL;
	for (const struct sg_conf_node *e = all; e != NULL; e = e->next) {
		struct sg_argument argument;
		if (e->kind != SG_CONF_TEXT || !sg_argument_read(e->text, &argument))
			return true; /* one with a mistake is said where it stands */
		if (!sg_str_eq(argument.name, name))
			continue;
		found = true;
		*formed = argument.form != SG_FORM_exact;
	}
	return found && !*formed;
}

static const char *
what_is_wrong(const struct sg_conf_node *action, struct sg_str name)
{
	static const struct {
		const char *key, *says;
	} uses[] = {{"authority", "bears authority"}, {"narrow", "is narrowed"}, {"costs", "costs"}};
	const struct sg_conf_node *credential = sg_conf_node_get(action, "credential");
	bool formed = false;
	if (credential != NULL && credential->kind == SG_CONF_TEXT && credential->text.len > 0)
		return "may stand in the action's credential";
	for (size_t i = 0; i < sizeof(uses) / sizeof(uses[0]); i++)
		if (is_begun_in(action, uses[i].key, name))
			return uses[i].says;
	if (name.len == 0 || memchr(name.ptr, '.', name.len) != NULL || memchr(name.ptr, '[', name.len) != NULL)
		return "is no name of an argument";
	return is_plain(action, name, &formed) ? NULL : formed ? "has a form" : "is not among its arguments";
}

void
sg_conf_check_unbound(const struct sg_conf_node *root, struct sg_conf_errors *errors)
{
	const struct sg_conf_node *actions = sg_conf_node_get(root, "actions");
	for (const struct sg_conf_node *a = actions == NULL ? NULL : actions->first; a != NULL; a = a->next)
		for (const struct sg_conf_node *e = first_of(a, "unbound"); e != NULL; e = e->next) {
			const char *wrong = e->kind == SG_CONF_TEXT ? what_is_wrong(a, e->text) : NULL;
			if (wrong != NULL)
				sg_conf_error_add(errors, SG_CONF_E_value, e->value, "a yes holds to it: leave it out of unbound", "unbound of actions.%.*s: \"%.*s\" %s", SG_STR_ARG(a->name),
						  SG_STR_ARG(e->text), wrong);
		}
}
