/* SPDX-License-Identifier: Apache-2.0
 * Public keys as others write them: what is known must be right, what is private must not be there. */
#include "base/err.h"
#include "base/str.h"
#include "token/base64url.h"
#include "token/jwk_point.h"
#include "token/jwk_use.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/param_build.h>

static EVP_PKEY *
key_at(const unsigned char point[SG_POINT_BYTES])
{
	EVP_PKEY *pkey = NULL;
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, (char *)"P-256", 0),
		OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, (void *)point, SG_POINT_BYTES),
		OSSL_PARAM_construct_end(),
	};
	if (context == NULL || EVP_PKEY_fromdata_init(context) != 1 ||
	    EVP_PKEY_fromdata(context, &pkey, EVP_PKEY_PUBLIC_KEY, params) != 1) {
		EVP_PKEY_free(pkey); /* made, but without a key in it */
		pkey = NULL;
	}
	EVP_PKEY_CTX_free(context);
	ERR_clear_error();
	return pkey;
}

static bool
read_coordinate(const struct sg_json *json, const char *name, unsigned char *out)
{
	struct sg_str text;
	size_t len = 0;
	return sg_json_string(sg_json_get(json, name), &text) && sg_b64u_read(text, out, SG_COORDINATE_BYTES, &len) &&
	       len == SG_COORDINATE_BYTES;
}

static bool
absent_or(const struct sg_json *json, const char *name, const char *value)
{
	return sg_json_get(json, name) == NULL || sg_json_is(json, name, value);
}

static bool
read_kid(struct sg_jwk *key, const struct sg_json *json)
{
	struct sg_str kid;
	if (sg_json_get(json, "kid") == NULL)
		return true;
	if (!sg_json_string(sg_json_get(json, "kid"), &kid) || kid.len == 0 || kid.len > SG_KID_MAX)
		return false;
	for (size_t i = 0; i < kid.len; i++)
		if (kid.ptr[i] <= ' ' || kid.ptr[i] > '~')
			return false;
	memcpy(key->kid, kid.ptr, kid.len);
	return true;
}

static enum sg_status
check_members(const struct sg_json *json, struct sg_err *err)
{
	static const char *const private[] = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"};
	if (json == NULL || json->type != SG_JSON_OBJECT)
		return sg_fail(err, SG_MALFORMED, "jwk_form", "a key is an object");
	for (size_t i = 0; i < sizeof(private) / sizeof(private[0]); i++)
		if (sg_json_get(json, private[i]) != NULL)
			return sg_fail(err, SG_MALFORMED, "jwk_private", "a private member where public keys are read");
	if (!sg_json_is(json, "kty", "EC") || !sg_json_is(json, "crv", "P-256"))
		return sg_fail(err, SG_MALFORMED, "jwk_type", "not an EC P-256 key");
	if (!absent_or(json, "alg", "ES256"))
		return sg_fail(err, SG_MALFORMED, "jwk_alg", "a P-256 key is for ES256 and nothing else");
	if (!absent_or(json, "use", "sig") || !sg_jwk_verifies(json))
		return sg_fail(err, SG_MALFORMED, "jwk_use", "not a key for signatures");
	return SG_OK;
}

enum sg_status
sg_jwk_read(struct sg_jwk *key, const struct sg_json *json, struct sg_err *err)
{
	unsigned char point[SG_POINT_BYTES] = {4};
	*key = (struct sg_jwk){0};
	enum sg_status status = check_members(json, err);
	if (status != SG_OK)
		return status;
	if (!read_kid(key, json))
		return sg_fail(err, SG_MALFORMED, "jwk_kid", "kid is not 1 to %d printable characters", SG_KID_MAX);
	if (read_coordinate(json, "x", point + 1) && read_coordinate(json, "y", point + 1 + SG_COORDINATE_BYTES))
		key->pkey = key_at(point);
	if (key->pkey == NULL)
		return sg_fail(err, SG_MALFORMED, "jwk_point", "x and y are no point of P-256");
	return sg_jwk_finish(key, false, err);
}

static enum sg_status
read_next(struct sg_jwks *set, const struct sg_json *json, struct sg_err *err)
{
	struct sg_jwk key;
	if (set->count == SG_JWKS_MAX)
		return sg_fail(err, SG_LIMIT, "jwks_many", "more than %d keys", SG_JWKS_MAX);
	enum sg_status status = sg_jwk_read(&key, json, err);
	if (status != SG_OK)
		return status;
	if (sg_jwks_find(set, sg_str(key.kid)) != NULL) {
		sg_jwk_done(&key);
		return sg_fail(err, SG_MALFORMED, "jwks_kid", "two keys of one name");
	}
	set->keys[set->count++] = key;
	return SG_OK;
}

enum sg_status
sg_jwks_read(struct sg_jwks *set, const struct sg_json *json, struct sg_err *err)
{
	const struct sg_json *list = sg_json_get(json, "keys");
	enum sg_status status = SG_OK;
	*set = (struct sg_jwks){0};
	if (list == NULL || list->type != SG_JSON_ARRAY || list->count == 0)
		return sg_fail(err, SG_MALFORMED, "jwks_form", "a key set is {\"keys\":[...]} with one key at least");
	for (const struct sg_json *k = sg_json_first(list); status == SG_OK && k != NULL; k = sg_json_next(list, k))
		status = read_next(set, k, err);
	if (status != SG_OK)
		sg_jwks_done(set);
	return status;
}

const struct sg_jwk *
sg_jwks_find(const struct sg_jwks *set, struct sg_str kid)
{
	for (size_t i = 0; i < set->count; i++)
		if (sg_str_is(kid, set->keys[i].kid))
			return &set->keys[i];
	return NULL;
}

void
sg_jwks_done(struct sg_jwks *set)
{
	for (size_t i = 0; i < set->count; i++)
		sg_jwk_done(&set->keys[i]);
	set->count = 0;
}
