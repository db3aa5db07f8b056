/* SPDX-License-Identifier: Apache-2.0
 * Purses: what a caller has left, and how fast it comes back. Gate thread only. */
#ifndef SG_GATE_DESK_PURSE_H
#define SG_GATE_DESK_PURSE_H

#include "gate/desk/gate.h"

struct sg_request;

/* Who pays: at limits.rate and limits.burst, or at those of a party. */
enum sg_purse { SG_PURSE_CALLER, SG_PURSE_PARTY };

int64_t sg_purse_burst(const struct sg_gate *gate, enum sg_purse purse);
/* The bucket of this key, full if it is new. NULL: no memory. */
struct sg_bucket *sg_purse_of(struct sg_gate *gate, enum sg_purse purse, const char *key);
/* One that is full again says nothing: whoever comes under its key finds a new one as full. It is freed; of a party that was found within the hour not. Returns 1
 * then, else 0. */
size_t sg_bucket_sweep(struct sg_gate *gate, struct sg_bucket *bucket);
/* What came back since it was last looked at. */
void sg_purse_refill(struct sg_gate *gate, enum sg_purse purse, struct sg_bucket *bucket);
/* `reserve`: units that are kept for this kind of request alone. What costs more than a full bucket waits for a full one. False: there is not enough. */
bool sg_purse_take(struct sg_gate *gate, enum sg_purse purse, const char *key, int64_t units, int64_t reserve);
/* What turned out to be more work than was paid for; refuses nothing, and leaves a debt of half a burst at most, so that outcomes and closing are
 * taken all the same; what an agent's own reports cost it also owes from a purse that nothing but its reports are paid from (sg_own_report_afford). */
void sg_agent_owes(struct sg_gate *gate, const struct sg_request *request, int64_t units);

#endif
