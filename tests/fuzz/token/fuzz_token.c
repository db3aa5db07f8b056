/* SPDX-License-Identifier: Apache-2.0
 * Tokens: whatever the bytes, no crash and a code. The first byte chooses: a token as it came, a token whose parts are
 * well signed with the input as `header NUL payload`, a JWK set, base64url, a SPIFFE ID. */
#include "base/str.h"
#include "token/access.h"
#include "token/base64url.h"
#include "token/spiffe.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

#define MUST(condition)                                                                                                \
	if (!(condition))                                                                                              \
	abort()

static const struct sg_jwks *
known_keys(void)
{
	static struct sg_jwks keys;
	if (keys.count == 0) {
		MUST(sg_jwk_make(&keys.keys[0], NULL) == SG_OK);
		strcpy(keys.keys[0].kid, "k1");
		keys.count = 1;
	}
	return &keys;
}

static void
read_token(struct sg_str token)
{
	struct sg_arena arena;
	const struct sg_json *claims = NULL;
	struct sg_token_rules rules = {.type = "at+jwt", .wall = 1800000000};
	struct sg_err err = {0};
	struct sg_str subject;
	sg_arena_init(&arena, 1 << 20);
	enum sg_status status = sg_token_read(&arena, known_keys(), token, &rules, &claims, &err);
	MUST(status == SG_OK ? sg_json_string(sg_json_get(claims, "sub"), &subject)
			     : err.code != NULL && claims == NULL);
	sg_arena_done(&arena);
}

static void
sign_and_read(struct sg_str text)
{
	struct sg_str payload = text, header = sg_str_cut(&payload, '\0');
	struct sg_buf token;
	sg_buf_init(&token, 1 << 16);
	if (payload.ptr != NULL && sg_jws_sign(&token, &known_keys()->keys[0], header, payload, NULL) == SG_OK)
		read_token(sg_buf_view(&token));
	sg_buf_done(&token);
}

static void
read_keys(struct sg_str text)
{
	struct sg_arena arena;
	const struct sg_json *json = NULL;
	struct sg_jwks set;
	sg_arena_init(&arena, 1 << 20);
	if (sg_json_parse(&arena, text, NULL, &json, NULL) == SG_OK && sg_jwks_read(&set, json, NULL) == SG_OK) {
		MUST(set.count > 0 && set.count <= SG_JWKS_MAX);
		for (size_t i = 0; i < set.count; i++)
			MUST(sg_jwks_find(&set, sg_str(set.keys[i].kid)) == &set.keys[i]);
		sg_jwks_done(&set);
	}
	sg_arena_done(&arena);
}

/* What can be read is written the same way. */
static void
read_base64(struct sg_str text)
{
	struct sg_buf back;
	size_t len, room = SG_B64U_BYTES(text.len);
	char *bytes = malloc(room);
	if (sg_b64u_read(text, bytes, room, &len)) {
		sg_buf_init(&back, text.len + 8);
		sg_b64u_write(&back, (struct sg_str){bytes, len});
		MUST(sg_str_eq(sg_buf_view(&back), text));
		sg_buf_done(&back);
	}
	free(bytes);
}

static void
read_spiffe(struct sg_str text)
{
	struct sg_str domain, path;
	if (sg_spiffe_read(text, &domain, &path, NULL) == SG_OK)
		MUST(domain.len > 0 && 9 + domain.len + path.len == text.len && (path.len == 0 || path.ptr[0] == '/'));
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static void (*const readers[])(struct sg_str) = {read_token, sign_and_read, read_keys, read_base64,
							 read_spiffe};
	if (len > 0 && len < 32768)
		readers[bytes[0] % 5]((struct sg_str){(const char *)bytes + 1, len - 1});
	return 0;
}
