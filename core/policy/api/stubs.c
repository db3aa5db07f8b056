/* SPDX-License-Identifier: Apache-2.0
 * The reference as stubs for lua-language-server. */
#include "policy/api/write.h"

#include "base/str.h"

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
		       {SG_SHAPE_HERE, "here"},
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
				stub_field(out, m->name, sg_member_type_text(m->type), m->type != SG_MEMBER_GROUP, m->meaning);
		}
	}
	for (size_t i = 0; i < sg_taken_count; i++) {
		if (i == 0 || !sg_str_is(sg_str(sg_taken[i].of), sg_taken[i - 1].of))
			sg_buf_printf(out, "\n---@class (exact) sg.%s\n", sg_taken[i].of);
		stub_field(out, sg_taken[i].name, sg_taken[i].type, false, sg_taken[i].meaning);
	}
}

/* Of tests. In `ask` some members have short forms, so their types are not said here. */
static void
stub_tests(struct sg_buf *out)
{
	sg_buf_text(out, "\n---@class (exact) sg.ask\n");
	for (size_t i = 0; i < sg_field_count; i++)
		if (sg_fields[i].within == SG_SHAPE_REQUEST)
			stub_field(out, sg_fields[i].name, "any", strcmp(sg_fields[i].name, "action") != 0, sg_fields[i].meaning);
	sg_buf_text(out, "\n---@class (exact) sg.expect\n");
	for (int i = 0; i < SG_EXPECT_COUNT; i++)
		stub_field(out, sg_expects[i].name, sg_expects[i].type, true, sg_expects[i].meaning);
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
	const char *library = sg_call_library(call);
	sg_buf_printf(out, "function %s%s%s(%.*s) end\n", library, library[0] == '\0' ? "" : ".", call->name,
		      SG_STR_ARG(sg_buf_view(&names)));
	sg_buf_done(&names);
}

void
sg_api_stubs(struct sg_buf *out)
{
	sg_buf_text(out, "---@meta\n-- Generated; the policy surface for lua-language-server.\n\n"
			 "---@class sg.effect\n---@class sg.bound\n\n---@class sg.open\n---@field [string] any\n"
			 "local open = {}\n---@param path string\n---@param default any\n---@return any\n"
			 "function open:get(path, default) end\n");
	stub_scalars(out);
	stub_classes(out);
	stub_tests(out);
	sg_buf_text(out, "\nmath = {}\nstring = {}\ntable = {}\n");
	for (size_t i = 0; i < sg_policy_api_count; i++)
		stub_call(out, &sg_policy_api[i]);
}
