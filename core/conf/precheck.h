/* SPDX-License-Identifier: Apache-2.0
 * The pre-check: what libconfig 1.5 would cut, wrap, misplace or exit on is refused here, at its exact place. */
#ifndef SG_CONF_PRECHECK_H
#define SG_CONF_PRECHECK_H

#include "conf/token.h"

/* True if libconfig may see `file->text` (which must end with a NUL behind its length). Else `errors` has at least one
 * more. */
bool sg_conf_precheck(struct sg_arena *arena, const struct sg_conf_file *file, struct sg_conf_errors *errors,
		      struct sg_conf_tokens *tokens);

#endif
