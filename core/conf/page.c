/* SPDX-License-Identifier: Apache-2.0
 * The page says what people say who are signed in there; it is nobody itself. */
#include "conf/page.h"

#include "base/str.h"

static bool
is_page(const struct sg_conf_node *admin)
{
	const struct sg_conf_node *may = sg_conf_node_get(admin, "may");
	return may != NULL && may->kind == SG_CONF_TEXT && sg_str_is(may->text, "page");
}

static void
in_no_group(const struct sg_conf_node *root, const struct sg_conf_node *page, struct sg_conf_errors *errors)
{
	const struct sg_conf_node *own = sg_conf_node_get(page, "groups"), *groups = sg_conf_node_get(root, "groups");
	if (own != NULL && own->count > 0)
		sg_conf_error_add(errors, SG_CONF_E_value, own->place, "no groups", "the page is in no group: people are");
	for (const struct sg_conf_node *g = groups == NULL ? NULL : groups->first; g != NULL; g = g->next) {
		const struct sg_conf_node *members = sg_conf_node_get(g, "members");
		for (const struct sg_conf_node *m = members == NULL ? NULL : members->first; m != NULL; m = m->next)
			if (m->kind == SG_CONF_TEXT && sg_str_eq(m->text, page->name))
				sg_conf_error_add(errors, SG_CONF_E_value, m->place, "people", "admins.%.*s is the page, which is in no group", SG_STR_ARG(page->name));
	}
}

static void
is_nobody(const struct sg_conf_node *root, const struct sg_conf_node *page, struct sg_conf_errors *errors)
{
	const struct sg_conf_node *humans = sg_conf_node_get(root, "humans");
	for (const struct sg_conf_node *h = humans == NULL ? NULL : humans->first; h != NULL; h = h->next) {
		const struct sg_conf_node *admin = sg_conf_node_get(h, "admin");
		if (admin != NULL && admin->kind == SG_CONF_TEXT && sg_str_eq(admin->text, page->name))
			sg_conf_error_add(errors, SG_CONF_E_value, admin->place, "a person's stanza", "admins.%.*s is the page, which is no person", SG_STR_ARG(page->name));
	}
}

void
sg_conf_check_page(const struct sg_conf_node *root, struct sg_conf_errors *errors)
{
	const struct sg_conf_node *admins = sg_conf_node_get(root, "admins"), *first = NULL;
	for (const struct sg_conf_node *a = admins == NULL ? NULL : admins->first; a != NULL; a = a->next) {
		if (!is_page(a))
			continue;
		if (first != NULL)
			sg_conf_error_add(errors, SG_CONF_E_not_unique, a->place, "one page", "admins.%.*s is the page already", SG_STR_ARG(first->name));
		first = a;
		in_no_group(root, a, errors);
		is_nobody(root, a, errors);
	}
}
