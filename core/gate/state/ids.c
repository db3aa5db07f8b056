/* SPDX-License-Identifier: Apache-2.0
 * Ids: made of a leaf's number, and known by a number. */
#include "gate/state/state.h"

#include "base/line.h"


uint64_t
sg_state_tag(const char *id)
{
	static const unsigned char values[256] = { /* of a hexadecimal digit, and one more; 0: it is none */
		['0'] = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, ['A'] = 11, 12, 13, 14, 15, 16, ['a'] = 11, 12, 13, 14, 15, 16,
	};
	const char *dash = strchr(id, '-'), *digits = dash != NULL ? dash + 1 : id;
	uint64_t tag = 0;
	for (size_t i = 0, value; i < 16 && (value = values[(unsigned char)digits[i]]) != 0; i++)
		tag = tag << 4 | (value - 1);
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
