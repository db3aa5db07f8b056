/* SPDX-License-Identifier: Apache-2.0
 * Read, pre-check, merge, check, write: the steps in their order, each going on as long as more mistakes can be told.
 */
#include "conf/compose.h"

#include "conf/check.h"
#include "conf/precheck.h"
#include "conf/zone.h"

enum { ARENA_BYTES = 512 * 1024 * 1024 };

static struct sg_conf_node *
read_one(struct sg_arena *arena, const struct sg_conf_file *file, bool skip_precheck, struct sg_conf_errors *errors)
{
	struct sg_conf_tokens tokens;
	if (skip_precheck)
		return sg_conf_read(arena, file, NULL, errors);
	return sg_conf_precheck(arena, file, errors, &tokens) ? sg_conf_read(arena, file, &tokens, errors) : NULL;
}

/* A file that cannot be read makes every later check guess, so the tree is complete or NULL. */
static struct sg_conf_node *
read_all(struct sg_arena *arena, const struct sg_conf_source *source, struct sg_conf_errors *errors)
{
	struct sg_conf_files files;
	struct sg_conf_node *root = sg_conf_node_new(arena, SG_CONF_GROUP);
	bool good = sg_conf_source_read(arena, source, errors, &files) && root != NULL;
	for (size_t i = 0; i < files.count; i++) {
		struct sg_conf_node *tree = read_one(arena, files.list[i], source->skip_precheck, errors);
		if (tree == NULL)
			good = false;
		else if (good)
			sg_conf_merge(root, tree, errors);
	}
	if (good)
		root->place = (struct sg_conf_place){files.list[0], 0, 0};
	return good ? root : NULL;
}

static bool
write_all(const struct sg_conf_node *root, struct sg_arena *arena, struct sg_buf *document, struct sg_buf *origins)
{
	sg_conf_document(document, arena, root);
	if (origins != NULL)
		sg_conf_origins(origins, arena, root);
	return !document->failed && (origins == NULL || !origins->failed);
}

bool
sg_conf_compose(const struct sg_conf_source *source, struct sg_buf *document, struct sg_buf *origins,
		struct sg_conf_errors *errors)
{
	struct sg_arena arena;
	sg_arena_init(&arena, ARENA_BYTES);
	struct sg_conf_node *root = read_all(&arena, source, errors);
	if (root != NULL) {
		sg_conf_check(&arena, root, errors);
		sg_conf_check_references(root, errors);
		sg_conf_order(&arena, root, errors);
		sg_conf_zone(&arena, root, SG_ZONE_DIR, errors);
	}
	bool written = root != NULL && !sg_conf_errors_any(errors) && write_all(root, &arena, document, origins);
	if (!written && !sg_conf_errors_any(errors))
		sg_conf_error_add(errors, SG_CONF_E_too_large,
				  (struct sg_conf_place){&(struct sg_conf_file){.path = source->file}, 0, 0},
				  "make it smaller", "the configuration as a whole is too large");
	sg_conf_errors_sort(errors);
	sg_arena_done(&arena);
	return !sg_conf_errors_any(errors);
}
