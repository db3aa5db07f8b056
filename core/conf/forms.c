/* SPDX-License-Identifier: Apache-2.0
 * A type of resources has one form. */
#include "conf/check.h"

#include "base/form.h"
#include "base/pattern.h"
#include "base/str.h"

#include <stdio.h>

static struct sg_str
word(const struct sg_conf_node *stanza, const char *key, const char *standard)
{
	const struct sg_conf_node *node = sg_conf_node_get(stanza, key);
	return node == NULL || node->kind != SG_CONF_TEXT ? sg_str(standard) : node->text;
}

/* The first stanza of that type. */
static const struct sg_conf_node *
first_of(const struct sg_conf_node *resources, struct sg_str type)
{
	const struct sg_conf_node *s = resources->first;
	while (s != NULL && !sg_str_eq(word(s, "type", ""), type))
		s = s->next;
	return s;
}

static void
check_agrees(const struct sg_conf_node *resources, const struct sg_conf_node *stanza, struct sg_conf_errors *errors)
{
	struct sg_str type = word(stanza, "type", ""), form = word(stanza, "form", "exact");
	const struct sg_conf_node *first = first_of(resources, type);
	char hint[160];
	if (first == NULL || sg_str_eq(word(first, "form", "exact"), form))
		return;
	snprintf(hint, sizeof(hint), "say form = \"%.*s\" in both", SG_STR_ARG(sg_str_is(form, "exact") ? word(first, "form", "exact") : form));
	sg_conf_error_add(errors, SG_CONF_E_value, stanza->place, hint, "resources.%.*s and resources.%.*s have one type and two forms", SG_STR_ARG(first->name),
			  SG_STR_ARG(stanza->name));
}

static bool
has_star(struct sg_str text)
{
	return memchr(text.ptr, '*', text.len) != NULL;
}

/* A pattern without a star is an id: of that form. */
static void
check_pattern(const struct sg_conf_node *stanza, const struct sg_conf_node *pattern, enum sg_form form, struct sg_conf_errors *errors)
{
	struct sg_buf out;
	const char *why = NULL;
	if (pattern->kind != SG_CONF_TEXT || has_star(pattern->text))
		return;
	sg_buf_init(&out, SG_SPELLING_MAX);
	if (sg_form_write(form, pattern->text, &out, &why) == SG_SPELLING_REFUSED)
		sg_conf_error_add(errors, SG_CONF_E_value, pattern->value, sg_form_meaning(form), "\"%.*s\" of resources.%.*s fits no id of form %s: %s",
				  SG_STR_ARG(pattern->text), SG_STR_ARG(stanza->name), sg_form_word(form), why);
	sg_buf_done(&out);
}

void
sg_conf_check_forms(const struct sg_conf_node *root, struct sg_conf_errors *errors)
{
	const struct sg_conf_node *resources = sg_conf_node_get(root, "resources");
	for (const struct sg_conf_node *s = resources == NULL ? NULL : resources->first; s != NULL; s = s->next) {
		const struct sg_conf_node *patterns = sg_conf_node_get(s, "patterns");
		enum sg_form form = SG_FORM_exact;
		check_agrees(resources, s, errors);
		if (!sg_form_named(word(s, "form", "exact"), &form) || patterns == NULL || patterns->kind != SG_CONF_LIST)
			continue;
		for (const struct sg_conf_node *p = patterns->first; p != NULL; p = p->next)
			check_pattern(s, p, form, errors);
	}
}
