/* SPDX-License-Identifier: Apache-2.0
 * The code table, looked up. An unknown code is the one that spends the state. */
#include "policy/policy_code.h"

const char *
sg_policy_code_text(enum sg_policy_code code)
{
	switch (code) {
#define X(name, text, spent)                                                                                           \
	case SG_CODE_##name:                                                                                           \
		return text;
		SG_POLICY_CODES(X)
#undef X
	default:
		return "policy_error";
	}
}

bool
sg_policy_code_spends(enum sg_policy_code code)
{
	switch (code) {
#define X(name, text, spent)                                                                                           \
	case SG_CODE_##name:                                                                                           \
		return spent;
		SG_POLICY_CODES(X)
#undef X
	default:
		return true;
	}
}
