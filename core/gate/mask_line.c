/* SPDX-License-Identifier: Apache-2.0
 * Fingerprints are written under a pad of the state key's. */
#include "gate/mask_line.h"

#include "base/str.h"
#include "gate/snapshot_in.h"
#include "gate/snapshot_out.h"

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
	*secret = (struct sg_masked){(uint64_t)len, sg_take_hex(print) ^ derived(state, "pad", where, index)};
	return true;
}

/* ---- snapshots ---- */

void
sg_snapshot_masks(struct sg_snapshot_out *o, const void *value)
{
	const struct sg_task *root = value;
	for (size_t i = 0; root->tree != NULL && i < root->tree->mask.count && !o->failed && !o->stopped; i++) {
		sg_line_begin(o);
		sg_jw_member_int(&o->w, "index", (int64_t)i);
		sg_jw_member_text(&o->w, "k", "mask");
		sg_jw_name(&o->w, "secret");
		sg_mask_write(&o->w, o->state, sg_str(root->id), (int64_t)i, root->tree->mask.items[i]);
		sg_jw_member_text(&o->w, "task", root->id);
		sg_line_end(o);
	}
}

void
sg_read_mask_line(struct sg_fold *f)
{
	struct sg_tree *tree = sg_take_tree(f);
	struct sg_masked secret;
	int64_t index = sg_fold_int(f, "index");
	if (tree == NULL)
		return;
	if (!sg_mask_read(sg_json_get(f->body, "secret"), f->state, sg_fold_text(f, "task"), index, &secret))
		f->missing = "secret";
	else if (!sg_mask_add(&tree->mask, secret))
		f->missing = "memory";
}
