/* SPDX-License-Identifier: Apache-2.0
 * Values as they are kept: keyed digests, within their tree; of what a domain keeps (kept.h), within none. */
#include "base/line.h"
#include "base/str.h"
#include "gate/state/named.h"

enum { DIGEST_TEXT = SG_FORM_MAX + SG_ID_MAX + 16 };

uint64_t
sg_value_digest(const struct sg_state *state, const struct sg_task *task, struct sg_str form)
{
	char text[DIGEST_TEXT];
	unsigned char mac[SG_SHA256_BYTES];
	uint64_t digest = 0;
	struct sg_line line = sg_line_begin(text, sizeof(text), "value|");
	sg_line_text(&line, task == NULL ? "" : task->root->id);
	sg_line_text(&line, "|");
	sg_line_str(&line, form); /* all of it: what goes on behind a NUL is another value */
	if (line.cut)
		return 0;
	sg_hmac(mac, state->key, sg_line_view(&line));
	memcpy(&digest, mac, sizeof(digest));
	return digest == 0 ? 1 : digest;
}

void
sg_value_hex(uint64_t digest, char out[17])
{
	sg_hex_number(out, digest);
}

uint64_t
sg_form_digest(const struct sg_state *state, const struct sg_task *task, struct sg_str form, enum sg_form_kind kind)
{
	char marked[1 + SG_FORM_MAX], mark = kind == SG_FORM_COMPACT ? '\1' : kind == SG_FORM_SPELLED ? '\2' : '\3';
	bool plain = mark == '\3' && (form.len == 0 || (unsigned char)form.ptr[0] > SG_VALUE_NAMED);
	if (plain || form.len > SG_FORM_MAX)
		return sg_value_digest(state, task, form);
	marked[0] = mark;
	memcpy(marked + 1, form.ptr, form.len);
	return sg_value_digest(state, task, (struct sg_str){marked, 1 + form.len});
}

bool
sg_value_text(const struct sg_json *value, struct sg_buf *out)
{
	struct sg_str text;
	if (sg_json_string(value, &text)) {
		sg_buf_str(out, text);
		return !out->failed;
	}
	if (value == NULL || value->type != SG_JSON_NUMBER)
		return false;
	sg_canon_write(out, value);
	return !out->failed;
}
