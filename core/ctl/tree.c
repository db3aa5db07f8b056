/* SPDX-License-Identifier: Apache-2.0
 * The access path as one tree: who holds which task, in which role, with what, and what came of it. */
#include "ctl/tasks.h"

#include "base/str.h"

enum { LINE_MAX = 256 << 10, GUIDE_MAX = 4096 };

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
