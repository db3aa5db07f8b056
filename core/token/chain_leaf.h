/* SPDX-License-Identifier: Apache-2.0
 * The peer's own certificate, once its path is good. Private to token/. */
#ifndef SG_TOKEN_CHAIN_LEAF_H
#define SG_TOKEN_CHAIN_LEAF_H

#include "token/chain.h"

/* Fills everything but the fingerprints. Codes as in chain.h. */
enum sg_status sg_chain_leaf(X509 *leaf, const struct sg_chain_rules *rules, struct sg_chain_facts *facts, struct sg_err *err);

#endif
