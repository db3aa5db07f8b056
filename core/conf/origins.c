/* SPDX-License-Identifier: Apache-2.0
 * Where each value was given: {"agents.helper.owner":{"column":3,"file":"/etc/...","line":7},...}. What comes from the
 * table has no place and is not listed; a stanza's own name is. */
#include "conf/check.h"

#include "base/canon.h"
#include "base/str.h"

#include <stdlib.h>

struct origin {
	struct sg_str key;
	struct sg_conf_place place;
};

struct origins {
	struct sg_arena *arena;
	struct origin *list;
	size_t count, room;
};

static size_t
nodes_below(const struct sg_conf_node *node)
{
	size_t count = 1;
	if (node->kind == SG_CONF_GROUP)
		for (const struct sg_conf_node *child = node->first; child != NULL; child = child->next)
			count += nodes_below(child);
	return count;
}

/* `depth` bounds what is listed: section, stanza, option. */
static void
collect(struct origins *o, const struct sg_conf_node *group, const char *before, int depth)
{
	for (const struct sg_conf_node *node = group->first; node != NULL; node = node->next) {
		const char *key = sg_arena_printf(o->arena, "%s%s%.*s", before, before[0] == '\0' ? "" : ".",
						  SG_STR_ARG(node->name));
		if (key == NULL || node->standard || node->place.line == 0 || o->count == o->room)
			continue;
		o->list[o->count++] = (struct origin){sg_str(key), node->place};
		if (node->kind == SG_CONF_GROUP && depth > 1)
			collect(o, node, key, depth - 1);
	}
}

static int
by_key(const void *a, const void *b)
{
	return sg_str_cmp(((const struct origin *)a)->key, ((const struct origin *)b)->key);
}

void
sg_conf_origins(struct sg_buf *out, struct sg_arena *arena, const struct sg_conf_node *root)
{
	struct origins o = {.arena = arena, .room = nodes_below(root)};
	struct sg_json_writer w;
	o.list = sg_arena_alloc(arena, o.room * sizeof(*o.list));
	if (o.list == NULL) {
		out->failed = true;
		return;
	}
	collect(&o, root, "", 3);
	qsort(o.list, o.count, sizeof(*o.list), by_key);
	sg_jw_begin(&w, out);
	sg_jw_object(&w);
	for (size_t i = 0; i < o.count; i++) {
		sg_jw_name_str(&w, o.list[i].key);
		sg_jw_object(&w);
		sg_jw_member_int(&w, "column", o.list[i].place.column);
		sg_jw_member_text(&w, "file", o.list[i].place.file->path);
		sg_jw_member_int(&w, "line", o.list[i].place.line);
		sg_jw_end(&w);
	}
	sg_jw_end(&w);
	if (!sg_jw_done(&w) || arena->overflow)
		out->failed = true;
}
