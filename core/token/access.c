/* SPDX-License-Identifier: Apache-2.0
 * Tokens, read in the order of the list in access.h. Claims are not parsed before the signature is good. */
#include "token/access.h"

#include "base/err.h"
#include "base/str.h"
#include "token/compact.h"

static enum sg_status
check_header(const struct sg_json *header, const struct sg_jwks *keys, const char *type, const struct sg_jwk **key,
	     struct sg_err *err)
{
	struct sg_str kid = {NULL, 0};
	for (const struct sg_json *m = sg_json_first(header); m != NULL; m = sg_json_next(header, m))
		if (!sg_str_is(m->name, "alg") && !sg_str_is(m->name, "kid") && !sg_str_is(m->name, "typ"))
			return sg_fail(err, SG_MALFORMED, "token_header_member",
				       "a header has alg, kid, typ and nothing else");
	if (!sg_json_is(header, "typ", type))
		return sg_fail(err, SG_REFUSED, "token_typ", "typ is not \"%s\"", type);
	const struct sg_jwk *found = sg_json_string(sg_json_get(header, "kid"), &kid) ? sg_jwks_find(keys, kid) : NULL;
	if (found == NULL)
		return sg_fail(err, SG_REFUSED, "token_kid", "signed with a key that is not in the set");
	if (!sg_json_is(header, "alg", "ES256"))
		return sg_fail(err, SG_REFUSED, "token_alg", "alg is not the key's, ES256");
	*key = found;
	return SG_OK;
}

static enum sg_status
check_names(const struct sg_json *claims, struct sg_err *err)
{
	static const char *const names[] = {"iss", "sub", "aud", "jti", "client_id"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct sg_json *claim = sg_json_get(claims, names[i]);
		struct sg_str text = {NULL, 0};
		if (claim == NULL && strcmp(names[i], "client_id") == 0)
			continue;
		if (!sg_json_string(claim, &text) || text.len == 0)
			return sg_fail(err, SG_MALFORMED, "token_claim", "%s is missing or not a text", names[i]);
	}
	return SG_OK;
}

static enum sg_status
check_times(const struct sg_json *claims, const struct sg_token_rules *rules, struct sg_err *err)
{
	int64_t exp = 0, iat = 0, nbf = 0;
	int64_t most = rules->lifetime_most > 0 ? rules->lifetime_most : SG_JWS_LIFETIME_S;
	const struct sg_json *not_before = sg_json_get(claims, "nbf");
	if (!sg_json_int(sg_json_get(claims, "exp"), &exp) || !sg_json_int(sg_json_get(claims, "iat"), &iat) ||
	    iat <= 0 || exp <= iat || (not_before != NULL && (!sg_json_int(not_before, &nbf) || nbf <= 0)))
		return sg_fail(err, SG_MALFORMED, "token_time",
			       "exp, iat or nbf is not a time, or exp is not after iat");
	if (exp - iat > most)
		return sg_fail(err, SG_REFUSED, "token_lifetime", "lives longer than %lld s", (long long)most);
	if (iat > rules->wall + SG_JWS_LEEWAY_S || nbf > rules->wall + SG_JWS_LEEWAY_S)
		return sg_fail(err, SG_REFUSED, "token_early", "from the future");
	if (rules->wall >= exp + SG_JWS_LEEWAY_S)
		return sg_fail(err, SG_REFUSED, "token_expired", "expired");
	return SG_OK;
}

enum sg_status
sg_token_read(struct sg_arena *arena, const struct sg_jwks *keys, struct sg_str token,
	      const struct sg_token_rules *rules, const struct sg_json **claims, struct sg_err *err)
{
	struct sg_compact parts = {.header = {NULL, 0}};
	const struct sg_json *header = NULL, *said = NULL;
	const struct sg_jwk *key = NULL;
	enum sg_status status = sg_compact_cut(token, SG_JWS_MAX, &parts, err);
	if (status == SG_OK)
		status = sg_compact_decode(arena, &parts.header, err);
	if (status == SG_OK)
		status = sg_compact_decode(arena, &parts.payload, err);
	if (status == SG_OK && parts.header.len > SG_JWS_HEADER_MAX)
		status = sg_fail(err, SG_LIMIT, "token_header_size", "header of %zu bytes, limit is %d",
				 parts.header.len, SG_JWS_HEADER_MAX);
	if (status == SG_OK)
		status = sg_compact_parse(arena, parts.header, "token_header", &header, err);
	if (status == SG_OK)
		status = check_header(header, keys, rules->type, &key, err);
	if (status == SG_OK)
		status = sg_jws_check(key, parts.signed_bytes, parts.signature, err);
	if (status == SG_OK)
		status = sg_compact_parse(arena, parts.payload, "token_claims", &said, err);
	if (status == SG_OK)
		status = check_names(said, err);
	if (status == SG_OK)
		status = check_times(said, rules, err);
	if (status == SG_OK)
		*claims = said;
	return status;
}

enum sg_status
sg_token_write(struct sg_buf *out, const struct sg_jwk *key, const char *type, struct sg_str claims, struct sg_err *err)
{
	struct sg_buf header;
	struct sg_json_writer w;
	sg_buf_init(&header, SG_JWS_HEADER_MAX);
	sg_jw_begin(&w, &header);
	sg_jw_object(&w);
	sg_jw_member_text(&w, "alg", "ES256");
	sg_jw_member_text(&w, "kid", key->kid);
	sg_jw_member_text(&w, "typ", type);
	sg_jw_end(&w);
	enum sg_status status = sg_jw_done(&w) ? sg_jws_sign(out, key, sg_buf_view(&header), claims, err)
					       : sg_fail(err, SG_LIMIT, "token_header_size", "the header is too long");
	sg_buf_done(&header);
	return status;
}
