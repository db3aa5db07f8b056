/* SPDX-License-Identifier: Apache-2.0
 * Fields that move, as a set of bits. */
#include "policy/reads.h"

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
