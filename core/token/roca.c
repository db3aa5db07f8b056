/* SPDX-License-Identifier: Apache-2.0
 * The fingerprint of M. Nemec and others, "The Return of Coppersmith's Attack" (2017), section 2.2: primes have the form k M + (65537^a mod M), with M the
 * product of the first primes; so have their products, modulo each of these primes. */
#include "token/roca.h"

enum { GENERATOR = 65537 };

static bool
is_power(unsigned long rest, unsigned long prime)
{
	unsigned long power = 1;
	do {
		if (power == rest)
			return true;
		power = power * (GENERATOR % prime) % prime;
	} while (power != 1);
	return false;
}

bool
sg_roca(const BIGNUM *modulus)
{
	static const unsigned char primes[] = {3,  5,  7,  11, 13, 17, 19, 23,	29,  31,  37,  41,  43,	 47,  53,  59,	61,  67, 71,
					       73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167};
	for (size_t i = 0; i < sizeof(primes); i++)
		if (!is_power(BN_mod_word(modulus, primes[i]), primes[i]))
			return false;
	return true;
}
