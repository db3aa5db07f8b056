/* SPDX-License-Identifier: Apache-2.0
 * What others send: the first byte chooses between a key set, a token, and a certificate chain. No crash, a code, nothing taken that nobody signed. */
#include "base/str.h"
#include "token/chain.h"
#include "token/outside.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

#define MUST(condition)                                                                                                \
	if (!(condition))                                                                                              \
	abort()

static void
read_keys(struct sg_str text)
{
	struct sg_arena arena;
	const struct sg_json *json = NULL;
	struct sg_outside_keys keys;
	sg_arena_init(&arena, 4 << 20);
	if (sg_json_parse(&arena, text, NULL, &json, NULL) == SG_OK && sg_outside_keys_read(&keys, json, NULL) == SG_OK) {
		MUST(keys.count > 0 && keys.count <= SG_OUTSIDE_KEYS_MAX);
		for (size_t i = 0; i < keys.count; i++)
			MUST(sg_outside_find(&keys, sg_str(keys.list[i].kid)) == &keys.list[i]);
		sg_outside_keys_done(&keys);
	}
	sg_arena_done(&arena);
}

static void
read_token(struct sg_str token)
{
	static struct sg_outside_keys keys;
	struct sg_outside_rules rules = {SG_STR("i"), SG_STR("a"), false, 1800000000, 5, 3600};
	struct sg_arena arena;
	struct sg_err err = {0};
	const struct sg_json *claims = NULL;
	if (keys.count == 0) {
		keys.list[0] = (struct sg_outside_key){EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256"), SG_ES256, false, "k"};
		keys.count = 1;
	}
	sg_arena_init(&arena, 1 << 20);
	MUST(sg_outside_token(&arena, &keys, token, &rules, &claims, &err) != SG_OK && err.code != NULL && claims == NULL);
	sg_arena_done(&arena);
}

static void
read_chain(struct sg_str der)
{
	static X509_STORE *anchors;
	struct sg_chain_rules rules = {SG_STR("acme.example"), true, 1800000000, 4};
	struct sg_chain_facts facts;
	struct sg_err err = {0};
	if (anchors == NULL)
		anchors = X509_STORE_new();
	MUST(sg_chain_read(anchors, der, &rules, &facts, &err) != SG_OK && err.code != NULL);
}

static void
read_anchors(struct sg_str pem)
{
	X509_STORE *anchors = NULL;
	MUST(sg_anchors_read(&anchors, pem, NULL) == SG_OK ? anchors != NULL : anchors == NULL);
	X509_STORE_free(anchors);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static void (*const readers[])(struct sg_str) = {read_keys, read_token, read_chain, read_anchors};
	if (len > 0 && len < 32768)
		readers[bytes[0] % 4]((struct sg_str){(const char *)bytes + 1, len - 1});
	return 0;
}
