/* SPDX-License-Identifier: Apache-2.0
 * Fields that move, as a set of bits; and a field that is only asked with where a file names it. */
#include "policy/reads.h"

#include "base/str.h"
#include "policy/lex.h"
#include "policy/set.h"

#include <string.h>

static const struct {
	enum sg_shape within;
	const char *field, *name;
} rows[SG_MOVING_COUNT] = {
#define X(within, field, name) {SG_SHAPE_##within, field, #name},
	SG_MOVING_FIELDS(X)
#undef X
};

void
sg_reads_note(uint32_t *reads, enum sg_shape within, const char *field)
{
	for (int i = 0; i < SG_MOVING_COUNT; i++)
		if (rows[i].within == within && strcmp(rows[i].field, field) == 0)
			*reads |= UINT32_C(1) << i;
}

void
sg_reads_write(struct sg_json_writer *w, uint32_t reads)
{
	if (reads == 0)
		return;
	sg_jw_name(w, "read");
	sg_jw_array(w);
	for (int i = 0; i < SG_MOVING_COUNT; i++)
		if ((reads >> i & 1) != 0)
			sg_jw_text(w, rows[i].name);
	sg_jw_end(w);
}

static bool
names_here(struct sg_str source)
{
	struct sg_lexer lexer;
	struct sg_token token = {SG_TOKEN_END, {NULL, 0}, 0};
	sg_lex_start(&lexer, source);
	do {
		bool dot = token.kind == SG_TOKEN_OPERATOR && sg_str_is(token.text, ".");
		token = sg_lex_next(&lexer);
		if ((token.kind == SG_TOKEN_STRING || (token.kind == SG_TOKEN_NAME && dot)) && sg_str_is(token.text, "here"))
			return true;
	} while (token.kind != SG_TOKEN_END);
	return false;
}

bool
sg_reads_here(const struct sg_policy *policy)
{
	for (size_t i = 0; i < policy->file_count; i++)
		if (names_here(policy->files[i].text))
			return true;
	return false;
}
