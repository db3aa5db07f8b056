/* SPDX-License-Identifier: Apache-2.0
 * What rules read of that which moves under them: fields that the gate itself changes between question and commit. The gate compares these,
 * and no others, before it commits what was judged by them; an approval that was read is used up. */
#ifndef SG_POLICY_READS_H
#define SG_POLICY_READS_H

#include "base/canon.h"
#include "frame/moving.h"
#include "policy/field.h"

#include <stdint.h>

/* Adds the bit of a field of that shape to `reads`, if it is one that moves. */
void sg_reads_note(uint32_t *reads, enum sg_shape within, const char *field);
/* Member "read": the names, sorted. Nothing where nothing was read. */
void sg_reads_write(struct sg_json_writer *w, uint32_t reads);

#endif
