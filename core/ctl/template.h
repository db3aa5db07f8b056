/* SPDX-License-Identifier: Apache-2.0
 * What `stepgate module new` writes: the files of modules/template, built in. Made by the build. */
#ifndef SG_CTL_TEMPLATE_H
#define SG_CTL_TEMPLATE_H

#include "ctl/start.h"

/* `path` is KIND/FILE; `all/FILE` stands in every kind. "NAME" at the start of FILE becomes the module's name. In the bytes: @KIND@, @NAME@, and @ID@, the name
 * as C has it. */
extern const struct sg_start_file sg_template_files[];
extern const size_t sg_template_file_count;

#endif
