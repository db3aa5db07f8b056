/* SPDX-License-Identifier: Apache-2.0
 * Nodes, and merging one file's tree into what came before. */
#include "conf/tree.h"

#include "base/str.h"

struct sg_conf_node *
sg_conf_node_new(struct sg_arena *arena, enum sg_conf_kind kind)
{
	struct sg_conf_node *node = sg_arena_alloc(arena, sizeof(*node));
	if (node != NULL)
		node->kind = kind;
	return node;
}

void
sg_conf_node_append(struct sg_conf_node *parent, struct sg_conf_node *child)
{
	child->next = NULL;
	if (parent->last != NULL)
		parent->last->next = child;
	else
		parent->first = child;
	parent->last = child;
	parent->count++;
}

struct sg_conf_node *
sg_conf_node_find(const struct sg_conf_node *group, struct sg_str name)
{
	if (group == NULL || group->kind != SG_CONF_GROUP)
		return NULL;
	for (struct sg_conf_node *child = group->first; child != NULL; child = child->next)
		if (sg_str_eq(child->name, name))
			return child;
	return NULL;
}

struct sg_conf_node *
sg_conf_node_get(const struct sg_conf_node *group, const char *name)
{
	return sg_conf_node_find(group, sg_str(name));
}

const char *
sg_conf_kind_name(enum sg_conf_kind kind)
{
	static const char *const names[] = {"a group", "a list", "a string", "a number", "true or false"};
	return names[kind];
}

static void
merge_member(struct sg_conf_node *into, struct sg_conf_node *from, struct sg_conf_errors *errors)
{
	struct sg_conf_node *old = sg_conf_node_find(into, from->name);
	if (old == NULL) {
		sg_conf_node_append(into, from);
		return;
	}
	if (old->kind != from->kind) {
		sg_conf_error_add(errors, SG_CONF_E_type_change, from->place, "give both the same kind of value",
				  "\"%.*s\" is %s here and %s at %s:%u:%u", SG_STR_ARG(from->name),
				  sg_conf_kind_name(from->kind), sg_conf_kind_name(old->kind), old->place.file->path,
				  old->place.line, old->place.column);
		return;
	}
	if (old->kind == SG_CONF_GROUP) {
		sg_conf_merge(old, from, errors);
		return;
	}
	struct sg_conf_node *next = old->next;
	*old = *from;
	old->next = next;
}

void
sg_conf_merge(struct sg_conf_node *into, struct sg_conf_node *from, struct sg_conf_errors *errors)
{
	for (struct sg_conf_node *child = from->first, *next; child != NULL; child = next) {
		next = child->next;
		merge_member(into, child, errors);
	}
}
