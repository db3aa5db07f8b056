/* SPDX-License-Identifier: Apache-2.0
 * Tools that nothing can be proposed for: one that is odd does not lose those beside it, and is named with what is odd about it. */
#include "ctl/learn.h"

#include "base/json_cut.h"
#include "base/str.h"

enum { NAME_SHOWN = 60 };

static const char *
shown(struct sg_learn_server *server, struct sg_str name)
{
	struct sg_buf out;
	sg_buf_init(&out, 4096);
	sg_learn_comment(&out, name, NAME_SHOWN);
	const char *copy = out.len == 0 ? "a tool without a name" : sg_arena_printf(&server->arena, "\"%.*s\"", SG_STR_ARG(sg_buf_view(&out)));
	sg_buf_done(&out);
	return copy != NULL ? copy : "a tool";
}

static struct sg_learn_odd *
add(struct sg_learn_server *server, struct sg_str name, const char *why)
{
	static struct sg_learn_odd beyond;
	if (server->odd_count == SG_LEARN_TOOLS)
		return &beyond;
	server->odd[server->odd_count] = (struct sg_learn_odd){.name = shown(server, name), .why = why};
	return &server->odd[server->odd_count++];
}

void
sg_learn_leave_out(struct sg_learn_server *server, const struct sg_json *entry, const char *why)
{
	add(server, sg_json_text_at(entry, "name"), why);
}

void
sg_learn_unreadable(struct sg_learn_server *server, struct sg_str entry, const struct sg_err *err)
{
	const struct sg_json *name = NULL;
	struct sg_str text = sg_arena_copy(&server->arena, sg_json_cut_member(entry, "name"));
	bool readable = text.len > 0 && sg_json_parse(&server->arena, text, NULL, &name, NULL) == SG_OK && name->type == SG_JSON_STRING;
	const char *why = sg_arena_printf(&server->arena, "it is no strict JSON: %s", err->text);
	add(server, readable ? name->string : SG_STR(""), why != NULL ? why : "it is no strict JSON");
	server->listed++;
}

static void
take_back(struct sg_learn_server *server, size_t at)
{
	server->count--;
	for (; at < server->count; at++)
		server->tools[at] = server->tools[at + 1];
}

bool
sg_learn_twice(struct sg_learn_server *server, const struct sg_json *entry, struct sg_str name)
{
	for (size_t i = 0; i < server->odd_count; i++)
		if (server->odd[i].twice.ptr != NULL && sg_str_eq(server->odd[i].twice, name))
			return true;
	for (size_t i = 0; i < server->count; i++) {
		if (!sg_str_eq(sg_json_text_at(server->tools[i], "name"), name))
			continue;
		struct sg_learn_odd *odd = add(server, sg_json_text_at(entry, "name"), "two tools of it have one name: which one a call means could not be told");
		odd->twice = name;
		take_back(server, i);
		return true;
	}
	return false;
}
