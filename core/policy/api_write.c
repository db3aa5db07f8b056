/* SPDX-License-Identifier: Apache-2.0
 * The reference of the Lua surface, generated: markdown for people, stubs for lua-language-server. Nothing here is
 * written by hand twice. */
#include "base/str.h"
#include "policy/api.h"
#include "policy/effect.h"
#include "policy/field.h"
#include "policy/origin.h"

#include <stdio.h>

static const char *const member_types[] = {
	[SG_MEMBER_KIND] = "",          [SG_MEMBER_SAY] = "string",
	[SG_MEMBER_WORD] = "string",    [SG_MEMBER_GROUP] = "string",
	[SG_MEMBER_LIST] = "string[]",  [SG_MEMBER_DURATION] = "string|integer",
	[SG_MEMBER_QUORUM] = "integer", [SG_MEMBER_FLAG] = "boolean",
	[SG_MEMBER_LEVEL] = "string",   [SG_MEMBER_NARROW] = "table<string, sg.bound>",
};

/* Classes that are not tables elsewhere: what rule, after, policy take. */
static const struct {
	const char *of, *name, *type, *meaning;
} taken[] = {
	{"rule", "id", "string", "unique over all files"},
	{"rule", "on", "string|string[]",
	 "action patterns: \"pay.transfer\", \"pay.*\" (one segment), \"pay.**\" (the rest)"},
	{"rule", "needs", "table?",
	 "what it needs to know of the past; see below"},
	{"rule", "when", "(fun(r: sg.request): boolean)?", "must return true or false; left out = always"},
	{"rule", "effect", "sg.effect|fun(r: sg.request): sg.effect",
	 "what is returned to the gate when the rule matches"},
	{"after", "id", "string", "unique over all files"},
	{"after", "on", "string|string[]", "action patterns"},
	{"after", "effect", "fun(r: sg.request): sg.effect", "returns add{...}; r.outcome.result says what happened"},
	{"policy", "name", "string?", "of this file"},
	{"policy", "description", "string?", "of this file"},
	{"policy", "owner", "string?", "who answers for this file"},
};
enum { TAKEN = sizeof(taken) / sizeof(taken[0]) };

/* Table cells may hold no bare pipe. */
static void
add_cell(struct sg_buf *out, const char *text)
{
	for (; *text != '\0'; text++)
		sg_buf_printf(out, *text == '|' ? "\\|" : "%c", *text);
}

static void
add_row(struct sg_buf *out, const char *name, const char *type, const char *meaning)
{
	sg_buf_printf(out, "| `%s` | ", name);
	add_cell(out, type);
	sg_buf_text(out, " | ");
	add_cell(out, meaning);
	sg_buf_text(out, " |\n");
}

static void
markdown_calls(struct sg_buf *out)
{
	sg_buf_text(out, "## Functions\n\n| call | returns | meaning |\n|---|---|---|\n");
	for (size_t i = 0; i < sg_policy_api_count; i++) {
		const struct sg_policy_call *call = &sg_policy_api[i];
		sg_buf_printf(out, "| `%s%s%s(%s)` | ", call->library, call->library[0] == '\0' ? "" : ".", call->name,
			      call->arguments);
		add_cell(out, call->result);
		sg_buf_text(out, " | ");
		add_cell(out, call->meaning);
		sg_buf_text(out, " |\n");
	}
}

static void
markdown_needs(struct sg_buf *out)
{
	sg_buf_text(out, "\n## Needs\n\nEach is one or a list of such. `within` is a window; `scope` is \"task\", \"tree\", \"instance\" or "
			 "\"agent\". What is not bounded by a window must be by scope task or tree, for count and sum.\n\n"
			 "| in needs | scope | read as | type | meaning |\n|---|---|---|---|---|\n");
	for (size_t kind = 0; kind < SG_NEED_COUNT_OF; kind++) {
		const struct sg_need_row *row = &sg_needs[kind];
		const char *name = kind == SG_NEED_SUM ? "money:pay.*" : row->joined[0] == '\0' ? "pay.*" : "";
		sg_buf_printf(out, "| `%s` | %s | `r.history.%s[\"%s%s%s\"]` | %s | %s |\n", row->example, sg_scopes[row->scope],
			      row->name, row->joined[0] != '\0' ? "a" : name, row->joined, row->joined[0] != '\0' ? "b" : "",
			      row->value, row->meaning);
	}
}

static void
markdown_origin(struct sg_buf *out)
{
	sg_buf_text(out, "\n## Where a value came from\n\nOn any text or number, looked up by its value among `r.provenance`.\n\n"
			 "| member | type | meaning |\n|---|---|---|\n");
	for (int i = 0; i < SG_ORIGIN_MEMBER_COUNT; i++) {
		char name[64];
		snprintf(name, sizeof(name), "r.args.NAME.%s", sg_origin_rows[i].name);
		add_row(out, name, sg_origin_rows[i].type, sg_origin_rows[i].meaning);
	}
}

static void
write_markdown(struct sg_buf *out)
{
	sg_buf_text(out,
		    "# Reference of the policy surface\n\nGenerated; what is not here does not exist for a policy.\n\n"
		    "## Declaring\n\n| member | type | meaning |\n|---|---|---|\n");
	for (size_t i = 0; i < TAKEN; i++) {
		char name[64];
		snprintf(name, sizeof(name), "%s.%s", taken[i].of, taken[i].name);
		add_row(out, name, taken[i].type, taken[i].meaning);
	}
	markdown_needs(out);
	sg_buf_text(out, "\n## Effects\n\n| member | type | meaning |\n|---|---|---|\n");
	for (size_t i = 0; i < sg_effect_member_count; i++) {
		const struct sg_effect_member *m = &sg_effect_members[i];
		char name[64];
		snprintf(name, sizeof(name), "%s.%s", sg_effect_name(m->kind), m->name);
		if (m->type != SG_MEMBER_KIND)
			add_row(out, name, member_types[m->type], m->meaning);
	}
	sg_buf_text(out, "\n## The request\n\n| field | type | meaning |\n|---|---|---|\n");
	for (size_t i = 0; i < sg_field_count; i++) {
		char name[64];
		const char *within = sg_fields[i].within == SG_SHAPE_REQUEST ? "" : sg_shape_name(sg_fields[i].within);
		snprintf(name, sizeof(name), "r.%s%s%s", within, within[0] == '\0' ? "" : ".", sg_fields[i].name);
		add_row(out, name, sg_fields[i].type, sg_fields[i].meaning);
	}
	markdown_origin(out);
	sg_buf_text(out, "\n");
	markdown_calls(out);
}

static void
stub_field(struct sg_buf *out, const char *name, const char *type, bool optional, const char *meaning)
{
	sg_buf_printf(out, "---@field %s%s %s # %s\n", name, optional ? "?" : "", type, meaning);
}

static void
stub_scalars(struct sg_buf *out)
{
	static const char *const classes[] = {"string", "number"};
	for (size_t c = 0; c < 2; c++) {
		sg_buf_printf(out, "\n---@class %s\n", classes[c]);
		for (int i = 0; i < SG_ORIGIN_MEMBER_COUNT; i++)
			stub_field(out, sg_origin_rows[i].name, sg_origin_rows[i].type, false, sg_origin_rows[i].meaning);
	}
}

static void
stub_classes(struct sg_buf *out)
{
	static const struct {
		enum sg_shape shape;
		const char *name;
	} classes[] = {{SG_SHAPE_REQUEST, "request"},   {SG_SHAPE_ACTION, "action"},     {SG_SHAPE_AGENT, "agent"},
		       {SG_SHAPE_APPROVAL, "approval"}, {SG_SHAPE_BUDGET, "budget"},     {SG_SHAPE_INSTANCE, "instance"},
		       {SG_SHAPE_LINK, "link"},         {SG_SHAPE_ORIGIN, "origin"},     {SG_SHAPE_OUTCOME, "outcome"},
		       {SG_SHAPE_RESOURCE, "resource"}, {SG_SHAPE_TASK, "task"},         {SG_SHAPE_TIME, "time"},
		       {SG_SHAPE_HISTORY, "history"}};
	for (size_t c = 0; c < sizeof(classes) / sizeof(classes[0]); c++) {
		sg_buf_printf(out, "\n---@class (exact) sg.%s\n", classes[c].name);
		for (size_t i = 0; i < sg_field_count; i++)
			if (sg_fields[i].within == classes[c].shape)
				stub_field(out, sg_fields[i].name, sg_fields[i].type, false, sg_fields[i].meaning);
	}
	for (int kind = 0; kind < SG_EFFECT_KINDS; kind++) {
		sg_buf_printf(out, "\n---@class (exact) sg.%s\n", sg_effect_name((enum sg_effect_kind)kind));
		for (size_t i = 0; i < sg_effect_member_count; i++) {
			const struct sg_effect_member *m = &sg_effect_members[i];
			if ((int)m->kind == kind && m->type != SG_MEMBER_KIND)
				stub_field(out, m->name, member_types[m->type], m->type != SG_MEMBER_GROUP, m->meaning);
		}
	}
	for (size_t i = 0; i < TAKEN; i++) {
		if (i == 0 || !sg_str_is(sg_str(taken[i].of), taken[i - 1].of))
			sg_buf_printf(out, "\n---@class (exact) sg.%s\n", taken[i].of);
		stub_field(out, taken[i].name, taken[i].type, false, taken[i].meaning);
	}
}

/* "a: x, b?: y" as annotations, one line a parameter; returns nothing but writes the names behind. */
static void
stub_parameters(struct sg_buf *out, const char *arguments, struct sg_buf *names)
{
	while (*arguments != '\0') {
		size_t name = strcspn(arguments, ":"), depth = 0, len = name;
		for (; arguments[len] != '\0' && (arguments[len] != ',' || depth > 0); len++)
			depth += arguments[len] == '<' ? 1 : arguments[len] == '>' ? (size_t)-1 : 0;
		sg_buf_printf(out, "---@param %.*s %.*s\n", (int)name, arguments, (int)(len - name - 2),
			      arguments + name + 2);
		sg_buf_printf(names, "%s%.*s", names->len == 0 ? "" : ", ", (int)strcspn(arguments, "?:"), arguments);
		arguments += len + strspn(arguments + len, ", ");
	}
}

static void
stub_call(struct sg_buf *out, const struct sg_policy_call *call)
{
	struct sg_buf names;
	sg_buf_init(&names, 1024);
	sg_buf_printf(out, "\n---%s\n", call->meaning);
	stub_parameters(out, call->arguments, &names);
	if (call->result[0] != '\0')
		sg_buf_printf(out, "---@return %s\n", call->result);
	sg_buf_printf(out, "function %s%s%s(%.*s) end\n", call->library, call->library[0] == '\0' ? "" : ".",
		      call->name, SG_STR_ARG(sg_buf_view(&names)));
	sg_buf_done(&names);
}

void
sg_policy_api_write(struct sg_buf *out, enum sg_policy_format format)
{
	if (format == SG_POLICY_MARKDOWN) {
		write_markdown(out);
		return;
	}
	sg_buf_text(out, "---@meta\n-- Generated; the policy surface for lua-language-server.\n\n"
			 "---@class sg.effect\n---@class sg.bound\n\n---@class sg.open\n---@field [string] any\n"
			 "local open = {}\n---@param path string\n---@param default any\n---@return any\n"
			 "function open:get(path, default) end\n");
	stub_scalars(out);
	stub_classes(out);
	sg_buf_text(out, "\nmath = {}\nstring = {}\ntable = {}\n");
	for (size_t i = 0; i < sg_policy_api_count; i++)
		stub_call(out, &sg_policy_api[i]);
}
