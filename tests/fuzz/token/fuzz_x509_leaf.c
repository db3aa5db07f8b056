/* SPDX-License-Identifier: Apache-2.0
 * Certificates of our own issuer: the text as it stands, and the bytes behind it put into PEM. What reads has what it must have. */
#include "base/str.h"
#include "token/x509_leaf.h"

#include <openssl/evp.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void
read_text(struct sg_str text)
{
	struct sg_arena arena;
	struct sg_x509_leaf leaf;
	struct sg_jwks none = {0};
	struct sg_err err = {0};
	sg_arena_init(&arena, 64 << 10);
	enum sg_status status = sg_x509_leaf_read(&arena, text, &leaf, &err);
	if (status == SG_OK && (leaf.uri.len == 0 || leaf.public_key.len == 0 || sg_x509_leaf_check(&leaf, &none, NULL) == SG_OK))
		abort();
	if (status != SG_OK && (err.code == NULL || leaf.certificate != NULL))
		abort();
	sg_x509_leaf_done(&leaf);
	sg_arena_done(&arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	char text[8192];
	size_t at = 0;
	read_text((struct sg_str){(const char *)bytes, len});
	if (len > 2048)
		return 0;
	at += (size_t)snprintf(text, sizeof(text), "-----BEGIN CERTIFICATE-----\n");
	for (size_t i = 0; i < len; i += 48) {
		at += (size_t)EVP_EncodeBlock((unsigned char *)text + at, bytes + i, (int)(len - i < 48 ? len - i : 48));
		text[at++] = '\n';
	}
	at += (size_t)snprintf(text + at, sizeof(text) - at, "-----END CERTIFICATE-----\n");
	read_text((struct sg_str){text, at});
	return 0;
}
