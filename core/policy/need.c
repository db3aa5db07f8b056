/* SPDX-License-Identifier: Apache-2.0
 * The tables of needs. */
#include "policy/need.h"

const struct sg_need_row sg_needs[SG_NEED_COUNT_OF] = {
#define X(kind, name, scope, joined, bounded, value, example, meaning)                                                 \
	{name, SG_SCOPE_##scope, joined, bounded, value, example, meaning},
	SG_NEEDS(X)
#undef X
};

const char *const sg_scopes[SG_SCOPE_COUNT] = {
#define X(scope, word) word,
	SG_SCOPES(X)
#undef X
};

const char *const sg_dimensions[] = {"bytes", "calls", "money", "tokens", NULL};
