/* SPDX-License-Identifier: Apache-2.0
 * A member that a table is given twice: Lua keeps the last one and says nothing. `rule { effect = deny {}, effect = allow {} }`. */
#include "base/str.h"
#include "policy/lint.h"

#include <stdlib.h>

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

/* Members of the table that opens at `open`, in `keys`; what stands in brackets or blocks of its own is passed over. */
static size_t
collect(const struct sg_lint *lint, size_t open, const struct sg_token **keys)
{
	size_t count = 0, end = sg_lint_behind(lint, open);
	for (size_t i = open + 1; i + 1 < end;) {
		const struct sg_token *t = &lint->tokens[i], *key = key_at(t);
		if (key != NULL) {
			keys[count++] = key;
			i = (size_t)(key - lint->tokens) + (key == t ? 2 : 3);
			continue;
		}
		bool opens = sg_lint_is(t, "{") || sg_lint_is(t, "(") || sg_lint_is(t, "[") || sg_lint_is(t, "function");
		i = opens ? sg_lint_behind(lint, i) : i + 1;
	}
	return count;
}

static void
check_table(struct sg_lint *lint, size_t open, const struct sg_token **keys)
{
	size_t count = collect(lint, open, keys);
	qsort(keys, count, sizeof(*keys), by_text_then_place);
	for (size_t i = 1; i < count; i++)
		if (sg_str_eq(keys[i - 1]->text, keys[i]->text))
			sg_problem_add(lint->policy, lint->file, keys[i]->line, "leave one of them out", "'%.*s' is given twice; Lua would keep the last one",
				       (int)(keys[i]->text.len < 100 ? keys[i]->text.len : 100), keys[i]->text.ptr);
}

void
sg_lint_twice(struct sg_lint *lint)
{
	const struct sg_token **keys = calloc(lint->count + 1, sizeof(*keys));
	if (keys == NULL)
		sg_problem_add(lint->policy, lint->file, 0, NULL, "no memory to check the file");
	for (size_t i = 0; keys != NULL && i < lint->count; i++)
		if (sg_lint_is(&lint->tokens[i], "{"))
			check_table(lint, i, keys);
	free(keys);
}
