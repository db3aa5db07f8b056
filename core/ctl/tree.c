/* SPDX-License-Identifier: Apache-2.0
 * The access path as one tree: who holds which task, in which role, with what, and what came of it. */
#include "ctl/tasks.h"

#include "base/str.h"

enum { LINE_MAX = 256 << 10, GUIDE_MAX = 4096 };

/* ---- what is said of one node ---- */

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

/* ---- as text ---- */

static void
print_line(const struct sg_ctl *ctl, const char *guide, const char *mark, const struct sg_json *node, enum sg_tree_line which, bool asked)
{
	struct sg_buf line;
	bool bold = ctl->color && which == SG_TREE_WHO;
	sg_buf_init(&line, LINE_MAX);
	sg_tree_line(&line, node, which);
	if (line.len > 0)
		printf("%s%s%s%.*s%s%s\n", guide, mark, bold ? "\033[1m" : "", (int)line.len, line.ptr, bold ? "\033[0m" : "",
		       asked && which == SG_TREE_WHO ? "  <" : "");
	sg_buf_done(&line);
}

/* `guide` holds the lines from above that go on. */
static void
print_node(const struct sg_ctl *ctl, char *guide, const struct sg_json *node, const char *mark, const char *below)
{
	const struct sg_json *children = sg_json_get(node, "children");
	size_t len = strlen(guide);
	bool parent = children != NULL && children->count > 0, asked = sg_json_is(sg_json_get(node, "task"), "id", ctl->args[0]);
	print_line(ctl, guide, mark, node, SG_TREE_WHO, asked);
	if (len + 16 > GUIDE_MAX)
		return;
	strcat(guide, below);
	for (int i = SG_TREE_WHO + 1; i < SG_TREE_LINES; i++)
		print_line(ctl, guide, parent ? "│  " : "   ", node, (enum sg_tree_line)i, false);
	for (const struct sg_json *c = sg_json_first(children), *next; c != NULL; c = next) {
		next = sg_json_next(children, c);
		print_node(ctl, guide, c, next != NULL ? "├─ " : "└─ ", next != NULL ? "│  " : "   ");
	}
	guide[len] = '\0';
}

static int
show(const struct sg_ctl *ctl, const struct sg_json *answer)
{
	char guide[GUIDE_MAX] = "";
	const struct sg_json *root = sg_json_get(answer, "tree");
	int64_t more = sg_show_int(answer, "more");
	if (root == NULL)
		return sg_ctl_fail(ctl, SG_CTL_AWAY, "answer_json", "is it stepgated that listens there?", "the daemon told no tree");
	if (more > 0)
		fprintf(stderr, "%lld tasks are not shown\n", (long long)more);
	if (ctl->option[SG_CTL_OPTION_svg] != NULL)
		return sg_tree_svg(ctl, root, sg_str(ctl->args[0]));
	print_node(ctl, guide, root, "", "");
	return SG_CTL_OK;
}

static int
tree(struct sg_ctl *ctl, enum sg_face face, const char *task)
{
	struct sg_ctl_answer answer;
	ctl->args[0] = task;
	int code = sg_ctl_ask(ctl, face, "GET", "/v1/tasks/%s/tree", task, NULL, &answer);
	if (code == SG_CTL_OK && !ctl->json)
		code = show(ctl, answer.json);
	sg_ctl_answer_done(&answer);
	return code;
}

int
sg_ctl_task_tree(struct sg_ctl *ctl)
{
	if (ctl->json && ctl->option[SG_CTL_OPTION_svg] != NULL)
		return sg_ctl_fail(ctl, SG_CTL_USAGE, "usage", "", "either --json or --svg");
	return tree(ctl, SG_FACE_ADMIN, ctl->args[0]);
}

int
sg_ctl_session_tree(struct sg_ctl *ctl)
{
	return ctl->task == NULL ? sg_ctl_fail(ctl, SG_CTL_USAGE, "no_task", "open INTENT", "no task is open") : tree(ctl, SG_FACE_AGENT, ctl->task);
}
