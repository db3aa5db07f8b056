/* SPDX-License-Identifier: Apache-2.0
 * OpenSSH certificates: the text as it stands, and the bytes behind it in base64, so that lengths are found. What reads has what it must have. */
#include "base/str.h"
#include "token/ssh_cert.h"

#include <openssl/evp.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void
read_text(struct sg_str text)
{
	struct sg_arena arena;
	struct sg_ssh_cert cert;
	struct sg_jwks none = {0};
	struct sg_err err = {0};
	sg_arena_init(&arena, 64 << 10);
	enum sg_status status = sg_ssh_cert_read(&arena, text, &cert, &err);
	if (status == SG_OK && (cert.principal.len == 0 || cert.public_key.len == 0 || cert.before <= cert.after || cert.signature.ptr == NULL ||
				sg_ssh_cert_check(&cert, &none, NULL) == SG_OK))
		abort();
	if (status != SG_OK && err.code == NULL)
		abort();
	sg_arena_done(&arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	char text[8192] = "ssh-ed25519-cert-v01@openssh.com ";
	size_t head = strlen(text);
	read_text((struct sg_str){(const char *)bytes, len});
	if (len > 4096)
		return 0;
	int encoded = EVP_EncodeBlock((unsigned char *)text + head, bytes, (int)len);
	read_text((struct sg_str){text, head + (size_t)encoded});
	return 0;
}
