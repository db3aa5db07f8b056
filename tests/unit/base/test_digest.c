/* SPDX-License-Identifier: Apache-2.0
 * HMAC-SHA-256 against RFC 4231 (a key shorter than ours, filled up with zeros, is the same key), and against a library's for texts of every length about a block. */
#include "base/digest.h"
#include "base/str.h"
#include "unit/cases.h"

#include <openssl/hmac.h>
#include <string.h>

static bool
comes_to(const char *key, size_t key_len, const char *text, size_t len, const char *hex)
{
	unsigned char whole[SG_KEY_BYTES] = {0}, mac[SG_SHA256_BYTES];
	char got[SG_SHA256_HEX];
	memcpy(whole, key, key_len);
	sg_hmac(mac, whole, (struct sg_str){text, len});
	sg_hex(got, mac, sizeof(mac));
	return strcmp(got, hex) == 0;
}

static void
vectors(void)
{
	char fifty[50];
	memset(fifty, 0xdd, sizeof(fifty));
	CU_ASSERT_TRUE(comes_to("\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b", 20, "Hi There", 8, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"));
	CU_ASSERT_TRUE(comes_to("Jefe", 4, "what do ya want for nothing?", 28, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"));
	CU_ASSERT_TRUE(comes_to("\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa", 20, fifty, 50, "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"));
}

static void
lengths(void)
{
	unsigned char key[SG_KEY_BYTES], mine[SG_SHA256_BYTES], theirs[SG_SHA256_BYTES];
	char text[300];
	unsigned len = 0;
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)(i * 37 + 11);
	for (size_t n = 0; n < sizeof(text); n++) {
		memset(key, (int)(n / 100), sizeof(key)); /* some texts under one key, then another */
		sg_hmac(mine, key, (struct sg_str){text, n});
		CU_ASSERT_PTR_NOT_NULL_FATAL(HMAC(EVP_sha256(), key, sizeof(key), (const unsigned char *)text, n, theirs, &len));
		CU_ASSERT_EQUAL(memcmp(mine, theirs, sizeof(mine)), 0);
	}
}

SG_CASES("base.digest", {"vectors", vectors}, {"every length", lengths})
