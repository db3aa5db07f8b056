/* SPDX-License-Identifier: Apache-2.0
 * The policy folder: read whole, in order of names, each file checked on its descriptor. */
#ifndef SG_MAIN_POLICY_FILES_H
#define SG_MAIN_POLICY_FILES_H

#include "base/arena.h"
#include "base/buf.h"
#include "policy/policy.h"

struct sg_policy_files {
	struct sg_arena arena;
	struct sg_policy_source *list;
	size_t count;
	size_t specs; /* files of tests (policy/spec.h), which were not read */
};

/* Reads FOLDER/[!.]*.lua but no specs (*_test.lua): regular, owned by root or the effective user, not writable for group or others, not through a link. A folder that does not
 * exist is an empty set (everything is denied). `named`: the configuration names it, and what leads to it must be nobody else's either (sg_open_trusted_way). On failure `report` has {"errors":[{"file","hint","line","what"}]}; SG_MALFORMED. */
enum sg_status sg_policy_files_read(struct sg_policy_files *files, const char *folder, bool named, struct sg_buf *report);
void sg_policy_files_done(struct sg_policy_files *files);

#endif
