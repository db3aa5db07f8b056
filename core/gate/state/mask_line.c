/* SPDX-License-Identifier: Apache-2.0
 * Fingerprints are written under a pad of the state key's. */
#include "gate/state/mask_line.h"
#include "gate/state/values.h"

#include "base/str.h"

#include <stdio.h>
#include <string.h>

static uint64_t
derived(const struct sg_state *state, const char *what, struct sg_str where, int64_t index)
{
	unsigned char mac[SG_SHA256_BYTES];
	char text[SG_ID_MAX + 64];
	uint64_t out;
	int len = snprintf(text, sizeof(text), "mask-%s|%.*s|%lld", what, SG_STR_ARG(where), (long long)index);
	sg_hmac(mac, state->key, (struct sg_str){text, (size_t)len});
	memcpy(&out, mac, sizeof(out));
	return out;
}

uint64_t
sg_mask_key(const struct sg_state *state)
{
	return derived(state, "key", SG_STR(""), 0) | 1;
}

void
sg_mask_write(struct sg_json_writer *w, const struct sg_state *state, struct sg_str where, int64_t index, struct sg_masked secret)
{
	char hex[17];
	snprintf(hex, sizeof(hex), "%016llx", (unsigned long long)(secret.print ^ derived(state, "pad", where, index)));
	sg_jw_object(w);
	sg_jw_member_int(w, "len", (int64_t)secret.len);
	sg_jw_member_text(w, "print", hex);
	sg_jw_end(w);
}

bool
sg_mask_read(const struct sg_json *json, const struct sg_state *state, struct sg_str where, int64_t index, struct sg_masked *secret)
{
	const struct sg_json *print = sg_json_get(json, "print");
	int64_t len = 0;
	if (!sg_json_int(sg_json_get(json, "len"), &len) || len < SG_MASK_LEAST || len > SG_MASK_MOST || print == NULL || print->type != SG_JSON_STRING ||
	    print->string.len != 16)
		return false;
	*secret = (struct sg_masked){(uint64_t)len, sg_value_unhex(print->string) ^ derived(state, "pad", where, index)};
	return true;
}
