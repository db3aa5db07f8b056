/* SPDX-License-Identifier: Apache-2.0
 * A member that a table is given twice: Lua keeps the last one and says nothing. `rule { effect = deny {}, effect = allow {} }`. One pass, however deep tables
 * stand within each other. */
#include "base/str.h"
#include "policy/lint/lint.h"

#include <stdlib.h>

/* What is open: brackets and blocks, and of tables where their keys begin. */
struct open {
	bool table;
	size_t from;
};

struct twice {
	struct sg_lint *lint;
	struct open *open;
	const struct sg_token **keys; /* of the tables that are open, the innermost last */
	size_t depth, count;
};

static int
by_text_then_place(const void *a, const void *b)
{
	const struct sg_token *x = *(const struct sg_token *const *)a, *y = *(const struct sg_token *const *)b;
	int order = sg_str_cmp(x->text, y->text);
	return order != 0 ? order : x->text.ptr < y->text.ptr ? -1 : x->text.ptr > y->text.ptr;
}

/* `NAME =` or `["text"] =` where a member may begin. */
static const struct sg_token *
key_at(const struct sg_token *t)
{
	bool begins = sg_lint_is(t - 1, "{") || sg_lint_is(t - 1, ",") || sg_lint_is(t - 1, ";");
	if (begins && t->kind == SG_TOKEN_NAME && sg_lint_is(t + 1, "="))
		return t;
	return begins && sg_lint_is(t, "[") && t[1].kind == SG_TOKEN_STRING && sg_lint_is(t + 2, "]") && sg_lint_is(t + 3, "=") ? t + 1 : NULL;
}

static bool
opens(const struct sg_token *t)
{
	static const char *const words[] = {"{", "(", "[", "function", "do", "if", "repeat"};
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (sg_lint_is(t, words[i]))
			return true;
	return false;
}

static bool
closes(const struct sg_token *t)
{
	return sg_lint_is(t, "}") || sg_lint_is(t, ")") || sg_lint_is(t, "]") || sg_lint_is(t, "end") || sg_lint_is(t, "until");
}

/* The innermost is over: its keys are all there. */
static void
close_one(struct twice *w)
{
	size_t from = w->open[--w->depth].from;
	const struct sg_token **keys = w->keys + from;
	qsort(keys, w->count - from, sizeof(*keys), by_text_then_place);
	for (size_t i = 1; from + i < w->count; i++)
		if (sg_str_eq(keys[i - 1]->text, keys[i]->text))
			sg_problem_add(w->lint->policy, w->lint->file, keys[i]->line, "leave one of them out", "'%.*s' is given twice; Lua would keep the last one",
				       (int)(keys[i]->text.len < 100 ? keys[i]->text.len : 100), keys[i]->text.ptr);
	w->count = from;
}

static void
look(struct twice *w)
{
	for (size_t i = 1; i < w->lint->count; i++) {
		const struct sg_token *t = &w->lint->tokens[i], *key = w->depth > 0 && w->open[w->depth - 1].table ? key_at(t) : NULL;
		if (key != NULL)
			w->keys[w->count++] = key;
		if (opens(t))
			w->open[w->depth++] = (struct open){sg_lint_is(t, "{"), w->count};
		else if (w->depth > 0 && closes(t))
			close_one(w);
	}
}

void
sg_lint_twice(struct sg_lint *lint)
{
	struct twice w = {.lint = lint, .open = calloc(lint->count + 1, sizeof(*w.open)), .keys = calloc(lint->count + 1, sizeof(*w.keys))};
	if (w.open != NULL && w.keys != NULL)
		look(&w);
	else
		sg_problem_add(lint->policy, lint->file, 0, NULL, "no memory to check the file");
	free(w.open);
	free(w.keys);
}
