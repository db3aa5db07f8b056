/* SPDX-License-Identifier: Apache-2.0
 * A rolling fingerprint: sum of byte * key^position, modulo 2^64. The key is random, so that nobody can aim at one; a false find masks a word too much. */
#include "gate/mask.h"

#include "base/sys.h"

static uint64_t
fingerprint(uint64_t key, const char *bytes, size_t len)
{
	uint64_t print = 0;
	for (size_t i = 0; i < len; i++)
		print = print * key + (unsigned char)bytes[i] + 1;
	return print;
}

void
sg_mask_note(struct sg_mask *mask, const struct sg_sys *sys, struct sg_str secret)
{
	if (secret.len < SG_MASK_LEAST || (mask->key == 0 && sys->random(sys, &mask->key, sizeof(mask->key)) != 0))
		return;
	mask->key |= 1;
	mask->secrets[mask->next].len = secret.len;
	mask->secrets[mask->next].print = fingerprint(mask->key, secret.ptr, secret.len);
	mask->next = (mask->next + 1) % SG_MASK_SECRETS;
}

static bool
finds_one(uint64_t key, struct sg_str text, size_t len, uint64_t wanted)
{
	uint64_t print = fingerprint(key, text.ptr, len), first = 1;
	for (size_t i = 1; i < len; i++)
		first *= key;
	for (size_t i = len; print != wanted && i < text.len; i++)
		print = (print - first * ((unsigned char)text.ptr[i - len] + UINT64_C(1))) * key + (unsigned char)text.ptr[i] + 1;
	return print == wanted;
}

bool
sg_mask_finds(const struct sg_mask *mask, struct sg_str text)
{
	for (size_t i = 0; i < SG_MASK_SECRETS; i++)
		if (mask->secrets[i].len > 0 && mask->secrets[i].len <= text.len &&
		    finds_one(mask->key, text, mask->secrets[i].len, mask->secrets[i].print))
			return true;
	return false;
}
