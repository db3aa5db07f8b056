/* SPDX-License-Identifier: Apache-2.0
 * Ids: made of a leaf's number, and known by a number. */
#include "gate/state/state.h"

#include "base/line.h"

#include <ctype.h>

uint64_t
sg_state_tag(const char *id)
{
	const char *dash = strchr(id, '-'), *digits = dash != NULL ? dash + 1 : id;
	uint64_t tag = 0;
	for (size_t i = 0; i < 16 && isxdigit((unsigned char)digits[i]); i++)
		tag = tag << 4 | (uint64_t)(digits[i] <= '9' ? digits[i] - '0' : (digits[i] | 32) - 'a' + 10);
	return tag;
}

void
sg_decision_id(char out[SG_ID_MAX], uint64_t leaf, const char *tail)
{
	struct sg_line line = sg_line_begin(out, SG_ID_MAX, "d");
	sg_line_number(&line, (int64_t)leaf);
	sg_line_text(&line, "-");
	sg_line_text(&line, tail);
}
