/* SPDX-License-Identifier: Apache-2.0
 * SPIFFE IDs (SPIFFE-ID standard, section 2): one spelling, no escapes. */
#ifndef SG_TOKEN_SPIFFE_H
#define SG_TOKEN_SPIFFE_H

#include <stepgate/types.h>

enum { SG_SPIFFE_MAX = 2048, SG_TRUST_DOMAIN_MAX = 255 };

/* Cuts an ID into trust domain and path (with its leading slash; empty for the domain itself), borrowed from `id`.
 * SG_MALFORMED: spiffe_size, spiffe_scheme, spiffe_domain (not [a-z0-9._-]), spiffe_path (an empty, "." or ".."
 * segment, another character than [A-Za-z0-9._-], a slash at the end). */
enum sg_status sg_spiffe_read(struct sg_str id, struct sg_str *domain, struct sg_str *path, struct sg_err *err);

#endif
