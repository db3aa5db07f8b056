/* SPDX-License-Identifier: Apache-2.0
 * Where OpenSSL's memory comes from. */
#ifndef SG_BASE_CRYPTO_MEMORY_H
#define SG_BASE_CRYPTO_MEMORY_H

#include <stdbool.h>

/* From now on OpenSSL takes its blocks from spare.h, in this process and those that it forks: it asks for one with each digest that is begun. Before anything
 * else of OpenSSL, once. False: it has some already, and goes on with those of malloc. */
bool sg_crypto_memory(void);

#endif
