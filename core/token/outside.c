/* SPDX-License-Identifier: Apache-2.0
 * Tokens from outside, read in the order of the list in outside.h. Claims are not parsed before the signature is good. */
#include "token/outside.h"

#include "base/err.h"
#include "base/str.h"
#include "token/base64url.h"
#include "token/compact.h"

#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/rsa.h>

enum { SIGNATURE_MAX = SG_OUTSIDE_RSA_MOST / 8, DER_MAX = 2 * 48 + 16 };
#define TIME_END 9007199254740992.0 /* from here on a double has no seconds */

/* ---- signatures ---- */

static const struct {
	const char *digest; /* NULL: the algorithm has its own */
	size_t half;        /* bytes of r and s; 0: no pair */
	bool pss;
} algs[] = {[SG_RS256] = {"SHA256", 0, false}, [SG_PS256] = {"SHA256", 0, true}, [SG_ES256] = {"SHA256", 32, false},
	    [SG_ES384] = {"SHA384", 48, false}, [SG_EDDSA] = {NULL, 0, false}};

/* r and s as JOSE carries them become DER; 0 on failure. */
static size_t
to_der(unsigned char der[DER_MAX], const unsigned char *raw, size_t half)
{
	unsigned char *at = der;
	ECDSA_SIG *pair = ECDSA_SIG_new();
	BIGNUM *r = BN_bin2bn(raw, (int)half, NULL), *s = BN_bin2bn(raw + half, (int)half, NULL);
	if (pair == NULL || r == NULL || s == NULL || ECDSA_SIG_set0(pair, r, s) != 1) {
		BN_free(r);
		BN_free(s);
		ECDSA_SIG_free(pair);
		return 0;
	}
	int len = i2d_ECDSA_SIG(pair, &at);
	ECDSA_SIG_free(pair);
	return len > 0 ? (size_t)len : 0;
}

static bool
verify(const struct sg_outside_key *key, struct sg_str text, const unsigned char *signature, size_t len)
{
	EVP_PKEY_CTX *how = NULL;
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool good = context != NULL && EVP_DigestVerifyInit_ex(context, &how, algs[key->alg].digest, NULL, NULL, key->pkey, NULL) == 1;
	if (good && algs[key->alg].pss)
		good = EVP_PKEY_CTX_set_rsa_padding(how, RSA_PKCS1_PSS_PADDING) == 1 && EVP_PKEY_CTX_set_rsa_pss_saltlen(how, RSA_PSS_SALTLEN_DIGEST) == 1;
	good = good && EVP_DigestVerify(context, signature, len, (const unsigned char *)text.ptr, text.len) == 1;
	EVP_MD_CTX_free(context);
	ERR_clear_error();
	return good;
}

bool
sg_outside_signed(const struct sg_outside_key *key, struct sg_str text, struct sg_str signature)
{
	unsigned char raw[SIGNATURE_MAX + 2], der[DER_MAX];
	size_t len = 0;
	if (key == NULL || !sg_b64u_read(signature, raw, sizeof(raw), &len))
		return false;
	size_t half = algs[key->alg].half;
	if (half == 0)
		return len == (size_t)EVP_PKEY_get_size(key->pkey) && verify(key, text, raw, len);
	size_t der_len = len == 2 * half ? to_der(der, raw, half) : 0;
	return der_len > 0 && verify(key, text, der, der_len);
}

/* ---- the header ---- */

static bool
header_member_fits(struct sg_str name, bool svid)
{
	bool known = sg_str_is(name, "alg") || sg_str_is(name, "kid") || sg_str_is(name, "typ");
	return known || (!svid && !sg_str_is(name, "crit") && !sg_str_is(name, "b64"));
}

static enum sg_status
check_header(const struct sg_json *header, const struct sg_outside_keys *keys, const struct sg_outside_rules *rules,
	     const struct sg_outside_key **key, struct sg_err *err)
{
	struct sg_str kid = {NULL, 0};
	for (const struct sg_json *m = sg_json_first(header); m != NULL; m = sg_json_next(header, m))
		if (!header_member_fits(m->name, rules->svid))
			return sg_fail(err, SG_MALFORMED, "token_header_member", "the header has a member that may not be there");
	if (sg_json_get(header, "typ") != NULL && !sg_json_is(header, "typ", "JWT") && !(rules->svid && sg_json_is(header, "typ", "JOSE")))
		return sg_fail(err, SG_REFUSED, "token_typ", "typ is not JWT");
	const struct sg_outside_key *found = sg_json_string(sg_json_get(header, "kid"), &kid) ? sg_outside_find(keys, kid) : NULL;
	if (found == NULL || found->svid != rules->svid)
		return sg_fail(err, SG_REFUSED, "token_kid", "signed with a key that is not in the set for this use");
	if (!sg_json_is(header, "alg", sg_outside_alg_name(found->alg)) || (rules->svid && found->alg == SG_EDDSA))
		return sg_fail(err, SG_REFUSED, "token_alg", "alg is not the key's");
	*key = found;
	return SG_OK;
}

/* ---- the claims ---- */

/* Ours and nobody else's: a token that is good elsewhere too could be brought here by whoever holds it there. */
static bool
audience_is(const struct sg_json *aud, struct sg_str want)
{
	struct sg_str text;
	if (aud != NULL && aud->type == SG_JSON_ARRAY && aud->count == 1)
		aud = sg_json_first(aud);
	return sg_json_string(aud, &text) && sg_str_eq(text, want);
}

static enum sg_status
check_names(const struct sg_json *claims, const struct sg_outside_rules *rules, struct sg_err *err)
{
	struct sg_str issuer = {NULL, 0}, subject = {NULL, 0};
	bool has = sg_json_string(sg_json_get(claims, "iss"), &issuer);
	if (rules->issuer.len > 0 ? !has || !sg_str_eq(issuer, rules->issuer) : !rules->svid)
		return sg_fail(err, SG_REFUSED, "token_issuer", "iss is not the issuer that is trusted");
	if (rules->audience.len == 0 || !audience_is(sg_json_get(claims, "aud"), rules->audience))
		return sg_fail(err, SG_REFUSED, "token_audience", "aud is not this audience alone");
	if (!sg_json_string(sg_json_get(claims, "sub"), &subject) || subject.len == 0)
		return sg_fail(err, SG_MALFORMED, "token_claim", "sub is missing or not a text");
	if (sg_json_get(claims, "cnf") != NULL) /* whoever holds it has shown no key */
		return sg_fail(err, SG_REFUSED, "token_bound", "bound to a key (cnf), which nobody has shown here: it is no bearer token");
	return SG_OK;
}

/* NumericDate (RFC 7519, 2): seconds, perhaps with a fraction. */
static bool
time_of(const struct sg_json *claims, const char *name, bool needed, double *out)
{
	const struct sg_json *claim = sg_json_get(claims, name);
	if (claim == NULL)
		return !needed;
	*out = claim->number;
	return claim->type == SG_JSON_NUMBER && *out > 0 && *out < TIME_END;
}

static enum sg_status
check_times(const struct sg_json *claims, const struct sg_outside_rules *rules, struct sg_err *err)
{
	double exp = 0, iat = 0, nbf = 0, now = (double)rules->wall, leeway = (double)rules->leeway;
	if (!time_of(claims, "exp", true, &exp) || !time_of(claims, "iat", false, &iat) || !time_of(claims, "nbf", false, &nbf) || exp <= iat)
		return sg_fail(err, SG_MALFORMED, "token_time", "exp, iat or nbf is not a time, or exp is not after iat");
	if (exp - (iat > 0 ? iat : now) > (double)rules->lifetime)
		return sg_fail(err, SG_REFUSED, "token_lifetime", "lives longer than %lld s", (long long)rules->lifetime);
	if (iat > now + leeway || nbf > now + leeway)
		return sg_fail(err, SG_REFUSED, "token_early", "from the future");
	if (now >= exp + leeway)
		return sg_fail(err, SG_REFUSED, "token_expired", "expired");
	return SG_OK;
}

static enum sg_status
open_token(struct sg_arena *arena, const struct sg_outside_keys *keys, struct sg_compact *parts, const struct sg_outside_rules *rules,
	   struct sg_err *err)
{
	const struct sg_json *header = NULL;
	const struct sg_outside_key *key = NULL;
	enum sg_status status = sg_compact_decode(arena, &parts->header, err);
	if (status == SG_OK)
		status = sg_compact_decode(arena, &parts->payload, err);
	if (status == SG_OK && parts->header.len > SG_OUTSIDE_HEADER_MAX)
		status = sg_fail(err, SG_LIMIT, "token_header_size", "header of %zu bytes, limit is %d", parts->header.len, SG_OUTSIDE_HEADER_MAX);
	if (status == SG_OK)
		status = sg_compact_parse(arena, parts->header, "token_header", &header, err);
	if (status == SG_OK)
		status = check_header(header, keys, rules, &key, err);
	if (status == SG_OK && !sg_outside_signed(key, parts->signed_bytes, parts->signature))
		status = sg_fail(err, SG_REFUSED, "token_signature", "the signature is not this key's");
	return status;
}

enum sg_status
sg_outside_token(struct sg_arena *arena, const struct sg_outside_keys *keys, struct sg_str token, const struct sg_outside_rules *rules,
		 const struct sg_json **claims, struct sg_err *err)
{
	struct sg_compact parts = {.header = {NULL, 0}};
	const struct sg_json *said = NULL;
	enum sg_status status = sg_compact_cut(token, SG_OUTSIDE_TOKEN_MAX, &parts, err);
	if (status == SG_OK)
		status = open_token(arena, keys, &parts, rules, err);
	if (status == SG_OK)
		status = sg_compact_parse(arena, parts.payload, "token_claims", &said, err);
	if (status == SG_OK)
		status = check_names(said, rules, err);
	if (status == SG_OK)
		status = check_times(said, rules, err);
	if (status == SG_OK)
		*claims = said;
	return status;
}
