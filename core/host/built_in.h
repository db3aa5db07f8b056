/* SPDX-License-Identifier: Apache-2.0
 * Modules that are part of this program. */
#ifndef SG_HOST_BUILT_IN_H
#define SG_HOST_BUILT_IN_H

#include <stepgate/module.h>

extern const struct sg_module sg_verify_jwt, sg_verify_x509;

/* What `file` grants, from its start, at most `most` bytes, with a NUL behind. In start only. SG_REFUSED (no such grant), SG_UNAVAILABLE (it cannot be read) with `code`, SG_LIMIT. */
enum sg_status sg_granted_text(const struct sg_host *host, const char *name, size_t most, const char *code, struct sg_str *text,
			       struct sg_err *err);

/* A copy that ends with NUL, of the host's memory; NULL unless it is 1 to 256 bytes of what a fact may hold. */
const char *sg_fact_text(const struct sg_host *host, struct sg_str text);

#endif
