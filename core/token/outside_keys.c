/* SPDX-License-Identifier: Apache-2.0
 * Keys that others publish: what is known must be right, what is unknown is left out, what is private refuses the whole set. */
#include "base/err.h"
#include "base/str.h"
#include "token/base64url.h"
#include "token/jwk_use.h"
#include "token/outside.h"
#include "token/roca.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/param_build.h>

enum { NUMBER_MAX = SG_OUTSIDE_RSA_MOST / 8, POINT_MAX = 1 + 2 * 48 };

static const char *const names[] = {"RS256", "PS256", "ES256", "ES384", "EdDSA"};

const char *
sg_outside_alg_name(enum sg_outside_alg alg)
{
	return names[alg];
}

/* Which algorithm a key is for. A row without `curve` fits any. `plain`: also where the key does not say. */
static const struct {
	const char *type, *curve, *alg;
	enum sg_outside_alg is;
	bool plain;
} rows[] = {
	{"RSA", NULL, "RS256", SG_RS256, true},	       {"RSA", NULL, "PS256", SG_PS256, false},
	{"EC", "P-256", "ES256", SG_ES256, true},      {"EC", "P-384", "ES384", SG_ES384, true},
	{"OKP", "Ed25519", "EdDSA", SG_EDDSA, true},   {"OKP", "Ed25519", "Ed25519", SG_EDDSA, false},
};

/* Bytes of a member in base64url, at most `room`; 0 if it is none. */
static size_t
bytes_of(const struct sg_json *json, const char *name, unsigned char *out, size_t room)
{
	struct sg_str text;
	size_t len = 0;
	return sg_json_string(sg_json_get(json, name), &text) && sg_b64u_read(text, out, room, &len) ? len : 0;
}

static EVP_PKEY *
from_params(const char *type, OSSL_PARAM *params)
{
	EVP_PKEY *pkey = NULL;
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	if (context == NULL || params == NULL || EVP_PKEY_fromdata_init(context) != 1 ||
	    EVP_PKEY_fromdata(context, &pkey, EVP_PKEY_PUBLIC_KEY, params) != 1) {
		EVP_PKEY_free(pkey);
		pkey = NULL;
	}
	EVP_PKEY_CTX_free(context);
	ERR_clear_error();
	return pkey;
}

static EVP_PKEY *
read_rsa(const struct sg_json *json)
{
	unsigned char n[NUMBER_MAX], e[8];
	size_t n_len = bytes_of(json, "n", n, sizeof(n)), e_len = bytes_of(json, "e", e, sizeof(e));
	if (n_len == 0 || e_len == 0 || n[0] == 0 || e[0] == 0 || (n[n_len - 1] & 1) == 0 || (e[e_len - 1] & 1) == 0 || (e_len == 1 && e[0] < 3))
		return NULL;
	BIGNUM *modulus = BN_bin2bn(n, (int)n_len, NULL), *exponent = BN_bin2bn(e, (int)e_len, NULL);
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	OSSL_PARAM *params = NULL;
	if (modulus != NULL && exponent != NULL && build != NULL && BN_num_bits(modulus) >= SG_OUTSIDE_RSA_LEAST && !sg_roca(modulus) &&
	    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, modulus) == 1 && OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, exponent) == 1)
		params = OSSL_PARAM_BLD_to_param(build);
	EVP_PKEY *pkey = params == NULL ? NULL : from_params("RSA", params);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(build);
	BN_free(modulus);
	BN_free(exponent);
	return pkey;
}

static EVP_PKEY *
read_curve(const struct sg_json *json, const char *group, size_t half)
{
	unsigned char point[POINT_MAX + 2] = {4};
	if (bytes_of(json, "x", point + 1, half + 2) != half || bytes_of(json, "y", point + 1 + half, half + 2) != half)
		return NULL;
	OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, (char *)group, 0),
			       OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, 1 + 2 * half), OSSL_PARAM_construct_end()};
	return from_params("EC", params);
}

/* Points of order 1, 2, 4 and 8, in each encoding that OpenSSL takes, the sign aside: under such a key one signature is good for any text (RFC 8032, section 8.9). */
static bool
is_small(const unsigned char x[32])
{
	static const unsigned char points[][32] = {
		{0},
		{1},
		{0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05},
		{0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a},
		{0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
		{0xed, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
		{0xee, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
	};
	for (size_t i = 0; i < sizeof(points) / sizeof(points[0]); i++)
		if (memcmp(x, points[i], 31) == 0 && (x[31] & 0x7f) == points[i][31])
			return true;
	return false;
}

static EVP_PKEY *
read_ed25519(const struct sg_json *json)
{
	unsigned char x[32 + 2];
	return bytes_of(json, "x", x, sizeof(x)) == 32 && !is_small(x) ? EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, x, 32) : NULL;
}

static EVP_PKEY *
read_numbers(const struct sg_json *json, enum sg_outside_alg alg)
{
	switch (alg) {
	case SG_RS256:
	case SG_PS256:
		return read_rsa(json);
	case SG_ES256:
		return read_curve(json, "P-256", 32);
	case SG_ES384:
		return read_curve(json, "P-384", 48);
	case SG_EDDSA:
		return read_ed25519(json);
	}
	return NULL;
}

/* -1: a type, curve or algorithm that is not read here; -2: an algorithm that is not this key's. */
static int
row_of(const struct sg_json *json)
{
	bool typed = false;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!sg_json_is(json, "kty", rows[i].type) || (rows[i].curve != NULL && !sg_json_is(json, "crv", rows[i].curve)))
			continue;
		typed = true;
		if (sg_json_is(json, "alg", rows[i].alg) || (sg_json_get(json, "alg") == NULL && rows[i].plain))
			return (int)i;
	}
	return typed && !sg_json_is(json, "kty", "RSA") ? -2 : -1;
}

static bool
read_kid(struct sg_outside_key *key, struct sg_str kid)
{
	if (kid.len == 0 || kid.len > SG_OUTSIDE_KID_MAX)
		return false;
	for (size_t i = 0; i < kid.len; i++)
		if (kid.ptr[i] <= ' ' || kid.ptr[i] > '~')
			return false;
	memcpy(key->kid, kid.ptr, kid.len);
	return true;
}

static enum sg_status
read_one(struct sg_outside_keys *keys, const struct sg_json *json, struct sg_err *err)
{
	static const char *const private[] = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"};
	struct sg_outside_key key = {.pkey = NULL};
	struct sg_str kid;
	if (json->type != SG_JSON_OBJECT)
		return sg_fail(err, SG_MALFORMED, "outside_form", "a key is an object");
	for (size_t i = 0; i < sizeof(private) / sizeof(private[0]); i++)
		if (sg_json_get(json, private[i]) != NULL)
			return sg_fail(err, SG_MALFORMED, "outside_private", "a private member where public keys are read");
	key.svid = sg_json_is(json, "use", "jwt-svid");
	int row = row_of(json);
	if (!sg_jwk_verifies(json) || row == -1 || sg_json_get(json, "kid") == NULL)
		return SG_OK; /* left out */
	if (row < 0)
		return sg_fail(err, SG_MALFORMED, "outside_alg", "alg is not one that this key is for");
	if (!sg_json_string(sg_json_get(json, "kid"), &kid) || !read_kid(&key, kid) || sg_outside_find(keys, kid) != NULL)
		return sg_fail(err, SG_MALFORMED, "outside_kid", "kid is not 1 to %d printable characters, or stands twice", SG_OUTSIDE_KID_MAX);
	if (keys->count == SG_OUTSIDE_KEYS_MAX)
		return sg_fail(err, SG_LIMIT, "outside_many", "more than %d keys", SG_OUTSIDE_KEYS_MAX);
	key.alg = rows[row].is;
	key.pkey = read_numbers(json, key.alg);
	ERR_clear_error();
	if (key.pkey == NULL)
		return sg_fail(err, SG_MALFORMED, "outside_key", "a key's numbers are none, or too weak");
	keys->list[keys->count++] = key;
	return SG_OK;
}

enum sg_status
sg_outside_keys_read(struct sg_outside_keys *keys, const struct sg_json *json, struct sg_err *err)
{
	const struct sg_json *list = sg_json_get(json, "keys");
	enum sg_status status = SG_OK;
	*keys = (struct sg_outside_keys){.count = 0};
	if (list == NULL || list->type != SG_JSON_ARRAY)
		return sg_fail(err, SG_MALFORMED, "outside_form", "a key set is {\"keys\":[...]}");
	for (const struct sg_json *k = sg_json_first(list); status == SG_OK && k != NULL; k = sg_json_next(list, k))
		status = read_one(keys, k, err);
	if (status == SG_OK && keys->count == 0)
		status = sg_fail(err, SG_MALFORMED, "outside_none", "no key in the set can be used");
	if (status != SG_OK)
		sg_outside_keys_done(keys);
	return status;
}

void
sg_outside_keys_done(struct sg_outside_keys *keys)
{
	for (size_t i = 0; i < keys->count; i++)
		EVP_PKEY_free(keys->list[i].pkey);
	*keys = (struct sg_outside_keys){.count = 0};
}

const struct sg_outside_key *
sg_outside_find(const struct sg_outside_keys *keys, struct sg_str kid)
{
	for (size_t i = 0; i < keys->count; i++)
		if (sg_str_is(kid, keys->list[i].kid))
			return &keys->list[i];
	return NULL;
}
