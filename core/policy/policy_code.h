/* SPDX-License-Identifier: Apache-2.0
 * Why a judgement failed: the codes of the policy room, as one table. Zero is not among the successes: there is no code
 * for success. */
#ifndef SG_POLICY_POLICY_CODE_H
#define SG_POLICY_POLICY_CODE_H

#include <stdbool.h>

/*     name           code                    state is spent */
#define SG_POLICY_CODES(X)                                                                                             \
	X(ERROR, "policy_error", false)           /* the policy's own code failed, or `when` gave no boolean */        \
	X(MEMORY, "policy_memory", true)          /* limits.memory */                                                  \
	X(STEPS, "policy_steps", true)            /* limits.steps */                                                   \
	X(STATE, "policy_state", true)            /* something was to be kept from one call to the next */             \
	X(BAD_EFFECT, "policy_bad_effect", false) /* nil, wrong kind, unknown member, out of its bounds */             \
	X(UNKNOWN_FIELD, "policy_unknown_field",                                                                       \
	  false)                          /* a field, global or history that does not exist or was not declared */     \
	X(OUTPUT, "policy_output", false) /* limits.output */

enum sg_policy_code {
	SG_CODE_NONE,
#define X(name, text, spent) SG_CODE_##name,
	SG_POLICY_CODES(X)
#undef X
};

/* "policy_error" and so on; never NULL. */
const char *sg_policy_code_text(enum sg_policy_code code);
bool sg_policy_code_spends(enum sg_policy_code code);

#endif
