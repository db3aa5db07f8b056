/* SPDX-License-Identifier: Apache-2.0
 * What an action says of its arguments is said of arguments that it has: where it names them all, a path that begins with none of them could never be met. What is
 * narrowed or costs is one value, so no path of theirs leads to a place in a list: beside the one that is looked at stood another. */
#include "conf/check.h"

#include "base/near.h"
#include "base/str.h"
#include "conf/budget.h"
#include "conf/path.h"
#include "conf/unit.h"

#include <string.h>

static bool
is_declared(const struct sg_conf_node *arguments, struct sg_str first, struct sg_near *near)
{
	for (const struct sg_conf_node *a = arguments->first; a != NULL; a = a->next) {
		struct sg_argument argument;
		if (a->kind != SG_CONF_TEXT || !sg_argument_read(a->text, &argument) || sg_str_eq(argument.name, first))
			return true; /* one with a mistake is said where it stands */
		sg_near_offer(near, argument.name);
	}
	return false;
}

static void
check_path(const struct sg_conf_node *arguments, const struct sg_conf_node *action, const char *key, const struct sg_conf_node *at, struct sg_str path, struct sg_conf_errors *errors)
{
	char hint[128];
	struct sg_str rest = path, first = sg_str_cut(&rest, '.');
	struct sg_near near = sg_near(first);
	if (strcmp(key, "authority") != 0 && sg_path_has_place(path))
		sg_conf_error_add(errors, SG_CONF_E_value, at->value, "name one argument; an action with a list of them can be one call for each", "%s of actions.%.*s: \"%.*s\" is a place in a list", key,
				  SG_STR_ARG(action->name), SG_STR_ARG(path));
	else if (arguments != NULL && first.len > 0 && !is_declared(arguments, first, &near))
		sg_conf_error_add(errors, SG_CONF_E_reference, at->value, sg_near_hint(&near, '"', "add it to arguments", hint, sizeof(hint)),
				  "%s of actions.%.*s: there is no \"%.*s\" in its arguments", key, SG_STR_ARG(action->name), SG_STR_ARG(first));
}

static void
check_list(const struct sg_conf_node *arguments, const struct sg_conf_node *action, const char *key, struct sg_conf_errors *errors)
{
	const struct sg_conf_node *list = sg_conf_node_get(action, key);
	bool costs = list != NULL && sg_str_is(list->name, "costs");
	for (const struct sg_conf_node *e = list == NULL || list->kind != SG_CONF_LIST ? NULL : list->first; e != NULL; e = e->next) {
		struct sg_cost cost = {.argument = {"", 0}};
		if (e->kind != SG_CONF_TEXT || (costs && (!sg_cost_read(e->text, &cost) || cost.fixed >= 0)))
			continue;
		check_path(arguments, action, key, e, costs ? cost.argument : e->text, errors);
	}
}

void
sg_conf_check_declared(const struct sg_conf_node *root, struct sg_conf_errors *errors)
{
	static const char *const keys[] = {"authority", "costs", "narrow"};
	const struct sg_conf_node *actions = sg_conf_node_get(root, "actions");
	for (const struct sg_conf_node *a = actions == NULL ? NULL : actions->first; a != NULL; a = a->next) {
		const struct sg_conf_node *arguments = sg_conf_node_get(a, "arguments");
		bool closed = arguments != NULL && arguments->kind == SG_CONF_LIST && arguments->count > 0;
		for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
			check_list(closed ? arguments : NULL, a, keys[i], errors);
	}
}
