/* SPDX-License-Identifier: Apache-2.0
 * RSA keys of chips whose primes were made in one way (CVE-2017-15361): a day of computing finds the private key of one that has 2048 bits. */
#ifndef SG_TOKEN_ROCA_H
#define SG_TOKEN_ROCA_H

#include <openssl/bn.h>
#include <stdbool.h>

/* True if the modulus is, modulo each small prime, a power of 65537, as such primes' products are. Of other moduli one in 2^27 or so is, too. */
bool sg_roca(const BIGNUM *modulus);

#endif
