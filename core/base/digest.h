/* SPDX-License-Identifier: Apache-2.0
 * SHA-256, HMAC-SHA-256, HKDF and AES-256-GCM over OpenSSL, fetched once. Symmetric only: no private key passes through here. */
#ifndef SG_BASE_DIGEST_H
#define SG_BASE_DIGEST_H

#include <stepgate/types.h>

enum { SG_SHA256_BYTES = 32, SG_SHA256_HEX = 65, SG_KEY_BYTES = 32, SG_SEAL_OVERHEAD = 16 };

/* Fetches the algorithms; call once in each process before it is confined. SG_UNAVAILABLE if OpenSSL lacks one. */
enum sg_status sg_digest_start(struct sg_err *err);

/* SHA-256 of the parts joined. Aborts the process if the library fails: no digest is ever guessed. Single-threaded use per caller: safe
 * from several threads. */
void sg_sha256(unsigned char out[SG_SHA256_BYTES], struct sg_str a);
void sg_sha256_two(unsigned char out[SG_SHA256_BYTES], struct sg_str a, struct sg_str b);
/* The same as 64 lower-case hex digits and NUL. */
void sg_sha256_hex(char out[SG_SHA256_HEX], struct sg_str a);

/* HMAC-SHA-256 (RFC 2104). */
void sg_hmac(unsigned char out[SG_SHA256_BYTES], const unsigned char key[SG_KEY_BYTES], struct sg_str text);

/* HKDF-SHA-256 (RFC 5869), one block: key for `label` and `salt`. */
void sg_derive(unsigned char out[SG_KEY_BYTES], const unsigned char key[SG_KEY_BYTES], struct sg_str salt, const char *label);

/* AES-256-GCM: nonce = 12 bytes big-endian `number` (never used twice under one key), `aad` bound, tag behind the text.
 * `out` takes plain.len + SG_SEAL_OVERHEAD bytes. SG_BUG if the library fails. */
enum sg_status sg_seal(char *out, const unsigned char key[SG_KEY_BYTES], uint64_t number, struct sg_str aad, struct sg_str plain,
		       struct sg_err *err);
/* The reverse; SG_MALFORMED (seal_broken) if anything was changed. `out` takes sealed.len - SG_SEAL_OVERHEAD bytes. */
enum sg_status sg_unseal(char *out, const unsigned char key[SG_KEY_BYTES], uint64_t number, struct sg_str aad, struct sg_str sealed,
			 struct sg_err *err);

#endif
