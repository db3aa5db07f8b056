/* SPDX-License-Identifier: Apache-2.0
 * A fingerprint of a secret as leaves and snapshots have it: hidden, differently in each place, so that nobody without the state key can tell whether two
 * of them are of one secret, or try words against one. */
#ifndef SG_GATE_MASK_LINE_H
#define SG_GATE_MASK_LINE_H

#include "base/canon.h"
#include "gate/state/state.h"

/* What fingerprints are made with; odd. */
uint64_t sg_mask_key(const struct sg_state *state);
/* {"len":N,"print":"16 hex digits"}. `where` is the id of what it stands in, `index` its place there. */
void sg_mask_write(struct sg_json_writer *w, const struct sg_state *state, struct sg_str where, int64_t index, struct sg_masked secret);
/* Reads what was written for the same place. False if it is no such object. */
bool sg_mask_read(const struct sg_json *json, const struct sg_state *state, struct sg_str where, int64_t index, struct sg_masked *secret);

#endif
