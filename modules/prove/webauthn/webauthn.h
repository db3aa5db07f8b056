/* SPDX-License-Identifier: Apache-2.0
 * Private to prove/webauthn: what a browser answers, read; what is recorded of a key. */
#ifndef SG_PROVE_WEBAUTHN_H
#define SG_PROVE_WEBAUTHN_H

#include <stepgate/prove.h>

enum {
	SG_WEBAUTHN_CLIENT = 2048, /* bytes of the client's data, decoded */
	SG_WEBAUTHN_DATA = 4096,   /* of the authenticator's */
	SG_WEBAUTHN_ID = 1023,     /* of a credential's id (W3C WebAuthn Level 2, 4) */
	SG_WEBAUTHN_SIGNATURE = 1024,
	SG_WEBAUTHN_PUBLIC = 320,  /* of a public key as libfido2 has it: RS256 takes 259 */
	SG_WEBAUTHN_HOST = 254
};

/* Bytes with their length. */
struct sg_webauthn_bytes {
	size_t len;
	unsigned char at[SG_WEBAUTHN_DATA];
};

/* What the browser sent, decoded; `client_hash` is SHA-256 of the client's data, which was held against challenge, origin and type. */
struct sg_webauthn_answer {
	unsigned char client_hash[32];
	struct sg_webauthn_bytes data, id, signature;
};

/* A public key as it is recorded: "ES256 ID KEY", both base64url without padding. */
struct sg_webauthn_key {
	int type; /* of COSE */
	struct sg_webauthn_bytes id, public;
};

/* RFC 4648 section 5, without padding, strictly. Decodes at most sizeof(out->at). */
bool sg_webauthn_decode(struct sg_str text, struct sg_webauthn_bytes *out);
/* Room for 4/3 of the bytes and a NUL. */
void sg_webauthn_encode(const struct sg_webauthn_bytes *bytes, char *out);

/* The host of in->site is the relying party. SG_REFUSED webauthn_site: there is none. */
enum sg_status sg_webauthn_party(const struct sg_prove_in *in, char host[SG_WEBAUTHN_HOST + 1], struct sg_err *err);
/* `type` "webauthn.create" or "webauthn.get". SG_REFUSED: webauthn_answer, webauthn_type, webauthn_challenge, webauthn_origin. */
enum sg_status sg_webauthn_read(const struct sg_host *host, const struct sg_prove_in *in, const char *type, struct sg_webauthn_answer *out, struct sg_err *err);

const char *sg_webauthn_name(int type);
bool sg_webauthn_key_read(struct sg_str text, struct sg_webauthn_key *out);

#endif
