/* SPDX-License-Identifier: Apache-2.0
 * Verify modules that are part of this program and read certificates our own issuers made, before one is handed out. */
#ifndef SG_HOST_LEAF_H
#define SG_HOST_LEAF_H

#include "base/json.h"
#include "token/jwk.h"

#include <stepgate/verify.h>

extern const struct sg_module sg_leaf_ssh, sg_leaf_x509;

enum { SG_LEAF_LIFETIME_S = 3600, SG_LEAF_LEEWAY_S = 5 };

/* What both formats share. Keys are read for each certificate: {NULL, 0} is refused (token_no_keys), else as sg_jwks_read. */
enum sg_status sg_leaf_keys(struct sg_jwks *keys, struct sg_str text, struct sg_err *err);
/* Good now, and not for longer than an issuer may make it. SG_REFUSED leaf_early, leaf_expired, leaf_lifetime. */
enum sg_status sg_leaf_time(const struct sg_host *host, int64_t after, int64_t before, struct sg_err *err);
/* What a writer filled, as the answer; SG_NOMEM token_memory. */
enum sg_status sg_leaf_answer(const struct sg_host *host, struct sg_buf *text, struct sg_verify_out *out, struct sg_err *err);

#endif
