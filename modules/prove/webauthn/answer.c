/* SPDX-License-Identifier: Apache-2.0
 * What a browser answers (W3C Web Authentication Level 2, sections 5.8.1, 7.1 and 7.2): an object of base64url texts, of which the client's data is JSON again. */
#include "webauthn.h"

#include <openssl/evp.h>
#include <string.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

bool
sg_webauthn_decode(struct sg_str text, struct sg_webauthn_bytes *out)
{
	uint32_t bits = 0;
	unsigned have = 0;
	out->len = 0;
	for (size_t i = 0; i < text.len; i++) {
		const char *at = text.ptr[i] == '\0' ? NULL : strchr(alphabet, text.ptr[i]);
		if (at == NULL)
			return false;
		bits = bits << 6 | (uint32_t)(at - alphabet);
		have += 6;
		if (have < 8)
			continue;
		have -= 8;
		if (out->len == sizeof(out->at))
			return false;
		out->at[out->len++] = (unsigned char)(bits >> have);
	}
	return have < 6 && (bits & ((1U << have) - 1)) == 0;
}

void
sg_webauthn_encode(const struct sg_webauthn_bytes *bytes, char *out)
{
	uint32_t bits = 0;
	unsigned have = 0;
	for (size_t i = 0; i < bytes->len; i++) {
		bits = bits << 8 | bytes->at[i];
		for (have += 8; have >= 6;)
			*out++ = alphabet[bits >> (have -= 6) & 63];
	}
	if (have > 0)
		*out++ = alphabet[bits << (6 - have) & 63];
	*out = '\0';
}

enum sg_status
sg_webauthn_party(const struct sg_prove_in *in, char host[SG_WEBAUTHN_HOST + 1], struct sg_err *err)
{
	const char *at = memchr(in->site.ptr, ':', in->site.len);
	size_t start = at == NULL ? in->site.len : (size_t)(at - in->site.ptr) + 3, len = 0;
	while (start + len < in->site.len && in->site.ptr[start + len] != ':')
		len++;
	if (start >= in->site.len || len == 0 || len > SG_WEBAUTHN_HOST)
		return sg_refuse(err, SG_REFUSED, "webauthn_site", "web.origin of the daemon's configuration says where the page is");
	memcpy(host, in->site.ptr + start, len);
	host[len] = '\0';
	return SG_OK;
}

static bool
is(struct sg_str text, const char *want)
{
	return text.len == strlen(want) && memcmp(text.ptr, want, text.len) == 0;
}

static bool
member_is(const struct sg_host *host, struct sg_str json, const char *name, struct sg_str want)
{
	struct sg_str got;
	return host->member(host, json, name, &got) == SG_OK && got.len == want.len && memcmp(got.ptr, want.ptr, want.len) == 0;
}

/* It says what was done, over what, and where: not in a frame of somebody else's page. */
static enum sg_status
check_client(const struct sg_host *host, const struct sg_prove_in *in, const char *type, struct sg_str client, struct sg_err *err)
{
	struct sg_webauthn_bytes challenge = {.len = in->challenge.len};
	char text[SG_CHALLENGE_BYTES * 2];
	struct sg_str crossed;
	if (challenge.len != SG_CHALLENGE_BYTES)
		return sg_refuse(err, SG_REFUSED, "webauthn_challenge", "there is no challenge");
	memcpy(challenge.at, in->challenge.ptr, challenge.len);
	sg_webauthn_encode(&challenge, text);
	if (!member_is(host, client, "type", (struct sg_str){type, strlen(type)}))
		return sg_refuse(err, SG_REFUSED, "webauthn_type", "that is no answer to this question");
	if (!member_is(host, client, "challenge", (struct sg_str){text, strlen(text)}))
		return sg_refuse(err, SG_REFUSED, "webauthn_challenge", "it is not over this challenge; ask anew");
	if (!member_is(host, client, "origin", in->site) || (host->member(host, client, "crossOrigin", &crossed) == SG_OK && !is(crossed, "false")))
		return sg_refuse(err, SG_REFUSED, "webauthn_origin", "it was made on another page");
	return SG_OK;
}

static bool
take(const struct sg_host *host, struct sg_str json, const char *name, size_t most, struct sg_webauthn_bytes *out)
{
	struct sg_str text;
	return host->member(host, json, name, &text) == SG_OK && sg_webauthn_decode(text, out) && out->len > 0 && out->len <= most;
}

enum sg_status
sg_webauthn_read(const struct sg_host *host, const struct sg_prove_in *in, const char *type, struct sg_webauthn_answer *out, struct sg_err *err)
{
	struct sg_webauthn_bytes client;
	unsigned len = 0;
	bool get = strcmp(type, "webauthn.get") == 0;
	out->signature.len = 0;
	if (!take(host, in->response, "clientDataJSON", SG_WEBAUTHN_CLIENT, &client) || !take(host, in->response, "authenticatorData", SG_WEBAUTHN_DATA, &out->data) ||
	    !take(host, in->response, "id", SG_WEBAUTHN_ID, &out->id) || (get && !take(host, in->response, "signature", SG_WEBAUTHN_SIGNATURE, &out->signature)))
		return sg_refuse(err, SG_REFUSED, "webauthn_answer", "that is no browser's answer");
	if (EVP_Digest(client.at, client.len, out->client_hash, &len, EVP_sha256(), NULL) != 1)
		return sg_refuse(err, SG_UNAVAILABLE, "webauthn_crypto", "no digest could be made");
	return check_client(host, in, type, (struct sg_str){(const char *)client.at, client.len}, err);
}
