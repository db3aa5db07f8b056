/* SPDX-License-Identifier: Apache-2.0
 * What client and server say at the beginning that they can, without what would be refused later; and of the server without words for the model that
 * nobody has pinned. */
#include "enforce/proxy_in.h"

#include "base/digest.h"
#include "base/str.h"
#include "base/names.h"
#include "frame/capabilities.h"

#include <stdio.h>
#include <string.h>

static const struct {
	const char *name;
	enum sg_side side;
} carried[] = {
#define X(name, side, text, why) {name, SG_SIDE_##side},
	SG_MCP_CAPABILITIES(X)
#undef X
};

static bool
is_carried(enum sg_side side, struct sg_str name)
{
	for (size_t i = 0; i < sizeof(carried) / sizeof(carried[0]); i++)
		if (carried[i].side == side && sg_str_is(name, carried[i].name))
			return true;
	return false;
}

static void
write_capabilities(struct sg_buf *line, enum sg_side side, const struct sg_json *capabilities)
{
	const char *comma = "";
	sg_buf_text(line, "{");
	for (const struct sg_json *c = sg_json_first(capabilities); c != NULL; c = sg_json_next(capabilities, c)) {
		if (!is_carried(side, c->name))
			continue;
		sg_buf_text(line, comma);
		sg_canon_string(line, c->name);
		sg_buf_text(line, ":");
		sg_json_line(line, c);
		comma = ",";
	}
	sg_buf_text(line, "}");
}

/* Clients put `instructions` before their model as if a person had said them: they pass if they are those that somebody has read. */
static bool
are_pinned(const struct sg_json *text, const char *pin)
{
	struct sg_str words = {"", 0};
	char digest[SG_SHA256_HEX];
	if (!sg_json_string(text, &words))
		return false;
	sg_sha256_hex(digest, words);
	bool pinned = pin != NULL && strcmp(digest, pin) == 0;
	if (!pinned)
		fprintf(stderr, "stepgate mcp: the server's instructions are left out: they are %s\n", digest);
	return pinned;
}

/* What the server's answer may hold; of the client's question anything that passes. */
static bool
is_known(enum sg_side side, const struct sg_json *member, const char *pin)
{
	return side == SG_SIDE_CLIENT || sg_str_is(member->name, "protocolVersion") || sg_str_is(member->name, "capabilities") || sg_str_is(member->name, "serverInfo") ||
	       (sg_str_is(member->name, "instructions") && are_pinned(member, pin));
}

/* An object that holds capabilities, all else as it came. */
static void
write_holder(struct sg_buf *line, enum sg_side side, const struct sg_json *holder, const char *pin)
{
	const char *comma = "";
	sg_buf_text(line, "{");
	for (const struct sg_json *m = sg_json_first(holder); m != NULL; m = sg_json_next(holder, m)) {
		if (!sg_str_is(m->name, "capabilities") && sg_name_folds_to(m->name, "capabilities"))
			continue; /* to a reader that does not look at case they would be capabilities that nobody looked at */
		if (!is_known(side, m, pin))
			continue;
		sg_buf_text(line, comma);
		sg_canon_string(line, m->name);
		sg_buf_text(line, ":");
		sg_str_is(m->name, "capabilities") && m->type == SG_JSON_OBJECT ? write_capabilities(line, side, m) : sg_json_line(line, m);
		comma = ",";
	}
	sg_buf_text(line, "}");
}

bool
sg_capabilities_pass(struct sg_buf *to, enum sg_side side, const struct sg_mcp_message *m, struct sg_str id, const char *pin)
{
	struct sg_buf line;
	const char *holder = side == SG_SIDE_CLIENT ? "params" : "result", *comma = "";
	sg_buf_init(&line, to->max);
	sg_buf_text(&line, "{");
	for (const struct sg_json *part = sg_json_first(m->json); part != NULL; part = sg_json_next(m->json, part)) {
		if (!sg_mcp_member(part->name))
			continue;
		sg_buf_text(&line, comma);
		sg_canon_string(&line, part->name);
		sg_buf_text(&line, ":");
		if (sg_str_is(part->name, holder) && part->type == SG_JSON_OBJECT)
			write_holder(&line, side, part, pin);
		else if (sg_str_is(part->name, "id") && id.len > 0)
			sg_buf_str(&line, id);
		else
			sg_json_line(&line, part);
		comma = ",";
	}
	sg_buf_text(&line, "}");
	bool good = !line.failed && sg_mcp_put(to, sg_buf_view(&line));
	sg_buf_done(&line);
	return good;
}
