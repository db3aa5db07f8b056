/* SPDX-License-Identifier: Apache-2.0
 * The pre-check in its two steps; the second only looks at files that the first understood. */
#include "conf/precheck.h"

bool
sg_conf_precheck(struct sg_arena *arena, const struct sg_conf_file *file, struct sg_conf_errors *errors,
		 struct sg_conf_tokens *tokens)
{
	return sg_conf_lex(arena, file, errors, tokens) && sg_conf_grammar(tokens, errors);
}
