/* SPDX-License-Identifier: Apache-2.0
 * What an agent's identity rests on: the attest stack, what its stanza wants to be matched, and how surely. A process that showed itself under another such
 * digest has to show itself again. */
#include "gate/catalogue/catalogue.h"

#include "base/canon.h"
#include "base/digest.h"
#include "base/str.h"

#include <string.h>

static void
write_parts(struct sg_buf *text, const struct sg_json *object, const char *const *parts, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct sg_json *part = sg_json_get(object, parts[i]);
		sg_buf_text(text, "\n");
		if (part != NULL)
			sg_canon_write(text, part);
	}
}

/* What a module says and how much says nothing of who anybody is. */
static void
write_stanza(struct sg_buf *text, const struct sg_json *stanza)
{
	const char *comma = "";
	sg_buf_text(text, "{");
	for (const struct sg_json *m = sg_json_first(stanza); m != NULL; m = sg_json_next(stanza, m)) {
		if (sg_str_is(m->name, "log_level"))
			continue;
		sg_buf_text(text, comma);
		sg_canon_string(text, m->name);
		sg_buf_text(text, ":");
		sg_canon_write(text, m);
		comma = ",";
	}
	sg_buf_text(text, "}");
}

static void
write_stack(struct sg_buf *text, const struct sg_json *stack)
{
	sg_buf_text(text, stack != NULL ? "\n{" : "\n");
	for (const struct sg_json *s = sg_json_first(stack); s != NULL; s = sg_json_next(stack, s)) {
		sg_buf_text(text, s == sg_json_first(stack) ? "" : ",");
		sg_canon_string(text, s->name);
		sg_buf_text(text, ":");
		write_stanza(text, s);
	}
	sg_buf_text(text, stack != NULL ? "}" : "");
}

/* `agent` NULL: the stack alone. */
static uint64_t
digest_of(const struct sg_json *document, const struct sg_agent *agent)
{
	static const char *const whole[] = {"mode", "trust_domain"}, *const own[] = {"human_use", "identity", "instance", "match"};
	unsigned char digest[SG_SHA256_BYTES];
	struct sg_buf text;
	uint64_t out = 0;
	sg_buf_init(&text, 8 << 20);
	write_stack(&text, sg_json_get(document, "attest"));
	write_parts(&text, document, whole, sizeof(whole) / sizeof(whole[0]));
	if (agent != NULL)
		write_parts(&text, sg_json_get_str(sg_json_get(document, "agents"), agent->name), own, sizeof(own) / sizeof(own[0]));
	sg_sha256(digest, sg_buf_view(&text));
	memcpy(&out, digest, sizeof(out));
	out = text.failed || out == 0 ? 1 : out;
	sg_buf_done(&text);
	return out;
}

void
sg_agents_rest_on(struct sg_catalogue *c)
{
	c->stack = digest_of(c->document, NULL);
	for (size_t i = 0; i < c->agent_count; i++)
		c->agents[i].rests_on = digest_of(c->document, &c->agents[i]);
}
