/* SPDX-License-Identifier: Apache-2.0
 * Names of effects. */
#include "policy/effect.h"

const char *
sg_effect_name(enum sg_effect_kind kind)
{
	static const char *const names[] = {"allow", "deny", "step_up", "defer", "add"};
	return kind < SG_EFFECT_KINDS ? names[kind] : "?";
}
