/* SPDX-License-Identifier: Apache-2.0
 * How long an issuer's credentials may live: what its stanza asks for against what its module makes. Told before anything is issued. */
#ifndef SG_HOST_LIFE_H
#define SG_HOST_LIFE_H

#include "host/instance.h"

/* A module with a longest life has an INTEGER option `lifetime_max`, in seconds (stepgate/issue.h). SG_REFUSED (issue_ttl) if the stanza's `ttl`
 * (milliseconds) is above it, the errors of sg_options_read; SG_OK also for modules without that option, of another kind, and for a stanza without ttl.
 * `stanza` may be NULL; `arena` is used and kept. */
enum sg_status sg_issue_life(struct sg_arena *arena, const struct sg_module *module, const struct sg_json *stanza, struct sg_err *err);

#endif
