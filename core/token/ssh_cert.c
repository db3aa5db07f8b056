/* SPDX-License-Identifier: Apache-2.0
 * Reading an OpenSSH certificate. Sizes come first on this wire, so each is compared with what is left before anything is taken. */
#include "token/ssh_cert.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "token/base64url.h"
#include "token/jwk_point.h"
#include "token/jws.h"

#include <openssl/evp.h>

enum { NONCE = 32, USER = 1 };

static const char suffix[] = "-cert-v01@openssh.com";
static const struct {
	const char *type;
	struct sg_str curve; /* empty: the key is one string */
	size_t key;
} types[] = {{"ssh-ed25519", {"", 0}, 32}, {"ecdsa-sha2-nistp256", {"nistp256", 8}, SG_POINT_BYTES}};

/* ---- the wire ---- */

static bool
take(struct sg_str *from, size_t len, struct sg_str *out)
{
	if (from->len < len)
		return false;
	*out = (struct sg_str){from->ptr, len};
	from->ptr += len;
	from->len -= len;
	return true;
}

static bool
take_number(struct sg_str *from, size_t bytes, uint64_t *out)
{
	struct sg_str part;
	if (!take(from, bytes, &part))
		return false;
	*out = 0;
	for (size_t i = 0; i < bytes; i++)
		*out = *out << 8 | (unsigned char)part.ptr[i];
	return true;
}

static bool
take_string(struct sg_str *from, struct sg_str *out)
{
	uint64_t len;
	return take_number(from, 4, &len) && take(from, (size_t)len, out);
}

/* ---- the text ---- */

static bool
decode(struct sg_arena *arena, struct sg_str text, struct sg_str *out)
{
	unsigned char again[SG_SSH_TEXT_MAX + 4];
	unsigned char *bytes = text.len < 4 || text.len % 4 != 0 || text.len > SG_SSH_TEXT_MAX ? NULL : sg_arena_alloc(arena, text.len);
	int got = bytes == NULL ? 0 : EVP_DecodeBlock(bytes, (const unsigned char *)text.ptr, (int)text.len);
	int padding = got <= 2 ? got : (text.ptr[text.len - 1] == '=') + (text.ptr[text.len - 2] == '=');
	if (got <= padding)
		return false;
	*out = (struct sg_str){(char *)bytes, (size_t)(got - padding)};
	int len = EVP_EncodeBlock(again, bytes, (int)out->len);
	return sg_str_eq((struct sg_str){(char *)again, (size_t)len}, text);
}

/* The type's index, or -1. */
static int
type_of(struct sg_str word)
{
	char name[64];
	for (int i = 0; i < 2; i++) {
		snprintf(name, sizeof(name), "%s%s", types[i].type, suffix);
		if (sg_str_is(word, name))
			return i;
	}
	return -1;
}

/* ---- parts ---- */

/* The key again as a plain public key: its type, and its fields as they stood. */
static bool
write_key(struct sg_arena *arena, int type, struct sg_str fields, struct sg_str *out)
{
	unsigned char blob[256], text[400];
	size_t name = strlen(types[type].type);
	if (4 + name + fields.len > sizeof(blob))
		return false;
	memcpy(blob, (unsigned char[]){0, 0, 0, (unsigned char)name}, 4);
	memcpy(blob + 4, types[type].type, name);
	memcpy(blob + 4 + name, fields.ptr, fields.len);
	int len = EVP_EncodeBlock(text, blob, (int)(4 + name + fields.len));
	*out = sg_str(sg_arena_printf(arena, "%s %.*s", types[type].type, len, (const char *)text));
	return out->ptr != NULL;
}

static bool
read_key(struct sg_arena *arena, int type, struct sg_str *rest, struct sg_str *out)
{
	struct sg_str curve, key, from = *rest;
	bool good = types[type].curve.len == 0 || (take_string(rest, &curve) && sg_str_eq(curve, types[type].curve));
	good = good && take_string(rest, &key) && key.len == types[type].key;
	return good && write_key(arena, type, (struct sg_str){from.ptr, from.len - rest->len}, out);
}

/* force-command and source-address in this order, each at most once; each value is a string in a string. */
static bool
read_critical(struct sg_str list, struct sg_ssh_cert *out)
{
	struct sg_str name, data;
	while (list.len > 0) {
		if (!take_string(&list, &name) || !take_string(&list, &data))
			return false;
		bool command = sg_str_is(name, "force-command");
		struct sg_str *to = command ? &out->command : &out->source;
		if ((!command && !sg_str_is(name, "source-address")) || to->ptr != NULL || (command && out->source.ptr != NULL) ||
		    !take_string(&data, to) || data.len != 0 || to->len == 0)
			return false;
	}
	return true;
}

static bool
read_extensions(struct sg_str list, struct sg_ssh_cert *out)
{
	struct sg_str name, data;
	if (list.len == 0)
		return true;
	out->pty = take_string(&list, &name) && take_string(&list, &data) && sg_str_is(name, "permit-pty") && data.len == 0 && list.len == 0;
	return out->pty;
}

static bool
read_times(struct sg_str *rest, struct sg_ssh_cert *out)
{
	uint64_t after, before;
	if (!take_number(rest, 8, &after) || !take_number(rest, 8, &before) || before <= after || before > (UINT64_C(1) << 40))
		return false;
	out->after = (int64_t)after;
	out->before = (int64_t)before;
	return true;
}

/* Serial, type, key id, principals. */
static enum sg_status
read_subject(struct sg_str *rest, struct sg_ssh_cert *out, struct sg_err *err)
{
	struct sg_str principals;
	uint64_t type;
	if (!take_number(rest, 8, &out->serial) || !take_number(rest, 4, &type) || !take_string(rest, &out->key_id) || !take_string(rest, &principals))
		return sg_fail(err, SG_MALFORMED, "ssh_form", "the certificate ends too early");
	if (type != USER)
		return sg_fail(err, SG_MALFORMED, "ssh_type", "not a user's certificate");
	if (!take_string(&principals, &out->principal) || out->principal.len == 0 || principals.len != 0)
		return sg_fail(err, SG_MALFORMED, "ssh_principals", "not exactly one principal");
	return SG_OK;
}

static enum sg_status
read_bounds(struct sg_str *rest, struct sg_ssh_cert *out, struct sg_err *err)
{
	struct sg_str critical, extensions, reserved;
	if (!read_times(rest, out))
		return sg_fail(err, SG_MALFORMED, "ssh_time", "it has no time in which it is good");
	if (!take_string(rest, &critical) || !take_string(rest, &extensions) || !take_string(rest, &reserved) || reserved.len != 0)
		return sg_fail(err, SG_MALFORMED, "ssh_form", "the certificate ends too early");
	if (!read_critical(critical, out) || !read_extensions(extensions, out))
		return sg_fail(err, SG_MALFORMED, "ssh_option", "an option that is unknown, twice there or out of order");
	return SG_OK;
}

static enum sg_status
read_all(struct sg_arena *arena, struct sg_str word, struct sg_str blob, struct sg_ssh_cert *out, struct sg_err *err)
{
	struct sg_str rest = blob, name, nonce;
	int type = type_of(word);
	if (type < 0 || !take_string(&rest, &name) || !sg_str_eq(name, word))
		return sg_fail(err, SG_MALFORMED, "ssh_text", "not the certificate of an ed25519 or P-256 key");
	if (!take_string(&rest, &nonce) || nonce.len != NONCE)
		return sg_fail(err, SG_MALFORMED, "ssh_form", "the certificate has no nonce of %d bytes", NONCE);
	if (!read_key(arena, type, &rest, &out->public_key))
		return sg_fail(err, SG_MALFORMED, "ssh_key", "the certified key is none of its type");
	enum sg_status status = read_subject(&rest, out, err);
	if (status == SG_OK)
		status = read_bounds(&rest, out, err);
	if (status != SG_OK)
		return status;
	bool whole = take_string(&rest, &out->authority);
	out->covered = (struct sg_str){blob.ptr, blob.len - rest.len};
	whole = whole && take_string(&rest, &out->signature) && rest.len == 0;
	return whole ? SG_OK : sg_fail(err, SG_MALFORMED, "ssh_form", "signer or signature is missing, or something follows");
}

enum sg_status
sg_ssh_cert_read(struct sg_arena *arena, struct sg_str text, struct sg_ssh_cert *out, struct sg_err *err)
{
	struct sg_str rest = text, blob;
	*out = (struct sg_ssh_cert){.serial = 0};
	struct sg_str word = sg_str_cut(&rest, ' ');
	if (text.len > SG_SSH_TEXT_MAX || rest.ptr == NULL || !decode(arena, rest, &blob))
		return arena->overflow ? sg_fail(err, SG_NOMEM, "token_memory", "no memory for a certificate")
				       : sg_fail(err, SG_MALFORMED, "ssh_text", "not TYPE BASE64");
	enum sg_status status = read_all(arena, word, blob, out, err);
	return status == SG_OK && arena->overflow ? sg_fail(err, SG_NOMEM, "token_memory", "no memory for a certificate") : status;
}

/* ---- the signature ---- */

static bool
is_authority(struct sg_str authority, const struct sg_jwk *key)
{
	struct sg_str type, curve, point;
	unsigned char own[SG_POINT_BYTES];
	return sg_jwk_point(key, own) && take_string(&authority, &type) && sg_str_is(type, "ecdsa-sha2-nistp256") && take_string(&authority, &curve) &&
	       sg_str_is(curve, "nistp256") && take_string(&authority, &point) && authority.len == 0 &&
	       sg_str_eq(point, (struct sg_str){(char *)own, sizeof(own)});
}

/* A positive number of at most 32 bytes, in its shortest form, to 32. */
static bool
take_half(struct sg_str *from, unsigned char out[32])
{
	struct sg_str number;
	if (!take_string(from, &number) || number.len == 0 || number.len > 33 || (number.ptr[0] & 0x80) != 0)
		return false;
	if (number.ptr[0] == 0) {
		if (number.len < 2 || (number.ptr[1] & 0x80) == 0)
			return false;
		number.ptr++, number.len--;
	}
	if (number.len > 32)
		return false;
	memset(out, 0, 32);
	memcpy(out + 32 - number.len, number.ptr, number.len);
	return true;
}

static bool
read_signature(struct sg_str signature, unsigned char raw[SG_ES256_BYTES])
{
	struct sg_str type, pair;
	return take_string(&signature, &type) && sg_str_is(type, "ecdsa-sha2-nistp256") && take_string(&signature, &pair) && signature.len == 0 &&
	       take_half(&pair, raw) && take_half(&pair, raw + 32) && pair.len == 0;
}

enum sg_status
sg_ssh_cert_check(const struct sg_ssh_cert *cert, const struct sg_jwks *keys, struct sg_err *err)
{
	unsigned char raw[SG_ES256_BYTES];
	struct sg_buf text;
	size_t at = 0;
	while (at < keys->count && !is_authority(cert->authority, &keys->keys[at]))
		at++;
	if (at == keys->count)
		return sg_fail(err, SG_REFUSED, "ssh_signer", "signed by another authority");
	sg_buf_init(&text, 256);
	bool good = read_signature(cert->signature, raw);
	sg_b64u_write(&text, (struct sg_str){(char *)raw, sizeof(raw)});
	good = good && sg_jws_check(&keys->keys[at], cert->covered, sg_buf_view(&text), NULL) == SG_OK;
	sg_buf_done(&text);
	return good ? SG_OK : sg_fail(err, SG_REFUSED, "ssh_signature", "the signature is not the authority's");
}
