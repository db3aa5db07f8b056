/* SPDX-License-Identifier: Apache-2.0
 * Text that should be JSON and is not, all of it: cut at its quotes, brackets and commas, so that what can be read of a list need not be lost with what
 * cannot. Nothing here says that a piece is JSON: each is read strictly afterwards (base/json.h). */
#ifndef SG_BASE_JSON_CUT_H
#define SG_BASE_JSON_CUT_H

#include "base/buf.h"
#include "base/json.h"

/* The value of the member `name` of the outermost object, borrowed; empty if there is none, or several. */
struct sg_str sg_json_cut_member(struct sg_str object, const char *name);

/* Is told of each element that is left out, and what the reader says of it. */
typedef void sg_json_cut_told(void *context, struct sg_str element, const struct sg_err *err);

/* Appends `text` without those elements of the list at `path` (names of members, NULL at the end) that the strict reader does not take within `limits`,
 * nested as they are. True if there is such a list and an element was left out; the result may still be no JSON. */
bool sg_json_cut_list(struct sg_buf *out, struct sg_str text, const char *const *path, const struct sg_json_limits *limits, sg_json_cut_told *told, void *context);

#endif
