/* SPDX-License-Identifier: Apache-2.0
 * The reference as markdown. */
#include "policy/api/write.h"

#include "base/str.h"

#include <stdio.h>

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
		const char *library = sg_call_library(call);
		sg_buf_printf(out, "| `%s%s%s(%s)` | ", library, library[0] == '\0' ? "" : ".", call->name, call->arguments);
		add_cell(out, call->result);
		sg_buf_text(out, " | ");
		add_cell(out, call->meaning);
		sg_buf_text(out, " |\n");
	}
}

static void
markdown_needs(struct sg_buf *out)
{
	sg_buf_text(out, "\n## Needs\n\nEach is one or a list of such. `within` is a window: \"1h\", \"30s\", or milliseconds; `scope` is \"task\", \"tree\", \"instance\" or "
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
markdown_tests(struct sg_buf *out)
{
	sg_buf_text(out, "\n## Tests\n\nWhat `expect` of a `test{}` may name, if it is no verdict alone:\n\n| member | type | meaning |\n"
			 "|---|---|---|\n");
	for (int i = 0; i < SG_EXPECT_COUNT; i++)
		add_row(out, sg_expects[i].name, sg_expects[i].type, sg_expects[i].meaning);
	sg_buf_printf(out, "\nThe default request, of which `ask` says what is otherwise:\n\n```json\n%s\n```\n", sg_fixture_default);
}

void
sg_api_markdown(struct sg_buf *out)
{
	sg_buf_text(out,
		    "# Reference of the policy surface\n\nGenerated; what is not here does not exist for a policy.\n\n"
		    "## Declaring\n\n| member | type | meaning |\n|---|---|---|\n");
	for (size_t i = 0; i < sg_taken_count; i++) {
		char name[64];
		snprintf(name, sizeof(name), "%s.%s", sg_taken[i].of, sg_taken[i].name);
		add_row(out, name, sg_taken[i].type, sg_taken[i].meaning);
	}
	markdown_needs(out);
	sg_buf_text(out, "\n## Effects\n\n| member | type | meaning |\n|---|---|---|\n");
	for (size_t i = 0; i < sg_effect_member_count; i++) {
		const struct sg_effect_member *m = &sg_effect_members[i];
		char name[64];
		snprintf(name, sizeof(name), "%s.%s", sg_effect_name(m->kind), m->name);
		if (m->type != SG_MEMBER_KIND)
			add_row(out, name, sg_member_type_text(m->type), m->meaning);
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
	markdown_tests(out);
}
