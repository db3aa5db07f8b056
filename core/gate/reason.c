/* SPDX-License-Identifier: Apache-2.0
 * The reason table, looked up. */
#include "gate/reason.h"

#include <string.h>

static const struct {
	const char *code, *text;
} rows[SG_REASON_COUNT] = {
#define X(name, text) {#name, text},
	SG_REASONS(X)
#undef X
};

const char *
sg_reason_code(enum sg_reason reason)
{
	return (unsigned)reason < SG_REASON_COUNT ? rows[reason].code : rows[0].code;
}

const char *
sg_reason_text(enum sg_reason reason)
{
	return (unsigned)reason < SG_REASON_COUNT ? rows[reason].text : rows[0].text;
}

enum sg_reason
sg_reason_named(const char *code, size_t len)
{
	for (unsigned i = 0; i < SG_REASON_COUNT; i++)
		if (strlen(rows[i].code) == len && memcmp(rows[i].code, code, len) == 0)
			return (enum sg_reason)i;
	return SG_REASON_internal;
}
