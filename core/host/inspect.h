/* SPDX-License-Identifier: Apache-2.0
 * What a module's file says of itself and whether the loader would take it. Nothing of the file is run. */
#ifndef SG_HOST_INSPECT_H
#define SG_HOST_INSPECT_H

#include "base/buf.h"

#include <stdbool.h>

/* Appends what FILE is as canonical JSON: {"abi","code","exports":[],"file","hint","kind","loads","name","needs":[],"sha256","size","text"}. What
 * cannot be read is null; `code` and `text` are the loader's refusal, `hint` what to do, null where `loads` is true. SG_UNAVAILABLE
 * file_unreadable, SG_LIMIT module_size: there is nothing to say. */
enum sg_status sg_inspect(const char *file, struct sg_buf *out, struct sg_err *err);

/* What to do about a code of the loader, the options' reader or the grants; "" for codes it does not know. hint.c */
const char *sg_host_hint(const char *code);

/* KIND and NAME of .../KIND-NAME.so, and its folder as an absolute path; false if it is not so named. `kind` and `name` have room for 32
 * bytes, `folder` for PATH_MAX. */
bool sg_module_file_name(const char *file, char *folder, char *kind, char *name);

#endif
