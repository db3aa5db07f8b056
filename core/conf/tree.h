/* SPDX-License-Identifier: Apache-2.0
 * The configuration as a tree of our own: values with the places they came from, merged over files. Lives in an arena.
 */
#ifndef SG_CONF_TREE_H
#define SG_CONF_TREE_H

#include "conf/token.h"

enum sg_conf_kind { SG_CONF_GROUP, SG_CONF_LIST, SG_CONF_TEXT, SG_CONF_WHOLE, SG_CONF_FLAG };

struct sg_conf_node {
	enum sg_conf_kind kind;
	struct sg_str name;         /* {NULL, 0} for an entry of a list */
	struct sg_conf_place place; /* of the name, or of the entry */
	struct sg_conf_place value; /* of the value */
	struct sg_str text;         /* TEXT */
	int64_t number;             /* WHOLE, FLAG; of a TEXT with a unit, once checked */
	bool standard;              /* comes from the table, not from a file */
	size_t count;               /* members or entries */
	struct sg_conf_node *first, *last, *next;
};

/* NULL on no memory. */
struct sg_conf_node *sg_conf_node_new(struct sg_arena *arena, enum sg_conf_kind kind);
void sg_conf_node_append(struct sg_conf_node *parent, struct sg_conf_node *child);
/* Member by name; NULL if there is none or `group` is NULL or no group. */
struct sg_conf_node *sg_conf_node_find(const struct sg_conf_node *group, struct sg_str name);
struct sg_conf_node *sg_conf_node_get(const struct sg_conf_node *group, const char *name);
/* "a group", "a string", ... */
const char *sg_conf_kind_name(enum sg_conf_kind kind);

/* Moves what `from` says into `into`: groups deeply, everything else replaces. Another kind of value than before is an
 * error that names both places. */
void sg_conf_merge(struct sg_conf_node *into, struct sg_conf_node *from, struct sg_conf_errors *errors);

/* Reads one file through libconfig: NULL if that failed (at least one error more). `tokens` are those of the same file
 * and give the places; NULL (tests) leaves libconfig's lines. libconfig may exit the process: only in a child, never in
 * the caller's own. */
struct sg_conf_node *sg_conf_read(struct sg_arena *arena, const struct sg_conf_file *file,
				  const struct sg_conf_tokens *tokens, struct sg_conf_errors *errors);

#endif
