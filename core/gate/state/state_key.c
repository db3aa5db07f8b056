/* SPDX-License-Identifier: Apache-2.0
 * What the state key makes: nonces and tokens of tasks, names of memories, its own fingerprint. */
#include "gate/state/state.h"

#include "base/secret.h"
#include "base/line.h"
#include "base/str.h"

#include <stdio.h>
#include <stdlib.h>

static void
task_mac(const struct sg_state *state, const char *purpose, struct sg_str task, int64_t generation,
	 unsigned char out[SG_SHA256_BYTES])
{
	char text[160];
	struct sg_line line = sg_line_begin(text, sizeof(text), purpose);
	sg_line_text(&line, "|");
	sg_line_str(&line, task);
	sg_line_text(&line, "|");
	sg_line_number(&line, generation);
	sg_hmac(out, state->key, sg_line_view(&line));
}

static uint64_t
tag_of(const unsigned char mac[SG_SHA256_BYTES])
{
	uint64_t tag = 0;
	for (int i = 0; i < 8; i++)
		tag = tag << 8 | mac[i];
	return tag | 1;
}

uint64_t
sg_taint_tag(const struct sg_state *state, const struct sg_taint *taint)
{
	char text[64 + (SG_LABELS_MAX + 1) * (SG_LABEL_MAX + SG_DECIMAL)];
	unsigned char mac[SG_SHA256_BYTES];
	struct sg_line line = sg_line_begin(text, sizeof(text), taint->full ? "labels, and more" : "labels");
	if (taint->count == 0)
		return taint->full ? 2 : 1;
	for (size_t i = 0; i < taint->count; i++) {
		struct sg_str label = sg_str(taint->labels[i]);
		sg_line_text(&line, "|");
		sg_line_number(&line, (int64_t)label.len); /* its end is told: no other labels are written the same */
		sg_line_text(&line, "|");
		sg_line_str(&line, label);
	}
	if (line.cut)
		abort(); /* there is room for all that a taint may have */
	sg_hmac(mac, state->key, sg_line_view(&line));
	return tag_of(mac);
}

uint64_t
sg_words_tag(const struct sg_state *state, struct sg_str words)
{
	char text[8 + SG_SHA256_HEX];
	unsigned char mac[SG_SHA256_BYTES];
	if (words.len == 0)
		return 0;
	memcpy(text, "words|", 6);
	sg_sha256_hex(text + 6, words);
	sg_hmac(mac, state->key, sg_str(text));
	return tag_of(mac);
}

void
sg_state_fingerprint(const struct sg_state *state, char out[33])
{
	unsigned char mac[SG_SHA256_BYTES];
	task_mac(state, "fingerprint", SG_STR(""), 0, mac);
	sg_hex(out, mac, 16);
}

void
sg_state_handle(const struct sg_state *state, struct sg_str type, struct sg_str id, char out[33])
{
	char text[4608];
	unsigned char mac[SG_SHA256_BYTES];
	bool bar = memchr(type.ptr, '|', type.len) != NULL; /* its end is told, so that no other type and id are written the same */
	int len = bar ? snprintf(text, sizeof(text), "memory%zu|%.*s|%.*s", type.len, SG_STR_ARG(type), SG_STR_ARG(id))
		      : snprintf(text, sizeof(text), "memory|%.*s|%.*s", SG_STR_ARG(type), SG_STR_ARG(id));
	sg_hmac(mac, state->key, (struct sg_str){text, (size_t)len < sizeof(text) ? (size_t)len : sizeof(text) - 1});
	sg_hex(out, mac, 16);
}

void
sg_task_nonce(const struct sg_state *state, struct sg_str task, unsigned char nonce[16])
{
	unsigned char mac[SG_SHA256_BYTES];
	task_mac(state, "nonce", task, 0, mac);
	memcpy(nonce, mac, 16);
}

static void
token_of(const struct sg_state *state, const struct sg_task *task, int64_t generation, char out[192])
{
	unsigned char mac[SG_SHA256_BYTES];
	char hex[SG_SHA256_HEX];
	task_mac(state, "token", sg_str(task->id), generation, mac);
	sg_hex(hex, mac, sizeof(mac));
	snprintf(out, 192, "sgt1.%s.%lld.%s", task->id, (long long)generation, hex);
}

void
sg_task_token(const struct sg_state *state, const struct sg_task *task, char out[192])
{
	token_of(state, task, task->generation, out);
}

void
sg_task_handed_token(const struct sg_state *state, const struct sg_task *task, char out[192])
{
	token_of(state, task, 1, out);
}

static bool
is_token(const char expected[192], struct sg_str token)
{
	return strlen(expected) == token.len && sg_secret_eq(expected, token.ptr, token.len);
}

/* Which task it says it is for; NULL: none. */
static struct sg_task *
named_by(const struct sg_state *state, struct sg_str token)
{
	struct sg_str rest = token;
	return sg_str_is(sg_str_cut(&rest, '.'), "sgt1") ? sg_state_task(state, sg_str_cut(&rest, '.')) : NULL;
}

/* The task that it names, if it is the token which `write` makes of that. */
static struct sg_task *
proven(const struct sg_state *state, struct sg_str token, void (*write)(const struct sg_state *, const struct sg_task *, char[192]))
{
	char expected[192];
	struct sg_task *task = named_by(state, token);
	if (task == NULL)
		return NULL;
	write(state, task, expected);
	return is_token(expected, token) ? task : NULL;
}

struct sg_task *
sg_state_token_task(const struct sg_state *state, struct sg_str token)
{
	return proven(state, token, sg_task_token);
}

struct sg_task *
sg_state_handed_task(const struct sg_state *state, struct sg_str token)
{
	struct sg_task *handed = proven(state, token, sg_task_handed_token);
	return handed != NULL ? handed : sg_state_token_task(state, token);
}
