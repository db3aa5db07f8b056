/* SPDX-License-Identifier: Apache-2.0
 * What client and server say at the beginning that they can, without what would be refused later; and of the server without words for the model that
 * nobody has pinned. */
#include "enforce/proxy_in.h"
#include "enforce/tell.h"

#include "base/digest.h"
#include "base/str.h"
#include "base/names.h"
#include "frame/capabilities.h"

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

/* Of the client's capabilities what they are switched by, of its name as much as a name needs: the rest would be its own words to a server, undecided. */
enum { CLIENT_NAME_MOST = 128, VERSION_MOST = 16 };

static bool
is_one_of(struct sg_str name, const char *const *names)
{
	for (; *names != NULL; names++)
		if (sg_str_is(name, *names))
			return true;
	return false;
}

static bool
is_switch(const struct sg_json *m)
{
	static const char *const switches[] = {"listChanged", "subscribe", "context", "tools", "form", "url", NULL};
	return is_one_of(m->name, switches) && (m->type == SG_JSON_BOOL || m->type == SG_JSON_OBJECT);
}

static bool
is_name(const struct sg_json *m)
{
	static const char *const names[] = {"name", "title", "version", NULL};
	return is_one_of(m->name, names) && m->type == SG_JSON_STRING && m->string.len <= CLIENT_NAME_MOST;
}

/* Members of an object that are so; what is an object below it says nothing but that it is there. */
static void
write_plain(struct sg_buf *line, const struct sg_json *object, bool (*is)(const struct sg_json *))
{
	const char *comma = "";
	sg_buf_text(line, "{");
	for (const struct sg_json *m = sg_json_first(object); m != NULL; m = sg_json_next(object, m)) {
		if (object->type != SG_JSON_OBJECT || !is(m))
			continue;
		sg_buf_text(line, comma);
		sg_canon_string(line, m->name);
		sg_buf_text(line, ":");
		m->type == SG_JSON_OBJECT ? sg_buf_text(line, "{}") : sg_json_line(line, m);
		comma = ",";
	}
	sg_buf_text(line, "}");
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
		write_plain(line, c, is_switch); /* whose words they would be, nobody decides */
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
		sg_mcp_tell("the server's instructions are left out: they are %s", digest);
	return pinned;
}

static bool
is_version(const struct sg_json *m)
{
	for (size_t i = 0; m->type == SG_JSON_STRING && i < m->string.len; i++)
		if ((m->string.ptr[i] < '0' || m->string.ptr[i] > '9') && m->string.ptr[i] != '-')
			return false;
	return m->type == SG_JSON_STRING && m->string.len <= VERSION_MOST;
}

static bool
is_known(enum sg_side side, const struct sg_json *member, const char *pin)
{
	if (sg_str_is(member->name, "capabilities"))
		return true;
	if (sg_str_is(member->name, "protocolVersion"))
		return is_version(member);
	if (side == SG_SIDE_CLIENT)
		return sg_str_is(member->name, "clientInfo");
	return sg_str_is(member->name, "serverInfo") || (sg_str_is(member->name, "instructions") && are_pinned(member, pin));
}

static void
write_member(struct sg_buf *line, enum sg_side side, const struct sg_json *m)
{
	if (sg_str_is(m->name, "capabilities")) /* one that is no object holds none */
		write_capabilities(line, side, m);
	else if (side == SG_SIDE_CLIENT && !sg_str_is(m->name, "protocolVersion"))
		write_plain(line, m, is_name);
	else
		sg_json_line(line, m);
}

/* An object that holds capabilities, with what is known beside them. */
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
		write_member(line, side, m);
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
		if (!sg_mcp_goes_on(m->json, part->name))
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
