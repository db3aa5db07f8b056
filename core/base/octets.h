/* SPDX-License-Identifier: Apache-2.0
 * Whole numbers as frames and the journal carry them: little-endian, without alignment. */
#ifndef SG_BASE_OCTETS_H
#define SG_BASE_OCTETS_H

#include <stdint.h>

/* Writes the low `count` (1 to 8) octets of `value` to `to`. */
static inline void
sg_octets_put(void *to, uint64_t value, int count)
{
	for (int i = 0; i < count; i++)
		((unsigned char *)to)[i] = (unsigned char)(value >> (8 * i));
}

/* The number that `count` (1 to 8) octets at `from` say. */
static inline uint64_t
sg_octets_get(const void *from, int count)
{
	uint64_t value = 0;
	for (int i = 0; i < count; i++)
		value |= (uint64_t)((const unsigned char *)from)[i] << (8 * i);
	return value;
}

#endif
