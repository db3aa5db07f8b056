/* SPDX-License-Identifier: Apache-2.0
 * A day key's fingerprint. Derived from the key as the sealing key is, under another word, so that it says nothing of either. */
#include "frame/seal_key.h"

#include <string.h>

static void
fingerprint(unsigned char out[SG_KEY_NAME], const unsigned char salt[32], const unsigned char day_key[SG_KEY_BYTES])
{
	unsigned char derived[SG_KEY_BYTES];
	sg_derive(derived, day_key, (struct sg_str){(const char *)salt, 32}, "day key name");
	memcpy(out, derived, SG_KEY_NAME);
	sg_wipe(derived, sizeof(derived));
}

void
sg_seal_key_name(struct sg_segment_header *header, const unsigned char day_key[SG_KEY_BYTES])
{
	fingerprint(header->key_name, header->salt, day_key);
}

enum sg_seal_key
sg_seal_key_is(const struct sg_segment_header *header, const unsigned char day_key[SG_KEY_BYTES])
{
	static const unsigned char none[SG_KEY_NAME];
	unsigned char own[SG_KEY_NAME];
	if (memcmp(header->key_name, none, sizeof(none)) == 0)
		return SG_SEAL_KEY_UNNAMED;
	fingerprint(own, header->salt, day_key);
	return memcmp(own, header->key_name, sizeof(own)) == 0 ? SG_SEAL_KEY_OWN : SG_SEAL_KEY_OTHER;
}
