/* SPDX-License-Identifier: Apache-2.0
 * What is said of one node of the access path, line by line. */
#include "ctl/tasks.h"

#include "base/str.h"

enum { LINE_MAX = 256 << 10 };

static void
word(struct sg_buf *out, const char *before, const struct sg_json *object, const char *member)
{
	struct sg_str text = sg_json_text_at(object, member);
	if (text.len == 0)
		return;
	sg_buf_text(out, before);
	sg_show_text(out, text);
}

static void
line_who(struct sg_buf *out, const struct sg_json *node)
{
	const struct sg_json *task = sg_json_get(node, "task");
	word(out, "", task, "agent");
	word(out, " as ", task, "role");
	word(out, "  ", task, "state");
	word(out, "  ", task, "intent");
	word(out, " for ", task, "on_behalf_of");
	word(out, "  ", task, "id");
}

/* What it was given by the one above; at the root nothing but its intent bounds it. */
static void
line_given(struct sg_buf *out, const struct sg_json *node)
{
	const struct sg_json *grant = sg_json_get(node, "grant"), *limits = sg_json_get(grant, "constraints");
	if (grant == NULL || grant->type != SG_JSON_OBJECT)
		return;
	sg_buf_text(out, "given ");
	sg_show_list(out, sg_json_get(grant, "actions"));
	sg_buf_text(out, " on ");
	sg_show_list(out, sg_json_get(grant, "resources"));
	word(out, " up to ", grant, "sensitivity");
	if (!sg_json_eq(sg_json_get(grant, "actions"), sg_json_get(grant, "hand_on"))) {
		sg_buf_text(out, "; hands on ");
		sg_show_list(out, sg_json_get(grant, "hand_on"));
	}
	if (limits != NULL && limits->count > 0) {
		struct sg_buf json;
		sg_buf_init(&json, LINE_MAX);
		sg_canon_write(&json, limits);
		sg_buf_text(out, "; limits ");
		sg_show_json(out, sg_buf_view(&json));
		sg_buf_done(&json);
	}
}

static void
line_left(struct sg_buf *out, const struct sg_json *node)
{
	const struct sg_json *task = sg_json_get(node, "task"), *budget = sg_json_get(task, "budget");
	sg_buf_printf(out, "left %lld s", (long long)(sg_show_int(task, "left_ms") / 1000));
	if (budget != NULL && budget->count > 0) {
		sg_buf_text(out, ", ");
		sg_show_amounts(out, budget);
	}
}

static void
line_did(struct sg_buf *out, const struct sg_json *node)
{
	const struct sg_json *task = sg_json_get(node, "task"), *did = sg_json_get(node, "decisions"), *labels = sg_json_get(task, "labels");
	static const char *const kinds[][2] = {{"allowed", "allowed"}, {"denied", "denied"}, {"step_up", "a person was asked"}, {"withheld", "withheld"}};
	const char *comma = "did ";
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (i < 2 || sg_show_int(did, kinds[i][0]) > 0) {
			sg_buf_printf(out, "%s%lld %s", comma, (long long)sg_show_int(did, kinds[i][0]), kinds[i][1]);
			comma = ", ";
		}
	word(out, "; has seen ", task, "sensitivity");
	if (labels != NULL && labels->count > 0) {
		sg_buf_text(out, ", tainted by ");
		sg_show_list(out, labels);
	}
}

void
sg_tree_line(struct sg_buf *out, const struct sg_json *node, enum sg_tree_line which)
{
	static void (*const lines[SG_TREE_LINES])(struct sg_buf *, const struct sg_json *) = {line_who, line_given, line_left, line_did};
	lines[which](out, node);
}
