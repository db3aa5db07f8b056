/* SPDX-License-Identifier: Apache-2.0
 * The tree as a picture: one box a task, children below and to the right of the one above them, so that it grows in height and never in width.
 * No script, no link, no font of its own; whatever somebody else wrote is escaped. */
#include "ctl/tasks.h"

#include "base/str.h"

enum { INDENT = 32, BOX = 700, LETTERS = 94, ROW = 78, GAP = 14, EDGE = 16, LINE = 15, TEXT_MAX = 256 << 10, OUT_MAX = 32 << 20 };

struct picture {
	struct sg_buf out;
	struct sg_str asked;
	int row, deepest;
};

/* Text that was made safe to look at, made safe for XML; two characters it may not hold at all become '?'. */
static void
escaped(struct sg_buf *out, struct sg_str text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		const char *name = c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '"' ? "&quot;" : c == '\'' ? "&apos;" : NULL;
		bool barred = i + 2 < text.len && (memcmp(text.ptr + i, "\xef\xbf\xbe", 3) == 0 || memcmp(text.ptr + i, "\xef\xbf\xbf", 3) == 0);
		if (barred || name != NULL)
			sg_buf_text(out, barred ? "?" : name);
		else
			sg_buf_add(out, &c, 1);
		i += barred ? 2 : 0;
	}
}

/* At most so many characters, never a part of one. */
static struct sg_str
cut(struct sg_str text, size_t letters)
{
	for (size_t i = 0; i < text.len; i++)
		if (((unsigned char)text.ptr[i] & 0xc0) != 0x80 && letters-- == 0)
			return (struct sg_str){text.ptr, i};
	return text;
}

static const char *
color_of(const struct sg_json *task)
{
	static const char *const colors[][2] = {{"open", "#1a7f37"}, {"frozen", "#bf8700"}, {"killed", "#cf222e"}};
	for (size_t i = 0; i < sizeof(colors) / sizeof(colors[0]); i++)
		if (sg_json_is(task, "state", colors[i][0]))
			return colors[i][1];
	return "#6e7781";
}

static void
write_line(struct picture *p, const struct sg_json *node, int which, int x, int y)
{
	struct sg_buf line;
	sg_buf_init(&line, TEXT_MAX);
	sg_tree_line(&line, node, (enum sg_tree_line)which);
	struct sg_str whole = sg_buf_view(&line), part = cut(whole, LETTERS - 1);
	if (whole.len > 0) {
		sg_buf_printf(&p->out, "<text x=\"%d\" y=\"%d\"%s>", x + 10, y + LINE * (which + 1), which == SG_TREE_WHO ? " font-weight=\"bold\"" : "");
		escaped(&p->out, part);
		sg_buf_text(&p->out, part.len < whole.len ? "…</text>\n" : "</text>\n");
	}
	sg_buf_done(&line);
}

/* Read out and shown when pointed at: the lines uncut. */
static void
write_title(struct picture *p, const struct sg_json *node)
{
	sg_buf_text(&p->out, "<title>");
	for (int i = 0; i < SG_TREE_LINES; i++) {
		struct sg_buf line;
		sg_buf_init(&line, TEXT_MAX);
		sg_tree_line(&line, node, (enum sg_tree_line)i);
		escaped(&p->out, cut(sg_buf_view(&line), 1000));
		sg_buf_text(&p->out, line.len > 0 ? "\n" : "");
		sg_buf_done(&line);
	}
	sg_buf_text(&p->out, "</title>\n");
}

static void
write_node(struct picture *p, const struct sg_json *node, int depth, int parent_y)
{
	const struct sg_json *task = sg_json_get(node, "task"), *children = sg_json_get(node, "children");
	int x = EDGE + INDENT * depth, y = EDGE + (ROW + GAP) * p->row++;
	bool asked = sg_str_eq(sg_json_text_at(task, "id"), p->asked);
	p->deepest = depth > p->deepest ? depth : p->deepest;
	if (depth > 0)
		sg_buf_printf(&p->out, "<path d=\"M%d %dV%dH%d\" fill=\"none\" stroke=\"#6e7781\"/>\n", x - INDENT / 2, parent_y + ROW, y + ROW / 2, x);
	sg_buf_text(&p->out, "<g>\n");
	write_title(p, node);
	sg_buf_printf(&p->out, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"6\" fill=\"#ffffff\" stroke=\"%s\" stroke-width=\"%d\"/>\n", x, y, BOX, ROW,
		      color_of(task), asked ? 3 : 1);
	for (int i = 0; i < SG_TREE_LINES; i++)
		write_line(p, node, i, x, y);
	sg_buf_text(&p->out, "</g>\n");
	for (const struct sg_json *c = sg_json_first(children); c != NULL; c = sg_json_next(children, c))
		write_node(p, c, depth + 1, y); /* as deep as the reader lets an answer be */
}

static void
print(const struct picture *p, const struct sg_json *root)
{
	int width = 2 * EDGE + INDENT * p->deepest + BOX, height = 2 * EDGE + (ROW + GAP) * p->row - GAP;
	struct sg_buf name;
	sg_buf_init(&name, 4096);
	escaped(&name, sg_json_text_at(sg_json_get(root, "task"), "id"));
	printf("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" role=\"img\" font-family=\"monospace\" font-size=\"12\">\n"
	       "<title>Tree of task %.*s</title>\n<desc>%d tasks, each in a box below and to the right of the one it was opened below.</desc>\n"
	       "<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>\n",
	       width, height, width, height, (int)name.len, name.ptr == NULL ? "" : name.ptr, p->row, width, height);
	fwrite(p->out.ptr, 1, p->out.len, stdout);
	printf("</svg>\n");
	sg_buf_done(&name);
}

int
sg_tree_svg(const struct sg_ctl *ctl, const struct sg_json *root, struct sg_str asked)
{
	struct picture p = {.asked = asked};
	sg_buf_init(&p.out, OUT_MAX);
	write_node(&p, root, 0, 0);
	bool good = !p.out.failed;
	if (good)
		print(&p, root);
	sg_buf_done(&p.out);
	return good ? SG_CTL_OK : sg_ctl_fail(ctl, SG_CTL_INTERNAL, "memory", "--json has all of it", "the tree is too large for a picture");
}
